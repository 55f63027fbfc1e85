"""The view of a cloud of points: one widget, whichever renderer draws in it."""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QHideEvent, QImage, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ..theme import Theme
from ..widgets.focus import KeyboardFocus
from ..widgets.motion import fade_ms
from . import probe
from .camera import Camera, Viewport
from .exporting import Export
from .gestures import Gestures, How, Mode, corners_of
from .gl_surface import GlSurface
from .labelling import TextOf
from .morph import MOST_POINTS
from .motion import Motion
from .overlay import Content, Overlay
from .points import Scene
from .projecting import Projection
from .raster import Shot
from .raster_surface import RasterSurface
from .sight import Sight
from .sprites import Sprites
from .surface import Surface

SETTLE_MS = 130


class Renderer(enum.Enum):
    """Who draws: ``AUTO`` takes OpenGL where a graphics card does it."""

    AUTO = "auto"
    OPENGL = "opengl"
    RASTER = "raster"


class CloudView(KeyboardFocus, QWidget):
    """Shows points in 2D or 3D.

    ``hovered`` carries the point under the mouse or -1, ``clicked`` a point or -1, ``selection_made`` a mask (n) and a
    :class:`How`, ``notice`` a sentence for the user. ``camera_changed`` follows every movement, whoever made it.
    """

    hovered = Signal(int)
    clicked = Signal(int)
    selection_made = Signal(object, object)
    camera_changed = Signal()
    notice = Signal(str)

    def __init__(
        self,
        theme: Theme,
        renderer: Renderer = Renderer.AUTO,
        parent: QWidget | None = None,
        check: probe.Check | None = None,
    ) -> None:
        """``check`` is what the renderer check found, where another view (:attr:`check`) has paid for it already."""
        super().__init__(parent)
        self.check = check
        self._sight = Sight(theme)
        self.gestures = Gestures(self)
        self._at_home = True
        self._hover = -1
        self._pointer: QPointF | None = None
        self._band: list[QPointF] = []
        self._boxed = False
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self._settled)
        self._motion = Motion(self)
        self._motion.points_moved.connect(self.scene.show_at)
        self._motion.turned.connect(self._turn)
        self._motion.stepped.connect(self._stepped)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._surface: Surface = RasterSurface(self, self)
        self._layout.addWidget(self._surface.widget)
        self.set_renderer(renderer)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(120, 90)
        self.setAccessibleName("Point cloud")

    # The points

    def set_positions(self, positions: NDArray[np.floating[Any]], animate: bool = False) -> None:
        """Show points (n, 2) or (n, 3). Where n changes, colours, labels, selection and sprites are dropped.

        Cheap enough to be called with every frame of a projection that is being computed: what was set and not yet
        painted is left out. ``animate`` moves each point from where it stood.
        """
        before = self.scene.space
        fresh = self.scene.set_positions(positions)
        self._motion.drop_move()
        if fresh:
            self._sight.labelling.forget()
            self._set_hover(-1)
            self.setAccessibleDescription(f"{self.scene.count:,} points")
        elif animate and 0 < self.scene.count <= MOST_POINTS and fade_ms() and self.isVisible():
            self._motion.move(before, self.scene.space)
            self.scene.space = before
            self._motion.go()
        self._fit_if_home()
        self._changed(moving=not fresh)

    def set_colors(self, colors: NDArray[np.uint8] | None) -> None:
        """Colours (n, 3) or (n, 4); alpha lets the ground through. None: the accent of the theme."""
        self.scene.set_colors(colors)
        self._changed()

    def set_sizes(self, sizes: NDArray[np.floating[Any]] | None) -> None:
        """Sizes (n) as multiples of the usual one, 0.1 to 8; None: all equal."""
        self.scene.set_sizes(sizes)
        self._changed()

    def set_labels(
        self, texts: TextOf | Sequence[str] | None, indices: Sequence[int] | NDArray[np.integer[Any]] | None = None
    ) -> None:
        """What points are called: a function of the index, or a text for each point.

        The point under the mouse shows its name, and so do ``indices``, the first before the last where room is short;
        without ``indices`` the selection and the neighbours do.
        """
        self._sight.labelling.text_of = texts if texts is None or callable(texts) else texts.__getitem__
        chosen = None if indices is None else np.asarray(indices, np.intp).reshape(-1)
        if chosen is not None and len(chosen) and (chosen.min() < 0 or chosen.max() >= self.scene.count):
            raise ValueError(f"labels are for indices from 0 to {self.scene.count - 1}")
        self._sight.labelling.chosen = chosen
        self._surface.refresh_overlay()

    def set_label_mode(self, on: bool) -> None:
        """Show names in place of points wherever there is room, and small points elsewhere."""
        self._sight.labelling.everywhere = on
        self._fit_if_home()
        self._changed()

    def set_groups(self, groups: NDArray[np.integer[Any]] | None, names: Sequence[str] = ()) -> None:
        """Write names into the middle of groups: ``groups`` (n) are indices into ``names``, -1 for none."""
        self._sight.labelling.set_groups(groups, names)
        self._surface.refresh_overlay()

    def set_sprites(self, images: NDArray[np.uint8] | Sprites | None) -> None:
        """Show pictures (n, height, width, 3 or 4) in place of discs; None: discs."""
        sprites = images if images is None or isinstance(images, Sprites) else Sprites(images)
        self.scene.set_sprites(sprites)
        self._fit_if_home()
        self._changed()

    def set_lines(self, pairs: NDArray[np.integer[Any]] | None) -> None:
        """Join points by straight lines: (k, 2) indices of both ends. For up to some ten thousand lines."""
        self.scene.set_lines(pairs)
        self._surface.refresh_overlay()

    def set_selected(self, mask: NDArray[np.bool_] | None) -> None:
        """Lift these points (n) and dim the others."""
        self.scene.set_selected(mask)
        self._changed()

    def set_neighbours(self, indices: NDArray[np.integer[Any]] | Sequence[int] | None) -> None:
        """Lift these points too, less than the selected ones."""
        self.scene.set_neighbours(None if indices is None else np.asarray(indices, np.intp))
        self._changed()

    def set_isolated(self, mask: NDArray[np.bool_] | None) -> None:
        """Show these points (n) alone; None: all."""
        self.scene.set_isolated(mask)
        if mask is not None and self._hover >= 0 and not mask[self._hover]:
            self._set_hover(-1)
        self._fit_if_home()
        self._changed()

    def set_hovered(self, index: int) -> None:
        """Mark a point as if the mouse were on it (a row of a list is); -1 for none. No signal."""
        self._hover = index if 0 <= index < self.scene.count else -1
        self._surface.refresh_overlay()

    # The view

    def set_dimensions(self, dimensions: int) -> None:
        """Look at the cloud in 2 or 3 dimensions, from home."""
        if dimensions not in (2, 3):
            raise ValueError("a cloud is looked at in 2 or 3 dimensions")
        if dimensions != self.camera.dimensions:
            self._sight.camera = Camera(dimensions)
            self.set_auto_rotate(False)
            self.home()

    def set_mode(self, mode: Mode) -> None:
        """What a drag with the left button does."""
        self.gestures.set_mode(mode)

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        if theme != self._sight.theme:
            self._sight.set_theme(theme)
            self._changed()

    def home(self) -> None:
        """Look at all of the cloud, from where one looks first."""
        usual = Camera(self.camera.dimensions)
        self._sight.camera = replace(usual, yaw=self.camera.yaw) if self._motion.turning else usual
        self._at_home = True
        self._fit_if_home()
        self.camera_changed.emit()
        self._changed()

    @property
    def auto_rotates(self) -> bool:
        """True while the cloud turns by itself."""
        return self._motion.turning

    @property
    def moves(self) -> bool:
        """True while the cloud turns by itself or its points are on their way."""
        return self._motion.running

    def set_auto_rotate(self, on: bool) -> None:
        """Turn the cloud slowly (3D alone) until it is touched; never where the system asks for little motion."""
        self._motion.turning = on and self.camera.dimensions == 3 and fade_ms() > 0
        if self.isVisible():
            self._motion.go()

    def camera_state(self) -> dict[str, Any]:
        """The camera for the session file."""
        return self.camera.to_json()

    def restore_camera(self, state: object) -> bool:
        """Stand where :meth:`camera_state` said; False where that is damaged, and nothing changes then."""
        return self._restored(Camera.from_json(state))

    def tensorboard_camera(self) -> dict[str, Any]:
        """The camera as ``cameraDef`` of TensorBoard's bookmarks."""
        return self.camera.to_tensorboard()

    def restore_tensorboard_camera(self, state: object) -> bool:
        """Stand where a ``cameraDef`` of TensorBoard says; False where that is damaged."""
        return self._restored(Camera.from_tensorboard(state))

    def picture(self, scale: float = 1.0) -> QImage:
        """A picture of the view, ``scale`` times (up to 4) as large as it is on a screen of one pixel a unit."""
        return Export(self._sight, self.viewport, scale).image()

    def export(self, scale: float, done: Callable[[QImage], None]) -> None:
        """The same in small pieces between other work; ``done`` gets it. Large clouds in large pictures take long."""
        export = Export(self._sight, self.viewport, scale)

        def finished() -> None:
            done(export.image())

        export.run(self, finished)

    # Which renderer

    @property
    def renderer(self) -> str:
        """ "opengl" or "raster"."""
        return self._surface.name

    def set_renderer(self, renderer: Renderer) -> None:
        """Draw with another renderer. Where OpenGL is asked for and fails, ``notice`` says so and numpy draws."""
        wanted = False
        if renderer is not Renderer.RASTER:
            found = self.check = self.check or probe.check()
            wanted = found.usable and (found.hardware or renderer is Renderer.OPENGL)
            if renderer is Renderer.OPENGL and not wanted:
                # Whoever makes a view can listen to it only after this.
                QTimer.singleShot(0, self, partial(self._say_why, found.name))
        if wanted == (self._surface.name == "opengl"):
            return
        if not wanted:
            self._put(RasterSurface(self, self))
            return
        surface = GlSurface(self, self)
        surface.window.failed.connect(self._opengl_failed, Qt.ConnectionType.QueuedConnection)
        self._put(surface)

    def _opengl_failed(self, reason: str) -> None:
        if self._surface.name == "opengl":
            self._put(RasterSurface(self, self))
            self._say_why(reason)

    def _say_why(self, reason: str) -> None:
        self.notice.emit(f"OpenGL failed, so points are drawn without it: {reason}")

    def _put(self, surface: Surface) -> None:
        before, self._surface = self._surface, surface
        before.close_surface()
        self._layout.removeWidget(before.widget)
        before.widget.hide()
        before.widget.deleteLater()
        self._layout.addWidget(surface.widget)
        self.gestures.cancel()
        surface.refresh(False)

    @property
    def surface(self) -> Surface:
        """What shows the picture."""
        return self._surface

    @property
    def settling(self) -> bool:
        """True for a moment after a movement: then the full picture is painted."""
        return self._settle.isActive()

    # What surfaces ask for (:class:`.surface.Host`)

    @property
    def scene(self) -> Scene:
        """The points."""
        return self._sight.scene

    @property
    def overlay(self) -> Overlay:
        """What paints over the points."""
        return self._sight.overlay

    @property
    def framed(self) -> bool:
        """See :attr:`.sight.Sight.framed`."""
        return self._sight.framed

    @property
    def sprites(self) -> Sprites | None:
        """See :attr:`.sight.Sight.sprites`."""
        return self._sight.sprites

    def projection(self, ratio: float) -> Projection:
        """From space to device pixels of a surface of the size of this widget."""
        return self._sight.projection(self.viewport, ratio)

    def shot(self, ratio: float) -> Shot:
        """What a picture is made of."""
        return self._sight.shot(self.projection(ratio))

    def content(self, ratio: float) -> Content:
        """What lies over the points."""
        content = self._sight.content(self.projection(ratio), self._hover)
        content.band, content.boxed = self._band, self._boxed
        content.focused = self.ring_visible
        return content

    def key(self, event: QKeyEvent) -> bool:
        """Keys of the cloud."""
        return self.gestures.key(event)

    def left(self) -> None:
        """The mouse went away."""
        if not self.gestures.dragging:
            self.point_at(None)

    def frame_shown(self, fine: bool) -> None:
        """A frame was drawn; a rough one is followed by a full one."""
        if not fine and not self.moves and not self._settle.isActive():
            self._settle.start()

    # What gestures ask for (:class:`.gestures.Target`)

    @property
    def camera(self) -> Camera:
        """Where the cloud is looked at from."""
        return self._sight.camera

    @property
    def viewport(self) -> Viewport:
        """Size in logical pixels."""
        return Viewport(max(self.width(), 1), max(self.height(), 1))

    def touched(self) -> None:
        """The user took the cloud in hand."""
        self._motion.turning = False
        self.setFocus(Qt.FocusReason.MouseFocusReason)

    def take_camera(self, camera: Camera) -> None:
        """Look from elsewhere."""
        if camera != self.camera:
            self._sight.camera = camera
            self._at_home = False
            self.camera_changed.emit()
            self._changed(moving=True)

    def point_at(self, at: QPointF | None) -> None:
        """The mouse is there, or away."""
        self._pointer = at
        self._set_hover(-1 if at is None else self.point_under(at))

    def click_at(self, at: QPointF, how: How) -> None:
        """A click: with Shift or Alt it changes the selection by a point."""
        point = self.point_under(at)
        if how is How.REPLACE or point < 0:
            self.clicked.emit(point)
        else:
            mask = np.zeros(self.scene.count, np.bool_)
            mask[point] = True
            self.selection_made.emit(mask, how)

    def point_under(self, at: QPointF) -> int:
        """The point at a place of the view in logical pixels, or -1."""
        ratio = self.devicePixelRatioF()
        return self._sight.point_under(self.projection(ratio), at.x() * ratio, at.y() * ratio)

    def select_in(self, band: list[QPointF], boxed: bool, how: How) -> None:
        """Points in a box or lasso were chosen."""
        ratio = self.devicePixelRatioF()
        mask = self._sight.points_in(self.projection(ratio), corners_of(band) * ratio, boxed)
        self.selection_made.emit(mask, how)

    def show_band(self, band: list[QPointF], boxed: bool) -> None:
        """Draw a box or lasso."""
        if band or self._band:
            self._band, self._boxed = list(band), boxed
            self._surface.refresh_overlay()

    def show_cursor(self, shape: Qt.CursorShape) -> None:
        """Another shape of the mouse."""
        self._surface.show_cursor(shape)

    # Qt's hooks

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's hook."""
        super().keyPressEvent(event)
        event.setAccepted(self.key(event))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Qt's hook."""
        super().focusInEvent(event)
        self._surface.refresh_overlay()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Qt's hook."""
        super().focusOutEvent(event)
        self._surface.refresh_overlay()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's hook."""
        super().resizeEvent(event)
        self._fit_if_home()

    def showEvent(self, event: QShowEvent) -> None:
        """Qt's hook."""
        super().showEvent(event)
        self._motion.go()

    def hideEvent(self, event: QHideEvent) -> None:
        """Qt's hook."""
        super().hideEvent(event)
        self._motion.pause()
        self.point_at(None)

    def sizeHint(self) -> QSize:
        """Qt's hook."""
        return QSize(800, 600)

    # Within

    def _changed(self, moving: bool = False) -> None:
        if moving:
            self._settle.start()
        self._surface.refresh(moving or self.moves)

    def _settled(self) -> None:
        if not self.moves:
            self._surface.refresh(False)
            if self._pointer is not None and not self.gestures.dragging:
                self._set_hover(self.point_under(self._pointer))

    def _turn(self, angle: float) -> None:
        if not self.gestures.dragging:
            self._sight.camera = self.camera.orbited(angle, 0.0)
            self.camera_changed.emit()

    def _stepped(self) -> None:
        if not self.moves:
            self._settle.start()
        self._surface.refresh(True)

    def _fit_if_home(self) -> None:
        if self._at_home:
            self._sight.fit(self.viewport)

    def _restored(self, camera: Camera | None) -> bool:
        if camera is None:
            return False
        self._motion.turning = False
        self._sight.camera = camera
        self._at_home = False
        self.camera_changed.emit()
        self._changed()
        return True

    def _set_hover(self, point: int) -> None:
        if point != self._hover:
            self._hover = point
            self.hovered.emit(point)
            self._surface.refresh_overlay()
