"""Two clocks: one goes from step to step, the other moves the animations that are in view."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QTimer, Signal

from .card import ImageCard

_TICK_MS = 20
_AGAIN_MS = 15


class StepPlayer(QObject):
    """Calls ``advance()`` ``rate()`` times a second, later where ``busy()``: no step is left out.

    ``changed`` fires when it goes or stops.
    """

    changed = Signal()

    def __init__(
        self, advance: Callable[[], None], busy: Callable[[], bool], rate: Callable[[], int], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._advance, self._busy, self._rate = advance, busy, rate
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._turn)
        self._playing = False

    @property
    def playing(self) -> bool:
        """True while it goes."""
        return self._playing

    def set_playing(self, playing: bool) -> None:
        """Go or stop."""
        if playing != self._playing:
            self._playing = playing
            if playing:
                self._timer.start(round(1000 / self._rate()))
            else:
                self._timer.stop()
            self.changed.emit()

    def _turn(self) -> None:
        if self._busy():
            self._timer.start(_AGAIN_MS)
            return
        self._timer.start(round(1000 / self._rate()))
        self._advance()


class Animator(QObject):
    """Shows the frames of the animations of ``cards()`` in their own time."""

    def __init__(self, cards: Callable[[], Sequence[ImageCard]], parent: QObject) -> None:
        super().__init__(parent)
        self._cards = cards
        self._due: dict[ImageCard, float] = {}
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._turn)

    def look(self) -> None:
        """Cards may show other pictures: go if one of them is an animation."""
        if any(_moves(card) for card in self._cards()):
            if not self._timer.isActive():
                self._timer.start()
        else:
            self.stop()

    def stop(self) -> None:
        """Stand still."""
        self._timer.stop()
        self._due.clear()

    def _turn(self) -> None:
        now = time.monotonic()
        moving = [card for card in self._cards() if _moves(card)]
        if not moving:
            self.stop()
            return
        due = {}
        for card in moving:
            picture = card.view.picture
            assert picture is not None
            at = self._due.get(card)
            if at is None:
                at = now + picture.delays[card.view.frame] / 1000
            elif now >= at:
                frame = (card.view.frame + 1) % len(picture.frames)
                card.view.set_frame(frame)
                card.show_frame()
                at = max(at + picture.delays[frame] / 1000, now)
            due[card] = at
        self._due = due


def _moves(card: ImageCard) -> bool:
    picture = card.view.picture
    return card.playing and picture is not None and len(picture.frames) > 1
