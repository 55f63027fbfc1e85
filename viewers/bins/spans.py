"""What must be known of a series before its histograms can stand beside those of others. No Qt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...reader.api import HistogramView, RestartMode
from ..selection import XAxis
from .buckets import Buckets, Floats, Ints, buckets_of
from .points import Points, nearest, places_of, shown_points
from .rebin import extent_of

Extent = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Span:
    """The range of the buckets of a view's first ``seen`` points at ``rewrites`` (None: there are none), how many of
    them are unusable, and which points are ``shown``; ``step`` int64 are the steps of these."""

    extent: Extent | None
    dropped: int
    seen: int
    rewrites: int
    shown: Points
    step: Ints

    @staticmethod
    def of(view: HistogramView, restarts: RestartMode, before: Span | None = None) -> Span:
        """The span of a view; what ``before``, an earlier one of the series, has seen is not looked at again."""
        extent, seen, dropped = None, 0, 0
        if before is not None and before.rewrites == view.rewrites and before.seen <= len(view.step):
            extent, seen, dropped = before.extent, before.seen, before.dropped
        fresh = buckets_of(view, begin=seen)
        shown = shown_points(view.step, view.sessions, restarts)
        extent = joined(extent, extent_of(fresh))
        step = view.step[shown.index]
        return Span(extent, dropped + fresh.dropped, len(view.step), view.rewrites, shown, step)

    def places(self, view: HistogramView, axis: XAxis) -> Floats:
        """Where the shown points stand on an axis, float64."""
        return places_of(view, self.shown.index, axis)

    def nearest(self, view: HistogramView, axis: XAxis, x: float | None) -> int | None:
        """The shown point of the view nearest to ``x`` on an axis, the newest for None; None without points."""
        index = self.shown.index
        if not len(index):
            return None
        if x is None:
            return int(index[-1])
        if axis is not XAxis.STEP:
            found = nearest(self.places(view, axis), x)
            return None if found is None else int(index[found])
        at = int(np.searchsorted(self.step, x))
        if at == len(index) or (at and x - float(self.step[at - 1]) <= float(self.step[at]) - x):
            at -= 1
        return int(index[at])


def joined(one: Extent | None, other: Extent | None) -> Extent | None:
    """The range that holds both; None is the range of nothing."""
    if one is None or other is None:
        return one or other
    return min(one[0], other[0]), max(one[1], other[1])


def beside(views: list[HistogramView], points: list[int]) -> Buckets:
    """The usable buckets of one point of each view, a row each."""
    parts = [buckets_of(view, begin=point, end=point + 1) for view, point in zip(views, points, strict=True)]
    lengths = [len(part.left) for part in parts]
    left, right, count = (_together([getattr(part, name) for part in parts]) for name in ("left", "right", "count"))
    return Buckets(
        left,
        right,
        count,
        np.repeat(np.arange(len(parts)), lengths),
        len(parts),
        sum(part.dropped for part in parts),
        np.array([bool(part.damaged[0]) for part in parts], np.bool_),
    )


def _together(parts: list[Floats]) -> Floats:
    return np.concatenate(parts) if parts else np.empty(0)
