"""Follows the mouse over the pictures and keeps the read-out at the pixel under it."""

from __future__ import annotations

from PySide6.QtCore import QObject

from ..lod import ticks
from .card import ImageCard
from .filling import CardFiller
from .loading import Failure
from .readout import ReadOut, pixel_of


class Probe(QObject):
    """Values are those of the picture in full size, which is fetched where the card shows a smaller one."""

    def __init__(self, filler: CardFiller, readout: ReadOut, parent: QObject) -> None:
        super().__init__(parent)
        self._filler, self._readout = filler, readout
        self._card: ImageCard | None = None
        self._at: tuple[int, int] | None = None

    def point(self, card: ImageCard, at: tuple[int, int] | None) -> None:
        """The mouse is over pixel ``at`` (column, row) of the card's picture, or over none."""
        self._card, self._at = (None, None) if at is None else (card, at)
        self.refresh()

    def leave(self) -> None:
        """The mouse is over no picture."""
        self._card = self._at = None
        self.refresh()

    def refresh(self) -> None:
        """Read the pixel anew: another picture may be there."""
        card, at = self._card, self._at
        shown = None if card is None or at is None else self._filler.shown(card.tag)
        if card is None or at is None or shown is None or shown.ref is None:
            self._filler.loader.release(self)
            self._readout.set_pixel(None)
            return
        step = ticks.step_label(int(shown.view.step[shown.index]))
        where = f"{shown.key.tag}, {self._filler.context.runs.label(shown.key.run)}, step {step}"
        picture = self._filler.loader.want(self, shown.ref)
        if picture is None or isinstance(picture, Failure) or picture.level:
            self._readout.set_pixel(None, where)
            return
        frame = picture.frames[min(card.view.frame, len(picture.frames) - 1)]
        inside = at[0] < frame.width() and at[1] < frame.height()
        self._readout.set_pixel(pixel_of(frame, *at) if inside else None, where)
