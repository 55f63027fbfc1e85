"""Arrays of numbers as histograms."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ..reader.wire.events_pb2 import HistogramProto

Floats = npt.NDArray[np.float64]


@functools.cache
def default_edges() -> Floats:
    """The edges of ``bins="tensorflow"``: from -1e20 over 0 to 1e20, each 10 % wider than the one before."""
    positive = []
    edge = 1e-12
    while edge < 1e20:
        positive.append(edge)
        edge *= 1.1
    return np.array([*(-edge for edge in reversed(positive)), 0.0, *positive])


def make_histogram(
    values: npt.ArrayLike, bins: str | int | Sequence[float] | npt.ArrayLike = "tensorflow"
) -> HistogramProto:
    """The histogram of all finite values, of any shape.

    ``bins`` is "tensorflow", or what :func:`numpy.histogram` takes. Buckets at both ends that hold nothing are left
    out, and one empty bucket goes first: its right edge is the left edge of what follows. Raises ValueError if there
    is no finite value.
    """
    array = np.asarray(values, dtype=np.float64).ravel()
    finite = array[np.isfinite(array)]
    if not finite.size:
        raise ValueError("a histogram needs at least one finite value")
    if isinstance(bins, str) and bins == "tensorflow":
        edges = default_edges()
        counts, _ = np.histogram(np.clip(finite, edges[0], edges[-1]), bins=edges)
    else:
        counts, edges = np.histogram(finite, bins=bins)
    filled = np.flatnonzero(counts)
    first, last = (int(filled[0]), int(filled[-1])) if filled.size else (0, 0)
    return HistogramProto(
        min=float(finite.min()),
        max=float(finite.max()),
        num=float(finite.size),
        sum=float(finite.sum()),
        sum_squares=float(finite @ finite),
        bucket_limit=edges[first : last + 2].tolist(),
        bucket=[0.0, *counts[first : last + 1].astype(np.float64).tolist()],
    )
