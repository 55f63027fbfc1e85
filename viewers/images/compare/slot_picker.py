"""Chooses another run, sample or step for a slot of the comparison."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QModelIndex, QStringListModel, Qt, Signal
from PySide6.QtWidgets import QListView, QWidget

from ...widgets import Button, Divider, Popover, SearchField, SectionLabel, Switch, ValueSlider
from ..filling import CardFiller
from ..keys import CardKey
from ..step_field import StepField
from ..steps import nearest, written_at
from .resolving import Resolver
from .slots import Slot

_WIDTH = 270
_LINE = 28
_MOST_LINES = 7


class SlotPicker(Popover):
    """``chosen`` carries the slot as it is to be now, after every choice; ``removed`` asks to take it out."""

    chosen = Signal(object)
    removed = Signal()

    def __init__(
        self, slot: Slot, filler: CardFiller, resolver: Resolver, removable: bool, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._slot, self._filler, self._resolver = slot, filler, resolver
        context = filler.context
        held = filler.catalog.keys(slot.card.tag)
        self._runs = [run for run in context.runs.visible() if run in held]
        self._listed = list(self._runs)
        body = self.body()
        body.addWidget(SectionLabel("Run"))
        self.search = SearchField("Filter runs", regex=False)
        self.search.changed.connect(self._filter)
        body.addWidget(self.search)
        self.search.setVisible(len(self._runs) > _MOST_LINES)
        self._names = QStringListModel(self)
        self.list = QListView()
        self.list.setModel(self._names)
        self.list.setUniformItemSizes(True)
        self.list.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setFixedSize(_WIDTH, _LINE * min(max(len(self._runs), 1), _MOST_LINES) + 2)
        self.list.setAccessibleName("Run")
        self.list.clicked.connect(self._run_clicked)
        self.list.activated.connect(self._run_clicked)
        body.addWidget(self.list)
        body.addWidget(Divider())
        self.sample = ValueSlider(1, 2, 1, 1, 0, text="Sample")
        self.sample.changed.connect(lambda value: self._take(self._with_card(sample=round(value) - 1)))
        body.addWidget(self.sample)
        self.follows = Switch("Follow the step slider")
        self.follows.toggled.connect(self._follow)
        body.addWidget(self.follows)
        self.step = StepField("Step")
        self.step.chosen.connect(lambda _rank: self._take(replace(self._slot, step=self.step.step, turn=None)))
        body.addWidget(self.step)
        self.turn = ValueSlider(1, 2, 1, 1, 0, text="Of those written at this step")
        self.turn.changed.connect(lambda value: self._take_turn(round(value) - 1))
        body.addWidget(self.turn)
        self.remove = Button("Take out of the comparison")
        self.remove.clicked.connect(self._remove)
        body.addWidget(self.remove)
        self.remove.setVisible(removable)
        self._filter("")
        self._show()

    def _filter(self, text: str) -> None:
        label, wanted = self._filler.context.runs.label, text.casefold()
        self._listed = [run for run in self._runs if wanted in label(run).casefold()]
        self._names.setStringList([" ".join(label(run).splitlines()) for run in self._listed])
        if self._slot.card.run in self._listed:
            self.list.setCurrentIndex(self._names.index(self._listed.index(self._slot.card.run)))

    def _run_clicked(self, index: QModelIndex) -> None:
        run = self._listed[index.row()]
        if run != self._slot.card.run:
            self._take(self._with_card(run=run))

    def _with_card(self, run: str | None = None, sample: int | None = None) -> Slot:
        card = self._slot.card
        key = CardKey(card.tag, card.run if run is None else run, card.sample if sample is None else sample)
        return replace(self._slot, card=key)

    def _follow(self, on: bool) -> None:
        shown = self._resolver.shown(self._slot)
        if on != (self._slot.step is None) and shown is not None:
            step = None if on else int(shown.view.step[shown.index])
            self._take(replace(self._slot, step=step, turn=None))

    def _take_turn(self, turn: int) -> None:
        shown = self._resolver.shown(self._slot)
        if shown is not None:
            self._take(replace(self._slot, step=int(shown.view.step[shown.index]), turn=turn))

    def _take(self, slot: Slot) -> None:
        if slot != self._slot:
            self._slot = slot
            self.chosen.emit(slot)
            self._show()

    def _remove(self) -> None:
        self.close()
        self.removed.emit()

    def _show(self) -> None:
        """Bring the controls to the slot."""
        slot = self._slot
        count = self._filler.catalog.samples(slot.card.series)
        self.sample.setVisible(count > 1)
        if count > 1:
            self.sample.set_range(1, count)
            self.sample.set_value(slot.card.sample + 1)
        self.follows.setChecked(slot.step is None)
        shown = self._resolver.shown(slot)
        several = 0
        if shown is not None:
            steps = np.unique(shown.view.step)
            self.step.set_steps(steps, nearest(steps, int(shown.view.step[shown.index])))
            same = written_at(shown.view.step, shown.index)
            several = len(same)
            if several > 1:
                self.turn.set_range(1, several)
                self.turn.set_value(int(np.searchsorted(same, shown.index)) + 1)
        self.turn.setVisible(several > 1)
        self.adjustSize()
