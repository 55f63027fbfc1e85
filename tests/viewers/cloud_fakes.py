"""Clouds, pictures and a slow painter that is plainly right, for the tests of the point cloud."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QImage

from runglass.viewers.cloud.camera import Camera, Viewport, home
from runglass.viewers.cloud.look import CHOSEN, RING, Inks, rgb
from runglass.viewers.cloud.points import Scene
from runglass.viewers.cloud.projecting import fading, projection_of, radii, screen_of
from runglass.viewers.cloud.raster import FINE, Canvas, Detail, Painting, Shot
from runglass.viewers.theme import DARK, Theme


def clusters(count: int, seed: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Positions (n, 3) in ten clusters, and the cluster of each."""
    random = np.random.default_rng(seed)
    middles = random.normal(0, 0.7, (10, 3))
    cluster = random.integers(0, 10, count)
    return (middles[cluster] + random.normal(0, 0.15, (count, 3))).astype(np.float32), cluster


def palette(cluster: np.ndarray, theme: Theme = DARK) -> np.ndarray:
    """A colour (n, 3) for each cluster."""
    return np.array([rgb(color) for color in theme.series], np.uint8)[cluster % 20]


def scene_of(positions: np.ndarray, theme: Theme = DARK) -> Scene:
    scene = Scene(Inks.of(theme))
    scene.set_positions(positions)
    return scene


def shot_of(
    scene: Scene, width: int = 200, height: int = 160, camera: Camera | None = None, ratio: float = 1.0, dims: int = 3
) -> Shot:
    found = camera or home(dims, scene.ball, Viewport(width, height))
    projection = projection_of(found, round(width * ratio), round(height * ratio), ratio, scene.count, scene.ball)
    return Shot(
        screen_of(scene.space, projection), projection, scene.looks, scene.inks, scene.sprites, scene.colors is not None
    )


def painted(shot: Shot, detail: Detail = FINE) -> np.ndarray:
    """The picture as (height, width, 3) integers, red, green, blue."""
    painting = Painting(shot, Canvas(), detail)
    painting.finish()
    return channels(painting.picture)


def channels(pixels: np.ndarray) -> np.ndarray:
    return np.stack([pixels >> 16 & 255, pixels >> 8 & 255, pixels & 255], axis=-1).astype(int)


def image_channels(image: QImage) -> np.ndarray:
    """An image as (height, width, 3) integers, red, green, blue."""
    plain = image.convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(plain.constBits(), np.uint32).reshape(plain.height(), plain.bytesPerLine() // 4)
    return channels(pixels[:, : plain.width()].copy())


def reference(shot: Shot) -> np.ndarray:
    """Discs laid over each other one by one, from the farthest to the nearest, with exact coverage."""
    projection, looks = shot.projection, shot.looks
    picture = np.empty((projection.height, projection.width, 3))
    ground = channels(np.array([shot.inks.ground]))[0].astype(float)
    ring = channels(np.array([shot.inks.ring]))[0].astype(float)
    picture[:] = ground
    x, y, depth = shot.screen.x, shot.screen.y, shot.screen.depth
    radius = radii(projection, depth, looks.factor)
    fade = np.zeros(len(x)) if projection.flat else fading(projection, depth)
    rows, columns = np.mgrid[0 : projection.height, 0 : projection.width] + 0.5
    numbers = np.arange(len(x))
    order = np.lexsort((numbers, numbers if projection.flat else -depth, looks.layer))
    for point in order:
        if not (np.isfinite(x[point]) and np.isfinite(y[point])):
            continue
        if looks.shown is not None and not looks.shown[point]:
            continue
        chosen = looks.layer[point] == CHOSEN
        color = channels(looks.ink[point : point + 1])[0].astype(float)
        color = color if chosen else color + (ground - color) * fade[point]
        away = np.hypot(columns - x[point], rows - y[point])
        if chosen:
            share = np.clip(radius[point] + RING * projection.ratio + 0.5 - away, 0, 1)[..., None]
            picture = picture * (1 - share) + ring * share
        share = np.clip(radius[point] + 0.5 - away, 0, 1)[..., None]
        picture = picture * (1 - share) + color * share
    return picture
