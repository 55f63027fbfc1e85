"""Shows the raster renderer's picture: whole frames while the view moves, full ones in pieces once it rests."""

from __future__ import annotations

import time

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from .hand import Hand
from .look import CHOSEN, SMALLEST_RADIUS
from .overlay import Content
from .pace import Pace, Work
from .raster import FINE, Canvas, Painting, Shot
from .raster_sprites import usual_side
from .surface import Host

#: Seconds of painting in one turn of the event loop.
_TURN = 0.008
#: Of more points than this it takes a turn of its own to find out where they are.
_MANY = 100_000


class RasterSurface(Hand, QWidget):
    """A widget with the picture of the cloud. Mouse and wheel go to the host's gestures."""

    name = "raster"

    def __init__(self, host: Host, parent: QWidget) -> None:
        super().__init__(parent)
        self._host = host
        self._canvas = Canvas()
        self._pace = Pace()
        self._painting: Painting | None = None
        #: True where the next turn finds out where the points are.
        self._due = False
        self._image = QImage()
        self._content: Content | None = None
        self._work = Work(1, 0, 1.0)
        self._size = QSize()
        self._pixels: NDArray[np.uint32] | None = None
        self._stale, self._moving = True, False
        #: How thoroughly the picture that is shown was painted.
        self.drawn_in = FINE
        self._turns = QTimer(self)
        self._turns.setInterval(0)
        self._turns.timeout.connect(self._turn)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    @property
    def widget(self) -> QWidget:
        """The widget itself."""
        return self

    @property
    def resting(self) -> bool:
        """True if the full picture of the present view is shown."""
        return not self._stale and not self._turns.isActive()

    def refresh(self, moving: bool) -> None:
        """See :class:`~.surface.Surface`."""
        self._turns.stop()
        self._painting, self._due = None, False
        self._stale, self._moving = True, moving
        self.update()

    def refresh_overlay(self) -> None:
        """See :class:`~.surface.Surface`."""
        self.update()

    def show_cursor(self, shape: Qt.CursorShape) -> None:
        """See :class:`~.surface.Surface`."""
        self.setCursor(shape)

    def close_surface(self) -> None:
        """See :class:`~.surface.Surface`."""
        self._turns.stop()
        self._painting, self._due = None, False

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's hook."""
        ratio = self.devicePixelRatioF()
        wanted = QSize(max(round(self.width() * ratio), 1), max(round(self.height() * ratio), 1))
        if self._stale or (self._painting is None and self._size != wanted):
            if self._moving or self._host.scene.count <= _MANY or not (self._size == wanted or self._image.isNull()):
                self._begin(ratio, wanted)
            else:
                self._stale, self._due = False, True
                self._turns.start()
        painter = QPainter(self)
        if self._image.isNull():
            painter.fillRect(self.rect(), QColor(self._host.overlay.theme.card))
        else:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
            scale = self.drawn_in.coarse / ratio
            target = QRectF(0, 0, self._image.width() * scale, self._image.height() * scale)
            painter.drawImage(target, self._image)
        if not self._due:
            # Until it is known where the points are, what was written over the picture stays with it.
            self._content = self._host.content(ratio)
        if self._content is not None:
            self._host.overlay.paint(painter, self.width(), self.height(), self._content)
        painter.end()

    def _begin(self, ratio: float, size: QSize) -> None:
        """Paint a frame now, or begin with a full one."""
        self._stale = False
        shot = self._host.shot(ratio)
        work = self._work = _work(shot)
        expected = self._pace.expected(work, FINE)
        if not self._moving and expected > _TURN and self._size == size:
            # The picture of the last frame serves until the full one is ready.
            self._painting = Painting(shot, self._canvas)
            self._turns.start()
            return
        quick = self._moving or expected > 2 * _TURN
        painting = Painting(shot, self._canvas, self._pace.choose(work) if quick else FINE)
        painting.finish()
        self._size = size
        self._show(painting)
        if not self._moving and painting.detail != FINE:
            self._painting = Painting(shot, self._canvas)
            self._turns.start()

    def _begin_in_turns(self) -> None:
        """Begin with a picture none of whose parts is painted at once."""
        ratio = self.devicePixelRatioF()
        shot = self._host.shot(ratio)
        self._work = _work(shot)
        quick = self._image.isNull() and self._pace.expected(self._work, FINE) > 2 * _TURN
        self._size = QSize(shot.projection.width, shot.projection.height)
        self._painting = Painting(shot, self._canvas, self._pace.choose(self._work) if quick else FINE)

    def _turn(self) -> None:
        painting = self._painting
        if not self.isVisible():
            self._turns.stop()
            self._stale = self._stale or self._due or painting is not None
            self._painting, self._due = None, False
        elif self._due:
            self._due = False
            self._begin_in_turns()
        elif painting is None:
            self._turns.stop()
        elif painting.advance(time.perf_counter() + _TURN):
            self._show(painting)
            self.update()
            self._painting = None if painting.detail == FINE else Painting(painting.shot, self._canvas)
            if self._painting is None:
                self._turns.stop()

    def _show(self, painting: Painting) -> None:
        self._pace.learn(self._work, painting.detail, painting.seconds)
        self._canvas.show()
        self._pixels = painting.picture
        self.drawn_in = painting.detail
        self._image = image_of(self._pixels)
        self._host.frame_shown(painting.detail == FINE)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's hook."""
        super().resizeEvent(event)
        self.refresh(self._moving)

    def leaveEvent(self, event: QEvent) -> None:
        """Qt's hook."""
        super().leaveEvent(event)
        self._host.left()


def image_of(pixels: NDArray[np.uint32]) -> QImage:
    """Pixels (height, width) as 0xffrrggbb, of which a row need not follow the other, as an image over their memory."""
    height, width = pixels.shape
    whole = np.lib.stride_tricks.as_strided(pixels, ((height - 1) * (pixels.strides[0] // 4) + width,), (4,))
    return QImage(whole.data, width, height, pixels.strides[0], QImage.Format.Format_RGB32)


def _work(shot: Shot) -> Work:
    projection, count = shot.projection, len(shot.screen.x)
    depth = 1.0 if projection.flat else projection.middle
    radius = min(max(projection.unit / max(depth, 1e-6), SMALLEST_RADIUS), projection.largest)
    extent = radius if shot.sprites is None else usual_side(projection, count)
    if shot.looks.layered and shot.sprites is None:
        # A chosen point is larger, and its ring is painted like another one that is larger still.
        count += 2 * int(np.count_nonzero(shot.looks.layer == CHOSEN))
    return Work(projection.width * projection.height, count, extent, shot.sprites is not None)
