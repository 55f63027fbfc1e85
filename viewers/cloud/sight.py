"""What is seen of a cloud: projections, places on the screen and labels, each kept until something about it changes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF
from PySide6.QtGui import QColor

from ..theme import Theme
from . import picking
from .camera import Camera, Viewport, home
from .labelling import Labelling
from .look import SPRITE_SIDE, Inks
from .overlay import Content, Hover, Overlay
from .points import Scene
from .projecting import Projection, Screen, projection_of, radii, screen_of
from .raster import Shot
from .raster_sprites import sides
from .sprites import Sprites

_LABEL_SHRINK = 0.5
_FARTHEST = 30_000.0


class Sight:
    """A scene, the camera that looks at it, and what is written over it."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self.scene = Scene(Inks.of(theme))
        self.camera = Camera()
        self.overlay = Overlay(theme)
        self.labelling = Labelling()
        self._projection: tuple[tuple[object, ...], Projection] | None = None
        self._screen: tuple[tuple[object, ...], Screen] | None = None
        self._drawn: tuple[tuple[object, ...], list[QLineF]] | None = None

    def set_theme(self, theme: Theme) -> None:
        """See everything in another theme."""
        self.theme = theme
        self.overlay = Overlay(theme)
        self.scene.set_inks(Inks.of(theme))

    def fit(self, view: Viewport) -> None:
        """See all of the cloud, from the side from which it is seen now."""
        fitted = home(self.camera.dimensions, self.scene.ball, view)
        short = min(view.width, view.height)
        # Pictures are larger than points, and those at the rim are to be seen whole.
        away = 1.0 if self.sprites is None else short / max(short - SPRITE_SIDE, 0.5 * short)
        self.camera = replace(
            fitted,
            yaw=self.camera.yaw,
            pitch=self.camera.pitch,
            distance=fitted.distance * away,
            half_height=fitted.half_height * away,
        )

    def projection(self, view: Viewport, ratio: float) -> Projection:
        """From space to the device pixels of a view, ``ratio`` a logical pixel."""
        scene, everywhere = self.scene, self.labelling.everywhere
        width, height = max(round(view.width * ratio), 1), max(round(view.height * ratio), 1)
        key = self.camera, width, height, ratio, scene.positions_version, scene.looks_version, everywhere
        if self._projection is None or self._projection[0] != key:
            count = scene.count if scene.isolated is None else int(np.count_nonzero(scene.isolated))
            found = projection_of(self.camera, width, height, ratio, count, scene.ball)
            self._projection = key, replace(found, unit=found.unit * _LABEL_SHRINK) if everywhere else found
        return self._projection[1]

    def screen(self, projection: Projection) -> Screen:
        """Where all points lie."""
        key = self.scene.positions_version, self.camera, projection.width, projection.height
        if self._screen is None or self._screen[0] != key:
            self._screen = key, screen_of(self.scene.space, projection)
        return self._screen[1]

    @property
    def framed(self) -> bool:
        """True if sprites have a frame in the colours of their points: where somebody gave these."""
        return self.scene.colors is not None

    @property
    def sprites(self) -> Sprites | None:
        """Sprites, unless names stand in place of the points."""
        return None if self.labelling.everywhere else self.scene.sprites

    def shot(self, projection: Projection) -> Shot:
        """What a picture is made of."""
        scene = self.scene
        return Shot(self.screen(projection), projection, scene.looks, scene.inks, self.sprites, self.framed)

    def point_under(self, projection: Projection, x: float, y: float) -> int:
        """The point at a place in device pixels, or -1."""
        looks = self.scene.looks
        shape = None if self.sprites is None else self.sprites.shape
        screen = self.screen(projection)
        return picking.nearest(screen, projection, looks.factor, looks.layer, looks.shown, x, y, shape)

    def points_in(self, projection: Projection, corners: NDArray[np.float64], boxed: bool) -> NDArray[np.bool_]:
        """Points (n) in a lasso of ``corners`` (m, 2) in device pixels, or in the box from the first to the last."""
        screen, shown = self.screen(projection), self.scene.isolated
        if not boxed:
            return picking.in_lasso(screen, shown, corners)
        left, top = corners[[0, -1]].min(axis=0).tolist()
        right, bottom = corners[[0, -1]].max(axis=0).tolist()
        return picking.in_box(screen, shown, left, top, right, bottom)

    def content(self, projection: Projection, hovered: int = -1) -> Content:
        """What is written over the points; ``hovered`` is the point under the mouse."""
        needed = self.labelling.text_of is not None or hovered >= 0 or self.scene.lines is not None
        screen = self.screen(projection) if needed else None
        labels, captions = self.labelling.lay_out(self.scene, screen, projection, self.overlay)
        hover = None if screen is None or hovered < 0 else self._hover(hovered, screen, projection)
        lines = () if screen is None or self.scene.lines is None else self._lines(self.scene.lines, screen, projection)
        return Content(labels, captions, hover, lines=lines)

    def _lines(self, pairs: NDArray[np.intp], screen: Screen, projection: Projection) -> list[QLineF]:
        """Lines between points that both are seen; made once for a picture."""
        shown = self.scene.isolated
        now = pairs, screen, shown
        if self._drawn is None or any(old is not new for old, new in zip(self._drawn[0], now, strict=True)):
            ends = np.stack([screen.x[pairs], screen.y[pairs]], axis=2).reshape(-1, 4).astype(np.float64)
            ends /= projection.ratio
            # A painter draws what lies far outside of it all the same, and wrongly very far outside.
            seen = (np.abs(ends) < _FARTHEST).all(axis=1)
            if shown is not None:
                seen &= shown[pairs].all(axis=1)
            self._drawn = now, [QLineF(*each) for each in ends[seen].tolist()]
        return self._drawn[1]

    def _hover(self, point: int, screen: Screen, projection: Projection) -> Hover | None:
        looks, ratio = self.scene.looks, projection.ratio
        x, y = float(screen.x[point]) / ratio, float(screen.y[point]) / ratio
        if not (np.isfinite(x) and np.isfinite(y)):
            return None
        radius = radii(projection, screen.depth[point : point + 1], looks.factor[point : point + 1])
        box = None
        if self.sprites is not None:
            side = float(sides(radius, self.scene.count, ratio)[0]) / ratio
            tall, broad = self.sprites.shape
            box = side * broad, side * tall
        text_of = self.labelling.text_of
        name = "" if text_of is None else str(text_of(point))
        return Hover(x, y, float(radius[0]) / ratio, QColor(int(looks.ink[point])).name(), name, box)
