"""The buckets of a series of histograms that can be drawn, and the points they belong to. No Qt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...reader.api import HistogramView, usable_buckets

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Buckets:
    """Buckets of ``rows`` histograms in a row.

    ``left``, ``right``, ``count`` float64 (m,), finite, ``left <= right``, ``count >= 0``. ``row`` int64 (m,), not
    falling, names the histogram of each bucket. ``dropped`` counts the buckets that no drawing could show, ``damaged``
    bool (rows,) marks the histograms that had buckets and kept none.
    """

    left: Floats
    right: Floats
    count: Floats
    row: Ints
    rows: int
    dropped: int
    damaged: NDArray[np.bool_]


def buckets_of(view: HistogramView, points: Ints | None = None, begin: int = 0, end: int | None = None) -> Buckets:
    """The usable buckets of some points of a view: of ``points`` int64 (k,) in this order, or of ``begin..end``.

    Nothing is copied where all buckets of a stretch of points are usable.
    """
    if points is None:
        starts = view.start[begin : len(view.step) + 1 if end is None else end + 1]
        first, last = int(starts[0]), int(starts[-1])
        lengths = np.diff(starts)
        parts = (view.left[first:last], view.right[first:last], view.count[first:last])
    else:
        starts = view.start[points]
        lengths = view.start[points + 1] - starts
        ends = np.cumsum(lengths)
        total = int(ends[-1]) if len(ends) else 0
        taken = np.arange(total) + np.repeat(starts - (ends - lengths), lengths)
        parts = (view.left[taken], view.right[taken], view.count[taken])
    row = np.repeat(np.arange(len(lengths)), lengths)
    good = usable_buckets(*parts)
    if good.all():
        return Buckets(*parts, row, len(lengths), 0, np.zeros(len(lengths), np.bool_))
    kept = np.bincount(row[good], minlength=len(lengths))
    left, right, count = (part[good] for part in parts)
    dropped = int(len(good) - np.count_nonzero(good))
    return Buckets(left, right, count, row[good], len(lengths), dropped, (kept == 0) & (lengths > 0))
