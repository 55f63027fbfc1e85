"""The colours that points get, in the theme in force: fifty that differ, and a ramp for numbers. No Qt.

All of them stand out from the ground that points are drawn on by at least :data:`CONTRAST`. They are computed once a
theme, some ten milliseconds.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ..oklab import Colors, bytes_of, contrast, lab_of, rgb_of, rgb_of_lab, within_srgb
from ..theme import Theme

#: How many colours there are for categories.
MOST_COLORS = 50
#: What WCAG asks of marks that carry meaning.
CONTRAST = 3.0
#: Colours of a ramp.
STEPS = 256

# Hues in degrees and chroma of Oklab from the lowest value to the highest, by lightness: the paths of viridis, violet
# over blue and green to yellow, begun where it stands out from the ground. On light ground high values are dark.
_DARK_RAMP = (
    (0.55, 300, 0.19),
    (0.62, 264, 0.14),
    (0.70, 215, 0.11),
    (0.79, 160, 0.14),
    (0.88, 120, 0.18),
    (0.95, 104, 0.17),
)
_LIGHT_RAMP = (
    (0.66, 78, 0.14),
    (0.61, 125, 0.14),
    (0.55, 165, 0.11),
    (0.48, 235, 0.10),
    (0.40, 272, 0.16),
    (0.29, 300, 0.17),
)


def ground_of(theme: Theme) -> str:
    """What points are drawn on."""
    return theme.card


@lru_cache(maxsize=8)
def categories(theme: Theme) -> NDArray[np.uint8]:
    """Colours that differ, the theme's series first: uint8 (50, 3), shared and read-only.

    Each further one is the colour of sRGB that is farthest, in Oklab, from all before it, the ground and the greys.
    """
    found = [rgb_of(color) for color in theme.series][:MOST_COLORS]
    offered = _offered(theme)
    labs = lab_of(offered)
    taken = lab_of(np.array([*found, rgb_of(ground_of(theme)), nothing(theme) / 255, rest(theme) / 255]))
    distance = np.linalg.norm(labs[:, None] - taken[None], axis=2).min(axis=1)
    while len(found) < MOST_COLORS:
        best = int(distance.argmax())
        found.append(offered[best])
        distance = np.minimum(distance, np.linalg.norm(labs - labs[best], axis=1))
    result = bytes_of(np.array(found))
    result.flags.writeable = False
    return result


@lru_cache(maxsize=8)
def ramp(theme: Theme) -> NDArray[np.uint8]:
    """Colours from the lowest value to the highest, evenly spaced to the eye: uint8 (256, 3), shared and read-only."""
    points = np.array(_DARK_RAMP if theme.dark else _LIGHT_RAMP)
    place = np.linspace(0, 1, len(points))
    fine = np.linspace(0, 1, 8 * STEPS)
    lightness, hue, chroma = (np.interp(fine, place, column) for column in points.T)
    lab = _rounded(_in_gamut(lightness, np.radians(hue), chroma), STEPS)
    # Equal stretches of the path in place of equal shares between the points.
    far = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(lab, axis=0), axis=1))])
    even = np.interp(np.linspace(0, far[-1], STEPS), far, fine)
    lab = np.stack([np.interp(even, fine, column) for column in lab.T], axis=1)
    result = bytes_of(rgb_of_lab(lab))
    result.flags.writeable = False
    return result


@lru_cache(maxsize=8)
def nothing(theme: Theme) -> NDArray[np.uint8]:
    """The grey of points without a value: uint8 (3,), read-only."""
    found = bytes_of(rgb_of_lab(0.75 * lab_of(rgb_of(theme.faint)) + 0.25 * lab_of(rgb_of(ground_of(theme)))))
    found.flags.writeable = False
    return found


@lru_cache(maxsize=8)
def rest(theme: Theme) -> NDArray[np.uint8]:
    """The grey of all values that have no colour of their own: uint8 (3,), read-only."""
    found = bytes_of(rgb_of(theme.dim))
    found.flags.writeable = False
    return found


def _offered(theme: Theme) -> Colors:
    """Colours of sRGB to choose from, neither grey nor close to the ground."""
    lightness, chroma, hue = np.meshgrid(
        np.linspace(0.25, 0.97, 19), np.linspace(0.05, 0.30, 8), np.radians(np.arange(0, 360, 7.5)), indexing="ij"
    )
    lab = np.stack([lightness, chroma * np.cos(hue), chroma * np.sin(hue)], axis=-1).reshape(-1, 3)
    colors = rgb_of_lab(lab)
    colors = colors[within_srgb(colors)]
    chosen: Colors = colors[contrast(colors, rgb_of(ground_of(theme))) >= CONTRAST]
    return chosen


def _in_gamut(lightness: Colors, hue: Colors, chroma: Colors) -> Colors:
    """Oklab with as much of the chroma as sRGB has."""
    low, high = np.zeros_like(chroma), chroma
    for _ in range(20):
        middle = (low + high) / 2
        lab = np.stack([lightness, middle * np.cos(hue), middle * np.sin(hue)], axis=1)
        inside = within_srgb(rgb_of_lab(lab))
        low, high = np.where(inside, middle, low), np.where(inside, high, middle)
    return np.stack([lightness, low * np.cos(hue), low * np.sin(hue)], axis=1)


def _rounded(path: Colors, width: int) -> Colors:
    """A path without its corners, which the eye takes for bands: means over ``width`` points, ends as they are."""
    before, behind = 2 * path[0] - path[width:0:-1], 2 * path[-1] - path[-2 : -width - 2 : -1]
    kernel = np.hanning(2 * width + 1)
    kernel /= kernel.sum()
    whole = np.concatenate([before, path, behind])
    return np.stack([np.convolve(column, kernel, "valid") for column in whole.T], axis=1)
