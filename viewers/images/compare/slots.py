"""Which pictures are compared, and which two of them where there is room for two. No Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..keys import CardKey

MOST = 4
LETTERS = "ABCD"


@dataclass(frozen=True, slots=True)
class Slot:
    """A picture by its card and its step; without a step that which the card shows, as the cursor has it.

    ``turn`` counts, from 0, the pictures that were written at the step; None for the last of them.
    """

    card: CardKey
    step: int | None = None
    turn: int | None = None

    @property
    def tag(self) -> str:
        """The name of the card."""
        return self.card.text

    @property
    def key(self) -> CardKey:
        """The card."""
        return self.card

    def to_json(self) -> dict[str, Any]:
        """Values for the session file."""
        return {"card": self.card.text, "step": self.step, "turn": self.turn}

    @staticmethod
    def from_json(state: object) -> Slot | None:
        """The slot of a session file; None where it is damaged."""
        if not isinstance(state, Mapping) or not isinstance(state.get("card"), str):
            return None
        card = CardKey.parse(state["card"])
        step, turn = state.get("step"), state.get("turn")
        if card is None or not (step is None or (type(step) is int and abs(step) < 2**63)):
            return None
        return Slot(card, step, turn if type(turn) is int and turn >= 0 and step is not None else None)


@dataclass(frozen=True, slots=True)
class Selection:
    """Up to :data:`MOST` slots. ``pair`` are the two, by index, that are swiped over or subtracted: first - second."""

    slots: tuple[Slot, ...] = ()
    pair: tuple[int, int] = (0, 1)

    @property
    def usable(self) -> bool:
        """True if there is something to compare."""
        return len(self.slots) >= 2

    @property
    def full(self) -> bool:
        """True if no slot can be added."""
        return len(self.slots) >= MOST

    def added(self, slot: Slot) -> Selection:
        """With one more slot, if there is room."""
        return self if self.full else replace(self, slots=(*self.slots, slot))

    def removed(self, index: int) -> Selection:
        """Without a slot; the pair stays with its pictures where it can."""
        slots = tuple(slot for at, slot in enumerate(self.slots) if at != index)
        kept = [at - (at > index) for at in self.pair if at != index]
        for at in range(len(slots)):
            if len(kept) < 2 and at not in kept:
                kept.insert(self.pair.index(index) if index in self.pair else len(kept), at)
        return Selection(slots, (kept[0], kept[1])) if len(kept) == 2 else Selection(slots)

    def with_slot(self, index: int, slot: Slot) -> Selection:
        """With another picture in a slot."""
        return replace(self, slots=tuple(slot if at == index else old for at, old in enumerate(self.slots)))

    def with_pair(self, first: int, second: int) -> Selection:
        """With another pair; one that does not name two slots changes nothing."""
        count = len(self.slots)
        usable = first != second and 0 <= first < count and 0 <= second < count
        return replace(self, pair=(first, second)) if usable else self

    def to_json(self) -> dict[str, Any]:
        """Values for the session file."""
        return {"slots": [slot.to_json() for slot in self.slots], "pair": list(self.pair)}

    @staticmethod
    def from_json(state: object) -> Selection:
        """The selection of a session file; damaged slots are left out."""
        if not isinstance(state, Mapping):
            return Selection()
        listed = state.get("slots")
        found = [Slot.from_json(each) for each in listed] if isinstance(listed, list) else []
        chosen = Selection(tuple(slot for slot in found if slot is not None)[:MOST])
        pair = state.get("pair")
        if isinstance(pair, list) and len(pair) == 2 and all(type(each) is int for each in pair):
            return chosen.with_pair(pair[0], pair[1])
        return chosen
