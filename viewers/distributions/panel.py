"""The right side of the distributions pane: choices above, the read-out below."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from ..board.panel import PanePanel
from ..widgets import Chip


class DistributionsPanel(PanePanel):
    """The choices of the distributions pane."""

    def build(self) -> None:
        self.axis = self.axis_choice("Horizontal axis")
        self.overlay = self.switch("Overlay runs", "overlay", "All runs of a tag in one card, as lines (Ctrl+Alt+O)")
        self.outlines = {
            "ends": Chip("Min, max", checkable=True),
            "outer": Chip("7, 93 %", checkable=True),
            "inner": Chip("16, 84 %", checkable=True),
        }
        row = QWidget()
        beside = QHBoxLayout(row)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(6)
        for field, chip in self.outlines.items():
            chip.setToolTip(f"Outlines of overlaid runs: {chip.text()}")
            chip.toggled.connect(lambda on, field=field: self._settings.update(**{field: on}))
            beside.addWidget(chip)
        beside.addStretch()
        self.labelled("Outlines", row)
        self.median = self.switch("Median line", "median", "The middle of all values (Ctrl+Alt+M)")
        self.link = self.switch("Link zoom across cards", "link_zoom", "Zooming x in one zooms it in all (Ctrl+Alt+Z)")
        self.divide()
        self.restarts = self.restart_choice()

    def follow(self) -> None:
        now = self._settings.now
        self.axis.set_value(self._cursor.axis.value)
        self.overlay.setChecked(now.overlay)
        for field, chip in self.outlines.items():
            chip.setChecked(getattr(now, field))
            chip.setEnabled(now.overlay)
        self.median.setChecked(now.median)
        self.link.setChecked(now.link_zoom)
        self.restarts.set_value(now.restarts.value)
