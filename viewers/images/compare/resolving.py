"""What each slot of a comparison shows now: picture or message, the run's name and colour, the step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtGui import QColor

from ...lod import ticks
from ..decoding import Need, Picture
from ..filling import CardFiller, Shown
from ..loading import Failure
from ..steps import nearest, written_at
from .slots import LETTERS, Slot


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """A slot as it is shown. ``picture`` is None where ``message`` says why, or while it is on its way.

    ``place`` is the step in words. ``named`` tells slots of one comparison apart: by run, and tag or sample where
    these differ.
    """

    slot: Slot
    letter: str
    named: str
    place: str
    color: QColor
    shown: Shown | None
    picture: Picture | None
    message: str

    @property
    def waits(self) -> bool:
        """True while neither a picture nor a message is there."""
        return self.picture is None and not self.message

    @property
    def title(self) -> str:
        """Name and step."""
        return f"{self.named}, {self.place}" if self.place else self.named


class Resolver:
    """Asks the loader for the pictures, each slot as an owner of its own."""

    def __init__(self, filler: CardFiller) -> None:
        self._filler = filler
        self._owners = [object() for _letter in LETTERS]

    def shown(self, slot: Slot) -> Shown | None:
        """Which recorded picture a slot stands for; None where its series is gone."""
        if slot.step is None:
            return self._filler.shown(slot.card.text)
        view = self._filler.catalog.view(slot.card.series)
        if view is None or not len(view.step):
            return None
        index = nearest(view.step, slot.step)
        if slot.turn is not None:
            same = written_at(view.step, index)
            index = int(same[min(slot.turn, len(same) - 1)])
        samples = view.samples[index]
        return Shown(slot.card, view, index, samples[slot.card.sample] if slot.card.sample < len(samples) else None)

    def resolve(self, slots: Sequence[Slot], need: Callable[[int], Need]) -> list[Entry]:
        """All slots; ``need(index)`` is how large the picture of a slot is to be."""
        for owner in self._owners[len(slots) :]:
            self._filler.loader.release(owner)
        return [self._entry(index, slot, slots, need) for index, slot in enumerate(slots)]

    def release(self) -> None:
        """Nothing is wanted any more."""
        for owner in self._owners:
            self._filler.loader.release(owner)

    def named(self, slot: Slot, slots: Sequence[Slot]) -> str:
        """The name of a slot among ``slots``."""
        card = slot.card
        parts = [self._filler.context.runs.label(card.run)]
        if len({each.card.tag for each in slots}) > 1:
            parts.insert(0, card.tag.rpartition("/")[2] or card.tag)
        if len({each.card.sample for each in slots}) > 1:
            parts.append(f"sample {card.sample + 1}")
        return " · ".join(" ".join(part.splitlines()) for part in parts)

    def _entry(self, index: int, slot: Slot, slots: Sequence[Slot], need: Callable[[int], Need]) -> Entry:
        loader, context, owner = self._filler.loader, self._filler.context, self._owners[index]
        shown = self.shown(slot)
        picture, message = None, ""
        if shown is None:
            message = "This picture is no longer in the log"
        elif not context.runs.is_visible(slot.card.run):
            message = f"The run {context.runs.label(slot.card.run)} is hidden"
        elif shown.ref is None:
            message = f"This step has no sample {slot.card.sample + 1}"
        if message or shown is None or shown.ref is None:
            loader.release(owner)
        else:
            found = loader.want(owner, shown.ref, need(index))
            if isinstance(found, Failure):
                message = found.text
            else:
                picture = found
        color = self._filler.color(slot.card.run)
        return Entry(slot, LETTERS[index], self.named(slot, slots), step_words(shown), color, shown, picture, message)


def step_words(shown: Shown | None) -> str:
    """The step of a picture in words, and which of several at that step it is."""
    if shown is None:
        return ""
    words = f"step {ticks.step_label(int(shown.view.step[shown.index]))}"
    same = written_at(shown.view.step, shown.index)
    if len(same) > 1:
        words += f" · {int(np.searchsorted(same, shown.index)) + 1:,} of {len(same):,}"
    return words
