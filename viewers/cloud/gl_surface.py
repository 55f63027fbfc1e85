"""Shows the OpenGL renderer's picture in a window within the window.

A QOpenGLWidget would make Qt compose the whole window by OpenGL, which costs every other widget dearly where that is
done in software; a QOpenGLWindow in a container leaves them alone.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import (
    QExposeEvent,
    QGuiApplication,
    QKeyEvent,
    QPainter,
    QPlatformSurfaceEvent,
)
from PySide6.QtOpenGL import QOpenGLPaintDevice, QOpenGLWindow
from PySide6.QtWidgets import QWidget

from .hand import Hand
from .opengl import GlRenderer, OpenGLFailed, choose_platform
from .probe import surface_format
from .surface import Host

_GOING = QPlatformSurfaceEvent.SurfaceEventType.SurfaceAboutToBeDestroyed


class GlWindow(Hand, QOpenGLWindow):
    """``failed`` says in a sentence why nothing can be drawn; it is queued, as the window is in use when it is sent."""

    failed = Signal(str)

    def __init__(self, host: Host) -> None:
        super().__init__()
        self._host = host
        self._renderer: GlRenderer | None = None
        self._device: QOpenGLPaintDevice | None = None
        self._broken = False
        self.setFormat(surface_format())

    @property
    def renderer(self) -> GlRenderer | None:
        """What draws; None before the first frame, and after it failed."""
        return self._renderer

    def paintGL(self) -> None:
        """Qt's hook."""
        host = self._host
        if self._broken:
            return
        ratio = self.devicePixelRatio()
        projection = host.projection(ratio)
        try:
            if self._renderer is None:
                choose_platform(QGuiApplication.platformName())
                self._renderer = GlRenderer()
            self._renderer.draw(host.scene, projection, host.sprites, host.framed)
        except Exception as error:  # noqa: BLE001  (PyOpenGL raises errors of its own, of any kind)
            self._fail(error)
            return
        size = QSize(projection.width, projection.height)
        if self._device is None:
            self._device = QOpenGLPaintDevice(size)
        self._device.setSize(size)
        self._device.setDevicePixelRatio(ratio)
        painter = QPainter(self._device)
        host.overlay.paint(painter, self.width(), self.height(), host.content(ratio))
        painter.end()
        host.frame_shown(True)

    def release(self) -> None:
        """Give back what belongs to the graphics card, while its context is still there."""
        renderer, self._renderer = self._renderer, None
        self._device = None
        if renderer is not None and self.isValid():
            self.makeCurrent()
            renderer.release()
            self.doneCurrent()

    def exposeEvent(self, event: QExposeEvent) -> None:
        """Qt's hook."""
        super().exposeEvent(event)
        if self.isExposed() and not self.isValid():
            self._fail(OpenGLFailed("no OpenGL context can be made"))

    def _fail(self, error: Exception) -> None:
        if not self._broken:
            self._broken = True
            self.failed.emit(str(error) or type(error).__name__)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's hook."""
        event.setAccepted(self._host.key(event))

    def event(self, event: QEvent) -> bool:
        """Qt's hook."""
        if event.type() == QEvent.Type.Leave:
            self._host.left()
        elif isinstance(event, QPlatformSurfaceEvent) and event.surfaceEventType() is _GOING:
            self.release()
        return super().event(event)


class GlSurface:
    """The window and the widget that holds it."""

    name = "opengl"

    def __init__(self, host: Host, parent: QWidget) -> None:
        self.window = GlWindow(host)
        self._container = QWidget.createWindowContainer(self.window, parent)
        self._container.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        # It would hand what is dropped to the window, which takes none; as it is, whoever is around it gets it.
        self._container.setAcceptDrops(False)

    @property
    def widget(self) -> QWidget:
        """The container."""
        return self._container

    @property
    def resting(self) -> bool:
        """True: every frame is a full one."""
        return True

    def refresh(self, moving: bool) -> None:
        """See :class:`~.surface.Surface`."""
        self.window.update()

    def refresh_overlay(self) -> None:
        """See :class:`~.surface.Surface`."""
        self.window.update()

    def show_cursor(self, shape: Qt.CursorShape) -> None:
        """See :class:`~.surface.Surface`."""
        self.window.setCursor(shape)

    def close_surface(self) -> None:
        """See :class:`~.surface.Surface`."""
        self.window.release()
