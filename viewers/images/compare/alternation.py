"""Lets compared pictures alternate by themselves."""

from __future__ import annotations

import math
import time

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from ...widgets.motion import fade_ms
from .flicker import turn_at, until_next
from .settings import CompareModel, Way
from .stage import Stage


class Alternation(QObject):
    """``switched`` carries whether pictures are to alternate. They do while :meth:`go_on` was called last."""

    switched = Signal(bool)

    def __init__(self, settings: CompareModel, stage: Stage, parent: QObject) -> None:
        super().__init__(parent)
        self._settings, self._stage = settings, stage
        self._wanted = self._awake = False
        self._began, self._first = 0.0, 0
        self._clock = QTimer(self)
        self._clock.setSingleShot(True)
        self._clock.setTimerType(Qt.TimerType.PreciseTimer)
        self._clock.timeout.connect(self._turn)

    @property
    def on(self) -> bool:
        """True while pictures alternate, or would if somebody looked."""
        return self._wanted and self._settings.now.way is Way.FLICKER

    @property
    def running(self) -> bool:
        """True while the next change is on its way."""
        return self._clock.isActive()

    def begin(self) -> None:
        """Begin as the system has it: where it asks for reduced motion, one press of a key is needed."""
        self._start(fade_ms() > 0)

    def set_on(self, on: bool) -> None:
        """Let pictures alternate, or stand still at the one that is shown."""
        if on != self._wanted:
            self._start(on)

    def toggle(self) -> None:
        """Alternate, or stand still."""
        self.set_on(not self._wanted)

    def keep_pace(self) -> None:
        """The rate is another one."""
        if self._wanted:
            self._start(True)

    def show_next(self, by: int) -> None:
        """Stand still at the picture ``by`` behind the one that is shown."""
        self.set_on(False)
        count = len(self._stage.entries)
        if count:
            self._stage.set_top((self._stage.overlay.top + by) % count)

    def go_on(self) -> None:
        """Somebody looks."""
        self._awake = True
        self._schedule()

    def pause(self) -> None:
        """Nobody looks for now: let nothing move."""
        self._awake = False
        self._clock.stop()

    def _start(self, on: bool) -> None:
        self._wanted = on
        self.switched.emit(on)
        self._began, self._first = time.monotonic(), self._stage.overlay.top
        self._clock.stop()
        self._schedule()

    def _schedule(self) -> None:
        if self._awake and self.on:
            wait = until_next(time.monotonic() - self._began, self._settings.now.rate)
            self._clock.start(max(math.ceil(wait * 1000), 1))

    def _turn(self) -> None:
        count = len(self._stage.entries)
        if count:
            elapsed = time.monotonic() - self._began
            self._stage.set_top(turn_at(elapsed, self._settings.now.rate, count, self._first))
        self._schedule()
