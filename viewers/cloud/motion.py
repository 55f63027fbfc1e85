"""What moves without the hand: points on their way to new places, and a cloud that turns slowly."""

from __future__ import annotations

import time

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from .morph import Morph

_FRAME_MS = 16
#: While the cloud turns by itself it leaves time for the rest.
_TURNING_MS = 33
_SECONDS_A_TURN = 28.0
_LONGEST_STEP = 0.1


class Motion(QObject):
    """The clock of both. ``points_moved`` carries places (3, n), ``turned`` radians to turn the cloud by.

    ``stepped`` follows each step, after these; when :attr:`running` is false by then it was the last one.
    """

    points_moved = Signal(object)
    turned = Signal(float)
    stepped = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        #: True while the cloud is to turn.
        self.turning = False
        self._morph: Morph | None = None
        self._clock = QTimer(self)
        self._clock.timeout.connect(self._step)
        self._stepped = 0.0

    @property
    def running(self) -> bool:
        """True while something moves."""
        return self._clock.isActive()

    def move(self, before: NDArray[np.float32], after: NDArray[np.float32]) -> None:
        """Move points from some places (3, n) to others, once :meth:`go` is called."""
        self._morph = Morph(before, after)

    def drop_move(self) -> None:
        """Move points no further."""
        self._morph = None

    def go(self) -> None:
        """Begin, or go on after :meth:`pause`, with what there is to move."""
        if not self._clock.isActive() and (self.turning or self._morph is not None):
            self._stepped = time.monotonic()
            self._clock.start(self._interval())

    def pause(self) -> None:
        """Stand still until :meth:`go`."""
        self._clock.stop()

    def _interval(self) -> int:
        return _TURNING_MS if self._morph is None else _FRAME_MS

    def _step(self) -> None:
        now = time.monotonic()
        passed, self._stepped = min(now - self._stepped, _LONGEST_STEP), now
        if self._morph is not None:
            self.points_moved.emit(self._morph.at(passed))
            if self._morph.done:
                self._morph = None
        if self.turning:
            self.turned.emit(-passed * 2 * np.pi / _SECONDS_A_TURN)
        if self._morph is None and not self.turning:
            self._clock.stop()
        else:
            self._clock.setInterval(self._interval())
        self.stepped.emit()
