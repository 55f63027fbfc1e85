"""Histograms of both encodings as buckets (left, right, count)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Histogram:
    """``left``, ``right``, ``count`` float64 (k,). ``stats``: min, max, number, sum, sum of squares; NaN: unknown."""

    left: NDArray[np.float64]
    right: NDArray[np.float64]
    count: NDArray[np.float64]
    stats: tuple[float, float, float, float, float]


def from_message(message: Any) -> tuple[Histogram, str]:
    """A HistogramProto: buckets between neighbouring limits, empty ones at both ends left out, the outer edges from min
    and max. The second value is what is odd about it, or empty.
    """
    limits = np.array(message.bucket_limit, np.float64)
    counts = np.array(message.bucket, np.float64)
    stats = (message.min, message.max, message.num, message.sum, message.sum_squares)
    oddity = ""
    if len(limits) != len(counts):
        oddity = f"{len(limits)} limits for {len(counts)} buckets: the first {min(len(limits), len(counts))} are kept"
        size = min(len(limits), len(counts))
        limits, counts = limits[:size], counts[:size]
    filled = np.flatnonzero(counts > 0)
    if not len(filled):
        return Histogram(counts[:0], counts[:0], counts[:0], stats), oddity
    first, last = int(filled[0]), int(filled[-1])
    left = np.concatenate([[message.min], limits[first:last]])
    right = np.concatenate([limits[first:last], [message.max]])
    return Histogram(left, right, counts[first : last + 1], stats), oddity


def from_tensor(values: NDArray[Any]) -> tuple[Histogram, str]:
    """A tensor [k, 3] of left, right, count."""
    if values.ndim != 2 or values.shape[1] != 3:
        empty = np.empty(0, np.float64)
        odd = f"a histogram of shape {list(values.shape)}; [k, 3] was expected" if values.size else ""
        return Histogram(empty, empty, empty, (np.nan,) * 5), odd
    table = values.astype(np.float64)
    number = float(table[:, 2].sum())
    stats = (np.nan, np.nan, number, np.nan, np.nan)
    left, right, count = (np.ascontiguousarray(table[:, index]) for index in range(3))
    return Histogram(left, right, count, stats), ""
