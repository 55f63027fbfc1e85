"""Which point lies under the mouse, in a box or in a lasso, from where points lie on the screen. No Qt."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .look import LARGEST_SPRITE
from .projecting import Projection, Screen, radii
from .raster_sprites import sides

Mask = NDArray[np.bool_]

#: A point is found from as far outside its disc, in logical pixels.
REACH = 6.0


def nearest(
    screen: Screen,
    projection: Projection,
    factor: NDArray[np.float32],
    layer: NDArray[np.uint8],
    shown: Mask | None,
    x: float,
    y: float,
    shape: tuple[float, float] | None = None,
) -> int:
    """The point at (x, y) in device pixels, or -1.

    Of several discs under the mouse it is the one on top; of none, the nearest within :data:`REACH`. Where sprites are
    drawn, ``shape`` is their height and width as shares of the longer side.
    """
    if not len(screen.x):
        return -1
    widest = max(projection.largest, LARGEST_SPRITE * projection.ratio / 2) + REACH * projection.ratio
    with np.errstate(invalid="ignore"):
        close = np.abs(screen.x - np.float32(x)) < widest
        candidates = np.flatnonzero(close)
        candidates = candidates[np.abs(screen.y[candidates] - np.float32(y)) < widest]
    if shown is not None:
        candidates = candidates[shown[candidates]]
    if not len(candidates):
        return -1
    radius = radii(projection, screen.depth[candidates], factor[candidates])
    right = np.abs(screen.x[candidates] - np.float32(x))
    down = np.abs(screen.y[candidates] - np.float32(y))
    away = np.hypot(right, down)
    if shape is None:
        hit = np.flatnonzero(away <= np.maximum(radius, 2.0 * projection.ratio))
    else:
        half = sides(radius, len(screen.x), projection.ratio).astype(np.float32) / 2
        hit = np.flatnonzero((down <= half * np.float32(shape[0])) & (right <= half * np.float32(shape[1])))
    if len(hit):
        under = candidates[hit]
        # In 2D a later point lies on top.
        depth = -under if projection.flat else screen.depth[under]
        return int(under[np.lexsort((depth, -layer[under].astype(np.int8)))[0]])
    best = int(np.argmin(away - radius))
    return int(candidates[best]) if away[best] - radius[best] <= REACH * projection.ratio else -1


def in_box(screen: Screen, shown: Mask | None, left: float, top: float, right: float, bottom: float) -> Mask:
    """Points (n) whose centre lies in a box, in device pixels."""
    with np.errstate(invalid="ignore"):
        inside = screen.x >= left
        inside &= screen.x <= right
        inside &= screen.y >= top
        inside &= screen.y <= bottom
    if shown is not None:
        inside &= shown
    return inside


def in_lasso(screen: Screen, shown: Mask | None, corners: NDArray[np.floating]) -> Mask:
    """Points (n) whose centre lies in a polygon of ``corners`` (m, 2), by the even-odd rule, in device pixels.

    Points are put in the order of their rows of pixels, so that each side of the polygon is compared only with the
    points beside it: the time goes with the number of points, and hardly with that of corners.
    """
    result = np.zeros(len(screen.x), np.bool_)
    corners = np.asarray(corners, np.float64).reshape(-1, 2)
    if len(corners) < 3 or not len(result):
        return result
    low, high = corners.min(axis=0), corners.max(axis=0)
    candidates = np.flatnonzero(in_box(screen, shown, low[0], low[1], high[0], high[1]))
    rows = np.floor(screen.y[candidates]).astype(np.int64) - int(np.floor(low[1]))
    candidates = candidates[np.argsort(np.clip(rows, 0, 65535).astype(np.uint16), kind="stable")]
    x, y = screen.x[candidates].astype(np.float64), screen.y[candidates].astype(np.float64)
    rows = np.floor(y)
    odd = np.zeros(len(candidates), np.bool_)
    before = np.roll(corners, 1, axis=0)
    first = np.searchsorted(rows, np.floor(np.minimum(before[:, 1], corners[:, 1])), "left")
    last = np.searchsorted(rows, np.floor(np.maximum(before[:, 1], corners[:, 1])), "right")
    for (x0, y0), (x1, y1), start, end in zip(before.tolist(), corners.tolist(), first.tolist(), last.tolist()):
        if y0 == y1 or start == end:
            continue
        beside_x, beside_y = x[start:end], y[start:end]
        crossed = (beside_y < y0) != (beside_y < y1)
        # Beside the side the share may be anything; where the side is crossed it is between 0 and 1.
        with np.errstate(all="ignore"):
            crossed &= beside_x < x0 + (beside_y - y0) / (y1 - y0) * (x1 - x0)
        odd[start:end] ^= crossed
    result[candidates[odd]] = True
    return result
