"""What mouse, wheel and keys do to a chart."""

from __future__ import annotations

import enum
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent

from .view import Range, panned, usable, zoomed

if TYPE_CHECKING:
    from .chart import Chart

_START = 4
_SMALLEST_BOX = 6
_WHEEL = 0.0018
_KEY_ZOOM = 0.8
#: Turns of the wheel that follow within this many seconds are one step to go back.
_WHEEL_PAUSE = 0.5
_END_REACH = 16


class _Drag(enum.Enum):
    NONE = enum.auto()
    PAN = enum.auto()
    BOX = enum.auto()


class Gestures:
    """Wheel zooms at the cursor, drag pans, right-drag or Shift+drag draws a zoom box, double click fits."""

    def __init__(self, chart: Chart) -> None:
        self._chart = chart
        self._pressed: QPoint | None = None
        self._button = Qt.MouseButton.NoButton
        self._drag = _Drag.NONE
        self._at = QPoint()
        self._start: tuple[Range, Range] | None = None
        self._wheel_at = -_WHEEL_PAUSE

    def box(self) -> QRect | None:
        """The zoom box being drawn, in logical pixels."""
        if self._drag is not _Drag.BOX or self._pressed is None:
            return None
        plot = self.plot()
        return self._shaped(QRect(self._pressed, self._at).normalized().intersected(plot), plot)

    def plot(self) -> QRect:
        """The plot area in logical pixels."""
        geometry = self._chart.geometry_now
        if geometry is None:
            return self._chart.rect()
        ratio = self._chart.devicePixelRatio()
        return QRect(
            round(geometry.left / ratio),
            round(geometry.top / ratio),
            round(geometry.width / ratio),
            round(geometry.height / ratio),
        )

    def press(self, event: QMouseEvent) -> None:
        """Begin a drag, or note a click."""
        self._pressed = self._at = event.position().toPoint()
        self._button = event.button()
        self._drag = _Drag.NONE
        limits = self._chart.scene.limits
        self._start = (limits.x0, limits.x1), (limits.y0, limits.y1)
        self._chart.setFocus(Qt.FocusReason.MouseFocusReason)
        event.accept()

    def move(self, event: QMouseEvent) -> None:
        """Follow the mouse: cursor line, pan or zoom box."""
        chart = self._chart
        at = event.position().toPoint()
        if self._pressed is None or not event.buttons():
            inside = self.plot().contains(at)
            chart.pointed_at(at if inside else None)
            chart.setCursor(self._shape(at, inside))
            return
        if self._drag is _Drag.NONE and (at - self._pressed).manhattanLength() >= _START:
            shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            boxed = self._button == Qt.MouseButton.RightButton or shift
            self._drag = _Drag.BOX if boxed else _Drag.PAN
            chart.view.remember()
            chart.setCursor(Qt.CursorShape.CrossCursor if boxed else Qt.CursorShape.ClosedHandCursor)
        self._at = at
        if self._drag is _Drag.PAN:
            self._pan(at)
        elif self._drag is _Drag.BOX:
            chart.update()

    def release(self, event: QMouseEvent) -> None:
        """End a drag; a click on the end of an axis edits it, a right click opens the menu."""
        chart, pressed, drag = self._chart, self._pressed, self._drag
        box = self.box()
        self._pressed, self._drag = None, _Drag.NONE
        if drag is _Drag.BOX:
            chart.update()
            if box is not None and box.width() >= _SMALLEST_BOX and box.height() >= _SMALLEST_BOX:
                self._zoom_to(box)
        elif drag is _Drag.NONE and pressed is not None:
            if event.button() == Qt.MouseButton.RightButton:
                chart.menu_requested.emit(event.globalPosition().toPoint())
            elif event.button() == Qt.MouseButton.LeftButton:
                end = self._axis_end(pressed)
                if end is not None:
                    chart.edit_limit(end)
        chart.setCursor(self._shape(event.position().toPoint(), self.plot().contains(event.position().toPoint())))

    def double_click(self, event: QMouseEvent) -> None:
        """Show all data; over an axis only along that axis."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = None
            self._chart.fit()

    def wheel(self, event: QWheelEvent) -> None:
        """Zoom about the cursor: both axes over the plot, one over its axis; Ctrl x alone, Alt y alone."""
        chart, geometry = self._chart, self._chart.geometry_now
        at = event.position()
        turn = event.angleDelta().y() or event.angleDelta().x()
        plot = self.plot()
        inside = plot.contains(at.toPoint())
        on_x = not inside and at.y() > plot.bottom() and at.x() >= plot.left()
        on_y = not inside and at.x() < plot.left()
        if geometry is None or not turn or not (inside or on_x or on_y) or not chart.scene.curves:
            event.ignore()
            return
        ratio = chart.devicePixelRatio()
        modifiers = event.modifiers()
        along_x = on_x or (inside and not modifiers & Qt.KeyboardModifier.AltModifier)
        along_y = on_y or (inside and not modifiers & Qt.KeyboardModifier.ControlModifier)
        moment = time.monotonic()
        if moment - self._wheel_at > _WHEEL_PAUSE:
            chart.view.remember()
        self._wheel_at = moment
        factor = 2.0 ** (-turn * _WHEEL)
        x = geometry.x_at(at.x() * ratio) if along_x else None
        y = geometry.y_at(at.y() * ratio) if along_y else None
        self._zoom(x, y, factor)
        event.accept()

    def key(self, event: QKeyEvent) -> bool:
        """Keys of a chart that has the focus; False for those that it has no use for."""
        chart, key = self._chart, event.key()
        undo = key == Qt.Key.Key_Z and event.modifiers() == Qt.KeyboardModifier.ControlModifier
        if key == Qt.Key.Key_Backspace or undo:
            chart.back_wanted.emit()
        elif key == Qt.Key.Key_Escape and self._drag is _Drag.BOX:
            self._pressed, self._drag = None, _Drag.NONE
            chart.update()
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            limits = chart.scene.limits
            middle = chart.scene.x_scale.value(
                (chart.scene.x_scale.place(limits.x0) + chart.scene.x_scale.place(limits.x1)) / 2
            )
            chart.view.remember()
            self._zoom(middle, None, _KEY_ZOOM if key != Qt.Key.Key_Minus else 1 / _KEY_ZOOM)
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            limits = chart.scene.limits
            chart.view.remember()
            way = 0.1 if key == Qt.Key.Key_Right else -0.1
            chart.view.x = panned((limits.x0, limits.x1), chart.scene.x_scale, way)
            chart.moved()
        elif key == Qt.Key.Key_0:
            chart.fit()
        else:
            return False
        return True

    def _pan(self, at: QPoint) -> None:
        chart = self._chart
        assert self._start is not None and self._pressed is not None
        plot = self.plot()
        move = at - self._pressed
        x = panned(self._start[0], chart.scene.x_scale, -move.x() / max(plot.width(), 1))
        y = panned(self._start[1], chart.scene.y_scale, move.y() / max(plot.height(), 1))
        if usable(x, chart.scene.x_scale) and usable(y, chart.scene.y_scale):
            # A hand that moves along one axis leaves the other one fitted.
            if move.x() or chart.view.x is not None:
                chart.view.x = x
            if abs(move.y()) > 2 or chart.view.y is not None:
                chart.view.y = y
            chart.moved()

    def _zoom(self, x: float | None, y: float | None, factor: float) -> None:
        chart, limits = self._chart, self._chart.scene.limits
        if x is not None:
            new_x = zoomed((limits.x0, limits.x1), chart.scene.x_scale, x, factor)
            if usable(new_x, chart.scene.x_scale):
                chart.view.x = new_x
        if y is not None:
            new_y = zoomed((limits.y0, limits.y1), chart.scene.y_scale, y, factor)
            if usable(new_y, chart.scene.y_scale):
                chart.view.y = new_y
        chart.update_limits()
        chart.moved()

    def _zoom_to(self, box: QRect) -> None:
        chart, geometry = self._chart, self._chart.geometry_now
        if geometry is None:
            return
        ratio, plot = chart.devicePixelRatio(), self.plot()
        x = geometry.x_at(box.left() * ratio), geometry.x_at((box.right() + 1) * ratio)
        y = geometry.y_at((box.bottom() + 1) * ratio), geometry.y_at(box.top() * ratio)
        if box.width() < plot.width() and usable(x, chart.scene.x_scale):
            chart.view.x = x
        if box.height() < plot.height() and usable(y, chart.scene.y_scale):
            chart.view.y = y
        chart.moved()

    def _shaped(self, box: QRect, plot: QRect) -> QRect:
        """A box that is nearly a line means a range of one axis: it takes the whole of the other."""
        if box.height() < 12 < box.width():
            return QRect(box.left(), plot.top(), box.width(), plot.height())
        if box.width() < 12 < box.height():
            return QRect(plot.left(), box.top(), plot.width(), box.height())
        return box

    def _axis_end(self, at: QPoint) -> str | None:
        plot = self.plot()
        if at.x() < plot.left() - 2:
            if abs(at.y() - plot.top()) <= _END_REACH:
                return "y1"
            if abs(at.y() - plot.bottom()) <= _END_REACH:
                return "y0"
        if at.y() > plot.bottom() + 2:
            if abs(at.x() - plot.left()) <= _END_REACH * 2:
                return "x0"
            if abs(at.x() - plot.right()) <= _END_REACH * 2:
                return "x1"
        return None

    def _shape(self, at: QPoint, inside: bool) -> Qt.CursorShape:
        if inside:
            return Qt.CursorShape.CrossCursor
        return Qt.CursorShape.IBeamCursor if self._axis_end(at) else Qt.CursorShape.ArrowCursor
