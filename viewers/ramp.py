"""Colours from faint to strong in one hue, evenly spaced to the eye: mixed in Oklab, as halves of a ramp in sRGB look
unequal. No Qt."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from .oklab import Colors, lab_of, rgb_of_lab

Rgb = tuple[float, float, float]
#: How much of a run's colour the oldest histogram has.
OLDEST = 0.30


@lru_cache(maxsize=256)
def ramp(ground: Rgb, color: Rgb, count: int, first: float = OLDEST) -> NDArray[np.float64]:
    """``count`` colours from ``first`` of ``color`` on ``ground`` to all of it: float64 (count, 3).

    Colours are sRGB components in 0..1. The result is shared: it is read-only.
    """
    shares = np.linspace(first, 1.0, count) if count > 1 else np.ones(count)
    start, end = lab_of(ground), lab_of(color)
    mixed = start + (end - start) * shares[:, None]
    found = _rgb(mixed)
    found.flags.writeable = False
    return found


@lru_cache(maxsize=64)
def heat(ground: Rgb, color: Rgb, bright: Rgb, count: int = 256) -> NDArray[np.uint32]:
    """``count`` colours as 0xffRRGGBB, uint32 (count,), for shares of 0 to 1: ground, the run's colour, ``bright``."""
    half = count * 2 // 3
    lower = ramp(ground, color, half, 0.0)
    upper = _rgb(lab_of(color) + (lab_of(bright) - lab_of(color)) * np.linspace(0.0, 0.85, count - half)[:, None])
    parts = np.rint(np.concatenate([lower, upper]) * 255).astype(np.uint32)
    found: NDArray[np.uint32] = (0xFF << 24) | (parts[:, 0] << 16) | (parts[:, 1] << 8) | parts[:, 2]
    found = found.astype(np.uint32)
    found.flags.writeable = False
    return found


def _rgb(lab: Colors) -> Colors:
    return np.clip(rgb_of_lab(lab), 0, 1)
