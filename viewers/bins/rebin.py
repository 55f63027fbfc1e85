"""Histograms over bins of equal width, as TensorBoard draws them. No Qt.

Source of the rules: TensorBoard's ``vz_histogram``. A bucket's count is spread over the bins in proportion to its
overlap with them; a bucket without width goes whole into the bin that holds it, where bins are half-open but the last
one, which is closed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .buckets import Buckets, Floats

#: Parts of buckets that are worked out in one go: some 100 MB of memory.
_MOST_PARTS = 2_000_000


def extent_of(buckets: Buckets) -> tuple[float, float] | None:
    """From the least left to the greatest right edge; None without buckets."""
    if not len(buckets.left):
        return None
    return float(buckets.left.min()), float(buckets.right.max())


def drawn_range(low: float, high: float) -> tuple[float, float]:
    """The range that bins share: ``low..high``, with room around where it is a single value.

    A single value v gets ``v / 1.1 - 1`` to ``v * 1.1 + 1``, TensorBoard's rule. From -10 downwards that range would
    not hold the value: there it is the mirror of the range of -v.
    """
    if low < high:
        return low, high
    if low <= -10:
        return low * 1.1 - 1, low / 1.1 + 1
    return low / 1.1 - 1, low * 1.1 + 1


def edges_of(low: float, high: float, bins: int) -> Floats:
    """The edges of ``bins`` bins of equal width, float64 (bins + 1,)."""
    edges = np.arange(bins + 1, dtype=np.float64) * ((high - low) / bins) + low
    edges[-1] = high
    return edges


def rebin(buckets: Buckets, edges: Floats) -> Floats:
    """Counts in bins with these rising ``edges`` float64 (b + 1,): float64 (rows, b).

    What lies outside of the edges is left out.
    """
    bins = len(edges) - 1
    counts = np.zeros(buckets.rows * bins)
    least = max(_MOST_PARTS // max(bins, 1), 1)
    for begin in range(0, len(buckets.left), least):
        part = slice(begin, begin + least)
        where, weights = _spread(buckets.left[part], buckets.right[part], buckets.count[part], edges)
        row, column = where
        counts += np.bincount(buckets.row[part][row] * bins + column, weights, len(counts))
    return counts.reshape(buckets.rows, bins)


def density(counts: Floats, edges: Floats, totals: Floats) -> Floats:
    """Shares of a row's ``totals`` float64 (rows,) a unit of value, so that the area under a row is 1."""
    width = np.diff(edges)
    found: Floats = counts / (np.where(totals > 0, totals, 1.0)[:, None] * width)
    return found


def totals_of(buckets: Buckets) -> Floats:
    """The counts of all buckets of each row, float64 (rows,)."""
    totals = np.zeros(buckets.rows)
    np.add.at(totals, buckets.row, buckets.count)
    return totals


def _spread(
    left: Floats, right: Floats, count: Floats, edges: Floats
) -> tuple[tuple[NDArray[np.intp], NDArray[np.intp]], Floats]:
    """(bucket, bin) of every overlap, and the count that goes there."""
    bins = len(edges) - 1
    width = right - left
    inside = (right >= edges[0]) & (left <= edges[-1])
    first = np.clip(np.searchsorted(edges, left, "right") - 1, 0, bins - 1)
    last = np.clip(np.searchsorted(edges, right, "left") - 1, first, bins - 1)
    last = np.where(width > 0, last, first)
    parts = np.where(inside, last - first + 1, 0)
    bucket = np.repeat(np.arange(len(left)), parts)
    ends = np.cumsum(parts)
    column = np.arange(len(bucket)) - np.repeat(ends - parts, parts) + first[bucket]
    overlap = np.minimum(right[bucket], edges[column + 1]) - np.maximum(left[bucket], edges[column])
    wide = width[bucket]
    # The share first: a count near the largest number times a width would overflow.
    share = np.where(wide > 0, np.maximum(overlap, 0.0) / np.where(wide > 0, wide, 1.0), 1.0)
    return (bucket, column), count[bucket] * share
