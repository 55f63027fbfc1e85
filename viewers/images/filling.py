"""Fills cards with what the log, the runs, the step and the settings say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtGui import QColor

from ...reader.api import BlobRef, BlobView
from ..pane import PaneContext
from ..runs.palette import run_color
from .card import Caption, ImageCard
from .catalog import Catalog
from .decoding import Picture
from .keys import CardKey
from .loading import Failure, PictureLoader
from .position import Position
from .settings import SettingsModel
from .steps import written_at


@dataclass(frozen=True, slots=True)
class Shown:
    """The picture that a card is to show: point ``index`` of ``view``. ``ref`` is None where it has no such sample."""

    key: CardKey
    view: BlobView
    index: int
    ref: BlobRef | None


@dataclass(slots=True)
class CardFiller:
    """Knows what a card shows."""

    context: PaneContext
    catalog: Catalog
    loader: PictureLoader
    position: Position
    settings: SettingsModel

    def shown(self, text: str) -> Shown | None:
        """What the card of this name shows; None where its series is gone or empty."""
        key = CardKey.parse(text)
        view = None if key is None else self.catalog.view(key.series)
        if key is None or view is None or not len(view.step):
            return None
        index = self.position.index(text, view)
        samples = view.samples[index]
        return Shown(key, view, index, samples[key.sample] if key.sample < len(samples) else None)

    def color(self, run: str) -> QColor:
        """A run's colour in the present theme."""
        if run not in self.context.runs:
            return QColor(self.context.theme.theme.faint)
        return run_color(self.context.runs.style(run), self.context.theme.theme)

    def fill(self, card: ImageCard) -> None:
        """Show what there is of the card's picture, and ask for what is missing.

        Until another picture is there the card keeps the one that it has, with its caption.
        """
        shown = self.shown(card.tag)
        if shown is None:
            self.loader.release(card)
            card.set_caption(None)
            card.set_steps(0, 0)
            card.set_turns(0, 0)
            card.set_frames(0)
            card.view.set_picture(None, "This picture is no longer in the log")
            return
        now, runs, key = self.settings.now, self.context.runs, shown.key
        lifted = None if runs.hovered is None else runs.hovered == key.run
        card.set_run(self.color(key.run), lifted)
        card.view.set_look(now.actual_size, now.pixelated, now.brightness, now.contrast)
        count = len(shown.view.step)
        card.set_steps(0 if now.one_step else count, self.position.own_rank(card.tag, shown.view))
        same = written_at(shown.view.step, shown.index)
        card.set_turns(len(same), int(np.searchsorted(same, shown.index)))
        if shown.ref is None:
            self.loader.release(card)
            self._say(card, shown, f"This step has no sample {key.sample + 1}")
            return
        found = self.loader.want(card, shown.ref, card.view.need)
        if isinstance(found, Failure):
            self._say(card, shown, found.text)
        elif found is not None:
            card.view.set_picture(found)
            card.set_frames(len(found.frames))
            card.set_caption(self._caption(shown, _size(found)))
        elif card.view.picture is None and not card.view.message:
            card.set_caption(self._caption(shown, ""))

    def _say(self, card: ImageCard, shown: Shown, message: str) -> None:
        card.view.set_picture(None, message)
        card.set_frames(0)
        card.set_caption(self._caption(shown, ""))

    def _caption(self, shown: Shown, size: str) -> Caption:
        key, view = shown.key, shown.view
        samples = self.catalog.samples(key.series)
        sample = f"sample {key.sample + 1} of {samples}" if samples > 1 else ""
        step, wall = int(view.step[shown.index]), float(view.wall[shown.index])
        return Caption(self.context.runs.label(key.run), step, wall, sample, size)


def _size(picture: Picture) -> str:
    size = f"{picture.columns:,}×{picture.rows:,}"
    shown = len(picture.frames)
    if picture.left_out:
        size = f"{size} · {shown:,} of {shown + picture.left_out:,} frames"
    return f"{size} · damaged" if picture.damaged else size
