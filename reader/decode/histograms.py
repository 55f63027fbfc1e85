"""Histograms of both encodings as buckets (left, right, count)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Edges beyond this are of no use: the distance of two of them in hundredths of a percent would be no finite number.
LARGEST_EDGE = 8e303
#: Counts beyond this are of no use: their sums would be no finite numbers.
LARGEST_COUNT = 1e290


@dataclass(frozen=True, slots=True)
class Histogram:
    """``left``, ``right``, ``count`` float64 (k,). ``stats``: min, max, number, sum, sum of squares; NaN: unknown.

    ``lost`` counts the buckets before the first and behind the last filled one that were left out although their
    counts are not zero: negative ones, and those that are no numbers.
    """

    left: NDArray[np.float64]
    right: NDArray[np.float64]
    count: NDArray[np.float64]
    stats: tuple[float, float, float, float, float]
    lost: int = 0


def usable(left: NDArray[np.float64], right: NDArray[np.float64], count: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which buckets make sense, bool (k,): edges in order, a count that is not negative, none of them too large."""
    edges = (np.abs(left) <= LARGEST_EDGE) & (np.abs(right) <= LARGEST_EDGE) & (left <= right)
    found: NDArray[np.bool_] = edges & (count >= 0) & (count <= LARGEST_COUNT)
    return found


def faults(left: NDArray[np.float64], right: NDArray[np.float64], count: NDArray[np.float64]) -> list[tuple[int, str]]:
    """How many buckets are of no use for which reason, in a user's words; each bucket counts for its first reason."""
    finite = np.isfinite(left) & np.isfinite(right)
    reasons = (
        (~finite, "with an edge that is no finite number"),
        (finite & (left > right), "with its left edge beyond the right one"),
        (~(count >= 0), "with a count that is negative or no number"),
        (~usable(left, right, count), "with numbers too large to draw"),
    )
    found, taken = [], np.zeros(len(left), np.bool_)
    for where, reason in reasons:
        number = int(np.count_nonzero(where & ~taken))
        taken |= where
        if number:
            found.append((number, reason))
    return found


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
    lost = int(np.count_nonzero(counts)) - len(filled)
    if not len(filled):
        return Histogram(counts[:0], counts[:0], counts[:0], stats, lost), oddity
    first, last = int(filled[0]), int(filled[-1])
    if lost:
        lost -= int(np.count_nonzero(~(counts[first : last + 1] >= 0)))
    left = np.concatenate([[message.min], limits[first:last]])
    right = np.concatenate([limits[first:last], [message.max]])
    return Histogram(left, right, counts[first : last + 1], stats, lost), oddity


def from_tensor(values: NDArray[Any]) -> tuple[Histogram, str]:
    """A tensor [k, 3] of left, right, count."""
    if values.ndim != 2 or values.shape[1] != 3:
        empty = np.empty(0, np.float64)
        odd = f"a histogram of shape {list(values.shape)}; [k, 3] was expected" if values.size else ""
        return Histogram(empty, empty, empty, (np.nan,) * 5), odd
    table = values.astype(np.float64)
    with np.errstate(over="ignore", invalid="ignore"):
        number = float(table[:, 2].sum())
    stats = (np.nan, np.nan, number, np.nan, np.nan)
    left, right, count = (np.ascontiguousarray(table[:, index]) for index in range(3))
    return Histogram(left, right, count, stats), ""
