"""Colours as numbers that the eye finds evenly spaced, and how much they stand out. No Qt.

Oklab is Björn Ottosson's ("A perceptual color space for image processing", 2020); luminance and contrast are those of
WCAG 2. Colours are sRGB in 0..1 on the last axis.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Colors = NDArray[np.float64]

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
_FROM_LAB, _FROM_LMS = np.linalg.inv(_TO_LAB), np.linalg.inv(_TO_LMS)
_LUMINANCE = np.array([0.2126, 0.7152, 0.0722])


def rgb_of(color: str) -> Colors:
    """The three components of "#rrggbb"."""
    return np.array([int(color[at : at + 2], 16) for at in (1, 3, 5)]) / 255


def hex_of(color: ArrayLike) -> str:
    """ "#rrggbb" of three bytes; what follows them is left out."""
    red, green, blue = np.asarray(color, np.uint8)[:3].tolist()
    return f"#{red:02x}{green:02x}{blue:02x}"


def bytes_of(colors: Colors) -> NDArray[np.uint8]:
    """Components as bytes; what lies beyond sRGB is cut."""
    return np.rint(np.clip(colors, 0, 1) * 255).astype(np.uint8)


def lab_of(colors: ArrayLike) -> Colors:
    """Oklab lightness (0 to 1), a and b."""
    found: Colors = np.cbrt(_linear(colors) @ _TO_LMS.T) @ _TO_LAB.T
    return found


def rgb_of_lab(lab: ArrayLike) -> Colors:
    """sRGB of Oklab; components beyond 0..1 where sRGB has no such colour."""
    linear = (np.asarray(lab, np.float64) @ _FROM_LAB.T) ** 3 @ _FROM_LMS.T
    size = np.abs(linear)
    curved = np.where(size <= 0.0031308, size * 12.92, 1.055 * size ** (1 / 2.4) - 0.055)
    found: Colors = np.copysign(curved, linear)
    return found


def within_srgb(colors: Colors) -> NDArray[np.bool_]:
    """Which colours a screen can show."""
    return np.asarray(((colors >= -1e-6) & (colors <= 1 + 1e-6)).all(axis=-1))


def contrast(one: ArrayLike, two: ArrayLike) -> Colors:
    """Ratio of luminances, 1 to 21."""
    first, second = _linear(one) @ _LUMINANCE + 0.05, _linear(two) @ _LUMINANCE + 0.05
    found: Colors = np.maximum(first, second) / np.minimum(first, second)
    return found


def _linear(colors: ArrayLike) -> Colors:
    parts = np.clip(np.asarray(colors, np.float64), 0, 1)
    found: Colors = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return found
