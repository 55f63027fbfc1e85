"""What mouse, wheel and keys do to a cloud, whichever surface they come from."""

from __future__ import annotations

import enum
import math
from typing import Protocol

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent

from .camera import Camera, Viewport

_START = 4
_WHEEL = 0.0018
_KEY_TURN = math.radians(6)
_KEY_PAN = 40.0
_KEY_ZOOM = 1.25
#: A drag over the whole height turns the cloud by this angle.
_TURN = math.pi
_SMALLEST_BAND = 5
_LASSO_STEP = 2.0


class Mode(enum.Enum):
    """What a drag with the left button does."""

    NAVIGATE = "navigate"
    BOX = "box"
    LASSO = "lasso"


class How(enum.Enum):
    """What becomes of the selection."""

    REPLACE = "replace"
    ADD = "add"
    REMOVE = "remove"


class Target(Protocol):
    """What gestures work on: the view."""

    @property
    def camera(self) -> Camera: ...
    @property
    def viewport(self) -> Viewport: ...
    def touched(self) -> None: ...
    def take_camera(self, camera: Camera) -> None: ...
    def point_at(self, at: QPointF | None) -> None: ...
    def click_at(self, at: QPointF, how: How) -> None: ...
    def select_in(self, band: list[QPointF], boxed: bool, how: How) -> None: ...
    def show_band(self, band: list[QPointF], boxed: bool) -> None: ...
    def show_cursor(self, shape: Qt.CursorShape) -> None: ...
    def home(self) -> None: ...


class _Drag(enum.Enum):
    NONE = enum.auto()
    ORBIT = enum.auto()
    PAN = enum.auto()
    BAND = enum.auto()


