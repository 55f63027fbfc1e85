"""Spreads the repainting of many charts over turns of the event loop, so that none of them holds the window up."""

from __future__ import annotations

import time
from typing import Protocol

from PySide6.QtCore import QObject, QTimer

#: Seconds of painting in one turn; input and other timers run between turns.
BUDGET = 0.010


class Repaintable(Protocol):
    """What can be repainted in its turn."""

    def advance(self, deadline: float) -> bool:
        """Paint until ``time.perf_counter()`` reaches ``deadline``; False where that was too little time."""


class FrameScheduler(QObject):
    """Charts ask for a frame; the one under the hand gets it first, the others as time allows.

    ``spent``: seconds that all frames have taken.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.spent = 0.0
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
