"""From the space of a cloud to the pixels of a picture: one projection for both renderers and for picking. No Qt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from . import look
from .camera import Ball, Camera, Viewport, home

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Projection:
    """Of a point with depth d: x = width/2 + right*focal/d, y = height/2 - up*focal/d, all in device pixels.

    ``middle`` is the depth of the middle of the cloud, ``unit`` the radius in pixels of a point of usual size at a
    depth of 1. Between the depths ``near`` and ``far`` colours fade to the ground; what lies before ``clip`` is not
    seen. ``ratio`` is device pixels a logical one.
    """

    width: int
    height: int
    ratio: float
    rows: Floats
    focal: float
    unit: float
    clip: float
    middle: float
    near: float
    far: float
    flat: bool

    @property
    def largest(self) -> float:
        """Greatest radius in pixels."""
        return look.LARGEST_RADIUS * self.ratio


@dataclass(frozen=True, slots=True)
class Screen:
    """Where each of n points lies: ``x`` and ``y`` in device pixels, ``depth``. NaN where a point has no place."""

    x: Floats
    y: Floats
    depth: Floats


def projection_of(
    camera: Camera,
    width: int,
    height: int,
    ratio: float,
    count: int,
    ball: Ball,
) -> Projection:
    """The projection of ``camera`` for ``count`` points in ``ball``; from home they have their usual size."""
    flat = camera.dimensions == 2
    rows = camera.rows()
    usual = home(camera.dimensions, ball, Viewport(width, height))
    grown = usual.half_height / camera.half_height if flat else usual.distance / camera.distance
    grown **= look.ZOOM_POWER
    middle = 1.0 if flat else float(rows[2, :3] @ np.array(ball.centre, np.float32) + rows[2, 3])
    radius = ball.radius
    return Projection(
        width,
        height,
        ratio,
        rows,
        camera.focal(float(height)),
        look.usual_radius(count) * ratio * grown * camera.depth,
        0.5 if flat else 0.02 * camera.distance,
        middle,
        middle - look.FADE_FROM * radius,
        middle + radius,
        flat,
    )


def screen_of(space: Floats, projection: Projection) -> Screen:
    """Project points: ``space`` is (3, n)."""
    with np.errstate(all="ignore"):
        placed = projection.rows[:, :3] @ space
        placed += projection.rows[:, 3:]
        depth = placed[2]
        scale = np.float32(projection.focal) / depth
        x, y = placed[0], placed[1]
        x *= scale
        x += np.float32(projection.width / 2)
        y *= scale
        np.subtract(np.float32(projection.height / 2), y, out=y)
        if not projection.flat:
            behind = depth < np.float32(projection.clip)
            if behind.any():
                x[behind] = np.nan
    return Screen(x, y, depth)


def radii(projection: Projection, depth: Floats, factor: Floats) -> Floats:
    """Radius in device pixels of points of ``factor`` times the usual size."""
    result: Floats = (factor * np.float32(projection.unit)) / depth
    np.clip(result, np.float32(look.SMALLEST_RADIUS), np.float32(projection.largest), out=result)
    return result


def fading(projection: Projection, depth: Floats) -> Floats:
    """Share of the ground in the colour of points at ``depth``, 0 to :data:`look.FADE`."""
    span = max(projection.far - projection.near, 1e-6)
    share: Floats = depth - np.float32(projection.near)
    share *= np.float32(look.FADE / span)
    np.clip(share, np.float32(0.0), np.float32(look.FADE), out=share)
    return share
