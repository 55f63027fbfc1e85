"""Pictures over one another: two on either side of a divider, or one at a time."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from ...charts.frames import FrameScheduler
from ...theme import Theme
from ..decoding import Picture
from ..geometry import Place, Room, Zoom, place
from ..view import PictureView, seen
from .layout import common, divider, split_at

#: The divider is taken by the mouse within so many pixels, and moved by the keyboard by such a share.
_REACH = 7.0
_NUDGE = 0.02
_KNOB = 11.0


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """A picture, or why there is none."""

    picture: Picture | None
    message: str = ""

    def is_like(self, other: Layer) -> bool:
        """True if the other shows the same."""
        return self.picture is other.picture and self.message == other.message


class OverlayView(PictureView):
    """Shows of all layers the area at the top left that their pictures have in common.

    With a split the first layer is left of the divider and the second right of it; else the layer ``top`` is shown.
    ``split_changed`` carries the share that the user dragged the divider to.
    """

    split_changed = Signal(float)

    def __init__(self, frames: FrameScheduler, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(frames, theme, parent)
        self.layers: tuple[Layer, ...] = ()
        self.split: float | None = None
        self.top = 0
        self._fresh: dict[int, QImage] = {}
        self._fresh_for: tuple[Room, Zoom] | None = None
        self._images: dict[int, QImage] = {}
        self._dragging = False

    # What is shown

    def set_layers(self, layers: Sequence[Layer]) -> None:
        """Show other layers."""
        if len(layers) == len(self.layers) and all(a.is_like(b) for a, b in zip(layers, self.layers)):
            return
        self.layers = tuple(layers)
        self.top = min(self.top, max(len(layers) - 1, 0))
        self.picture = next((layer.picture for layer in layers if layer.picture is not None), None)
        if self.picture is None:
            self._images.clear()
        self.setAccessibleDescription(" ".join(layer.message for layer in layers if layer.message))
        self.invalidate()

    def set_split(self, split: float | None) -> None:
        """Put the divider elsewhere; None for one layer at a time."""
        if split != self.split:
            before, self.split = self.split, split
            if (before is None) != (split is None):
                self.invalidate()
            self.update()

    def set_top(self, top: int) -> None:
        """Show another layer."""
        if top != self.top:
            self.top = top
            if top in self._fresh and self._fresh_for == self._sight:
                self._images = dict(self._fresh)
                self.update()
            else:
                self._frames.request(self, urgent=True)

    def invalidate(self) -> None:
        self._fresh.clear()
        super().invalidate()

    @property
    def size_in_common(self) -> tuple[int, int] | None:
        """Columns and rows of the area that is shown; None without a picture."""
        sizes = [(each.picture.columns, each.picture.rows) for each in self.layers if each.picture is not None]
        return common(sizes) if sizes else None

    @property
    def room(self) -> Room | None:
        size = self.size_in_common
        return None if size is None else Room(self.width(), self.height(), *size, self.actual)

    @property
    def _sight(self) -> tuple[Room, Zoom] | None:
        room = self.room
        return None if room is None else (room, self.zoom)

    def _wanted(self) -> list[int]:
        shown = [0, 1] if self.split is not None else [self.top]
        return [at for at in shown if at < len(self.layers) and self.layers[at].picture is not None]

    # Drawing

    def advance(self, deadline: float) -> bool:
        sight = self._sight
        if sight is None or not self.isVisible():
            return True
        if self._fresh_for != sight:
            self._fresh.clear()
            self._fresh_for = sight
        room, zoom = sight
        at = seen(place(room, zoom), self.width(), self.height())
        missing = [layer for layer in self._wanted() if layer not in self._fresh]
        while missing:
            layer = missing.pop(0)
            self._fresh[layer] = self._layer_drawn(layer, room, at)
            if missing and time.perf_counter() >= deadline:
                return False
        self._images, self._drawn_at = dict(self._fresh), at
        self.update()
        return True

    def _layer_drawn(self, layer: int, room: Room, at: QRectF) -> QImage:
        picture = self.layers[layer].picture
        assert picture is not None
        frame = picture.frames[min(self.frame, len(picture.frames) - 1)]
        part = QRectF(0, 0, room.columns / picture.columns * frame.width(), room.rows / picture.rows * frame.height())
        return self.drawn(frame, part, at)

    def _seen_place(self) -> Place:
        """The part of the view that shows something: all of it while there is no picture."""
        room = self.room
        at = QRectF(self.rect()) if room is None else seen(place(room, self.zoom), self.width(), self.height())
        return Place(at.left(), at.top(), at.width(), at.height())

    @property
    def divider_x(self) -> float | None:
        """Where the divider stands in the view."""
        return None if self.split is None else divider(self._seen_place(), self.split)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        x = self.divider_x
        if x is None:
            self._paint_layer(painter, self.top, QRectF(self.rect()))
        else:
            self._paint_layer(painter, 0, QRectF(0, 0, x, self.height()))
            self._paint_layer(painter, 1, QRectF(x, 0, self.width() - x, self.height()))
            self._paint_divider(painter, x)
        painter.end()

    def _paint_layer(self, painter: QPainter, layer: int, clip: QRectF) -> None:
        if layer >= len(self.layers) or clip.isEmpty():
            return
        held = self.layers[layer]
        if held.message:
            shown = self._seen_place()
            at = clip.intersected(QRectF(shown.left, shown.top, shown.width, shown.height))
            self.paint_message(painter, at, held.message)
        elif layer in self._images:
            self.paint_drawn(painter, self._images[layer], self._drawn_at, clip)

    def _paint_divider(self, painter: QPainter, x: float) -> None:
        theme, shown = self._theme, self._seen_place()
        top, bottom = shown.top, shown.top + shown.height
        # Light between dark edges: seen on every picture.
        painter.setPen(QPen(QColor(theme.on_accent), 4))
        painter.drawLine(QPointF(x, top), QPointF(x, bottom))
        painter.setPen(QPen(QColor(theme.accent), 2))
        painter.drawLine(QPointF(x, top), QPointF(x, bottom))
        middle = QPointF(x, (top + bottom) / 2)
        painter.setPen(QPen(QColor(theme.on_accent), 1.5))
        painter.setBrush(QColor(theme.accent))
        painter.drawEllipse(middle, _KNOB, _KNOB)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.on_accent))
        for side in (-1, 1):
            tip, foot = middle.x() + side * 7.5, middle.x() + side * 3.5
            corners = [QPointF(tip, middle.y())] + [QPointF(foot, middle.y() + dy) for dy in (-4.0, 4.0)]
            painter.drawPolygon(QPolygonF(corners))
        if self.ring_visible:
            painter.setPen(QPen(QColor(theme.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(middle, _KNOB + 4, _KNOB + 4)

    # The hand

    def _near_divider(self, at: QPointF) -> bool:
        x = self.divider_x
        return x is not None and abs(at.x() - x) <= _REACH

    def _split_to(self, split: float) -> None:
        bounded = min(max(split, 0.0), 1.0)
        if bounded != self.split:
            self.set_split(bounded)
            self.split_changed.emit(bounded)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._near_divider(event.position()):
            self._dragging = True
            return
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragging:
            self._split_to(split_at(self._seen_place(), event.position().x()))
        else:
            near = self._near_divider(event.position()) and not event.buttons()
            self.setCursor(Qt.CursorShape.SplitHCursor if near else Qt.CursorShape.CrossCursor)
        super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._dragging = False
        super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self.split is not None and self._near_divider(event.position()):
            self._split_to(0.5)
            return
        super().mouseDoubleClickEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Shift with Left and Right moves the divider."""
        sides = {Qt.Key.Key_Left: -_NUDGE, Qt.Key.Key_Right: _NUDGE}
        by = sides.get(Qt.Key(event.key()))
        if self.split is not None and by is not None and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._ring = True
            self._split_to(self.split + by)
            event.accept()
            return
        super().keyPressEvent(event)
