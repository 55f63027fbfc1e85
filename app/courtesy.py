"""Lets the reading thread step aside while the GUI thread works.

Both share one interpreter. Beside a thread that computes, each of Qt's calls that gives the interpreter up has to wait
for it afterwards, so that building or painting widgets would take two or three times as long.
"""

from __future__ import annotations

import threading

from PySide6.QtCore import QAbstractEventDispatcher, QObject

#: A GUI that never rests must not keep the reader from its work: seconds of waiting for about a millisecond of reading.
LONGEST_WAIT = 0.008


class Courtesy(QObject):
    """Knows whether the event loop of the thread that made it has anything to do."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._idle = threading.Event()
        self._idle.set()
        dispatcher = QAbstractEventDispatcher.instance()
        if dispatcher is not None:
            dispatcher.aboutToBlock.connect(self._rest)
            dispatcher.awake.connect(self._wake)

    def give_way(self) -> None:
        """Wait until the event loop rests, :data:`LONGEST_WAIT` at most. For other threads."""
        self._idle.wait(LONGEST_WAIT)

    def _rest(self) -> None:
        self._idle.set()

    def _wake(self) -> None:
        self._idle.clear()
