"""The chart widget: a cached picture of the lines, a cheap cursor over it, and zooming with mouse and keyboard."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QRegion,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from ..lod.scale import Scale
from ..selection import XAxis
from ..widgets.focus import TabFocus
from . import picking
from .bands import Band
from .curve import ChartCurve
from .frames import FrameScheduler
from .geometry import Geometry
from .gestures import Gestures
from .limits_edit import LimitEditor
from .render import Painting, Scene
from .style import ChartStyle
from .view import ChartView, Range

if TYPE_CHECKING:
    from PySide6.QtCore import QRect

#: Seconds that a full frame may take to be drawn as it is while the view moves; a slower one is drawn without
#: antialiasing, and from each further limit on in columns of one pixel more.
SLOW_FRAMES = (0.011, 0.022, 0.040, 0.060)
SETTLE_MS = 140
_MOST_PIECES = 60


class Chart(TabFocus, QWidget):
    """Draws the runs of one tag.

    ``pointed`` (x less the origin) follows the mouse, ``run_pointed`` (run or None) the line under it, ``view_changed``
    fires after the user changed the limits, ``back_wanted`` asks for those before, ``menu_requested`` (global position)
    comes with a right click. While ``wheel_scrolls()`` is true, the wheel is left to the parent.
    """

    pointed = Signal(float)
    run_pointed = Signal(object)
    view_changed = Signal()
    menu_requested = Signal(QPoint)
    back_wanted = Signal()
    focus_changed = Signal()

    def __init__(self, frames: FrameScheduler, style: ChartStyle, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._frames = frames
        self.scene = Scene(style)
        self.view = ChartView()
        self.fit_x: Range | None = None
        self.fit_y: Range | None = None
        self._picture: QPixmap | None = None
        self._spare: QPixmap | None = None
        self._geometry: Geometry | None = None
        self._painting: Painting | None = None
        self._stale = True
        self._full_frame = 0.0
        self._moving = 0
        self._cursor_x: float | None = None
        self._dots = False
        self._marks: list[tuple[QColor, QRectF]] | None = None
        self._note = ""
        self._gestures = Gestures(self)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self._settled)
        self._pick = QTimer(self)
        self._pick.setSingleShot(True)
        self._pick.setInterval(40)
        self._pick.timeout.connect(self._point_at_run)
        self._mouse: QPoint | None = None
        self.wheel_scrolls: Callable[[], bool] = lambda: False
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 100)

    # What is shown

    def set_style(self, style: ChartStyle) -> None:
        """Draw in another theme."""
        self.scene.style = style
        if not self.isVisible():
            # Or the picture in the other theme would be what is seen first when the chart is shown again.
            self._picture = None
        self.invalidate()

    def set_data(
        self,
        curves: Sequence[ChartCurve],
        fit_x: Range | None,
        fit_y: Range | None,
        note: str = "",
        bands: Sequence[Band] = (),
    ) -> None:
        """The lines, the limits that show all of them, a text for a chart without any, and areas behind the lines."""
        self.scene.curves, self.scene.bands = curves, bands
        self.fit_x, self.fit_y, self._note = fit_x, fit_y, note
        self.invalidate()

    def clear_picture(self) -> None:
        """Another tag comes: what the last one left must not be seen while its own frame waits for its turn."""
        self._spare = self._picture or self._spare
        self._picture = self._geometry = self._painting = None
        self._full_frame, self._moving = 0.0, 0

    def set_axes(self, axis: XAxis, origin: int, x_scale: Scale, y_scale: Scale, show_raw: bool) -> None:
        """The meaning of x, the number that x is less of, both scales, and whether raw lines stand behind."""
        scene = self.scene
        scene.axis, scene.origin, scene.show_raw = axis, origin, show_raw
        scene.x_scale, scene.y_scale = x_scale, y_scale
        self.invalidate()

    def set_view(self, view: ChartView) -> None:
        """The limits in force; the chart changes them in place when the user zooms."""
        self.view = view
        self.invalidate()

    def set_lifted(self, run: str | None) -> None:
        """Lift one run and dim the others; None ends it."""
        if any(curve.run in (run, self.scene.lifted) for curve in self.scene.curves):
            self.scene.lifted = run
            self.invalidate()
        else:
            self.scene.lifted = run

    def set_cursor(self, x: float | None, *, dots: bool = False) -> None:
        """Put the cursor line at ``x`` (less the origin); ``dots`` marks where it meets the lines."""
        if x == self._cursor_x and dots == self._dots:
            return
        before = self._cursor_region()
        self._cursor_x, self._dots = x, dots
        self._marks = None
        self.update(before | self._cursor_region())

    @property
    def geometry_now(self) -> Geometry | None:
        """Where the data of the last frame lie, in device pixels."""
        return self._geometry

    # Frames

    def invalidate(self, *, urgent: bool = False) -> None:
        """The picture is out of date; it is painted again within a few turns of the event loop."""
        self._stale = True
        self._frames.request(self, urgent=urgent)

    def advance(self, deadline: float) -> bool:
        """Paint the picture, if it is out of date and can be seen, until ``deadline`` (``time.perf_counter()``)."""
        if self._painting is None:
            if not self._stale or not self.isVisible() or self.visibleRegion().isEmpty():
                return True
            self._begin()
        assert self._painting is not None
        if not self._painting.advance(deadline):
            return False
        self._finish()
        self.update()
        return not self._stale

    def refresh(self) -> None:
        """Paint the whole picture now, if it is out of date and can be seen."""
        self._painting = None
        self.advance(math.inf)

    def moved(self) -> None:
        """The user changed the limits: draw at once, and at full quality as soon as the hand rests."""
        self._moving = sum(self._full_frame > limit for limit in SLOW_FRAMES)
        if self._moving:
            self._settle.start()
        if self._painting is not None and not self._painting.fast:
            # A fast one is shown first, or a hand that never rests would never see one.
            self._painting = None
        self.invalidate(urgent=True)
        self.view_changed.emit()

    def fit(self) -> None:
        """Show all data again."""
        if not self.view.fitted:
            self.view.remember()
            self.view.x = self.view.y = None
            self.moved()

    def update_limits(self) -> None:
        """Work out the limits to draw from the view and the data."""
        scene = self.scene
        scene.limits = self.view.limits(self.fit_x, self.fit_y, scene.x_scale, scene.y_scale)

    def sizeHint(self) -> QSize:
        return QSize(420, 240)

    def _settled(self) -> None:
        self._moving = 0
        self.invalidate()

    def _begin(self) -> None:
        self.update_limits()
        self._stale = False
        self._painting = Painting(self.width(), self.height(), self.devicePixelRatio(), self.scene, fast=self._moving)

    def _finish(self) -> None:
        painting, ratio = self._painting, self.devicePixelRatio()
        assert painting is not None
        size = self.size() * ratio
        picture = self._picture or self._spare
        if picture is None or picture.size() != size:
            picture = QPixmap(size)
        self._picture, self._spare = picture, None
        picture.setDevicePixelRatio(ratio)
        painting.finish(picture)
        self._geometry = painting.geometry
        self._marks = None
        if not painting.fast:
            self._full_frame = painting.seconds
        self._painting = None
        if not self._stale:
            self._frames.forget(self)

    def paintEvent(self, event: QPaintEvent) -> None:
        picture = self._picture
        fits = picture is None or picture.size() == self.size() * self.devicePixelRatio()
        if not fits and self._frames.at_once(self):
            picture, fits = self._picture, True
        painter = QPainter(self)
        if picture is None:
            painter.fillRect(self.rect(), self.scene.style.ground)
            self._frames.request(self)
            return
        if self._stale:
            # It went out of date while it could not be seen, and the frame asked for then was not drawn.
            self._frames.request(self)
        if fits:
            self._paint_picture(painter, picture, event.region())
            self._paint_cursor(painter)
        else:
            # For a few turns, while a window with many charts is resized.
            painter.drawPixmap(self.rect(), picture)
        box = self._gestures.box()
        if box is not None:
            fill = self.scene.style.accent
            painter.setPen(QPen(fill, 1))
            shade = type(fill)(fill)
            shade.setAlpha(36)
            painter.setBrush(shade)
            painter.drawRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5))
        if not self.scene.curves and self._note:
            painter.setPen(self.scene.style.note)
            painter.setFont(self.scene.style.font)
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._note)
        painter.end()

    def _paint_picture(self, painter: QPainter, picture: QPixmap, region: QRegion) -> None:
        """Put on what is asked for, piece by piece: through a clip of many pieces the painter looks at every pixel."""
        ratio = picture.devicePixelRatio()
        if ratio != int(ratio) or region.rectCount() > _MOST_PIECES:
            painter.drawPixmap(0, 0, picture)
            return
        for piece in cast("Iterable[QRect]", region):
            source = QRectF(piece.x() * ratio, piece.y() * ratio, piece.width() * ratio, piece.height() * ratio)
            painter.drawPixmap(QRectF(piece), picture, source)

    def _paint_cursor(self, painter: QPainter) -> None:
        place = self._cursor_place()
        geometry = self._geometry
        if place is None or geometry is None:
            return
        ratio = self.devicePixelRatio()
        pen = QPen(self.scene.style.cursor, 1.0)
        pen.setDashPattern([3, 3])
        painter.setPen(pen)
        x = int(place) + 0.5
        painter.drawLine(
            QRectF(x, geometry.top / ratio, 0, 0).topLeft(),
            QRectF(x, (geometry.top + geometry.height) / ratio, 0, 0).topLeft(),
        )
        if not self._dots:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.scene.style.ground, 1.5))
        for color, mark in self._cursor_marks():
            painter.setBrush(color)
            painter.drawEllipse(mark)

    def _cursor_place(self) -> float | None:
        geometry = self._geometry
        if self._cursor_x is None or geometry is None:
            return None
        limits = geometry.limits
        if not limits.x0 <= self._cursor_x <= limits.x1:
            return None
        ratio = self.devicePixelRatio()
        place = (self.scene.x_scale.place(self._cursor_x) - self.scene.x_scale.place(limits.x0)) / (
            (self.scene.x_scale.place(limits.x1) - self.scene.x_scale.place(limits.x0)) or 1.0
        )
        return (geometry.left + place * geometry.width) / ratio

    def _cursor_marks(self) -> list[tuple[QColor, QRectF]]:
        """Dots where the lines' points nearest to the cursor are, with their colours."""
        if self._marks is None:
            self._marks = []
            geometry, ratio = self._geometry, self.devicePixelRatio()
            if self._dots and self._cursor_x is not None and geometry is not None:
                for curve, px, py in picking.points_at(self.scene.curves, geometry, self._cursor_x):
                    self._marks.append((curve.color, QRectF(px / ratio - 3.5, py / ratio - 3.5, 7, 7)))
        return self._marks

    def _cursor_region(self) -> QRegion:
        """What the cursor line and its dots cover."""
        place = self._cursor_place()
        if place is None:
            return QRegion()
        region = QRegion(int(place) - 2, 0, 5, self.height())
        for _color, mark in self._cursor_marks():
            region |= mark.toAlignedRect().adjusted(-1, -1, 1, 1)
        return region

    # Pointing

    def pointed_at(self, position: QPoint | None) -> None:
        """The mouse is at ``position`` over the plot, or (None) left it."""
        self._mouse = position
        if position is None:
            self._pick.stop()
            self.run_pointed.emit(None)
            return
        if self._geometry is not None:
            self.pointed.emit(self._geometry.x_at(position.x() * self.devicePixelRatio()))
        self._pick.start()

    def pointed_y(self) -> float | None:
        """The value at the mouse."""
        if self._mouse is None or self._geometry is None:
            return None
        return self._geometry.y_at(self._mouse.y() * self.devicePixelRatio())

    def _point_at_run(self) -> None:
        if self._mouse is None or self._geometry is None:
            return
        ratio = self.devicePixelRatio()
        found = picking.nearest_run(
            self.scene.curves, self._geometry, self._mouse.x() * ratio, self._mouse.y() * ratio, 7 * ratio
        )
        self.run_pointed.emit(found)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._stale = True
        self._painting = None
        super().resizeEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.pointed_at(None)
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._gestures.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._gestures.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._gestures.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._gestures.double_click(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.wheel_scrolls():
            event.ignore()
        else:
            self._gestures.wheel(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        # With the mouse the menu opens on release, as a right-drag draws a zoom box; this is the keyboard's menu key.
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self.menu_requested.emit(self.mapToGlobal(self.rect().center()))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._gestures.key(event):
            super().keyPressEvent(event)

    def edit_limit(self, end: str) -> LimitEditor:
        """Let the user type the limit ``end``: "x0", "x1", "y0" or "y1"."""
        self.update_limits()
        editor = LimitEditor(self, end)
        editor.open()
        return editor
