"""What all panes point at together: the step under the cursor and the x axis it stands on."""

from __future__ import annotations

import enum

from PySide6.QtCore import QObject, Signal


class XAxis(enum.Enum):
    """The horizontal axis: the logged step, seconds since the first point of the same series, or local time."""

    STEP = "step"
    RELATIVE = "relative"
    WALL = "wall"


class StepCursor(QObject):
    """The cursor line shared by every chart and, through its nearest step, by the other panes.

    ``changed`` fires when the position moves, ``axis_changed`` when the x axis is another one (the position is then
    cleared, as it has no meaning on the new axis).
    """

    changed = Signal()
    axis_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._x: float | None = None
        self._axis = XAxis.STEP
        self._tag: str | None = None

    @property
    def axis(self) -> XAxis:
        """The axis in force."""
        return self._axis

    @property
    def x(self) -> float | None:
        """Position in the axis' own unit (steps or seconds); None while no chart is pointed at."""
        return self._x

    @property
    def tag(self) -> str | None:
        """The tag of the chart that is pointed at, whose values the read-out lists."""
        return self._tag

    def move(self, x: float | None, tag: str | None = None) -> None:
        """Put the cursor at ``x``; ``tag`` names the chart that is pointed at, None leaves it as it was."""
        if x == self._x and (tag is None or tag == self._tag):
            return
        self._x = x
        if tag is not None:
            self._tag = tag
        self.changed.emit()

    def set_axis(self, axis: XAxis) -> None:
        """Choose the x axis for all charts."""
        if axis is not self._axis:
            self._axis = axis
            self._x = None
            self.axis_changed.emit()
            self.changed.emit()
