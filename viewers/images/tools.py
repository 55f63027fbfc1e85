"""The row above the cards: filter, chips, and playing from step to step."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from ..board import tools
from ..widgets import Chip, IconButton
from ..widgets.menus import add_choices, popup_below
from .settings import RATES, SettingsModel


class PlayControl(QWidget):
    """A button that plays from step to step, and the choice of how fast; ``toggled`` carries whether to play."""

    toggled = Signal(bool)

    def __init__(self, settings: SettingsModel) -> None:
        super().__init__()
        self._settings = settings
        self._compact = False
        self.play = Chip("", checkable=True, icon_name="play")
        self.play.setToolTip("Go from step to step (Space)")
        self.rate = IconButton("chevron-down", "Steps a second", size=28, icon_size=14)
        pair = QHBoxLayout(self)
        pair.setContentsMargins(0, 0, 0, 0)
        pair.setSpacing(2)
        pair.addWidget(self.play)
        pair.addWidget(self.rate)
        self.play.toggled.connect(self.toggled)
        self.rate.clicked.connect(self._choose_rate)
        settings.changed.connect(lambda _names: self._follow())
        self._follow()

    def set_playing(self, playing: bool) -> None:
        """Show whether it plays."""
        self.play.setChecked(playing)

    def set_compact(self, compact: bool) -> None:
        """Show the icon alone, or with how fast it goes."""
        if compact != self._compact:
            self._compact = compact
            self._follow()
            self.updateGeometry()

    def _follow(self) -> None:
        now = self._settings.now
        text = f"{now.rate} steps/s" if now.rate > 1 else "1 step/s"
        self.play.set_text("" if self._compact else text)
        self.play.setAccessibleName(f"Play, {text}")

    def _choose_rate(self) -> None:
        menu = QMenu(self)
        rates = [(f"{rate} steps a second" if rate > 1 else "1 step a second", rate) for rate in RATES]
        add_choices(menu, rates, self._settings.now.rate, lambda rate: self._settings.update(rate=rate))
        popup_below(menu, self.rate)


class ToolRow(tools.ExportRow):
    """With a chip that compares pictures, and one that plays from step to step.

    ``play_toggled`` carries whether to play; ``compare_clicked`` asks to compare the marked pictures.
    """

    play_toggled = Signal(bool)
    compare_clicked = Signal()

    def __init__(self, settings: SettingsModel) -> None:
        self.compare = Chip("Compare", icon_name="compare")
        self.playing = PlayControl(settings)
        self.play, self.rate = self.playing.play, self.playing.rate
        super().__init__(settings, "picture", "Export the list of all pictures", [self.compare], [self.playing])
        self.playing.toggled.connect(self.play_toggled)
        self.compare.clicked.connect(self.compare_clicked)
        self.set_marks(0)

    def set_playing(self, playing: bool) -> None:
        """Show whether it plays."""
        self.playing.set_playing(playing)

    def set_marks(self, count: int) -> None:
        """How many pictures are marked."""
        self.compare.set_count(count or None)
        what = f"Compare the {count} marked pictures" if count > 1 else "Compare pictures"
        self.compare.setToolTip(f"{what} (Ctrl+Alt+C). A click on a picture with Ctrl held marks it")
        self._fit()

    def set_pins(self, count: int) -> None:
        super().set_pins(count)
        self._fit()

    def set_columns(self, count: int) -> None:
        super().set_columns(count)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Leave words away where they would not find room: first that of comparing, then that of playing."""
        row = self.layout()
        assert row is not None
        for words in (2, 1, 0):
            self.compare.set_text("Compare" if words > 1 else "")
            self.compare.setAccessibleName("Compare pictures")
            self.playing.set_compact(words < 1)
            row.invalidate()
            if row.minimumSize().width() <= self.width():
                break
