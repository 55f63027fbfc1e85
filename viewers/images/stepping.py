"""Goes from recorded step to recorded step: in all cards together, or in each by its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from ..selection import StepCursor, XAxis
from .catalog import Catalog
from .keys import CardKey
from .position import Position
from .steps import nearest, written_at

#: More steps than a series has.
_FAR = 1 << 40


class Stepped(Protocol):
    """What has a step: a card, or what stands for one. ``tag`` is the name of the card."""

    @property
    def tag(self) -> str: ...

    @property
    def key(self) -> CardKey | None: ...


@dataclass(slots=True)
class Stepper:
    """``cards()`` are those in view."""

    catalog: Catalog
    position: Position
    cards: Callable[[], Sequence[Stepped]]

    def by(self, count: int, *, wrap: bool = False, card: Stepped | None = None) -> None:
        """Go ``count`` recorded steps on: all cards or, where each has its own, ``card`` or all those in view."""
        if self.position.linked:
            total = len(self.position.steps)
            if total:
                rank = self.position.rank + count
                self.position.choose(rank % total if wrap else rank)
            return
        for one in [card] if card is not None else self.cards():
            view = None if one.key is None else self.catalog.view(one.key.series)
            if view is not None and len(view.step):
                rank = self.position.own_rank(one.tag, view) + count
                self.position.choose_own(one.tag, view, rank % len(view.step) if wrap else rank)

    def to_end(self, newest: bool, card: Stepped | None = None) -> None:
        """Go to the newest step, or to the first."""
        self.by(_FAR if newest else -_FAR, card=card)

    def to_rank(self, card: Stepped, rank: int) -> None:
        """Show the picture of a card that is at ``rank`` in the order of its steps."""
        view = None if card.key is None else self.catalog.view(card.key.series)
        if view is not None and len(view.step):
            self.position.choose_own(card.tag, view, rank)

    def by_turn(self, card: Stepped, count: int) -> None:
        """Of several pictures written at the step that a card shows, go ``count`` on."""
        view = None if card.key is None else self.catalog.view(card.key.series)
        if view is not None and len(view.step):
            index = self.position.index(card.tag, view)
            turn = written_at(view.step, index).tolist().index(index)
            self.position.choose_turn(card.tag, view, turn + count)

    def place_of(self, step: int, cursor: StepCursor) -> float | None:
        """Where the cursor stands for a step while the x axis is one of time: at the picture of the first card."""
        for card in self.cards():
            view = None if card.key is None else self.catalog.view(card.key.series)
            if view is not None and len(view.step):
                wall = float(view.wall[nearest(view.step, step)])
                return wall - float(view.wall[0]) if cursor.axis is XAxis.RELATIVE else wall
        return None
