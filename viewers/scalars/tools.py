"""The row above the cards: filter, chips, export."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent

from ..board.tools import ExportRow
from ..widgets import Chip
from .settings import SettingsModel

#: Below this width the chips that stand in the panel as well give their room to the filter.
_NARROW = 600


class ToolRow(ExportRow):
    """With a chip for the linked zoom."""

    def __init__(self, settings: SettingsModel) -> None:
        self.link = Chip("Link zoom", checkable=True)
        self.link.setToolTip("Zooming the x axis of a chart zooms all")
        self.link.setChecked(settings.now.link_zoom)
        self.link.toggled.connect(lambda on: settings.update(link_zoom=on))
        super().__init__(settings, "chart", "Save the points of the charts below", [self.link])
        settings.changed.connect(lambda _names: self.link.setChecked(settings.now.link_zoom))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.link.setVisible(event.size().width() >= _NARROW)
