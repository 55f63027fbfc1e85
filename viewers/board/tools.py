"""The row above the cards: filter, chips, and at its end what is done with all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ..widgets import Chip, SearchField
from .choices import ChoiceModel
from .size_menu import open_size_menu


class ToolRow(QWidget):
    """``filter_changed`` carries the text of the filter.

    ``settings`` have the fields ``show_pinned``, ``columns`` and ``size``; ``noun`` is what a card shows; ``chips``
    stand behind the usual ones, ``end`` at the right.
    """

    filter_changed = Signal(str)

    def __init__(self, settings: ChoiceModel[Any], noun: str, chips: Sequence[QWidget], end: Sequence[QWidget]) -> None:
        super().__init__()
        self.setObjectName("toolRow")
        self._settings = settings
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 12, 14, 4)
        row.setSpacing(8)
        self.search = SearchField("Filter tags (regex)", regex=True)
        self.search.setMinimumWidth(120)
        self.search.setMaximumWidth(340)
        self.search.changed.connect(self.filter_changed)
        self.pinned = Chip("Pinned", checkable=True)
        self.pinned.setToolTip(f"Show the pinned {noun}s on top")
        self.pinned.toggled.connect(lambda on: settings.update(show_pinned=on))
        self.columns = Chip("Columns", checkable=False)
        self.columns.setToolTip(f"How many {noun}s stand side by side, and how large they are")
        self.columns.clicked.connect(
            lambda: open_size_menu(self.columns, settings.now.size, settings.now.columns, settings.update)
        )
        row.addWidget(self.search, 1, Qt.AlignmentFlag.AlignTop)
        for chip in (self.pinned, self.columns, *chips):
            row.addWidget(chip, 0, Qt.AlignmentFlag.AlignTop)
        row.addStretch()
        for part in end:
            row.addWidget(part, 0, Qt.AlignmentFlag.AlignTop)
        settings.changed.connect(lambda _names: self._follow())
        self._follow()

    def set_pins(self, count: int) -> None:
        """How many cards are pinned."""
        self.pinned.set_count(count)
        self.pinned.setVisible(count > 0)

    def set_columns(self, count: int) -> None:
        """How many columns there are now."""
        self.columns.set_count(count)

    def _follow(self) -> None:
        self.pinned.setChecked(self._settings.now.show_pinned)


class ExportRow(ToolRow):
    """A row with a button for exports behind ``end``; ``export_wanted`` carries where a menu may open."""

    export_wanted = Signal(QPoint)

    def __init__(
        self,
        settings: ChoiceModel[Any],
        noun: str,
        export_help: str,
        chips: Sequence[QWidget] = (),
        end: Sequence[QWidget] = (),
    ) -> None:
        self.export = Chip("Export…")
        self.export.setToolTip(f"{export_help} (Ctrl+E)")
        super().__init__(settings, noun, chips, [*end, self.export])
        self.export.clicked.connect(
            lambda: self.export_wanted.emit(self.export.mapToGlobal(self.export.rect().bottomLeft()))
        )
