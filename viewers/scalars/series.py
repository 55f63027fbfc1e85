"""The lines of series, ready to be drawn: brought up to date in small steps here, in large ones by the pool."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject, Signal

from ...reader.api import RestartMode, ScalarSelection, SeriesKey
from ..jobs import Job, Jobs
from ..lod.growing import GrowingArray
from ..lod.series import LodSeries
from ..lod.smoothing import Smoother
from ..lod.xindex import XIndex
from ..selection import XAxis

if TYPE_CHECKING:
    from ...reader.api import RunStore

#: Series of more points are worked on by the pool; those of fewer in the GUI thread, a few in each of its turns.
INLINE_POINTS = 30_000
#: Points of series that are out of sight whose lines are kept for when they come back.
KEPT_POINTS = 6_000_000
_EXACT = 1 << 53


@dataclass(frozen=True, slots=True)
class LineSettings:
    """What lines are made for."""

    axis: XAxis = XAxis.STEP
    mode: RestartMode = RestartMode.LATEST_WINS
    weight: float = 0.0
    origin: int = 0


@dataclass(slots=True)
class SeriesLines:
    """One series' lines. ``start_wall`` is the wall time of its first point, where its relative time is 0."""

    selection: ScalarSelection
    settings: LineSettings
    index: XIndex
    raw: LodSeries
    smooth: LodSeries | None
    start_wall: float
    _smoother: Smoother | None
    _smoothed: GrowingArray | None

    def __len__(self) -> int:
        return len(self.selection.step)

    @staticmethod
    def build(selection: ScalarSelection, settings: LineSettings) -> SeriesLines:
        """All lines of a selection, from the start; touches nothing that another thread could see."""
        start_wall = _start(selection)
        x, origin = _x_of(selection, settings, start_wall)
        index = XIndex(x, origin)
        lines = SeriesLines(selection, settings, index, LodSeries(index, selection.value), None, start_wall, None, None)
        lines._begin_smoothing()
        return lines

    def resmoothed(self, weight: float) -> SeriesLines:
        """The same points smoothed by another weight; the present object stays as it is."""
        lines = replace(self, settings=replace(self.settings, weight=weight), smooth=None)
        lines._begin_smoothing()
        return lines

    def extend(self, selection: ScalarSelection) -> None:
        """Follow a selection that begins with the present one."""
        done = len(self)
        self.selection = selection
        x, _ = _x_of(selection, self.settings, self.start_wall)
        in_place = self.index.extend(x)
        self.raw.extend(selection.value, in_place)
        if self._smoother is not None and self._smoothed is not None and self.smooth is not None:
            self._smoothed.append(self._smoother.feed(selection.value[done:]))
            self.smooth.extend(self._smoothed.values, in_place)

    def _begin_smoothing(self) -> None:
        self._smoother = self._smoothed = None
        if self.settings.weight <= 0:
            return
        self._smoother = Smoother(self.settings.weight)
        self._smoothed = GrowingArray(self.selection.value.dtype)
        self._smoothed.append(self._smoother.feed(self.selection.value))
        self.smooth = LodSeries(self.index, self._smoothed.values)


def _start(selection: ScalarSelection) -> float:
    finite = np.flatnonzero(np.isfinite(selection.wall[:1024]))
    return float(selection.wall[finite[0]]) if len(finite) else 0.0


def _x_of(selection: ScalarSelection, settings: LineSettings, start_wall: float) -> tuple[Any, float]:
    if settings.axis is XAxis.STEP:
        return selection.step, settings.origin
    return selection.wall, start_wall if settings.axis is XAxis.RELATIVE else 0.0


