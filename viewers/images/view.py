"""A picture in its card: fitted or in actual size, zoomed by the wheel, moved by dragging, toned by a table."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from ..charts.frames import FrameScheduler
from ..theme import Theme
from ..widgets import font
from ..widgets.focus import KeyboardFocus
from . import tone
from .decoding import Need, Picture
from .geometry import USUAL, Place, Room, Zoom, moved, pixel_at, place, zoomed

_RADIUS = 4.0
#: Side of a square of the pattern behind transparent pictures.
_SQUARE = 6
#: A notch of the wheel zooms by this much.
_NOTCH = 1.2
_KEY_RATIO = 1.25


class PictureView(KeyboardFocus, QWidget):
    """``pointed`` carries (column, row) of the picture's pixel under the mouse, or None.

    ``zoom_changed`` fires when the user zoomed or moved, ``need_changed`` when the view has another size, ``marked``
    at a click with Ctrl held.
    ``wheel_scrolls()`` tells whether the wheel belongs to the board for now; ``keys(key)`` does what the pane does for
    a key and is False for a key that means nothing to it.
    """

    pointed = Signal(object)
    zoom_changed = Signal()
    need_changed = Signal()
    menu_requested = Signal(QPoint)
    focus_changed = Signal()
    marked = Signal()

    def __init__(self, frames: FrameScheduler, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._frames, self._theme = frames, theme
        self.picture: Picture | None = None
        self.frame = 0
        self.zoom: Zoom = USUAL
        self.actual = False
        self.pixelated = True
        self.wheel_scrolls: Callable[[], bool] = lambda: False
        self.keys: Callable[[Qt.Key], bool] = lambda _key: False
        self._tone = (1.0, 1.0)
        self._message = ""
        self._drawn: QImage | None = None
        self._drawn_at = QRectF()
        self._grip: QPointF | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName("Picture")

    # What is shown

    def set_picture(self, picture: Picture | None, message: str = "") -> None:
        """Show a picture, or a message in its place; an animation begins with its first frame."""
        if picture is not self.picture:
            same = picture is not None and self.picture is not None and len(picture.frames) == len(self.picture.frames)
            if not same:
                self.frame = 0
            self.picture = picture
            self.invalidate()
        if picture is None:
            self._drawn = None
        if message != self._message:
            self._message = message
            self.setAccessibleDescription(message)
            self.update()

    @property
    def message(self) -> str:
        """What is said in place of a picture."""
        return self._message

    def set_frame(self, frame: int) -> None:
        """Show another frame of an animation."""
        if frame != self.frame:
            self.frame = frame
            self.invalidate()

    def set_look(self, actual: bool, pixelated: bool, brightness: float, contrast: float) -> None:
        """Actual size or fitted, pixels as squares or blended, and the tone."""
        look = (actual, pixelated, (brightness, contrast))
        if look != (self.actual, self.pixelated, self._tone):
            self.actual, self.pixelated, self._tone = look
            self.invalidate()

    def set_zoom(self, zoom: Zoom) -> None:
        """Show another part of the picture."""
        if zoom != self.zoom:
            self.zoom = zoom
            self.invalidate()

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        self._theme = theme
        self.update()

    def invalidate(self) -> None:
        """Have the picture drawn anew in its turn."""
        if self.picture is not None:
            self._frames.request(self)
        else:
            self.update()

    @property
    def need(self) -> Need:
        """How large the picture is shown."""
        ratio = self.devicePixelRatioF()
        return Need(round(self.width() * ratio), round(self.height() * ratio), self.zoom.factor, self.actual, ratio)

    @property
    def room(self) -> Room | None:
        """The view and the picture in it; None without a picture."""
        if self.picture is None:
            return None
        return Room(self.width(), self.height(), self.picture.columns, self.picture.rows, self.actual)

    # Drawing

    def advance(self, deadline: float) -> bool:
        """Draw the part of the picture that is seen; the scheduler of frames calls this."""
        room = self.room
        if room is None or self.picture is None or not self.isVisible():
            return True
        at = seen(place(room, self.zoom), self.width(), self.height())
        frame = self.picture.frames[min(self.frame, len(self.picture.frames) - 1)]
        self._drawn, self._drawn_at = self.drawn(frame, QRectF(frame.rect()), at), at
        self.update()
        return True

    def drawn(self, frame: QImage, part: QRectF, at: QRectF) -> QImage:
        """What is seen at ``at`` of the view while ``part`` of ``frame`` (its pixels) stands where the picture does."""
        room = self.room
        assert room is not None
        ratio = self.devicePixelRatioF()
        alpha = frame.hasAlphaChannel()
        image = QImage(
            max(round(at.width() * ratio), 1),
            max(round(at.height() * ratio), 1),
            QImage.Format.Format_ARGB32 if alpha else QImage.Format.Format_RGB32,
        )
        if alpha:
            image.fill(Qt.GlobalColor.transparent)
        whole = place(room, self.zoom)
        smooth = not self.pixelated or whole.width * ratio < part.width()
        # Where pixels become squares the tone may come first, over far fewer of them.
        early = not smooth and frame.width() * frame.height() < image.width() * image.height()
        if early:
            frame = toned(frame, self._tone)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        painter.scale(image.width() / at.width(), image.height() / at.height())
        target = QRectF(whole.left - at.left(), whole.top - at.top(), whole.width, whole.height)
        painter.drawImage(target, frame, part)
        painter.end()
        return image if early else toned(image, self._tone)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._message:
            self.paint_message(painter, QRectF(self.rect()), self._message)
        elif self._drawn is None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self._theme.background))
            painter.drawRoundedRect(QRectF(self.rect()), _RADIUS, _RADIUS)
        else:
            self.paint_drawn(painter, self._drawn, self._drawn_at, QRectF(self.rect()))
        painter.end()

    def paint_drawn(self, painter: QPainter, image: QImage, at: QRectF, clip: QRectF) -> None:
        """Paint what :meth:`drawn` gave, as far as it lies in ``clip``, with an edge round it."""
        theme = self._theme
        path = QPainterPath()
        radius = min(_RADIUS, at.width() / 4, at.height() / 4)
        path.addRoundedRect(at, radius, radius)
        painter.save()
        painter.setClipRect(clip)
        painter.setClipPath(path, Qt.ClipOperation.IntersectClip)
        if image.hasAlphaChannel():
            _paint_squares(painter, at, theme)
        painter.drawImage(at, image)
        # A picture of the card's own colour would have no edge.
        painter.setClipRect(clip)
        painter.setPen(QColor(theme.line))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if min(at.width(), at.height()) > 4 * _RADIUS:
            painter.drawRoundedRect(at.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        painter.restore()

    def paint_message(self, painter: QPainter, at: QRectF, message: str) -> None:
        """Paint ``message`` in the place of a picture."""
        theme = self._theme
        painter.setPen(QColor(theme.line))
        painter.setBrush(QColor(theme.background))
        painter.drawRoundedRect(at.adjusted(0.5, 0.5, -0.5, -0.5), _RADIUS, _RADIUS)
        painter.setFont(font(12))
        painter.setPen(QColor(theme.dim))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(at.adjusted(12, 8, -12, -8), flags, message)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.invalidate()
        self.need_changed.emit()

    # The hand

    def _zoom_at(self, at: QPointF, ratio: float) -> None:
        room = self.room
        if room is not None:
            self._take(zoomed(room, self.zoom, at.x(), at.y(), ratio), at)

    def _move(self, by: QPointF) -> None:
        room = self.room
        if room is not None:
            self._take(moved(room, self.zoom, by.x(), by.y()), None)

    def _take(self, zoom: Zoom, at: QPointF | None) -> None:
        if zoom != self.zoom:
            self.zoom = zoom
            self._frames.request(self, urgent=True)
            self.zoom_changed.emit()
            self.need_changed.emit()
        if at is not None:
            self._point(at)

    def fit(self) -> None:
        """Show all of the picture, or its middle in actual size."""
        self._take(USUAL, None)

    def _point(self, at: QPointF) -> None:
        room = self.room
        self.pointed.emit(None if room is None else pixel_at(room, self.zoom, at.x(), at.y()))

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.wheel_scrolls() or self.picture is None:
            event.ignore()
            return
        notches = event.angleDelta().y() / 120 or event.pixelDelta().y() / 60
        self._zoom_at(event.position(), _NOTCH**notches)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self.marked.emit()
            else:
                self._grip = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        if self._grip is not None and event.buttons() & Qt.MouseButton.LeftButton:
            self._move(at - self._grip)
            self._grip = at
        self._point(at)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._grip = None
        if event.button() == Qt.MouseButton.RightButton:
            self.menu_requested.emit(event.globalPosition().toPoint())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self.marked.emit()
                return
            self.fit()
            self._point(event.position())

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self.menu_requested.emit(self.mapToGlobal(self.rect().center()))
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        self.pointed.emit(None)
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Plus and minus zoom at the middle, 0 fits; the rest is the pane's, before the board scrolls by it."""
        key, plain = Qt.Key(event.key()), not event.modifiers() & ~_KEYPAD
        middle = QPointF(self.width() / 2, self.height() / 2)
        super().keyPressEvent(event)
        event.accept()
        if plain and key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self._zoom_at(middle, _KEY_RATIO)
        elif plain and key == Qt.Key.Key_Minus:
            self._zoom_at(middle, 1 / _KEY_RATIO)
        elif plain and key == Qt.Key.Key_0:
            self.fit()
        elif not plain or not self.keys(key):
            event.ignore()
        self.focus_changed.emit()


