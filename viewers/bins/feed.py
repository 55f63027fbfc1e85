"""Keeps the read-out at what is pointed at."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from .readout import Reading, ReadOut

_QUIET_MS = 12
#: Seconds for working out what the read-out needs and no card has asked for yet.
_MOST_SECONDS = 0.006


class ReadOutFeed(QObject):
    """Asks ``read(deadline)`` for the reading within a moment after :meth:`soon`, while ``active``. It gives None where
    that takes longer than until ``deadline`` (``time.perf_counter()``), and is asked again.

    ``heading`` is the title and what it is of; ``heading_changed(title, of)`` tells of another.
    """

    heading_changed = Signal(str, str)

    def __init__(self, readout: ReadOut, read: Callable[[float], Reading | None], parent: QObject) -> None:
        super().__init__(parent)
        self._readout, self._read = readout, read
        self.heading = ("Latest values", "")
        self.active = True
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_QUIET_MS)
        self._timer.timeout.connect(self._refresh)

    def soon(self) -> None:
        """Bring the read-out up to date within a moment, once for many calls."""
        if self.active and not self._timer.isActive():
            self._timer.start()

    @property
    def waits(self) -> bool:
        """True while the read-out is not up to date yet."""
        return self._timer.isActive()

    def stop(self) -> None:
        """Do nothing any more."""
        self._timer.stop()

    def _refresh(self) -> None:
        reading = self._read(time.perf_counter() + _MOST_SECONDS)
        if reading is None:
            self.soon()
            return
        self._readout.show_reading(reading)
        if (reading.title, reading.of) != self.heading:
            self.heading = (reading.title, reading.of)
            self.heading_changed.emit(reading.title, reading.of)
