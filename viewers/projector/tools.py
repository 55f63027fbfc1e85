"""The row above the view: dimensions, what a drag does, labels, thumbnails, and what there is to see."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QWidget

from ..cloud.gestures import Mode
from ..widgets import Chip, FlowLayout, SegmentedControl
from .settings import SettingsModel

_MODES = [(Mode.NAVIGATE.value, "Move"), (Mode.BOX.value, "Box"), (Mode.LASSO.value, "Lasso")]


class ToolRow(QWidget):
    """``mode_chosen`` carries a :class:`Mode`; ``bookmarks_wanted`` and ``export_wanted`` where a menu may open."""

    mode_chosen = Signal(object)
    home_wanted = Signal()
    bookmarks_wanted = Signal(QPoint)
    export_wanted = Signal(QPoint)

    def __init__(self, settings: SettingsModel) -> None:
        super().__init__()
        self.setObjectName("toolRow")
        self._settings = settings
        self.dimensions = SegmentedControl([("3", "3D"), ("2", "2D")])
        self.dimensions.setAccessibleName("Dimensions")
        self.dimensions.changed.connect(lambda value: settings.update(three=value == "3"))
        self.modes = SegmentedControl(_MODES)
        self.modes.setAccessibleName("What a drag does")
        self.modes.setToolTip("What a drag with the left button does. Shift adds to the selection, Alt takes away")
        self.modes.changed.connect(lambda value: self.mode_chosen.emit(Mode(value)))
        self.labels = self._switch("Labels", "labels", "Names in place of points, wherever there is room (L)")
        self.sprites = self._switch("Thumbnails", "sprites", "Pictures in place of points, where there are any (T)")
        self.home = Chip("Home", icon_name="home")
        self.home.setToolTip("Look at all points from the front (Home, double click)")
        self.home.clicked.connect(self.home_wanted)
        self.split = self._switch("Side by side", "split", "A second projection beside the first (2)")
        self.bookmarks = Chip("Bookmarks")
        self.bookmarks.setToolTip("Keep this state, or go back to one (Ctrl+D keeps)")
        self.bookmarks.clicked.connect(lambda: self.bookmarks_wanted.emit(_below(self.bookmarks)))
        self.export = Chip("Export…")
        self.export.setToolTip("Save the picture, the places or the labels (Ctrl+E)")
        self.export.clicked.connect(lambda: self.export_wanted.emit(_below(self.export)))
        row = FlowLayout(self)
        row.setContentsMargins(14, 12, 14, 8)
        for part in (self.dimensions, self.modes, self.labels, self.sprites, self.home, self.split):
            row.addWidget(part)
        for part in (self.bookmarks, self.export):
            row.addWidget(part)
        settings.changed.connect(lambda _names: self._follow())
        self._follow()

    def set_mode(self, mode: Mode) -> None:
        """Show what a drag does."""
        self.modes.set_value(mode.value)

    def show_bookmarks(self, count: int) -> None:
        """How many states were kept."""
        self.bookmarks.set_count(count or None)

    def offer_sprites(self, there: bool) -> None:
        """Whether there are pictures of the points."""
        self.sprites.setVisible(there)

    def _switch(self, text: str, field: str, help_text: str) -> Chip:
        chip = Chip(text, checkable=True)
        chip.setToolTip(help_text)
        chip.toggled.connect(lambda on: self._settings.update(**{field: on}))
        return chip

    def _follow(self) -> None:
        now = self._settings.now
        self.dimensions.set_value("3" if now.three else "2")
        for chip, on in ((self.labels, now.labels), (self.sprites, now.sprites), (self.split, now.split)):
            chip.setChecked(on)


def _below(widget: QWidget) -> QPoint:
    return widget.mapToGlobal(widget.rect().bottomLeft())
