"""The step whose pictures are shown: one for all cards, shared with the cursor of the other panes, or one a card."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from ...reader.api import BlobView
from ..selection import StepCursor, XAxis
from .steps import nearest, rising, written_at


@dataclass(frozen=True, slots=True)
class _Target:
    """A place on an x axis, in its unit."""

    axis: XAxis
    x: float


class Position(QObject):
    """``changed`` fires when cards have to choose their pictures anew.

    ``steps`` are those that the slider of all cards goes over, int64 (n,) rising. Without a target the newest picture
    of each card is shown, and stays so while more arrive. ``place_of(step)`` gives the step's place on the cursor's
    axis where that is not steps, None for nowhere.
    """

    changed = Signal()

    def __init__(
        self, cursor: StepCursor, place_of: Callable[[int], float | None], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._cursor, self._place_of = cursor, place_of
        self.steps: NDArray[np.int64] = np.empty(0, np.int64)
        self.linked = True
        self._target: _Target | None = None
        self._step: int | None = None
        self._own: dict[str, int] = {}
        self._turns: dict[str, tuple[int, int]] = {}
        self._moving = False
        cursor.changed.connect(self._follow)
        self._take_cursor()

    @property
    def newest(self) -> bool:
        """True if the newest pictures are shown."""
        return self._target is None and self._step is None

    @property
    def rank(self) -> int:
        """Where the slider of all cards stands: an index of :attr:`steps`; 0 without steps."""
        if not len(self.steps):
            return 0
        if self._step is not None:
            return nearest(self.steps, self._step)
        if self._target is not None and self._target.axis is XAxis.STEP:
            return nearest(self.steps, self._target.x)
        return len(self.steps) - 1

    def set_linked(self, linked: bool) -> None:
        """One step for all cards, or one a card, which begins with the newest."""
        if linked != self.linked:
            self.linked = linked
            self.changed.emit()

    def set_steps(self, steps: NDArray[np.int64]) -> None:
        """The steps that there are now; what stood at the newest stays there."""
        self.steps = steps

    def choose(self, rank: int) -> None:
        """Go to a step of :attr:`steps`, and move the shared cursor there; the last one means the newest."""
        if not len(self.steps):
            return
        rank = min(max(rank, 0), len(self.steps) - 1)
        step = int(self.steps[rank])
        self._target = None
        self._step = None if rank == len(self.steps) - 1 else step
        x = float(step) if self._cursor.axis is XAxis.STEP else self._place_of(step)
        self._moving = True
        self._cursor.move(x)
        self._moving = False
        self.changed.emit()

    def choose_own(self, card: str, view: BlobView, rank: int) -> None:
        """Show the picture of a card that is at ``rank`` in the order of steps; the last one means the newest."""
        order = rising(view.step)
        if rank >= len(order) - 1:
            self._own.pop(card, None)
        else:
            self._own[card] = int(order[max(rank, 0)])
        self.changed.emit()

    def choose_turn(self, card: str, view: BlobView, turn: int) -> None:
        """Of the pictures that were written at the step that a card shows, show the one at ``turn``, from 0.

        The choice holds at this step only; the last one means the last that was written, whichever that will be.
        """
        same = written_at(view.step, self.index(card, view))
        turn = min(max(turn, 0), len(same) - 1)
        if not self.linked:
            self.choose_own(card, view, int(np.flatnonzero(rising(view.step) == same[turn])[0]))
            return
        if turn == len(same) - 1:
            self._turns.pop(card, None)
        else:
            self._turns[card] = int(view.step[same[turn]]), turn
        self.changed.emit()

    def index(self, card: str, view: BlobView) -> int:
        """The picture of ``view`` (not empty) that the card shows."""
        last = len(view.step) - 1
        if not self.linked:
            return min(self._own.get(card, last), last)
        index = self._linked_index(view)
        chosen = self._turns.get(card)
        if chosen is not None and chosen[0] == view.step[index]:
            same = written_at(view.step, index)
            return int(same[min(chosen[1], len(same) - 1)])
        return index

    def _linked_index(self, view: BlobView) -> int:
        last = len(view.step) - 1
        if self._step is not None:
            return nearest(view.step, self._step)
        if self._target is None:
            return last
        if self._target.axis is XAxis.STEP:
            return nearest(view.step, self._target.x)
        start = view.wall[0] if self._target.axis is XAxis.RELATIVE else 0.0
        return nearest(view.wall, self._target.x + start)

    def own_rank(self, card: str, view: BlobView) -> int:
        """Where a card's own picture stands in the order of steps."""
        own = self._own.get(card)
        if own is None or own >= len(view.step):
            return len(view.step) - 1
        return int(np.flatnonzero(rising(view.step) == own)[0])

    def to_json(self) -> dict[str, object]:
        """Values for the session file."""
        turns = {card: list(chosen) for card, chosen in self._turns.items()}
        return {"step": self._step, "own": dict(self._own), "turns": turns}

    def take_json(self, state: object) -> None:
        """Take back :meth:`to_json`'s values; damaged ones are ignored."""
        if not isinstance(state, dict):
            return
        step, own = state.get("step"), state.get("own")
        if type(step) is int and abs(step) < 2**63:
            self._step, self._target = step, None
        if isinstance(own, dict):
            self._own = {str(card): index for card, index in own.items() if type(index) is int and index >= 0}
        turns = state.get("turns")
        if isinstance(turns, dict):
            self._turns = {
                str(card): (chosen[0], chosen[1])
                for card, chosen in turns.items()
                if isinstance(chosen, list) and len(chosen) == 2 and all(type(each) is int for each in chosen)
                if abs(chosen[0]) < 2**63 and chosen[1] >= 0
            }
        self.changed.emit()

    def _follow(self) -> None:
        if not self._moving:
            self._take_cursor()
            self.changed.emit()

    def _take_cursor(self) -> None:
        x = self._cursor.x
        self._step = None
        self._target = None if x is None else _Target(self._cursor.axis, x)
        beyond = len(self.steps) and x is not None and x >= self.steps[-1]
        if beyond and self._cursor.axis is XAxis.STEP:
            self._target = None
