"""Which pictures to begin a comparison with, and which to add: the same tag in other runs, or other steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from ...runs.model import RunModel
from ..catalog import Catalog
from ..filling import Shown
from ..keys import CardKey
from ..steps import nearest
from .slots import MOST, Slot

ShownOf = Callable[[Slot], Shown | None]


@dataclass(frozen=True, slots=True)
class Offer:
    """Knows what there is to be compared."""

    catalog: Catalog
    runs: RunModel

    def of_runs(self, card: CardKey) -> list[Slot]:
        """The picture of a card and that of the next visible runs with the same tag and sample, at the cursor."""
        others = islice((run for run in self._runs_of(card) if run != card.run), MOST - 1)
        return [Slot(card)] + [Slot(replace(card, run=run)) for run in others]

    def of_steps(self, card: CardKey, shown: ShownOf) -> list[Slot]:
        """The picture that a card shows and the one recorded before it (behind it, for the first)."""
        here = shown(Slot(card))
        if here is None:
            return []
        step = int(here.view.step[here.index])
        other = self._other_step(here.view.step, {step}, step)
        return [Slot(card, step)] + ([] if other is None else [Slot(card, other)])

    def another(self, slots: Sequence[Slot], shown: ShownOf) -> Slot | None:
        """One more to compare with ``slots``: the next run at the same step, else another step of the first series."""
        first = slots[0]
        taken = {slot.card for slot in slots}
        for run in self._runs_of(first.card):
            if replace(first.card, run=run) not in taken:
                return replace(first, card=replace(first.card, run=run), turn=None)
        here = shown(first)
        if here is None:
            return None
        series = [shown(slot) for slot in slots if slot.card == first.card]
        used = {int(each.view.step[each.index]) for each in series if each is not None}
        step = self._other_step(here.view.step, used, int(here.view.step[here.index]))
        return None if step is None else Slot(first.card, step)

    def moved(self, slot: Slot, count: int, shown: ShownOf) -> Slot | None:
        """The slot ``count`` recorded steps further in its series; None where that ends."""
        here = shown(slot)
        if here is None:
            return None
        steps = np.unique(here.view.step)
        rank = nearest(steps, int(here.view.step[here.index])) + count
        return Slot(slot.card, int(steps[rank])) if 0 <= rank < len(steps) else None

    def _runs_of(self, card: CardKey) -> Iterator[str]:
        held = self.catalog.keys(card.tag)
        for run in self.runs.visible():
            if run in held and self.catalog.samples(held[run]) > card.sample:
                yield run

    def _other_step(self, steps: NDArray[np.int64], used: set[int], at: int) -> int | None:
        free = [step for step in np.unique(steps).tolist() if step not in used]
        before = [step for step in free if step < at]
        return before[-1] if before else free[0] if free else None
