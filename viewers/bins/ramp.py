"""Colours from faint to strong in one hue, evenly spaced to the eye. No Qt.

Mixing is done in Oklab (Björn Ottosson, "A perceptual color space for image processing", 2020), whose matrices are
below: halves of a ramp in sRGB look unequal.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Rgb = tuple[float, float, float]
#: How much of a run's colour the oldest histogram has.
OLDEST = 0.30

_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


@lru_cache(maxsize=256)
def ramp(ground: Rgb, color: Rgb, count: int, first: float = OLDEST) -> NDArray[np.float64]:
    """``count`` colours from ``first`` of ``color`` on ``ground`` to all of it: float64 (count, 3).

    Colours are sRGB components in 0..1. The result is shared: it is read-only.
    """
    shares = np.linspace(first, 1.0, count) if count > 1 else np.ones(count)
    start, end = _lab(ground), _lab(color)
    mixed = start + (end - start) * shares[:, None]
    found = _rgb(mixed)
    found.flags.writeable = False
    return found


@lru_cache(maxsize=64)
def heat(ground: Rgb, color: Rgb, bright: Rgb, count: int = 256) -> NDArray[np.uint32]:
    """``count`` colours as 0xffRRGGBB, uint32 (count,), for shares of 0 to 1: ground, the run's colour, ``bright``."""
    half = count * 2 // 3
    lower = ramp(ground, color, half, 0.0)
    upper = _rgb(_lab(color) + (_lab(bright) - _lab(color)) * np.linspace(0.0, 0.85, count - half)[:, None])
    parts = np.rint(np.concatenate([lower, upper]) * 255).astype(np.uint32)
    found: NDArray[np.uint32] = (0xFF << 24) | (parts[:, 0] << 16) | (parts[:, 1] << 8) | parts[:, 2]
    found = found.astype(np.uint32)
    found.flags.writeable = False
    return found


def _lab(color: Rgb) -> NDArray[np.float64]:
    parts = np.array(color)
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    found: NDArray[np.float64] = _TO_LAB @ np.cbrt(_TO_LMS @ linear)
    return found


def _rgb(lab: NDArray[np.float64]) -> NDArray[np.float64]:
    linear = (lab @ np.linalg.inv(_TO_LAB).T) ** 3 @ np.linalg.inv(_TO_LMS).T
    linear = np.clip(linear, 0.0, 1.0)
    found: NDArray[np.float64] = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return found
