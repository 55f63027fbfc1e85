"""The percentiles of a series as lines over an axis. No Qt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...reader.api import RestartMode
from ..bins.buckets import Ints
from ..bins.percentiles import BASIS_POINTS, Percentiles
from ..bins.points import Points, shown_points, start_of
from ..charts.view import Range
from ..lod.series import LodSeries
from ..lod.xindex import XIndex
from ..selection import XAxis

#: Steps from here on are drawn less the first of them, because float64 cannot tell them apart.
_EXACT = 1 << 53
#: Room above and below, as a share of the range.
_ROOM = 0.04


@dataclass(frozen=True, slots=True)
class PercentileLines:
    """``lines`` are the nine percentiles from min to max over ``index``; ``point`` int64 (k,) names the points of the
    series that stand in it: by rising step, but in file order in the modes that show several attempts, whose lines are
    drawn apart. ``origin`` is the step that x is less of."""

    source: Percentiles
    axis: XAxis
    restarts: RestartMode
    index: XIndex
    lines: tuple[LodSeries, ...]
    point: Ints
    shown: Points
    origin: int

    @staticmethod
    def of(source: Percentiles, axis: XAxis, restarts: RestartMode = RestartMode.LATEST_WINS) -> PercentileLines:
        """The lines of a series on an axis."""
        points = shown_points(source.step, source.sessions, restarts)
        chosen = points.index if restarts is RestartMode.LATEST_WINS else np.sort(points.index)
        origin = 0
        if axis is XAxis.STEP:
            step = source.step[chosen]
            if len(step) and abs(int(step[-1])) >= _EXACT:
                origin = int(step[0])
            index = XIndex(step, origin)
        else:
            index = XIndex(source.wall[chosen], start_of(source.wall) if axis is XAxis.RELATIVE else 0.0)
        values = source.values[chosen]
        lines = tuple(LodSeries(index, np.ascontiguousarray(values[:, line])) for line in range(len(BASIS_POINTS)))
        return PercentileLines(source, axis, restarts, index, lines, chosen, points, origin)

    def is_of(self, source: Percentiles, axis: XAxis, restarts: RestartMode) -> bool:
        """True if these are the lines of just that."""
        return self.source is source and self.axis is axis and self.restarts is restarts

    def fit_x(self) -> Range | None:
        """From the first to the last point."""
        return self.index.limits()

    def fit_y(self) -> Range | None:
        """From the least to the greatest value, with a little room; None without values."""
        values = self.source.values[self.point]
        finite = values[np.isfinite(values)]
        if not len(finite):
            return None
        low, high = float(finite.min()), float(finite.max())
        room = (high - low) * _ROOM
        return low - room, high + room

    def nearest(self, offset: float | None) -> int | None:
        """The point of the series nearest to ``offset`` (x less the origin), the newest for None; None without any."""
        if not len(self.index):
            return None
        if offset is None:
            return int(self.point[-1])
        position = self.index.nearest(offset)
        return None if position is None else int(self.point[self.index.source_index(position)])
