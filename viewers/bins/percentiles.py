"""The nine percentiles of a distribution, by the formula of TensorBoard's compressor. No Qt.

Source: ``tensorboard.plugins.distribution.compressor.compress_histogram``; tests compare the two.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...reader.api import HistogramView, Session
from .buckets import Buckets, Floats, Ints, buckets_of

#: Hundredths of a percent: the normal distribution's share below -inf, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, +inf deviations.
BASIS_POINTS = (0, 668, 1587, 3085, 5000, 6915, 8413, 9332, 10000)
NAMES = ("min", "7 %", "16 %", "31 %", "50 %", "69 %", "84 %", "93 %", "max")
MEDIAN = 4
#: How strongly TensorBoard fills the bands between neighbouring percentiles, from the outer ones to the middle. It has
#: them from another list than the percentiles: the density at (0, 228, 1587, 3085, 5000) basis points.
OPACITIES = (0.0912, 0.5436, 0.5992, 0.766)
#: Numbers in one table of weights.
_MOST_CELLS = 400_000
_EXACT = 2.0**53


def compress(buckets: Buckets) -> Floats:
    """The values at :data:`BASIS_POINTS`, float64 (rows, 9).

    A row without buckets has zeros, as in TensorBoard; one whose buckets were all damaged has NaN.
    """
    values = np.zeros((buckets.rows, len(BASIS_POINTS)))
    lengths = np.bincount(buckets.row, minlength=buckets.rows)
    starts = np.concatenate([[0], np.cumsum(lengths)])
    filled = np.flatnonzero(lengths)
    begin = 0
    while begin < len(filled):
        # As many rows as make a table of bearable size, padded to the longest of them.
        widest = np.maximum.accumulate(lengths[filled[begin : begin + 4096]])
        fits = widest * np.arange(1, len(widest) + 1) <= _MOST_CELLS
        end = begin + max(int(np.argmin(fits)) if not fits.all() else len(fits), 1)
        rows = filled[begin:end]
        values[rows] = _table(buckets, starts[rows], lengths[rows])
        begin = end
    values[buckets.damaged] = np.nan
    return values


def _table(buckets: Buckets, starts: Ints, lengths: Ints) -> Floats:
    """:func:`compress` of rows of at least one bucket each."""
    longest = int(lengths.max())
    at = np.minimum(starts[:, None] + np.arange(longest), (starts + lengths - 1)[:, None])
    inside = np.arange(longest) < lengths[:, None]
    left, right = buckets.left, buckets.right
    counts = np.where(inside, buckets.count[at], 0.0)
    totals = _totals(counts, buckets.count, starts, lengths)
    with np.errstate(over="ignore", invalid="ignore"):
        weights = np.cumsum(counts * BASIS_POINTS[-1] / np.where(totals > 0, totals, 1.0)[:, None], axis=1)
    weights[~inside] = np.inf
    lowest, highest = left[starts], right[starts + lengths - 1]
    found = np.empty((len(starts), len(BASIS_POINTS)))
    every = np.arange(len(starts))
    for column, point in enumerate(BASIS_POINTS):
        index = np.count_nonzero(weights <= point, axis=1)
        beyond = index >= lengths
        index = np.minimum(index, lengths - 1)
        before = np.where(index > 0, weights[every, np.maximum(index - 1, 0)], 0.0)
        after = weights[every, index]
        low = np.where(before == 0, lowest, np.maximum(right[starts + np.maximum(index - 1, 0)], lowest))
        high = np.minimum(right[starts + index], highest)
        with np.errstate(all="ignore"):
            value = low + (point - before) * (high - low) / (after - before)
        found[:, column] = np.where(beyond, highest, value)
    return found


def _totals(table: Floats, count: Floats, starts: Ints, lengths: Ints) -> Floats:
    """The sums of rows, to the last digit as numpy adds each row by itself: it decides where a row ends."""
    totals: Floats = table.sum(axis=1)
    odd = np.flatnonzero((totals >= _EXACT) | (table != np.rint(table)).any(axis=1))
    # Whole numbers have one sum in whatever order they are added, and a padded row adds in another.
    for row in odd.tolist():
        totals[row] = count[starts[row] : starts[row] + lengths[row]].sum()
    return totals


@dataclass(frozen=True, slots=True)
class Percentiles:
    """Percentiles of all points of a view in file order: ``values`` float64 (n, 9), with their ``step`` and ``wall``.

    ``dropped`` counts the unusable buckets. ``sessions`` are those of the view.
    """

    values: Floats
    step: Ints
    wall: Floats
    rewrites: int
    dropped: int
    sessions: tuple[Session, ...] = ()

    @staticmethod
    def of(view: HistogramView, before: Percentiles | None = None) -> Percentiles:
        """All of a view's; those of ``before``, an earlier state of the series, are not worked out again."""
        grows = before is not None and before.rewrites == view.rewrites and len(before.values) <= len(view.step)
        done = len(before.values) if before is not None and grows else 0
        buckets = buckets_of(view, begin=done)
        fresh = compress(buckets)
        if before is None or not done:
            return Percentiles(fresh, view.step, view.wall, view.rewrites, buckets.dropped, view.sessions)
        values = np.concatenate([before.values, fresh]) if len(fresh) else before.values
        dropped = before.dropped + buckets.dropped
        return Percentiles(values, view.step, view.wall, view.rewrites, dropped, view.sessions)
