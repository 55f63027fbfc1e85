"""Keeps the read-out and the cursor lines at the place that is pointed at."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, QTimer, Signal

from ..lod import ticks
from ..pane import PaneContext
from ..selection import XAxis
from .filling import CardFiller
from .readout import ReadOut
from .settings import SettingsModel
from .values import arranged

_QUIET_MS = 12
#: Seconds for making lines that the read-out needs and no chart has asked for yet.
_MOST_SECONDS = 0.006
#: What was read of itself is followed at a tenth of the time.
_EASE = 10.0


class ReadOutFeed(QObject):
    """``offset`` is the cursor's x less the origin of the axis (exact for any step), ``tag`` the chart pointed at.

    Nothing is read while not ``active``. ``heading`` says what the read-out is of: a title and a tag, told by
    ``heading_changed(title, tag)``.
    """

    heading_changed = Signal(str, str)

    def __init__(
        self,
        context: PaneContext,
        filler: CardFiller,
        settings: SettingsModel,
        readout: ReadOut,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._context, self._filler, self._settings = context, filler, settings
        self._readout = readout
        self.heading = ("Values", "")
        self.offset: float | None = None
        self.tag: str | None = None
        self.active = True
        self._y: float | None = None
        self._pointing = False
        self._cost = 0.0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.refresh)

    def point(self, tag: str, offset: float, y: float | None) -> None:
        """The mouse is at ``offset``, ``y`` of the chart of ``tag``."""
        if self._context.cursor.axis is XAxis.STEP:
            offset = float(round(offset))
        self._y = y
        self._pointing = True
        self.offset, self.tag = offset, tag
        self._context.cursor.move(offset + self._origin(), tag)
        self._pointing = False
        self.refresh_soon()

    def follow_cursor(self) -> None:
        """The shared cursor moved, here or in another pane."""
        if not self._pointing:
            x = self._context.cursor.x
            self.offset = None if x is None else x - self._origin()
            self.tag = self._context.cursor.tag
            self._y = None
        self.refresh_soon()

    def forget_place(self) -> None:
        """The axis is another one: no place on it is pointed at."""
        self.offset = None

    def refresh_soon(self) -> None:
        """Bring the read-out up to date within a moment, once for many calls."""
        self._refresh_in(_QUIET_MS / 1000)

    def refresh_at_ease(self) -> None:
        """Bring it up to date when it does not take much of the time: while a log with many runs is read."""
        self._refresh_in(max(_QUIET_MS / 1000, _EASE * self._cost))

    def _refresh_in(self, seconds: float) -> None:
        milliseconds = round(1000 * seconds)
        if self.active and (not self._timer.isActive() or self._timer.remainingTime() > milliseconds):
            self._timer.start(milliseconds)

    def refresh(self) -> None:
        """Bring the read-out up to date."""
        began = time.perf_counter()
        if not self._refresh(began + _MOST_SECONDS):
            self.refresh_soon()
        self._cost = time.perf_counter() - began

    def _refresh(self, deadline: float) -> bool:
        tag = self.tag if self.tag is not None and self.tag in self._filler.catalog else self._first_tag()
        if tag is None:
            self._readout.set_rows([], False)
            self._head("Values", "")
            return True
        now = self._settings.now
        readings, complete = self._filler.readings(tag, self.offset, deadline)
        if not complete:
            return False
        self._readout.set_rows(arranged(readings, now.order, self._y), now.smoothing > 0)
        self._head(self._title(), tag)
        return True

    def _head(self, title: str, tag: str) -> None:
        if (title, tag) != self.heading:
            self.heading = (title, tag)
            self.heading_changed.emit(title, tag)

    def stop(self) -> None:
        """Do nothing any more."""
        self._timer.stop()

    def _first_tag(self) -> str | None:
        return next((tag for tag in self._filler.catalog.tags() if self._filler.shown(tag)), None)

    def _origin(self) -> int:
        settings = self._filler.cache.settings
        return settings.origin if settings.axis is XAxis.STEP else 0

    def _title(self) -> str:
        if self.offset is None:
            return "Latest values"
        axis = self._context.cursor.axis
        if axis is XAxis.STEP:
            return f"At step {ticks.step_label(round(self.offset) + self._origin())}"
        if axis is XAxis.RELATIVE:
            return f"At {ticks.duration(self.offset)}"
        return f"At {ticks.clock(self.offset)}"
