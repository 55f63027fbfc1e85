"""The limits that show all of a chart's lines, kept until the lines change."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal

from ..charts.view import Range
from ..jobs import Job, Jobs
from ..lod import domain
from ..lod.scale import Scale, ScaleKind
from ..lod.series import LodSeries
from ..lod.ticks import tick_step
from .series import SeriesLines

#: With more values than this the pool finds their extent, at most once in THROTTLE seconds while they only grow.
INLINE_VALUES = 80_000
THROTTLE = 0.7
#: The share of the x range that may be added for the axis to end on a tick.
END_ROOM = 0.012
#: Room beside a lonely point, as a share of the x range.
DOT_ROOM = 0.02
FEWEST_WITH_OUTLIERS = 20


@dataclass(frozen=True, slots=True)
class Fit:
    """Limits of both axes (None without points), and the scale of y that goes with them."""

    x: Range | None
    y: Range | None
    y_scale: Scale


@dataclass(slots=True)
class _Entry:
    signature: tuple[object, ...]
    rule: tuple[object, ...]
    extent: domain.Extent | None
    at: float


class FitCache(QObject):
    """Extents by tag. ``ready`` carries a tag whose extent was found by the pool."""

    ready = Signal(str)

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._entries: dict[str, _Entry] = {}
        self._running: dict[str, Job] = {}
        self._late: set[str] = set()
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(int(THROTTLE * 1000))
        self._again.timeout.connect(self._look_again)

    def fit(self, tag: str, lines: Sequence[SeriesLines], kind: ScaleKind, x_log: bool, ignore_outliers: bool) -> Fit:
        """The limits for these lines; those of an earlier state while the pool looks for new ones."""
        extent = self._extent(tag, lines, kind, ignore_outliers)
        return Fit(_x_range(lines, x_log), *_y_range(extent, kind))

    def forget(self) -> None:
        """Drop all that is kept."""
        self._entries.clear()

    def close(self) -> None:
        """Cancel what the pool still does."""
        self._again.stop()
        for job in self._running.values():
            job.cancel()
        self._running.clear()

    def _look_again(self) -> None:
        tags, self._late = self._late, set()
        for tag in tags:
            self.ready.emit(tag)

    def _extent(
        self, tag: str, lines: Sequence[SeriesLines], kind: ScaleKind, ignore_outliers: bool
    ) -> domain.Extent | None:
        drawn: list[LodSeries] = [line.smooth if line.smooth is not None else line.raw for line in lines]
        positive = kind is ScaleKind.LOG
        # One value at each end is more than 5 % of fewer values, and would often be half of what there is to see.
        ignore_outliers = ignore_outliers and sum(len(line) for line in lines) >= FEWEST_WITH_OUTLIERS
        signature = tuple((id(line.index), len(line), line.settings.weight) for line in lines)
        rule = (ignore_outliers, positive)
        known = self._entries.get(tag)
        if known is not None and known.signature == signature and known.rule == rule:
            return known.extent
        values = [line.values for line in drawn]
        count = sum(len(part) for part in values)
        if count <= INLINE_VALUES:
            extent = domain.extent(values, ignore_outliers=ignore_outliers, positive=positive)
            self._entries[tag] = _Entry(signature, rule, extent, time.monotonic())
            return extent
        fresh = known is not None and known.rule == rule and time.monotonic() - known.at < THROTTLE
        if fresh:
            # Lines that stop growing right now would keep the limits they had a moment ago.
            self._late.add(tag)
            if not self._again.isActive():
                self._again.start()
        elif tag not in self._running:

            def done(extent: domain.Extent | None) -> None:
                del self._running[tag]
                self._entries[tag] = _Entry(signature, rule, extent, time.monotonic())
                self.ready.emit(tag)

            def failed(error: BaseException) -> None:
                del self._running[tag]
                raise error

            self._running[tag] = self._jobs.submit(
                lambda: domain.extent(values, ignore_outliers=ignore_outliers, positive=positive), done, failed
            )
        if known is not None:
            return known.extent
        return _rough(drawn, positive)


def _rough(drawn: Sequence[LodSeries], positive: bool) -> domain.Extent | None:
    """The extent of a few values of each line, until that of all is known."""
    return domain.extent(
        [line.values[:: max(len(line.values) // 500, 1)] for line in drawn], ignore_outliers=True, positive=positive
    )


def _x_range(lines: Sequence[SeriesLines], x_log: bool) -> Range | None:
    limits = [found for line in lines if (found := line.index.limits()) is not None]
    if not limits:
        return None
    low, high = min(low for low, _ in limits), max(high for _, high in limits)
    if x_log and low <= 0:
        positive = [least for line in lines if (least := line.index.smallest_positive()) is not None]
        low = min(positive, default=low)
    if not x_log and low < high and any(len(line.index) == 1 for line in lines):
        room = (high - low) * DOT_ROOM
        return low - room, high + room
    if not x_log:
        # Steps 0..99,950 end a hair before the tick at 100k: a little room lets the axis end on it.
        step = tick_step((high - low) / 5)
        end = math.ceil(high / step) * step if step else high
        high = end if end - high <= (high - low) * END_ROOM else high
    return low, high


def _y_range(extent: domain.Extent | None, kind: ScaleKind) -> tuple[Range | None, Scale]:
    if extent is None:
        return None, Scale(ScaleKind.LINEAR if kind is ScaleKind.SYMLOG else kind)
    low, high = extent
    if kind is ScaleKind.LOG:
        return domain.padded_log(low, high), Scale(kind)
    if kind is ScaleKind.SYMLOG:
        linear = domain.symlog_linear(low, high)
        return domain.padded_symlog(low, high, linear), Scale(kind, linear)
    return domain.padded_linear(low, high), Scale(kind)
