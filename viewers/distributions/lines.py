"""The percentiles of a series as lines over an axis. No Qt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from ...reader.api import RestartMode
from ..bins.buckets import Floats, Ints
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
    drawn apart. ``origin`` is the step that x is less of. ``extents`` float64 (9, 2) are the least and greatest finite
    value of each line, NaN where there is none."""

    source: Percentiles
    axis: XAxis
    restarts: RestartMode
    index: XIndex
    lines: tuple[LodSeries, ...]
    point: Ints
    shown: Points
    origin: int
    extents: Floats

    @staticmethod
    def of(
        source: Percentiles, axis: XAxis, restarts: RestartMode = RestartMode.LATEST_WINS, origin: int = 0
    ) -> PercentileLines:
        """The lines of a series on an axis; ``origin`` is for steps."""
        points = shown_points(source.step, source.sessions, restarts)
        chosen = points.index if restarts is RestartMode.LATEST_WINS else np.sort(points.index)
        if axis is XAxis.STEP:
            index = XIndex(source.step[chosen], origin)
        else:
            index = XIndex(source.wall[chosen], start_of(source.wall) if axis is XAxis.RELATIVE else 0.0)
        values = source.values[chosen]
        lines = tuple(LodSeries(index, np.ascontiguousarray(values[:, line])) for line in range(len(BASIS_POINTS)))
        return PercentileLines(source, axis, restarts, index, lines, chosen, points, origin, _extents(values))

    def nearest(self, offset: float | None) -> int | None:
        """The point of the series nearest to ``offset`` (x less the origin), the newest for None; None without any."""
        if not len(self.index):
            return None
        if offset is None:
            return int(self.point[-1])
        position = self.index.nearest(offset)
        return None if position is None else int(self.point[self.index.source_index(position)])


def origin_of(steps: Iterable[Ints], axis: XAxis) -> int:
    """What steps are drawn less of, the first of a series where float64 cannot tell them apart; 0 on other axes."""
    for step in steps if axis is XAxis.STEP else ():
        if len(step) and abs(int(step[-1])) >= _EXACT:
            return int(step[0])
    return 0


def fit_x(many: Iterable[PercentileLines]) -> Range | None:
    """From the first to the last point of all."""
    ranges = [found for lines in many if (found := lines.index.limits()) is not None]
    return (min(low for low, _ in ranges), max(high for _, high in ranges)) if ranges else None


def fit_y(many: Iterable[PercentileLines], drawn: Sequence[int]) -> Range | None:
    """From the least to the greatest value of the lines that are ``drawn``, with a little room; None without values."""
    extents = np.array([lines.extents[list(drawn)] for lines in many]).reshape(-1, 2)
    extents = extents[np.isfinite(extents).all(axis=1)]
    if not len(extents):
        return None
    low, high = float(extents[:, 0].min()), float(extents[:, 1].max())
    room = (high - low) * _ROOM
    return low - room, high + room


def _extents(values: Floats) -> Floats:
    finite = np.isfinite(values)
    low = np.where(finite, values, np.inf).min(axis=0, initial=np.inf)
    high = np.where(finite, values, -np.inf).max(axis=0, initial=-np.inf)
    found: Floats = np.where(np.isfinite(low), np.stack([low, high]), np.nan).T
    return found
