"""The row above the cards: filter, chips, and playing from step to step."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from ..board import tools
from ..widgets import Chip, IconButton
from .settings import RATES, SettingsModel


class ToolRow(tools.ExportRow):
    """With a button that plays from step to step; ``play_toggled`` carries whether to."""

    play_toggled = Signal(bool)

    def __init__(self, settings: SettingsModel) -> None:
        self.play = Chip("", checkable=True, icon_name="play")
        self.play.setToolTip("Go from step to step (Space)")
        self.rate = IconButton("chevron-down", "Steps a second", size=28, icon_size=14)
        both = QWidget()
        pair = QHBoxLayout(both)
        pair.setContentsMargins(0, 0, 0, 0)
        pair.setSpacing(2)
        pair.addWidget(self.play)
        pair.addWidget(self.rate)
        super().__init__(settings, "picture", "Export the list of all pictures", end=[both])
        self.play.toggled.connect(self.play_toggled)
        self.rate.clicked.connect(self._choose_rate)

    def set_playing(self, playing: bool) -> None:
        """Show whether it plays."""
        self.play.setChecked(playing)

    def _follow(self) -> None:
        super()._follow()
        now = self._settings.now
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
