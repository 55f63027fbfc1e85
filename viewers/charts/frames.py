"""Spreads the repainting of many charts over turns of the event loop, so that none of them holds the window up."""

from __future__ import annotations

import time
from typing import Protocol

from PySide6.QtCore import QObject, QTimer

#: Seconds of painting in one turn; input and other timers run between turns.
BUDGET = 0.010
#: Seconds in one turn for charts that want to be painted at once.
AT_ONCE = 0.006


class Repaintable(Protocol):
    """What can be repainted in its turn."""

    def advance(self, deadline: float) -> bool:
        """Paint until ``time.perf_counter()`` reaches ``deadline``; False where that was too little time."""


class Hurried(Repaintable, Protocol):
    """What can be painted at once as well."""

    def refresh(self) -> None:
        """Paint all of it."""


class FrameScheduler(QObject):
    """Charts ask for a frame; the one under the hand gets it first, the others as time allows.

    ``spent``: seconds that all frames have taken.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.spent = 0.0
        self._hurried = 0.0
        self._waiting: dict[Repaintable, None] = {}
        self._urgent: dict[Repaintable, None] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._turn)

    def request(self, chart: Repaintable, *, urgent: bool = False) -> None:
        """Have ``chart`` repainted soon, once however often it is asked for."""
        if urgent:
            self._waiting.pop(chart, None)
            self._urgent[chart] = None
        elif chart not in self._urgent:
            self._waiting[chart] = None
        if not self._timer.isActive():
            self._timer.start(0)

    def at_once(self, chart: Hurried) -> bool:
        """Have ``chart`` painted now, unless others have taken the time for that in this turn: it then gets its frame
        in one of the next (False)."""
        if self._hurried >= AT_ONCE:
            self.request(chart, urgent=True)
            return False
        began = time.perf_counter()
        chart.refresh()
        self._hurried += time.perf_counter() - began
        if not self._timer.isActive():
            self._timer.start(0)
        return True

    def forget(self, chart: Repaintable) -> None:
        """Drop a request: the chart was repainted by other means, or is gone."""
        self._waiting.pop(chart, None)
        self._urgent.pop(chart, None)

    def stop(self) -> None:
        """Drop everything."""
        self._waiting.clear()
        self._urgent.clear()
        self._timer.stop()

    def _turn(self) -> None:
        began = time.perf_counter()
        self._hurried = 0.0
        deadline = began + BUDGET
        while self._urgent or self._waiting:
            queue = self._urgent or self._waiting
            chart = next(iter(queue))
            del queue[chart]
            if not chart.advance(deadline):
                # It goes on where it stopped, before those that have not begun.
                self._urgent = {chart: None, **self._urgent}
            if time.perf_counter() >= deadline:
                break
        self.spent += time.perf_counter() - began
        if self._urgent or self._waiting:
            self._timer.start(1)

    @property
    def idle(self) -> bool:
        """True if nobody waits for a frame."""
        return not self._urgent and not self._waiting
