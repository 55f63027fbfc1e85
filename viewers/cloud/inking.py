"""Colours as 0xffrrggbb in numpy: packing and laying one over the other. No Qt."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def packed(color: tuple[int, int, int]) -> int:
    """0xffrrggbb."""
    return 0xFF000000 | color[0] << 16 | color[1] << 8 | color[2]


def packed_all(colors: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """Colours (n, 3 or 4) as 0xffrrggbb (n); alpha is left out."""
    if colors.shape[1] == 3:
        colors = np.pad(colors, ((0, 0), (0, 1)))
    # Four bytes at once: red, green, blue and alpha from the lowest up.
    given = np.ascontiguousarray(colors).view("<u4").reshape(-1)
    pixels: NDArray[np.uint32] = given & np.uint32(0x0000FF00)
    pixels |= (given & np.uint32(0xFF)) << np.uint32(16)
    pixels |= (given >> np.uint32(16)) & np.uint32(0xFF)
    pixels |= np.uint32(0xFF000000)
    return pixels


def blended(
    over: NDArray[np.uint32] | np.uint32,
    under: NDArray[np.uint32] | np.uint32,
    share: NDArray[np.float32] | np.float32,
) -> NDArray[np.uint32]:
    """``over`` laid over ``under``, both 0xffrrggbb, with ``share`` 0 to 1 of the first; one or n of each."""
    weight = (np.clip(share, 0, 1) * np.float32(256)).astype(np.uint32)
    rest = np.uint32(256) - weight
    # Red and blue go together: sixteen bits for each product.
    pair = np.uint32(0x00FF00FF)
    mixed: NDArray[np.uint32] = (((over & pair) * weight + (under & pair) * rest) >> np.uint32(8)) & pair
    green = np.uint32(0x0000FF00)
    mixed |= (((over & green) >> np.uint32(8)) * weight + ((under & green) >> np.uint32(8)) * rest) & green
    mixed |= np.uint32(0xFF000000)
    return mixed
