"""How soon charts follow what is read of a log: at once where it grows, less often while it is read at first."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from ..charts.frames import FrameScheduler

if TYPE_CHECKING:
    from ...reader.api import RunStore

#: While a log is read its charts take a third of the time: drawing every state of them would only keep the reader.
SHARE = 1 / 3
_AGAIN_MS = 15


class GrowthPacer(QObject):
    """Hands tags whose series grew to ``refill(tags)``."""

    def __init__(
        self, store: RunStore, frames: FrameScheduler, refill: Callable[[set[str]], None], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._store, self._frames, self._refill = store, frames, refill
        self._tags: set[str] = set()
        self._at = float("-inf")
        self._spent = 0.0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_AGAIN_MS)
        self._timer.timeout.connect(self._hand_on)

    def take(self, tags: set[str]) -> None:
        """These grew."""
        self._tags |= tags
        if not self._timer.isActive():
            self._hand_on()

    def stop(self) -> None:
        """Hand on nothing any more."""
        self._tags.clear()
        self._timer.stop()

    def _hand_on(self) -> None:
        if not self._tags:
            return
        now = time.perf_counter()
        if self._store.progress().loading:
            due = self._at + (self._frames.spent - self._spent) / SHARE
            if now < due or not self._frames.idle:
                self._timer.start()
                return
        tags, self._tags = self._tags, set()
        self._at, self._spent = now, self._frames.spent
        self._refill(tags)
