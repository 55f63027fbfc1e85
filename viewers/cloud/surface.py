"""What the view and its surfaces know of each other."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from .gestures import Gestures
from .overlay import Content, Overlay
from .points import Scene
from .projecting import Projection
from .raster import Shot
from .sprites import Sprites


class Host(Protocol):
    """The view, as a surface sees it."""

    gestures: Gestures

    @property
    def scene(self) -> Scene: ...
    @property
    def overlay(self) -> Overlay: ...
    @property
    def framed(self) -> bool: ...
    @property
    def sprites(self) -> Sprites | None: ...
    def projection(self, ratio: float) -> Projection: ...
    def shot(self, ratio: float) -> Shot: ...
    def content(self, ratio: float) -> Content: ...
    def key(self, event: QKeyEvent) -> bool: ...
    def left(self) -> None: ...
    def frame_shown(self, fine: bool) -> None: ...


class Surface(Protocol):
    """Something that shows the cloud. ``name`` is "opengl" or "raster"."""

    name: str

    @property
    def widget(self) -> QWidget: ...
    @property
    def resting(self) -> bool:
        """True if the full picture of the present view is shown."""

    def refresh(self, moving: bool) -> None:
        """Show the cloud anew; in less detail, if need be, while it moves."""

    def refresh_overlay(self) -> None:
        """Show what lies over the points anew."""

    def show_cursor(self, shape: Qt.CursorShape) -> None: ...
    def close_surface(self) -> None:
        """Give back what belongs to the graphics card."""
