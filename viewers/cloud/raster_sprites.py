"""Sprites in numpy: squares of ranks from the farthest to the nearest, and then the texel of each pixel that is seen.

A pixel is worked out once, however many pictures lie over each other there. No Qt.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from . import look
from .inking import blended
from .projecting import Projection
from .sprites import Sprites

#: Pixels that one piece writes, and that are shaded in one go.
_PIECE = 200_000
_BAND = 48 * 1024


def sides(radius: NDArray[np.float32], count: int, ratio: float) -> NDArray[np.int64]:
    """Pixels along the longer side of sprites in place of discs of ``radius`` pixels; ``ratio`` for the largest."""
    grown = radius * np.float32(look.SPRITE_SIDE / look.usual_radius(count))
    whole: NDArray[np.int64] = np.clip(np.rint(grown), 2, round(look.LARGEST_SPRITE * ratio)).astype(np.int64)
    return whole


def usual_side(projection: Projection, count: int) -> float:
    """Pixels along the longer side of a usual sprite a little before the middle of the cloud."""
    depth = 1.0 if projection.flat else projection.middle
    radius = np.array([1.3 * projection.unit / max(depth, 1e-6)], np.float32)
    return float(sides(radius, count, projection.ratio)[0])


def border(side: NDArray[np.int64]) -> NDArray[np.int64]:
    """Width in pixels of the frame of a sprite."""
    return np.maximum((side + 6) // 14, 1)


@dataclass(frozen=True, slots=True)
class SpriteJob:
    """Sprites from the bottom to the top.

    ``left``, ``top``, ``width`` and ``height`` are whole pixels of a canvas with a margin; ``frame`` is the colour
    around a picture as 0xffrrggbb (0: none), ``wide`` where it is wider by a pixel, ``share`` that of the ground in it.
    """

    left: NDArray[np.int64]
    top: NDArray[np.int64]
    width: NDArray[np.int64]
    height: NDArray[np.int64]
    frame: NDArray[np.uint32]
    wide: NDArray[np.bool_]
    share: NDArray[np.float32]
    point: NDArray[np.intp]
    sprites: Sprites
    level: int
    ground: int
    smooth: bool

    def splat(self, ranks: NDArray[np.int32], pitch: int) -> Iterator[bool]:
        """Write the rank (from 1) of the topmost sprite into each pixel."""
        images = self.sprites.halved(self.level)
        base = self.top * pitch + self.left
        turns = np.flatnonzero(np.diff(self.height) | np.diff(self.width)) + 1
        for first, last in zip([0, *turns.tolist()], [*turns.tolist(), len(self.left)]):
            if first == last:
                continue
            height, width = int(self.height[first]), int(self.width[first])
            most = max(_PIECE // (height * width), 1)
            for at in range(first, last, most):
                end = min(at + most, last)
                rank = np.arange(at + 1, end + 1, dtype=np.int32)
                if self.sprites.opaque:
                    blocks = np.lib.stride_tricks.as_strided(
                        ranks, (len(ranks) - (height - 1) * pitch - width + 1, height, width), (4, 4 * pitch, 4)
                    )
                    blocks[base[at:end]] = rank[:, None, None]
                else:
                    rows = (np.arange(height) * 2 + 1) * images.shape[1] // (2 * height)
                    columns = (np.arange(width) * 2 + 1) * images.shape[2] // (2 * width)
                    solid = images[self.point[at:end, None, None], rows[:, None], columns, 3] >= 128
                    where = base[at:end, None, None] + np.arange(height)[:, None] * pitch + np.arange(width)
                    ranks[where[solid]] = np.repeat(rank, np.count_nonzero(solid, axis=(1, 2)))
                yield True

    def shade(self, ranks: NDArray[np.int32], pitch: int, pixels: NDArray[np.uint32]) -> Iterator[bool]:
        """Give each pixel its colour."""
        images = self.sprites.halved(self.level)
        texels = images.view("<u4").reshape(-1)
        rows, columns = images.shape[1:3]
        edge = border(np.maximum(self.width, self.height))
        edge = edge + self.wide
        for at in range(0, len(ranks), _BAND):
            band = slice(at, min(at + _BAND, len(ranks)))
            part = pixels[band]
            part.fill(self.ground)
            seen = np.flatnonzero(ranks[band])
            if len(seen):
                mark = ranks[band].take(seen) - 1
                row, column = np.divmod(seen + at, pitch)
                across = column - self.left.take(mark)
                down = row - self.top.take(mark)
                width, height = self.width.take(mark), self.height.take(mark)
                first = self.point.take(mark) * (rows * columns)
                if self.smooth:
                    color = _smooth(texels, first, rows, columns, (down + 0.5) / height, (across + 0.5) / width)
                else:
                    upper, left = (2 * down + 1) * rows // (2 * height), (2 * across + 1) * columns // (2 * width)
                    color = texels.take(first + upper * columns + left)
                color = _swapped(color)
                share = self.share.take(mark)
                if share.any():
                    color = blended(np.uint32(self.ground), color, share)
                frame = self.frame.take(mark)
                rim = edge.take(mark)
                outer = np.minimum(np.minimum(across, width - 1 - across), np.minimum(down, height - 1 - down))
                part[seen] = np.where((outer < rim) & (frame != 0), frame, color)
            yield True


def _smooth(
    texels: NDArray[np.uint32],
    first: NDArray[np.intp],
    rows: int,
    columns: int,
    down: NDArray[np.float64],
    across: NDArray[np.float64],
) -> NDArray[np.uint32]:
    """Colours between texels; ``down`` and ``across`` go from 0 to 1 over a picture."""
    y, x = np.clip(down * rows - 0.5, 0, rows - 1), np.clip(across * columns - 0.5, 0, columns - 1)
    upper, left = y.astype(np.intp), x.astype(np.intp)
    lower, right = np.minimum(upper + 1, rows - 1), np.minimum(left + 1, columns - 1)
    to_right, to_lower = (x - left).astype(np.float32), (y - upper).astype(np.float32)
    upper, lower = first + upper * columns, first + lower * columns
    above = blended(texels.take(upper + right), texels.take(upper + left), to_right)
    below = blended(texels.take(lower + right), texels.take(lower + left), to_right)
    return blended(below, above, to_lower)


def _swapped(color: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """0xffrrggbb from 0x..bbggrr, as bytes of red, green, blue, alpha read."""
    red, blue = color & np.uint32(0xFF), (color >> np.uint32(16)) & np.uint32(0xFF)
    swapped: NDArray[np.uint32] = color & np.uint32(0xFF00)
    swapped |= red << np.uint32(16) | blue | np.uint32(0xFF000000)
    return swapped
