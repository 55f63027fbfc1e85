"""The widget that shows a scene: a cached picture, and over it the ridge and bin that are pointed at."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from ..charts.canvas import FileCanvas
from ..charts.frames import FrameScheduler
from ..charts.style import ChartStyle
from ..widgets.focus import TabFocus
from .scene import Layout, Painting, Scene, draw_line
from .settings import Mode

_LIT_WIDTH = 1.8
_DOT = 3.5
#: The mouse is at a run's outline within so many logical pixels.
_NEAR = 10.0


class RidgePlot(TabFocus, QWidget):
    """``pointed(ridge, bin)`` follows mouse and arrow keys, ``left`` tells that the mouse went away, ``menu_requested``
    (global position) of a right click. Where the ridges are of several runs, the ridge is -1 while none is near."""

    pointed = Signal(int, int)
    left = Signal()
    menu_requested = Signal(QPoint)
    focus_changed = Signal()

    def __init__(self, frames: FrameScheduler, style: ChartStyle, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._frames, self._style = frames, style
        self._scene: Scene | None = None
        self._note = ""
        self._painting: Painting | None = None
        self._picture: QImage | None = None
        self._layout: Layout | None = None
        self._painted: Scene | None = None
        self._stale = True
        self._lit: int | None = None
        self._bin: int | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Histograms")

    # What is shown

    @property
    def scene(self) -> Scene | None:
        """What is shown."""
        return self._scene

    @property
    def layout_now(self) -> Layout | None:
        """Where everything of the last picture lies."""
        return self._layout

    @property
    def lit(self) -> tuple[int | None, int | None]:
        """The ridge and the bin that are marked."""
        return self._lit, self._bin

    def set_scene(self, scene: Scene | None, note: str = "") -> None:
        """Show a scene, or (None) only a line of text."""
        self._scene, self._note = scene, note
        if scene is not None:
            self._style = scene.style
        self.invalidate()

    def set_style(self, style: ChartStyle) -> None:
        """Draw in another theme."""
        self._style = style
        self.invalidate()

    def clear_picture(self) -> None:
        """Another series comes: nothing of the last one may be seen while it waits for its turn."""
        self._scene = self._picture = self._layout = self._painting = self._painted = None
        self._lit = self._bin = None
        self._note = ""

    def set_lifted(self, run: str | None) -> None:
        """Lift a run above the others; None ends it."""
        scene = self._scene
        if scene is not None and scene.lifted != run:
            before = scene.lifted_row
            self._scene = replace(scene, lifted=run)
            if self._scene.lifted_row != before:
                self.invalidate()

    def set_lit(self, ridge: int | None, bin_index: int | None) -> None:
        """Mark a ridge, and a bin of it."""
        if (ridge, bin_index) != (self._lit, self._bin):
            self._lit, self._bin = ridge, bin_index
            self.update()

    # Frames

    def invalidate(self) -> None:
        """The picture is out of date; it is painted again within a few turns of the event loop."""
        self._stale = True
        self._painting = None
        self._frames.request(self)

    def advance(self, deadline: float) -> bool:
        """Paint the picture, if it is out of date and can be seen, until ``deadline`` (``time.perf_counter()``)."""
        if self._painting is None:
            if not self._stale or not self.isVisible() or self.visibleRegion().isEmpty():
                return True
            self._stale = False
            if self._scene is None:
                self._picture = self._layout = self._painted = None
                self.update()
                return True
            self._painting = Painting(self._scene, self.width(), self.height(), self.devicePixelRatio())
        if not self._painting.advance(deadline):
            return False
        painting, self._painting = self._painting, None
        self._picture, self._layout, self._painted = painting.image, painting.layout, painting.scene
        self.update()
        return True

    @property
    def is_drawn(self) -> bool:
        """True while the picture is of the present scene."""
        return not self._stale and self._painting is None

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        picture = self._picture
        if picture is None or picture.size() != self._pixels():
            painter.fillRect(self.rect(), self._style.ground)
            if self._stale:
                self._frames.request(self)
        if picture is not None:
            painter.drawImage(0, 0, picture)
            self._paint_lit(painter)
        elif self._note:
            painter.setPen(self._style.note)
            painter.setFont(self._style.font)
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._note)
        painter.end()

    def _pixels(self) -> QSize:
        ratio = self.devicePixelRatio()
        return QSize(math.ceil(self.width() * ratio), math.ceil(self.height() * ratio))

    def _paint_lit(self, painter: QPainter) -> None:
        layout, scene, ridge = self._layout, self._painted, self._lit
        if layout is None or scene is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if scene.mode is Mode.RUNS:
            self._paint_bin(painter, layout, scene)
            return
        if ridge is None or ridge >= len(layout.base):
            return
        if scene.mode is Mode.HEAT:
            self._paint_cell(painter, layout, scene, ridge)
            return
        canvas, line = FileCanvas(painter, QRect()), layout.outline(ridge)
        if scene.mode is Mode.OFFSET:
            shade = QColor(scene.color)
            shade.setAlpha(150)
            canvas.area(layout.area(ridge), shade, smooth=True)
        draw_line(canvas, line, scene.bright, _LIT_WIDTH)
        if self._bin is not None and self._bin < len(line):
            painter.setPen(QPen(self._style.ground, 1.5))
            painter.setBrush(scene.bright)
            painter.drawEllipse(QPointF(*line[self._bin].tolist()), _DOT, _DOT)

    def _paint_bin(self, painter: QPainter, layout: Layout, scene: Scene) -> None:
        """A line through the bin that is pointed at, and a dot on the outline of each run."""
        column = self._bin
        if column is None or column >= len(layout.x):
            return
        pen = QPen(self._style.cursor, 1.0)
        pen.setDashPattern([3, 3])
        painter.setPen(pen)
        x = int(layout.x[column]) + 0.5
        painter.drawLine(QPointF(x, layout.top), QPointF(x, layout.bottom))
        painter.setPen(QPen(self._style.ground, 1.5))
        lifted = scene.lifted_row
        for row, look in enumerate(scene.runs):
            if lifted in (None, row):
                painter.setBrush(look.color)
                y = float(layout.base[row] - layout.height[row, column])
                painter.drawEllipse(QPointF(float(layout.x[column]), y), _DOT, _DOT)

    def _paint_cell(self, painter: QPainter, layout: Layout, scene: Scene, ridge: int) -> None:
        pen = QPen(self._style.cursor, 1.0)
        pen.setDashPattern([3, 3])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        x = int(layout.x[ridge]) + 0.5
        # Between the dashes the ground: a line of one colour would be lost on one half of the map.
        painter.setPen(QPen(self._style.ground, 1.0))
        painter.drawLine(QPointF(x, layout.top), QPointF(x, layout.bottom))
        painter.setPen(pen)
        painter.drawLine(QPointF(x, layout.top), QPointF(x, layout.bottom))
        bins = layout.height.shape[1]
        if self._bin is not None and self._bin < bins:
            pitch = layout.depth / bins
            y = layout.bottom - (self._bin + 1) * pitch
            for color, room in ((self._style.ground, 1.0), (scene.bright, 0.0)):
                painter.setPen(QPen(color, 1.0))
                painter.drawRect(QRectF(x - 3, y, 6, pitch).adjusted(-room, -room, room, room))

    # Pointing

    def _find(self, at: QPointF) -> tuple[int, int] | None:
        """The ridge and bin nearest to a place; None outside of the plot."""
        layout, scene = self._layout, self._painted
        if layout is None or scene is None or not len(layout.base):
            return None
        reach = 6.0
        inside = layout.left - reach <= at.x() <= layout.left + layout.width + reach
        if not inside or not layout.top - reach <= at.y() <= layout.bottom + reach:
            return None
        bins = layout.height.shape[1]
        if scene.mode is Mode.HEAT:
            row = int((layout.bottom - at.y()) / layout.depth * bins)
            return int(np.argmin(np.abs(layout.x - at.x()))), min(max(row, 0), bins - 1)
        column = int(np.argmin(np.abs(layout.x - at.x())))
        if scene.mode is Mode.RUNS:
            return self._run_at(layout, at), column
        tops = layout.base - layout.height[:, column]
        gaps = np.abs(tops - at.y())
        # Of several at the same place the one in front.
        return len(gaps) - 1 - int(np.argmin(gaps[::-1])), column

    def _run_at(self, layout: Layout, at: QPointF) -> int:
        """The ridge whose line passes the mouse most closely, if closely enough; -1 for none."""
        place = float(np.interp(at.x(), layout.x, np.arange(len(layout.x))))
        before = min(int(place), len(layout.x) - 1)
        after, share = min(before + 1, len(layout.x) - 1), place - before
        height = layout.height[:, before] * (1 - share) + layout.height[:, after] * share
        gaps = np.abs(layout.base - height - at.y())
        # What lies flat on the base line is not drawn.
        gaps[height <= 0] = np.inf
        return int(np.argmin(gaps)) if len(gaps) and gaps.min() <= _NEAR else -1

    def leaveEvent(self, event: QEvent) -> None:
        self.left.emit()
        super().leaveEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        found = self._find(event.position())
        self.setCursor(Qt.CursorShape.ArrowCursor if found is None else Qt.CursorShape.CrossCursor)
        if found is not None:
            self.pointed.emit(*found)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if event.button() == Qt.MouseButton.RightButton:
            self.menu_requested.emit(event.globalPosition().toPoint())
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        # With the mouse the menu opens on the press; this is the keyboard's menu key.
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self.menu_requested.emit(self.mapToGlobal(self.rect().center()))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and down go to earlier and later ridges, left and right to the neighbouring bin."""
        moves = {
            Qt.Key.Key_Up: (-1, 0),
            Qt.Key.Key_Down: (1, 0),
            Qt.Key.Key_Left: (0, -1),
            Qt.Key.Key_Right: (0, 1),
        }
        move = moves.get(Qt.Key(event.key()))
        layout = self._layout
        if move is None or event.modifiers() or layout is None or not len(layout.base):
            super().keyPressEvent(event)
            return
        ridges, bins = layout.height.shape
        if self._painted is not None and self._painted.mode is Mode.RUNS:
            lifted = self._painted.lifted_row
            self.pointed.emit(
                -1 if lifted is None and not move[0] else _stepped(lifted, move[0], ridges),
                _stepped(self._bin, move[1], bins),
            )
            return
        ridge = ridges - 1 if self._lit is None else self._lit + move[0]
        column = bins // 2 if self._bin is None else self._bin + move[1]
        self.pointed.emit(min(max(ridge, 0), ridges - 1), min(max(column, 0), bins - 1))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.FontChange:
            self.invalidate()
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.invalidate()
        super().resizeEvent(event)


def _stepped(now: int | None, by: int, count: int) -> int:
    """A position moved within ``count``; from the middle where there is none yet."""
    return count // 2 if now is None else min(max(now + by, 0), count - 1)
