"""The pictures of points, cut from their sheet when they are first needed."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QImage

from ...reader.api import Sprite
from ..cloud.sprites import Sprites, cut


class Thumbnails:
    """Of one sheet at a time, or none."""

    def __init__(self) -> None:
        self._sprite: Sprite | None = None
        self._count = 0
        self._sprites: Sprites | None = None

    def set_sprite(self, sprite: Sprite | None, count: int) -> None:
        """Another sheet, with a picture for each of ``count`` points."""
        self._sprite, self._count, self._sprites = sprite, count, None

    @property
    def sprites(self) -> Sprites | None:
        """All of them, for a view."""
        if self._sprites is None and self._sprite is not None:
            self._sprites = Sprites(cut(self._sprite.pixels, *self._sprite.cell, self._count))
        return self._sprites

    def of(self, point: int) -> QImage | None:
        """That of one point, for a list; None where there is none."""
        if self._sprite is None:
            return None
        x, y, width, height = self._sprite.rectangle(point)
        pixels = np.ascontiguousarray(self._sprite.pixels[y : y + height, x : x + width])
        return QImage(pixels.tobytes(), width, height, 4 * width, QImage.Format.Format_RGBA8888).copy()
