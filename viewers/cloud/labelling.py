"""Which points have labels in a picture, and where these stand."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from . import look
from .labels import Place, Room, Wish, placed, spread
from .middles import middles_of
from .overlay import Label, Overlay, Texts
from .points import Scene
from .projecting import Projection, Screen, radii, screen_of
from .raster import farthest_first
from .raster_sprites import sides

TextOf = Callable[[int], str]

#: Labels that are looked for a place for; a view has room for a few hundred.
_MOST = 500
#: Groups whose names are looked for a place for, the nearest first.
_GROUPS = 300
#: Points that are looked at where all want a label.
_CANDIDATES = 20_000
#: So few selected points have their label even where it covers others.
_FEW = 5


class Labelling:
    """Labels of chosen points, of the selection, of all points, and of groups of points."""

    def __init__(self) -> None:
        self.text_of: TextOf | None = None
        self.chosen: NDArray[np.intp] | None = None
        self.everywhere = False
        self._groups: NDArray[np.integer] | None = None
        self._names: Sequence[str] = ()
        self._middles: NDArray[np.float32] | None = None
        self._made_for: tuple[int, int] | None = None
        self._before = np.zeros(0, np.intp)
        self._made: tuple[tuple[object, ...], tuple[list[Label], list[Label]]] | None = None

    def set_groups(self, groups: NDArray[np.integer] | None, names: Sequence[str]) -> None:
        """Name groups in their middle: ``groups`` (n) are indices into ``names``, -1 for none."""
        self._groups = groups
        self._names = names
        self._made_for = None

    def forget(self) -> None:
        """Other points came: nothing said of the old ones holds."""
        self.text_of = self.chosen = None
        self.set_groups(None, ())
        self._before = np.zeros(0, np.intp)
        self._made = None

    def lay_out(
        self, scene: Scene, screen: Screen | None, projection: Projection, overlay: Overlay
    ) -> tuple[list[Label], list[Label]]:
        """Labels of points, the most important first, and names of groups; worked out once for a picture.

        ``screen`` may be None where points have no names.
        """
        now = (
            screen, projection, scene.looks, scene.sprites, overlay, self.text_of, self.chosen, self.everywhere,
            self._groups, self._names,
        )  # fmt: skip
        if self._made is None or any(old is not new for old, new in zip(self._made[0], now)):
            room = Room(projection.width / projection.ratio, projection.height / projection.ratio)
            captions = self._captions(scene, projection, overlay, room)
            labels: list[Label] = []
            if screen is not None and self.text_of is not None and scene.count:
                labels = self._labels(self.text_of, scene, screen, projection, overlay, room)
            self._made = now, (labels, captions)
        return self._made[1]

    def _labels(
        self, texts: TextOf, scene: Scene, screen: Screen, projection: Projection, overlay: Overlay, room: Room
    ) -> list[Label]:
        ratio = projection.ratio
        width, height = projection.width / ratio, projection.height / ratio
        wanted = self._all(scene, screen, projection) if self.everywhere else self._wanted(scene)
        with np.errstate(invalid="ignore"):
            x, y = screen.x.take(wanted) / ratio, screen.y.take(wanted) / ratio
            inside = (x > 0) & (x < width) & (y > 0) & (y < height)
        if scene.isolated is not None:
            inside &= scene.isolated.take(wanted)
        kept = np.flatnonzero(inside)[:_MOST]
        wanted, x, y = wanted[kept], x[kept], y[kept]
        radius = radii(projection, screen.depth.take(wanted), scene.looks.factor.take(wanted)) / ratio
        if scene.sprites is not None and not self.everywhere:
            radius = sides(radius * ratio, scene.count, ratio).astype(np.float32) / (2 * ratio)
        fonts = overlay.labels
        needed = scene.looks.layer.take(wanted) == look.CHOSEN
        needed &= np.count_nonzero(needed) <= _FEW
        wishes = [
            Wish(point, right, down, size, fonts(_said(texts, point))[1] + 6, fonts.height, self.everywhere, must)
            for point, right, down, size, must in zip(
                wanted.tolist(), x.tolist(), y.tolist(), radius.tolist(), needed.tolist()
            )
        ]
        places = placed(wishes, room)
        if self.everywhere:
            self._before = np.array([place.key for place in places], np.intp)
        return [self._label(place, texts, scene, overlay) for place in places]

    def _captions(self, scene: Scene, projection: Projection, overlay: Overlay, room: Room) -> list[Label]:
        middles = self._middles_of(scene)
        if middles is None:
            return []
        screen = screen_of(middles, projection)
        ratio = projection.ratio
        texts: Texts = overlay.captions
        # A group without a point that is shown has no middle.
        order = np.flatnonzero(np.isfinite(screen.x) & np.isfinite(screen.y))
        if not projection.flat:
            order = order[farthest_first(screen.depth[order])][::-1]
        wishes = []
        for group in order[:_GROUPS].tolist():
            x, y = float(screen.x[group]) / ratio, float(screen.y[group]) / ratio
            wishes.append(Wish(group, x, y, 0.0, texts(self._names[group])[1], texts.height, True))
        color = overlay.theme.text
        return [Label(place.left, place.top, self._names[place.key], color, True) for place in placed(wishes, room)]

    # Which

    def _wanted(self, scene: Scene) -> NDArray[np.intp]:
        if self.chosen is not None:
            return self.chosen
        parts = [] if scene.selected is None else [np.flatnonzero(scene.selected)]
        if scene.neighbours is not None:
            parts.append(scene.neighbours)
        return np.concatenate(parts) if parts else np.zeros(0, np.intp)

    def _all(self, scene: Scene, screen: Screen, projection: Projection) -> NDArray[np.intp]:
        shown = ~np.isnan(screen.x)
        if scene.isolated is not None:
            shown &= scene.isolated
        order = np.flatnonzero(shown)
        # Of very many points some do for the few that there is room for.
        order = order[:: max(len(order) // _CANDIDATES, 1)]
        if not projection.flat:
            order = order[farthest_first(screen.depth.take(order))]
        if scene.looks.layered:
            order = order[np.argsort(scene.looks.layer.take(order), kind="stable")]
        ratio = projection.ratio
        return spread(screen, order, projection.width / ratio, projection.height / ratio, ratio, self._before)

    def _label(self, place: Place, texts: TextOf, scene: Scene, overlay: Overlay) -> Label:
        color = overlay.theme.text
        if self.everywhere:
            color = readable(int(scene.looks.ink[place.key]), overlay.theme.text)
        elif scene.looks.layer[place.key] != look.CHOSEN:
            color = overlay.theme.dim
        return Label(place.left + 3, place.top, _said(texts, place.key), color)

    def _middles_of(self, scene: Scene) -> NDArray[np.float32] | None:
        groups = self._groups
        if groups is None or len(groups) != scene.count or not len(self._names):
            return None
        now = scene.positions_version, scene.looks_version
        if self._made_for != now:
            self._middles = middles_of(scene.space, groups, scene.isolated, len(self._names))
            self._made_for = now
        return self._middles


def readable(ink: int, text: str) -> str:
    """The colour of a point, drawn halfway to that of text."""
    color = QColor(ink)
    other = QColor(text)
    return QColor(
        (color.red() + other.red()) // 2, (color.green() + other.green()) // 2, (color.blue() + other.blue()) // 2
    ).name()


def _said(texts: TextOf, point: int) -> str:
    return str(texts(point))
