"""How two pictures differ: in numbers, and as a picture of its own. No Qt.

A difference is that of the values as logged, first less second, channel by channel. Everything goes strip by strip, so
that pictures of any size need little memory beyond their own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...ramp import Rgb, ramp
from ..geometry import halved

MOST_GAIN = 64
#: Pixels of a strip.
_STRIP = 1 << 17
_HALF = 256


@dataclass(frozen=True, slots=True, eq=False)
class Pixels:
    """``planes`` are red, green, blue and, where there is one, alpha: uint8 or uint16, each (rows, columns)."""

    planes: tuple[NDArray[Any], ...]

    @property
    def largest(self) -> int:
        """The largest value of a channel, 255 or 65,535."""
        return int(np.iinfo(self.planes[0].dtype).max)


@dataclass(frozen=True, slots=True)
class Statistics:
    """``most``: the largest difference of a channel, without its sign, and where the first such pixel is.

    ``mean`` is over all channels of all pixels, without signs. Both count in values of 0 to ``largest``. ``differing``
    of the ``pixels`` are not the same in all channels.
    """

    most: int
    column: int
    row: int
    mean: float
    differing: int
    pixels: int
    largest: int


class Cancelled(Exception):
    """Nobody waits for the result any more."""


def signed_table(largest: int, gain: float, below: Rgb, neutral: Rgb, above: Rgb) -> NDArray[np.uint32]:
    """What each difference -largest to largest looks like: 0xffRRGGBB, uint32 (2 largest + 1,).

    ``neutral`` for none, towards ``below`` and ``above`` on either side, in full at ``largest / gain``.
    """
    upper, lower = ramp(neutral, above, _HALF, 0.0), ramp(neutral, below, _HALF, 0.0)
    colors = np.rint(np.concatenate([lower[:0:-1], upper]) * 255).astype(np.uint32)
    packed = np.uint32(0xFF000000) | (colors[:, 0] << 16) | (colors[:, 1] << 8) | colors[:, 2]
    shares = np.clip(np.arange(-largest, largest + 1) * (gain / largest), -1.0, 1.0)
    found: NDArray[np.uint32] = packed[np.rint(shares * (_HALF - 1)).astype(np.intp) + _HALF - 1].astype(np.uint32)
    return found


def absolute_table(largest: int, gain: float) -> NDArray[np.uint32]:
    """How bright each difference 0 to largest is, 0-255: uint32 (largest + 1,), in full at ``largest / gain``."""
    shares = np.minimum(np.arange(largest + 1) * (gain / largest), 1.0)
    found: NDArray[np.uint32] = np.rint(shares * 255).astype(np.uint32)
    return found


def differ(
    first: Pixels,
    second: Pixels,
    paint: Callable[[int], NDArray[np.uint32]],
    signed: bool,
    cancelled: Callable[[], bool] = lambda: False,
    level: int = 0,
    canvas: Callable[[int, int], NDArray[np.uint32]] = lambda rows, columns: np.empty((rows, columns), np.uint32),
) -> tuple[NDArray[np.uint32], Statistics]:
    """The difference of the area that both have at the top left: 0xffRRGGBB, uint32 (rows, columns); and its numbers.

    It is written to ``canvas(rows, columns)``. ``level``: halved so often, each pixel the largest difference of those
    that it stands for, so that none is lost; the numbers are those of all pixels.

    ``paint(largest)`` gives the table of colours. A ``signed`` pixel has the difference of that of its channels that
    differs most, so that differences never cancel out; else the channels make the colour, and a difference of alpha is
    seen in all three. Eight bits beside sixteen count to 65,535. Without alpha a pixel is opaque. Cancelled where
    ``cancelled()``.
    """
    rows = min(first.planes[0].shape[0], second.planes[0].shape[0])
    columns = min(first.planes[0].shape[1], second.planes[0].shape[1])
    largest = max(first.largest, second.largest)
    channels = max(len(first.planes), len(second.planes))
    table = paint(largest)
    result = canvas(halved(rows, level), halved(columns, level))
    most, at, total, differing = 0, (0, 0), 0, 0
    height = halved(max(_STRIP // columns, 1), level) << level
    for top in range(0, rows, height):
        if cancelled():
            raise Cancelled
        part = slice(top, min(top + height, rows))
        parts: list[NDArray[Any]] = [
            _plane(first, channel, part, columns, largest) - _plane(second, channel, part, columns, largest)
            for channel in range(channels)
        ]
        high, low = parts[0], parts[0]
        for each in parts[1:]:
            high, low = np.maximum(high, each), np.minimum(low, each)
        size = np.maximum(high, -low)
        sizes = [np.abs(each) for each in parts]
        total += sum(int(each.sum(dtype=np.int64)) for each in sizes)
        differing += int(np.count_nonzero(size))
        found = int(size.max())
        if found > most:
            row, column = divmod(int(size.argmax()), columns)
            most, at = found, (column, top + row)
        seen = slice(top >> level, halved(part.stop, level))
        if signed:
            high, low = _most(high, level), -_most(-low, level)
            result[seen] = table[np.where(high >= -low, high, low).astype(np.intp) + largest]
        else:
            if channels == 4:
                sizes = [np.maximum(each, sizes[3]) for each in sizes[:3]]
            red, green, blue = (table[_most(each, level)] for each in sizes[:3])
            result[seen] = np.uint32(0xFF000000) | (red << 16) | (green << 8) | blue
    mean = total / (rows * columns * channels)
    return result, Statistics(most, *at, mean, differing, rows * columns, largest)


def _most(values: NDArray[Any], level: int) -> NDArray[Any]:
    """The largest of each square of 2^level values."""
    if not level:
        return values
    side = 1 << level
    across = np.maximum.reduceat(values, np.arange(0, values.shape[1], side), axis=1)
    found: NDArray[Any] = np.maximum.reduceat(across, np.arange(0, values.shape[0], side), axis=0)
    return found


def _plane(pixels: Pixels, channel: int, rows: slice, columns: int, largest: int) -> NDArray[Any]:
    kind = np.int16 if largest == 255 else np.int32
    if channel >= len(pixels.planes):
        return np.full((rows.stop - rows.start, columns), largest, kind)
    values = pixels.planes[channel][rows, :columns].astype(kind)
    # 255 times 257 is 65,535.
    return values if pixels.largest == largest else values * kind(257)
