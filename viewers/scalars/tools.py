"""The row above the cards: filter, chips, export."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ..board.size_menu import open_size_menu
from ..widgets import Chip, SearchField
from .settings import SettingsModel

#: Below this width the chips that stand in the panel as well give their room to the filter.
_NARROW = 600


class ToolRow(QWidget):
    """``filter_changed`` carries the text of the filter; ``export_wanted`` where a menu may open."""

    filter_changed = Signal(str)
    export_wanted = Signal(QPoint)

    def __init__(self, settings: SettingsModel) -> None:
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
        self.pinned.setToolTip("Show the pinned charts on top")
        self.pinned.toggled.connect(lambda on: settings.update(show_pinned=on))
        self.columns = Chip("Columns", checkable=False)
        self.columns.setToolTip("How many charts stand side by side, and how large they are")
        self.columns.clicked.connect(self._choose_columns)
        self.link = Chip("Link zoom", checkable=True)
        self.link.setToolTip("Zooming the x axis of a chart zooms all")
        self.link.toggled.connect(lambda on: settings.update(link_zoom=on))
        self.export = Chip("Export…")
        self.export.setToolTip("Save the points of the charts below (Ctrl+E)")
        self.export.clicked.connect(
            lambda: self.export_wanted.emit(self.export.mapToGlobal(self.export.rect().bottomLeft()))
        )
        row.addWidget(self.search, 1, Qt.AlignmentFlag.AlignTop)
        for chip in (self.pinned, self.columns, self.link):
            row.addWidget(chip, 0, Qt.AlignmentFlag.AlignTop)
        row.addStretch()
        row.addWidget(self.export, 0, Qt.AlignmentFlag.AlignTop)
        settings.changed.connect(lambda _names: self._follow())
        self._follow()

    def set_pins(self, count: int) -> None:
        """How many charts are pinned."""
        self.pinned.set_count(count)
        self.pinned.setVisible(count > 0)

    def set_columns(self, count: int) -> None:
        """How many columns there are now."""
        self.columns.set_count(count)

    def _follow(self) -> None:
        now = self._settings.now
        self.pinned.setChecked(now.show_pinned)
        self.link.setChecked(now.link_zoom)

    def _choose_columns(self) -> None:
        now = self._settings.now
        open_size_menu(self.columns, now.size, now.columns, self._settings.update)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.link.setVisible(event.size().width() >= _NARROW)