class Gestures:
    """Left drag orbits (2D: pans), right, middle, Ctrl+ or Shift+drag pans, the wheel goes to what is under it.

    In the modes that select, left drag draws a box or a lasso; Shift adds to the selection, Alt takes away.
    """

    def __init__(self, target: Target) -> None:
        self._target = target
        self.mode = Mode.NAVIGATE
        self._pressed: QPointF | None = None
        self._at = QPointF()
        self._button = Qt.MouseButton.NoButton
        self._drag = _Drag.NONE
        self._band: list[QPointF] = []

    @property
    def dragging(self) -> bool:
        """True while a drag goes on."""
        return self._drag is not _Drag.NONE

    def set_mode(self, mode: Mode) -> None:
        """Change what the left button does; a drag that goes on is dropped."""
        self.mode = mode
        self.cancel()
        self._target.show_cursor(self._shape())

    def cancel(self) -> bool:
        """Drop a drag; True if there was one."""
        was = self.dragging
        self._pressed, self._drag, self._band = None, _Drag.NONE, []
        self._target.show_band([], False)
        self._target.show_cursor(self._shape())
        return was

    def press(self, event: QMouseEvent) -> None:
        """Begin a drag, or a click."""
        if self._pressed is not None:
            return
        self._pressed = self._at = event.position()
        self._button = event.button()
        self._drag = _Drag.NONE
        self._target.touched()
        event.accept()

    def move(self, event: QMouseEvent) -> None:
        """Follow the mouse."""
        at, target = event.position(), self._target
        if self._pressed is None or not event.buttons():
            target.point_at(at)
            return
        if self._drag is _Drag.NONE:
            if (at - self._pressed).manhattanLength() < _START:
                return
            self._drag = self._kind(event.modifiers())
            self._band = [self._pressed] if self._drag is _Drag.BAND else []
            target.point_at(None)
            shape = Qt.CursorShape.CrossCursor if self._drag is _Drag.BAND else Qt.CursorShape.ClosedHandCursor
            target.show_cursor(shape)
        by, self._at = at - self._at, at
        if self._drag is _Drag.ORBIT:
            scale = _TURN / target.viewport.height
            target.take_camera(target.camera.orbited(by.x() * scale, -by.y() * scale))
        elif self._drag is _Drag.PAN:
            target.take_camera(target.camera.panned(by.x(), by.y(), target.viewport))
        else:
            self._extend(at)
        event.accept()

    def release(self, event: QMouseEvent) -> None:
        """End a drag or a click."""
        if event.button() != self._button:
            return
        pressed, drag, band = self._pressed, self._drag, self._band
        boxed = self.mode is Mode.BOX
        self.cancel()
        event.accept()
        if drag is _Drag.BAND:
            width = max(point.x() for point in band) - min(point.x() for point in band)
            height = max(point.y() for point in band) - min(point.y() for point in band)
            if max(width, height) >= _SMALLEST_BAND and (boxed or len(band) > 2):
                self._target.select_in(band, boxed, how_of(event.modifiers()))
        elif drag is _Drag.NONE and pressed is not None and event.button() == Qt.MouseButton.LeftButton:
            self._target.click_at(event.position(), how_of(event.modifiers()))
        self._target.point_at(event.position())

    def double_click(self, event: QMouseEvent) -> None:
        """Back to where all is seen."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.cancel()
            self._target.home()
        event.accept()

    def wheel(self, event: QWheelEvent) -> None:
        """Nearer or farther, at the mouse, at once and without swinging on."""
        turn = event.angleDelta().y() or event.angleDelta().x()
        if turn:
            at, target = event.position(), self._target
            target.touched()
            factor = 2.0 ** (turn * _WHEEL)
            target.take_camera(target.camera.dollied(factor, at.x(), at.y(), target.viewport))
            target.point_at(at if self._pressed is None else None)
        event.accept()

    def key(self, event: QKeyEvent) -> bool:
        """Arrows turn (2D, or with Ctrl: move), plus and minus zoom, Home goes home; False for other keys."""
        target, key = self._target, Qt.Key(event.key())
        modifiers = event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier)
        control = modifiers == Qt.KeyboardModifier.ControlModifier
        if modifiers and not control:
            return False
        view, camera = target.viewport, target.camera
        way = _ARROWS.get(key)
        if way is not None:
            if control or camera.dimensions == 2:
                moved = camera.panned(-way[0] * _KEY_PAN, -way[1] * _KEY_PAN, view)
            else:
                moved = camera.orbited(way[0] * _KEY_TURN, -way[1] * _KEY_TURN)
        elif control:
            return False
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            factor = 1 / _KEY_ZOOM if key == Qt.Key.Key_Minus else _KEY_ZOOM
            moved = camera.dollied(factor, view.width / 2, view.height / 2, view)
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_0):
            target.home()
            return True
        elif key == Qt.Key.Key_Escape:
            return self.cancel()
        else:
            return False
        target.touched()
        target.take_camera(moved)
        return True

    def _kind(self, modifiers: Qt.KeyboardModifier) -> _Drag:
        if self._button == Qt.MouseButton.LeftButton:
            if self.mode is not Mode.NAVIGATE:
                return _Drag.BAND
            panning = modifiers & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
            if not panning and self._target.camera.dimensions == 3:
                return _Drag.ORBIT
        return _Drag.PAN

    def _extend(self, at: QPointF) -> None:
        if self.mode is Mode.BOX:
            self._band = [self._band[0], at]
        elif math.hypot(at.x() - self._band[-1].x(), at.y() - self._band[-1].y()) >= _LASSO_STEP:
            self._band.append(at)
        self._target.show_band(self._band, self.mode is Mode.BOX)

    def _shape(self) -> Qt.CursorShape:
        return Qt.CursorShape.ArrowCursor if self.mode is Mode.NAVIGATE else Qt.CursorShape.CrossCursor


_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


def how_of(modifiers: Qt.KeyboardModifier) -> How:
    """Shift adds, Alt takes away."""
    if modifiers & Qt.KeyboardModifier.ShiftModifier:
        return How.ADD
    return How.REMOVE if modifiers & Qt.KeyboardModifier.AltModifier else How.REPLACE


def corners_of(band: list[QPointF]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """A lasso as (m, 2)."""
    return np.array([(point.x(), point.y()) for point in band], np.float64).reshape(-1, 2)
