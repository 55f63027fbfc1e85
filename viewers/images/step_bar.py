"""The slider over the steps of all cards, above them."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ..board.layout import MARGIN
from ..lod import ticks
from ..widgets import TextLabel, font, set_state, set_surface
from ..widgets.slider import SliderTrack, ValueField
from .position import Position
from .steps import typed


class StepBar(QWidget):
    """``chosen`` carries the rank of a step; a double click on the slider asks for the newest."""

    chosen = Signal(int)

    def __init__(self, position: Position) -> None:
        super().__init__()
        self.setObjectName("stepBar")
        self._position = position
        outer = self._outer = QVBoxLayout(self)
        outer.setContentsMargins(MARGIN, 4, MARGIN, 4)
        frame = QWidget()
        frame.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        set_surface(frame, "card")
        outer.addWidget(frame)
        column = QVBoxLayout(frame)
        column.setContentsMargins(14, 6, 14, 6)
        column.setSpacing(0)
        top = QHBoxLayout()
        top.setSpacing(8)
        self._title = TextLabel("Step (all cards)", "dim")
        top.addWidget(self._title)
        self._place = TextLabel("", "caption", tabular=True)
        top.addWidget(self._place)
        top.addStretch()
        self.field = ValueField()
        self.field.setProperty("role", "value")
        self.field.setTextMargins(0, 0, -4, 0)
        self.field.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.field.setFont(font(12, 600, tabular=True))
        self.field.setAccessibleName("Step, value")
        self.field.setToolTip("Type a step to go to the nearest that was recorded")
        self.field.editingFinished.connect(self._typed)
        self.field.textEdited.connect(lambda: set_state(self.field, "invalid", False))
        top.addWidget(self.field)
        column.addLayout(top)
        self.track = SliderTrack()
        self.track.setAccessibleName("Step of all cards")
        self.track.setToolTip("Step of all cards (Left, Right; Home and End). A double click goes to the newest")
        self.track.moved.connect(lambda share: self.chosen.emit(round(share * (len(position.steps) - 1))))
        self.track.stepped.connect(lambda by: self.chosen.emit(position.rank + by))
        self.track.reset.connect(lambda: self.chosen.emit(len(position.steps) - 1))
        column.addWidget(self.track)

    def set_title(self, text: str) -> None:
        """What the steps are those of."""
        self._title.setText(text)

    def set_bar(self, width: int) -> None:
        """Leave the width of the board's scroll bar (pixels) free, so that the right edge is that of the cards."""
        self._outer.setContentsMargins(MARGIN, 4, MARGIN + width, 4)

    def follow(self) -> None:
        """Show where the position stands now."""
        steps, rank = self._position.steps, self._position.rank
        count = len(steps)
        self.track.setEnabled(count > 1)
        self.field.setEnabled(count > 0)
        self.track.set_share(1.0 if count < 2 else rank / (count - 1))
        text = ticks.step_label(int(steps[rank])) if count else ""
        where = f"{rank + 1:,} of {count:,}" if count else ""
        self._place.setText(f"{where} · newest" if self._position.newest and count else where)
        self.track.setAccessibleDescription(text)
        if not self.field.isModified():
            self._write(text)

    def _write(self, text: str) -> None:
        self.field.setText(text)
        self.field.setModified(False)
        self.field.setFixedWidth(max(self.field.fontMetrics().horizontalAdvance(text), 24) + 16)

    def _typed(self) -> None:
        if not self.field.isModified():
            return
        self.field.setModified(False)
        rank = typed(self.field.text(), self._position.steps)
        if rank is not None:
            self.chosen.emit(rank)
        self.follow()
