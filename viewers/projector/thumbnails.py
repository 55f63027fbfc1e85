"""The pictures of points, cut from their sheet."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QImage

from ...reader.api import Sprite
from ..cloud.sprites import Sprites, cut

#: Pictures are halved beforehand down to this side, the smallest that a view draws them in.
_SMALLEST_SIDE = 8.0


def cut_out(sprite: Sprite, count: int) -> Sprites:
    """A picture for each of ``count`` points, in all sizes that a view draws them in; for a thread of the pool."""
    sprites = Sprites(cut(sprite.pixels, *sprite.cell, count))
    sprites.level(_SMALLEST_SIDE)
    return sprites


class Thumbnails:
    """Of one sheet at a time, or none. ``sprites`` are all of them, for a view."""

    def __init__(self) -> None:
        self._sprite: Sprite | None = None
        self.sprites: Sprites | None = None

    def set_sprite(self, sprite: Sprite | None, sprites: Sprites | None) -> None:
        """Another sheet, and the pictures cut from it."""
        self._sprite, self.sprites = sprite, sprites

    def of(self, point: int) -> QImage | None:
        """That of one point, for a list; None where there is none."""
        if self._sprite is None:
            return None
        x, y, width, height = self._sprite.rectangle(point)
        pixels = np.ascontiguousarray(self._sprite.pixels[y : y + height, x : x + width])
        return QImage(pixels.tobytes(), width, height, 4 * width, QImage.Format.Format_RGBA8888).copy()
