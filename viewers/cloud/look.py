"""How points look: the measures that both renderers share, so that their pictures are the same. No Qt.

Sizes are logical pixels where nothing else is said. Alpha never blends with what lies behind a point: a colour is laid
over the ground beforehand, so that a picture does not depend on the order in which equal depths are drawn.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..theme import Theme
from .inking import packed

#: A disc of this radius in device pixels has, wherever its centre lies, one pixel that it covers wholly.
SMALLEST_RADIUS = 1.21
LARGEST_RADIUS = 40.0
#: Share of the ground in the colour of the farthest point.
FADE = 0.58
#: Fading begins this share of the radius before the middle of a cloud.
FADE_FROM = 0.45
#: Share of the ground in the colour of points beside a selection.
DIM = 0.74
#: Points grow with this power of the zoom: with 1 a cluster never comes apart, with 0 it dissolves into dust.
ZOOM_POWER = 0.45
#: Width of the ring around a selected point.
RING = 1.5
SPRITE_SIDE = 26.0
LARGEST_SPRITE = 120.0

#: Layers are drawn one over the other, whatever the depth.
DIMMED, PLAIN, NEAR, CHOSEN = range(4)
LAYERS = 4
#: How much larger than usual points of a layer are drawn.
GROWTH = np.array([0.85, 1.0, 1.25, 1.5], np.float32)

_USUAL_RADIUS = 4.0
_USUAL_COUNT = 1000
_SHRINKING = 0.15


def usual_radius(count: int) -> float:
    """Radius of a point in the middle of a cloud of ``count`` points."""
    if count <= _USUAL_COUNT:
        return _USUAL_RADIUS
    shrunk: float = (_USUAL_COUNT / count) ** _SHRINKING
    return max(_USUAL_RADIUS * shrunk, SMALLEST_RADIUS)


@dataclass(frozen=True, slots=True)
class Inks:
    """Colours of a theme as 0xffrrggbb."""

    ground: int
    point: int
    ring: int

    @staticmethod
    def of(theme: Theme) -> Inks:
        """The inks of ``theme``."""
        return Inks(*(packed(rgb(color)) for color in (theme.card, theme.accent, theme.text)))


def rgb(color: str) -> tuple[int, int, int]:
    """The three channels of "#rrggbb"."""
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)
