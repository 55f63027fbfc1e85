"""A picture of a view in another size, with its labels and without the mouse."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QImage, QPainter

from .camera import Viewport
from .raster import Canvas, Painting
from .raster_surface import image_of
from .sight import Sight

LARGEST_SCALE = 4.0
_PIECE = 0.008


class Export:
    """Painted in one go, or in pieces between other work."""

    def __init__(self, sight: Sight, view: Viewport, scale: float) -> None:
        """``scale`` is pixels a logical pixel of the view, up to :data:`LARGEST_SCALE`."""
        if not 0 < scale <= LARGEST_SCALE:
            raise ValueError(f"a picture may be up to {LARGEST_SCALE:g} times as large, not {scale:g} times")
        self._scale, self._view = scale, view
        self._overlay = sight.overlay
        projection = sight.projection(view, scale)
        self._content = sight.content(projection)
        self._painting = Painting(sight.shot(projection), Canvas())

    def run(self, owner: QObject, finished: Callable[[], None]) -> None:
        """Paint in pieces, then call ``finished``; nothing happens any more when ``owner`` is gone."""
        clock = QTimer(owner)

        def turn() -> None:
            if self._painting.advance(time.perf_counter() + _PIECE):
                clock.stop()
                clock.deleteLater()
                finished()

        clock.timeout.connect(turn)
        clock.start(0)

    def image(self) -> QImage:
        """The picture; what is not painted yet is painted now."""
        self._painting.finish()
        image = image_of(self._painting.picture).copy()
        painter = QPainter(image)
        painter.scale(self._scale, self._scale)
        self._overlay.paint(painter, self._view.width, self._view.height, self._content)
        painter.end()
        return image