class SeriesCache(QObject):
    """Lines by series. ``ready`` carries the key of a series whose lines were finished by the pool."""

    ready = Signal(object)
    origin_changed = Signal()

    def __init__(self, store: RunStore, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store, self._jobs = store, jobs
        self._settings = LineSettings()
        self._lines: OrderedDict[SeriesKey, SeriesLines] = OrderedDict()
        self._points = 0
        self._running: dict[SeriesKey, Job] = {}
        self._built = 0

    @property
    def built(self) -> int:
        """How often lines were made or extended in the GUI thread: what a caller looks at who has little time."""
        return self._built

    @property
    def settings(self) -> LineSettings:
        """What lines are made for now."""
        return self._settings

    def configure(self, axis: XAxis, mode: RestartMode, weight: float) -> None:
        """Choose the axis, the view of restarts and the smoothing for all lines."""
        origin = self._settings.origin if axis is XAxis.STEP else 0
        self._settings = LineSettings(axis, mode, weight, origin)

    def selection(self, key: SeriesKey) -> ScalarSelection | None:
        """The points of a series as they are now; None if it is gone."""
        try:
            found: ScalarSelection = self._store.selection(key, self._settings.mode)
        except KeyError:
            return None
        return found

    def lines(self, key: SeriesKey) -> SeriesLines | None:
        """The lines of a series, as new as can be had at once (None: none yet); ``ready`` tells of the rest."""
        selection = self.selection(key)
        if selection is None or not len(selection.step):
            self._drop(key)
            return None
        self._watch_origin(selection)
        known = self._lines.get(key)
        if known is not None:
            self._lines.move_to_end(key)
        if key in self._running:
            return known if known is not None and self._drawable(known) else None
        wanted = self._settings
        grows = known is not None and known.selection.token == selection.token and len(selection.step) >= len(known)
        if known is not None and grows and known.settings == wanted:
            new = len(selection.step) - len(known)
            if new == 0 and known.selection is selection:
                return known
            if new > INLINE_POINTS:
                self._submit(key, selection)
                return known
            self._extend(known, selection)
            return known
        if known is not None and grows and replace(known.settings, weight=wanted.weight) == wanted:
            new = len(selection.step) - len(known)
            if known.selection is not selection and new <= INLINE_POINTS:
                self._extend(known, selection)
            return self._reweigh(key, known)
        if len(selection.step) <= INLINE_POINTS:
            self._built += 1
            return self._keep(key, SeriesLines.build(selection, wanted))
        self._submit(key, selection)
        return known if known is not None and self._drawable(known) else None

    def is_busy(self, key: SeriesKey) -> bool:
        """True while the pool works on a series."""
        return key in self._running

    def trim(self, shown: set[SeriesKey]) -> None:
        """Forget lines of series that are not ``shown``, the longest unused first, when there are many points."""
        if self._points <= KEPT_POINTS:
            return
        for key in list(self._lines):
            if key not in shown:
                self._drop(key)
                if self._points <= KEPT_POINTS:
                    return

    def close(self) -> None:
        """Cancel what the pool still does for this cache."""
        for job in self._running.values():
            job.cancel()
        self._running.clear()
        self._lines.clear()

    def _drawable(self, known: SeriesLines) -> bool:
        """Lines of an earlier state are better than none, on the same axis."""
        return known.settings.axis is self._settings.axis and known.settings.origin == self._settings.origin

    def _reweigh(self, key: SeriesKey, known: SeriesLines) -> SeriesLines:
        weight = self._settings.weight
        if len(known) <= INLINE_POINTS:
            self._built += 1
            return self._keep(key, known.resmoothed(weight))
        self._run(key, lambda: known.resmoothed(weight))
        return known

    def _submit(self, key: SeriesKey, selection: ScalarSelection) -> None:
        wanted = self._settings
        self._run(key, lambda: SeriesLines.build(selection, wanted))

    def _run(self, key: SeriesKey, work: Any) -> None:
        def done(lines: SeriesLines) -> None:
            del self._running[key]
            self._keep(key, lines)
            self.ready.emit(key)

        def failed(error: BaseException) -> None:
            del self._running[key]
            raise error

        self._running[key] = self._jobs.submit(work, done, failed)

    def _keep(self, key: SeriesKey, lines: SeriesLines) -> SeriesLines:
        self._drop(key)
        self._lines[key] = lines
        self._points += len(lines)
        return lines

    def _drop(self, key: SeriesKey) -> None:
        known = self._lines.pop(key, None)
        if known is not None:
            self._points -= len(known)

    def _extend(self, known: SeriesLines, selection: ScalarSelection) -> None:
        self._built += 1
        self._points += len(selection.step) - len(known)
        known.extend(selection)

    def _watch_origin(self, selection: ScalarSelection) -> None:
        """Steps beyond 2**53 are drawn less the first of them, because float64 cannot tell them apart."""
        if self._settings.axis is not XAxis.STEP or self._settings.origin:
            return
        last = int(selection.step[-1])
        if abs(last) >= _EXACT:
            self._settings = replace(self._settings, origin=int(selection.step[0]))
            self.origin_changed.emit()