_KEYPAD = Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier


def toned(image: QImage, levels: tuple[float, float]) -> QImage:
    """``image`` with brightness and contrast (1, 1: the image itself), in eight bits a channel."""
    if levels == (1.0, 1.0):
        return image
    alpha = image.hasAlphaChannel()
    result = image.convertToFormat(QImage.Format.Format_ARGB32 if alpha else QImage.Format.Format_RGB32)
    if result.constBits() == image.constBits():
        result = result.copy()
    pixels = np.frombuffer(result.bits(), np.uint8).reshape(result.height(), result.width(), 4)
    tone.apply(pixels, tone.table(*levels))
    return result


def seen(whole: Place, width: int, height: int) -> QRectF:
    """The part of a picture's place that lies in the view."""
    left, top = max(whole.left, 0.0), max(whole.top, 0.0)
    right, bottom = min(whole.left + whole.width, float(width)), min(whole.top + whole.height, float(height))
    return QRectF(left, top, max(right - left, 1.0), max(bottom - top, 1.0))


def _paint_squares(painter: QPainter, at: QRectF, theme: Theme) -> None:
    painter.fillRect(at, QColor(theme.field))
    squares = [
        QRectF(at.left() + column * _SQUARE, at.top() + row * _SQUARE, _SQUARE, _SQUARE)
        for row in range(math.ceil(at.height() / _SQUARE))
        for column in range(row % 2, math.ceil(at.width() / _SQUARE), 2)
    ]
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.line))
    painter.drawRects(squares)
