"""The right side of a pane: choices above, the read-out below."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from ...reader.api import RestartMode
from ..selection import StepCursor, XAxis
from ..widgets import Divider, ElidedLabel, SectionLabel, SegmentedControl, Switch, TextLabel, set_surface
from . import restarts
from .choices import ChoiceModel

#: The read-out keeps this height (pixels); where the window is low the choices above it scroll.
LEAST_VALUES = 210
AXES = [("step", "Step"), ("relative", "Relative"), ("wall", "Wall")]


class _Controls(QScrollArea):
    """As high as what it holds, where there is room."""

    def sizeHint(self) -> QSize:
        held = self.widget()
        return super().sizeHint() if held is None else held.sizeHint()

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 120)


class PanePanel(QWidget):
    """Two-way bound to the settings: it changes them, and follows when they are changed elsewhere.

    Subclasses add their controls in :meth:`build` and set them in :meth:`follow`.
    """

    def __init__(self, settings: ChoiceModel[Any], cursor: StepCursor, readout: QWidget, heading: str) -> None:
        super().__init__()
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
        values.setMinimumHeight(LEAST_VALUES)
        outer.addWidget(values, 1)
        body = QWidget()
        body.setObjectName("panelBody")
        set_surface(body, "panel")
        scroll.setWidget(body)
        self.column = QVBoxLayout(body)
        self.column.setContentsMargins(12, 14, 12, 10)
        self.column.setSpacing(6)
        self.column.addWidget(SectionLabel(heading))
        self.column.addSpacing(4)
        self.build()
        settings.changed.connect(lambda _names: self.follow())
        cursor.axis_changed.connect(self.follow)
        self.follow()

    def build(self) -> None:
        """Add the controls."""
        raise TypeError(f"{type(self).__name__} has to define build")

    def follow(self) -> None:
        """Set the controls to what is in force."""
        raise TypeError(f"{type(self).__name__} has to define follow")

    def set_heading(self, title: str, tag: str) -> None:
        """What the read-out is of."""
        self._title.setText(title)
        self._tag.setText(tag)

    def labelled(self, text: str, control: QWidget) -> TextLabel:
        """Add a control below its label; returns the label."""
        label = TextLabel(text, "dim")
        label.setBuddy(control)
        self.column.addWidget(label)
        self.column.addWidget(control)
        self.column.addSpacing(6)
        return label

    def choice(self, text: str, options: list[tuple[str, str]], tip: str) -> SegmentedControl:
        """Add a choice of a few."""
        control = SegmentedControl(options)
        control.setAccessibleName(text)
        control.setToolTip(tip)
        self.labelled(text, control)
        return control

    def axis_choice(self, text: str) -> SegmentedControl:
        """Add the choice of the axis that all panes share."""
        control = self.choice(text, AXES, "Step as logged; time since the first point of the same series; local time")
        control.changed.connect(lambda value: self._cursor.set_axis(XAxis(value)))
        return control

    def restart_choice(self) -> SegmentedControl:
        """Add the choice of what is shown where a training was taken up again, the setting ``restarts``."""
        control = self.choice("Restarts", restarts.OPTIONS, restarts.HELP)
        control.changed.connect(lambda value: self._settings.update(restarts=RestartMode(value)))
        return control

    def switch(self, text: str, field: str, tip: str) -> Switch:
        """Add a switch of the setting ``field``."""
        switch = Switch(text)
        switch.setToolTip(tip)
        switch.toggled.connect(lambda on: self._settings.update(**{field: on}))
        self.column.addWidget(switch)
        return switch

    def divide(self) -> None:
        """Add a line."""
        self.column.addSpacing(4)
        self.column.addWidget(Divider())
        self.column.addSpacing(6)
