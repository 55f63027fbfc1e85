"""The row above the cards: filter, chips, and playing from step to step."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from ..board.size_menu import open_size_menu
from ..widgets import Chip, IconButton, SearchField
from .settings import RATES, SettingsModel


class ToolRow(QWidget):
    """``filter_changed`` carries the text of the filter; ``play_toggled`` whether to play."""

    filter_changed = Signal(str)
    play_toggled = Signal(bool)

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
        self.pinned.setToolTip("Show the pinned pictures on top")
        self.pinned.toggled.connect(lambda on: settings.update(show_pinned=on))
        self.columns = Chip("Columns", checkable=False)
        self.columns.setToolTip("How many pictures stand side by side, and how large they are")
        self.columns.clicked.connect(
            lambda: open_size_menu(self.columns, settings.now.size, settings.now.columns, settings.update)
        )
        self.play = Chip("", checkable=True, icon_name="play")
        self.play.setToolTip("Go from step to step (Space)")
        self.play.toggled.connect(self.play_toggled)
        self.rate = IconButton("chevron-down", "Steps a second", size=28, icon_size=14)
        self.rate.clicked.connect(self._choose_rate)
        row.addWidget(self.search, 1, Qt.AlignmentFlag.AlignTop)
        for chip in (self.pinned, self.columns):
            row.addWidget(chip, 0, Qt.AlignmentFlag.AlignTop)
        row.addStretch()
        row.addWidget(self.play, 0, Qt.AlignmentFlag.AlignTop)
        row.addSpacing(-6)
        row.addWidget(self.rate, 0, Qt.AlignmentFlag.AlignTop)
        settings.changed.connect(lambda _names: self._follow())
        self._follow()

    def set_pins(self, count: int) -> None:
        """How many pictures are pinned."""
        self.pinned.set_count(count)
        self.pinned.setVisible(count > 0)

    def set_columns(self, count: int) -> None:
        """How many columns there are now."""
        self.columns.set_count(count)

    def set_playing(self, playing: bool) -> None:
        """Show whether it plays."""
        self.play.setChecked(playing)

    def _follow(self) -> None:
        now = self._settings.now
        self.pinned.setChecked(now.show_pinned)
        self.play.set_text(f"{now.rate} steps/s" if now.rate > 1 else "1 step/s")
        self.play.setAccessibleName(f"Play, {self.play.text()}")

    def _choose_rate(self) -> None:
        menu = QMenu(self)
        group = QActionGroup(menu)
        for rate in RATES:
            action = menu.addAction(f"{rate} steps a second" if rate > 1 else "1 step a second")
            action.setCheckable(True)
            action.setChecked(rate == self._settings.now.rate)
            action.triggered.connect(lambda _on=False, rate=rate: self._settings.update(rate=rate))
            group.addAction(action)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.rate.mapToGlobal(self.rate.rect().bottomLeft()))
