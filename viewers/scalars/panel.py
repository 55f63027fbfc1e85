"""The right side of the scalars pane: choices above, the read-out below."""

from __future__ import annotations

from ..board.panel import PanePanel
from ..lod.scale import ScaleKind
from ..selection import StepCursor, XAxis
from ..widgets import ValueSlider
from .readout import ReadOut
from .settings import LARGEST_WEIGHT, ReadOutOrder, SettingsModel


class ScalarsPanel(PanePanel):
    """The choices of the scalars pane."""

    def __init__(self, settings: SettingsModel, cursor: StepCursor, readout: ReadOut) -> None:
        super().__init__(settings, cursor, readout, "Scalars")
        self.setObjectName("scalarsPanel")

    def build(self) -> None:
        column, settings = self.column, self._settings
        self.axis = self.axis_choice("Horizontal axis")
        self.smoothing = ValueSlider(0.0, LARGEST_WEIGHT, 0.001, settings.now.smoothing, 3, text="Smoothing")
        self.smoothing.setToolTip("Weight of the past in the moving average: TensorBoard's, over all points")
        column.addWidget(self.smoothing)
        column.addSpacing(6)
        self.smoothing.changed.connect(lambda value: settings.update(smoothing=value))
        self.y_scale = self.choice(
            "Y scale", [("linear", "Linear"), ("log", "Log"), ("symlog", "Symlog")],
            "Symlog is logarithmic on both sides of zero and linear around it",
        )  # fmt: skip
        self.y_scale.changed.connect(lambda value: settings.update(y_scale=ScaleKind(value)))
        self.divide()
        self.x_log = self.switch("Logarithmic x axis", "x_log", "For steps and relative time")
        self.outliers = self.switch("Ignore outliers", "ignore_outliers", "Fit the y axis to the middle 90 %")
        self.raw = self.switch("Show raw behind smoothed", "show_raw", "The values as logged, faintly behind the line")
        self.link = self.switch("Link zoom across charts", "link_zoom", "Zooming the x axis of a chart zooms all")
        self.divide()
        self.restarts = self.restart_choice()
        self.order = self.choice(
            "Read-out order", [("nearest", "Nearest"), ("value", "Value"), ("name", "Name")],
            "Nearest to the mouse first, largest value first, or as in the list of runs",
        )  # fmt: skip
        self.order.changed.connect(lambda value: settings.update(order=ReadOutOrder(value)))

    def follow(self) -> None:
        now = self._settings.now
        self.axis.set_value(self._cursor.axis.value)
        self.x_log.setEnabled(self._cursor.axis is not XAxis.WALL)
        self.smoothing.set_value(now.smoothing)
        self.y_scale.set_value(now.y_scale.value)
        self.restarts.set_value(now.restarts.value)
        self.order.set_value(now.order.value)
        for switch, on in (
            (self.x_log, now.x_log),
            (self.outliers, now.ignore_outliers),
            (self.raw, now.show_raw),
            (self.link, now.link_zoom),
        ):
            switch.setChecked(on)
