"""The right side of the scalars pane: choices above, the read-out below."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from ...reader.api import RestartMode
from ..lod.scale import ScaleKind
from ..selection import StepCursor, XAxis
from ..widgets import Divider, ElidedLabel, SectionLabel, SegmentedControl, Switch, TextLabel, ValueSlider, set_surface
from .readout import ReadOut
from .settings import LARGEST_WEIGHT, ReadOutOrder, SettingsModel

_RESTART_HELP = (
    "What is shown where a training went back to an earlier step and wrote on.\n"
    "Latest: the newest attempt. All: every point, as written. TensorBoard: what TensorBoard would keep."
)


#: The read-out keeps this height (pixels); where the window is low the choices above it scroll.
_LEAST_VALUES = 210


class _Controls(QScrollArea):
    """As high as what it holds, where there is room."""

    def sizeHint(self) -> QSize:
        held = self.widget()
        return super().sizeHint() if held is None else held.sizeHint()

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 120)


class ScalarsPanel(QWidget):
    """Two-way bound to the settings: it changes them, and follows when they are changed elsewhere."""

    def __init__(self, settings: SettingsModel, cursor: StepCursor, readout: ReadOut) -> None:
        super().__init__()
        self.setObjectName("scalarsPanel")
        set_surface(self, "panel")
        self._settings, self._cursor = settings, cursor
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        scroll = _Controls()
        scroll.setObjectName("panelScroll")
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        outer.addWidget(scroll)
        values = QWidget()
        values.setObjectName("panelValues")
        below = QVBoxLayout(values)
        below.setContentsMargins(12, 0, 12, 8)
        below.setSpacing(4)
        below.addWidget(Divider())
        below.addSpacing(8)
        self._title = SectionLabel("Latest values")
        below.addWidget(self._title)
        self._tag = ElidedLabel("", "dim")
        below.addWidget(self._tag)
        below.addWidget(readout, 1)
        values.setMinimumHeight(_LEAST_VALUES)
        outer.addWidget(values, 1)
        body = QWidget()
        body.setObjectName("panelBody")
        set_surface(body, "panel")
        scroll.setWidget(body)
        self._column = QVBoxLayout(body)
        self._column.setContentsMargins(12, 14, 12, 10)
        self._column.setSpacing(6)
        self._build()
        settings.changed.connect(self._follow)
        cursor.axis_changed.connect(self._follow_axis)
        self._follow(None)

    def _build(self) -> None:
        column, settings = self._column, self._settings
        column.addWidget(SectionLabel("Scalars"))
        column.addSpacing(4)
        self.axis = self._choice(
            "Horizontal axis", [("step", "Step"), ("relative", "Relative"), ("wall", "Wall")],
            "Step as logged; time since the first point of the same series; local time",
        )  # fmt: skip
        self.axis.changed.connect(lambda value: self._cursor.set_axis(XAxis(value)))
        self.smoothing = ValueSlider(0.0, LARGEST_WEIGHT, 0.001, settings.now.smoothing, 3, text="Smoothing")
        self.smoothing.setToolTip("Weight of the past in the moving average: TensorBoard's, over all points")
        column.addWidget(self.smoothing)
        column.addSpacing(6)
        self.smoothing.changed.connect(lambda value: settings.update(smoothing=value))
        self.y_scale = self._choice(
            "Y scale", [("linear", "Linear"), ("log", "Log"), ("symlog", "Symlog")],
            "Symlog is logarithmic on both sides of zero and linear around it",
        )  # fmt: skip
        self.y_scale.changed.connect(lambda value: settings.update(y_scale=ScaleKind(value)))
        self._divide()
        self.x_log = self._switch("Logarithmic x axis", "x_log", "For steps and relative time")
        self.outliers = self._switch("Ignore outliers", "ignore_outliers", "Fit the y axis to the middle 90 %")
        self.raw = self._switch("Show raw behind smoothed", "show_raw", "The values as logged, faintly behind the line")
        self.link = self._switch("Link zoom across charts", "link_zoom", "Zooming the x axis of a chart zooms all")
        self._divide()
        self.restarts = self._choice(
            "Restarts", [("latest", "Latest"), ("all", "All"), ("tensorboard", "TensorBoard")], _RESTART_HELP
        )
        self.restarts.changed.connect(lambda value: settings.update(restarts=RestartMode(value)))
        self.order = self._choice(
            "Read-out order", [("nearest", "Nearest"), ("value", "Value"), ("name", "Name")],
            "Nearest to the mouse first, largest value first, or as in the list of runs",
        )  # fmt: skip
        self.order.changed.connect(lambda value: settings.update(order=ReadOutOrder(value)))

    def set_heading(self, title: str, tag: str) -> None:
        """What the read-out is of."""
        self._title.setText(title)
        self._tag.setText(tag)

    def _labelled(self, text: str, control: QWidget) -> None:
        label = TextLabel(text, "dim")
        label.setBuddy(control)
        self._column.addWidget(label)
        self._column.addWidget(control)
        self._column.addSpacing(6)

    def _choice(self, text: str, options: list[tuple[str, str]], tip: str) -> SegmentedControl:
        control = SegmentedControl(options)
        control.setAccessibleName(text)
        control.setToolTip(tip)
        self._labelled(text, control)
        return control

    def _switch(self, text: str, field: str, tip: str) -> Switch:
        switch = Switch(text)
        switch.setToolTip(tip)
        switch.toggled.connect(lambda on: self._settings.update(**{field: on}))
        self._column.addWidget(switch)
        return switch

    def _divide(self) -> None:
        self._column.addSpacing(4)
        self._column.addWidget(Divider())
        self._column.addSpacing(6)

    def _follow_axis(self) -> None:
        self.axis.set_value(self._cursor.axis.value)
        self.x_log.setEnabled(self._cursor.axis is not XAxis.WALL)

    def _follow(self, _names: object) -> None:
        now = self._settings.now
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
        self._follow_axis()
