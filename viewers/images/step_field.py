"""A slider over recorded steps with the step at its right, which can be typed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ..lod import ticks
from ..widgets import TextLabel, font
from ..widgets.slider import SliderTrack, ValueField
from .steps import typed


class StepField(QWidget):
    """``chosen`` carries a rank: an index of the rising ``steps`` that :meth:`set_steps` gave."""

    chosen = Signal(int)

    def __init__(self, text: str) -> None:
        super().__init__()
        self.setAccessibleName(text)
        self.steps: NDArray[np.int64] = np.empty(0, np.int64)
        self.rank = 0
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(TextLabel(text, "dim"), 1)
        self.field = ValueField()
        self.field.setProperty("role", "value")
        self.field.setTextMargins(0, 0, -4, 0)
        self.field.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.field.setFont(font(12, 600, tabular=True))
        self.field.setFixedWidth(130)
        self.field.setAccessibleName(f"{text}, value")
        self.field.setToolTip("Type a step to go to the nearest that was recorded")
        self.field.editingFinished.connect(self._typed)
        top.addWidget(self.field)
        column.addLayout(top)
        self.track = SliderTrack()
        self.track.setAccessibleName(text)
        self.track.moved.connect(lambda share: self._choose(round(share * (len(self.steps) - 1))))
        self.track.stepped.connect(lambda by: self._choose(self.rank + by))
        self.track.reset.connect(lambda: self._choose(len(self.steps) - 1))
        column.addWidget(self.track)
        self.setFocusProxy(self.track)

    def set_steps(self, steps: NDArray[np.int64], rank: int) -> None:
        """Go over these steps, int64 (n,) rising, and stand at ``rank``; no signal."""
        self.steps = steps
        self.track.setEnabled(len(steps) > 1)
        self.field.setEnabled(len(steps) > 0)
        self.set_rank(rank)

    def set_rank(self, rank: int) -> None:
        """Stand elsewhere; no signal."""
        count = len(self.steps)
        self.rank = min(max(rank, 0), max(count - 1, 0))
        text = ticks.step_label(int(self.steps[self.rank])) if count else ""
        self.track.set_share(1.0 if count < 2 else self.rank / (count - 1))
        self.track.setAccessibleDescription(text)
        self.field.setText(text)
        self.field.setModified(False)

    @property
    def step(self) -> int:
        """The step that it stands at; there has to be one."""
        return int(self.steps[self.rank])

    def _choose(self, rank: int) -> None:
        before = self.rank
        self.set_rank(rank)
        if self.rank != before:
            self.chosen.emit(self.rank)

    def _typed(self) -> None:
        if not self.field.isModified():
            return
        rank = typed(self.field.text(), self.steps)
        self._choose(self.rank if rank is None else rank)
