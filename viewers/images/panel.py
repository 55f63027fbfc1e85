"""The right side of the images pane: choices above, the pixel under the mouse below."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from ..widgets import Divider, SectionLabel, Switch, ValueSlider, set_surface
from .settings import SettingsModel
from .tone import MOST_BRIGHTNESS, MOST_CONTRAST


class ImagesPanel(QScrollArea):
    """Two-way bound to the settings: it changes them, and follows when they are changed elsewhere."""

    def __init__(self, settings: SettingsModel, readout: QWidget) -> None:
        super().__init__()
        self.setObjectName("imagesPanel")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._settings = settings
        body = QWidget()
        body.setObjectName("panelBody")
        set_surface(body, "panel")
        self.setWidget(body)
        self._column = column = QVBoxLayout(body)
        column.setContentsMargins(12, 14, 12, 10)
        column.setSpacing(6)
        column.addWidget(SectionLabel("Images"))
        column.addSpacing(4)
        self.brightness = ValueSlider(0.0, MOST_BRIGHTNESS, 0.01, 1.0, 2, text="Brightness")
        self.brightness.setToolTip("As in TensorBoard, after the contrast; a double click goes back to 1")
        self.brightness.changed.connect(lambda value: settings.update(brightness=value))
        column.addWidget(self.brightness)
        column.addSpacing(6)
        self.contrast = ValueSlider(0.0, 100 * MOST_CONTRAST, 1.0, 100.0, 0, text="Contrast", suffix=" %")
        self.contrast.setToolTip("As in TensorBoard, around middle grey; a double click goes back to 100 %")
        self.contrast.changed.connect(lambda value: settings.update(contrast=value / 100))
        column.addWidget(self.contrast)
        column.addSpacing(6)
        self.actual = self._switch("Actual size", "actual_size", "One pixel of the picture is one of the screen (A)")
        self.pixelated = self._switch("Pixelated", "pixelated", "Enlarged pixels are squares; off: blended (X)")
        self.link = self._switch("Link zoom across pictures", "link_zoom", "Zooming one zooms all to the same part")
        self.one_step = self._switch(
            "One step for all cards", "one_step", "One slider above all cards, or one in each card"
        )
        column.addSpacing(4)
        column.addWidget(Divider())
        column.addSpacing(8)
        column.addWidget(readout)
        column.addStretch()
        settings.changed.connect(self._follow)
        self._follow(None)

    def _switch(self, text: str, field: str, tip: str) -> Switch:
        switch = Switch(text)
        switch.setToolTip(tip)
        switch.toggled.connect(lambda on: self._settings.update(**{field: on}))
        self._column.addWidget(switch)
        return switch

    def _follow(self, _names: object) -> None:
        now = self._settings.now
        self.brightness.set_value(now.brightness)
        self.contrast.set_value(100 * now.contrast)
        for switch, on in (
            (self.actual, now.actual_size),
            (self.pixelated, now.pixelated),
            (self.link, now.link_zoom),
            (self.one_step, now.one_step),
        ):
            switch.setChecked(on)
