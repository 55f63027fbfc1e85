"""The cloud itself: places, colours, sizes, and what is selected or hidden, in the form that renderers take. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from . import look
from .camera import Ball
from .inking import blended, packed_all
from .look import Inks
from .sprites import Sprites

Mask = NDArray[np.bool_]
_T = TypeVar("_T", bound=np.generic)

#: The ball about a cloud holds this share of its points at least, found out from about so many.
_MOST = 0.99
#: A point farther from the middle than so many times what most points are may be out of view.
_OUTSIDE = 1.25
_SAMPLE = 20_000


@dataclass(frozen=True, slots=True)
class Looks:
    """What n points look like before depth fades them.

    ``ink`` (n) as 0xffrrggbb, ``factor`` (n) of the usual size, ``even`` where all of these are 1, ``layer`` (n) uint8
    of :mod:`.look`, ``layered`` where these differ, ``shown`` (n) or None for all.
    """

    ink: NDArray[np.uint32]
    factor: NDArray[np.float32]
    even: bool
    layer: NDArray[np.uint8]
    layered: bool
    shown: Mask | None


class Scene:
    """Points and their looks. ``positions_version``, ``looks_version`` and ``sprites_version`` tell what changed.

    ``space`` (3, n) holds the positions so moved and scaled that the longest side of the box about all finite points
    goes from -1 to 1: a cloud that grows while it is computed stays in view, and no number is too large to draw.
    """

    def __init__(self, inks: Inks) -> None:
        self._inks = inks
        self.space = np.zeros((3, 0), np.float32)
        self.colors: NDArray[np.uint8] | None = None
        self.sizes: NDArray[np.float32] | None = None
        self.selected: Mask | None = None
        self.neighbours: NDArray[np.intp] | None = None
        self.isolated: Mask | None = None
        self.sprites: Sprites | None = None
        self.lines: NDArray[np.intp] | None = None
        #: True if every point has a place.
        self.whole = True
        self.positions_version = self.looks_version = self.sprites_version = 0
        self._looks: Looks | None = None
        # Colours of all points as they are and dimmed, kept while others are selected.
        self._bright: NDArray[np.uint32] | None = None
        self._dim: NDArray[np.uint32] | None = None
        self._ball: Ball | None = None

    @property
    def count(self) -> int:
        """Number of points."""
        return self.space.shape[1]

    @property
    def inks(self) -> Inks:
        """Colours of ground, plain points and rings."""
        return self._inks

    # What is shown

    def set_positions(self, positions: NDArray[np.floating]) -> bool:
        """Take positions (n, 2) or (n, 3); True where the number of points changed, so that all else was dropped."""
        given = np.asarray(positions)
        if given.ndim != 2 or given.shape[1] not in (2, 3):
            raise ValueError(f"positions are an array of (n, 2) or (n, 3), not {given.shape}")
        fresh = len(given) != self.count
        if fresh:
            self.colors = self.sizes = self.selected = self.isolated = self._bright = self._dim = None
            self.neighbours = self.sprites = self.lines = None
            self.sprites_version += 1
        self.space = unit_space(given)
        self.whole = bool(np.isfinite(self.space.sum()))
        self.positions_version += 1
        self._ball = None
        if fresh:
            self._restyle()
        return fresh

    def show_at(self, space: NDArray[np.float32]) -> None:
        """Show the points elsewhere for a while: on their way to their positions."""
        self.space = space
        self.positions_version += 1

    def set_colors(self, colors: NDArray[np.uint8] | None) -> None:
        """Colours (n, 3) or (n, 4) with alpha; None for the colour of the theme."""
        if colors is not None:
            colors = np.asarray(colors, np.uint8)
            if colors.shape not in ((self.count, 3), (self.count, 4)):
                raise ValueError(f"colours are an array of ({self.count}, 3) or ({self.count}, 4), not {colors.shape}")
        self.colors = colors
        self._bright = self._dim = None
        self._restyle()

    def set_sizes(self, sizes: NDArray[np.floating] | None) -> None:
        """Sizes (n) as multiples of the usual; None for all equal."""
        if sizes is not None:
            sizes = np.nan_to_num(self._checked(np.asarray(sizes, np.float32), "sizes"), nan=1.0, posinf=8.0)
            sizes = np.clip(sizes, 0.1, 8.0)
        self.sizes = sizes
        self._restyle()

    def set_selected(self, mask: Mask | None) -> None:
        """Selected points (n); None or none True for no selection."""
        if mask is None and self.selected is None:
            return
        self.selected = self._mask(mask, "selection")
        self._restyle()

    def set_neighbours(self, indices: NDArray[np.integer] | None) -> None:
        """Points to lift beside the selection."""
        found = None if indices is None else np.asarray(indices, np.intp).reshape(-1)
        if found is not None and len(found) and (found.min() < 0 or found.max() >= self.count):
            raise ValueError(f"neighbours are indices from 0 to {self.count - 1}")
        found = found if found is not None and len(found) else None
        if found is self.neighbours:
            return
        self.neighbours = found
        self._restyle()

    def set_isolated(self, mask: Mask | None) -> None:
        """Show these points (n) alone; None for all."""
        found = None if mask is None else self._checked(np.asarray(mask, np.bool_), "isolated points")
        if found is self.isolated:
            return
        self.isolated = found
        self._ball = None
        self._restyle()

    def set_sprites(self, sprites: Sprites | None) -> None:
        """Draw pictures, one a point, in place of discs."""
        if sprites is not None and len(sprites.images) != self.count:
            raise ValueError(f"{len(sprites.images)} pictures for {self.count} points")
        if sprites is not self.sprites:
            self.sprites = sprites
            self.sprites_version += 1

    def set_lines(self, pairs: NDArray[np.integer] | None) -> None:
        """Join points: (k, 2), the indices of both ends of each line."""
        found = None if pairs is None else np.asarray(pairs, np.intp).reshape(-1, 2)
        if found is not None and len(found) and (found.min() < 0 or found.max() >= self.count):
            raise ValueError(f"lines join points from 0 to {self.count - 1}")
        self.lines = found if found is not None and len(found) else None

    def set_inks(self, inks: Inks) -> None:
        """Draw in another theme."""
        if inks != self._inks:
            self._inks = inks
            self._bright = self._dim = None
            self._restyle()

    # What renderers take

    @property
    def looks(self) -> Looks:
        """Looks of all points; computed anew when something about them changed."""
        if self._looks is None:
            self._looks = self._made_looks()
        return self._looks

    @property
    def ball(self) -> Ball:
        """A ball about the points that are shown, in ``space``."""
        if self._ball is None:
            self._ball = _ball_about(self.space, self.isolated, self.whole)
        return self._ball

    def shown(self) -> Mask:
        """Points (n) that can be seen: isolated where some are, and with finite coordinates."""
        x, y, z = np.isfinite(self.space)
        finite: Mask = x & y & z
        if self.isolated is not None:
            finite &= self.isolated
        return finite

    def _made_looks(self) -> Looks:
        n = self.count
        if self._bright is None:
            self._bright = self._made_inks()
        ink = self._bright
        layer = np.full(n, look.PLAIN, np.uint8)
        layered = self.selected is not None or self.neighbours is not None
        factor = np.ones(n, np.float32) if self.sizes is None else self.sizes
        if layered:
            if self._dim is None:
                self._dim = self._over_ground(ink, np.float32(1.0 - look.DIM))
            layer.fill(look.DIMMED)
            if self.neighbours is not None:
                layer[self.neighbours] = look.NEAR
            if self.selected is not None:
                np.copyto(layer, np.uint8(look.CHOSEN), where=self.selected)
            factor = factor * look.GROWTH.take(layer)
            ink = np.where(layer == look.DIMMED, self._dim, ink)
        return Looks(ink, factor, self.sizes is None and not layered, layer, layered, self.isolated)

    def _made_inks(self) -> NDArray[np.uint32]:
        if self.colors is None:
            return np.full(self.count, self._inks.point, np.uint32)
        ink = packed_all(self.colors)
        if self.colors.shape[1] == 4 and self.count and self.colors[:, 3].min() < 255:
            ink = self._over_ground(ink, self.colors[:, 3].astype(np.float32) / 255.0)
        return ink

    def _over_ground(self, ink: NDArray[np.uint32], share: NDArray[np.float32] | np.float32) -> NDArray[np.uint32]:
        return blended(ink, np.uint32(self._inks.ground), share)

    def _restyle(self) -> None:
        self._looks = None
        self.looks_version += 1

    def _mask(self, mask: Mask | None, what: str) -> Mask | None:
        if mask is None:
            return None
        mask = self._checked(np.asarray(mask, np.bool_), what)
        return mask.copy() if mask.any() else None

    def _checked(self, array: NDArray[_T], what: str) -> NDArray[_T]:
        if array.shape != (self.count,):
            raise ValueError(f"{what}: an array of ({self.count},), not {array.shape}")
        return array


def unit_space(positions: NDArray[np.floating]) -> NDArray[np.float32]:
    """Positions (n, 2 or 3) as (3, n) about the middle of their box, its longest side from -1 to 1.

    NaN where one is not finite.
    """
    space = np.zeros((3, len(positions)), np.float32)
    with np.errstate(over="ignore", invalid="ignore"):
        space[: positions.shape[1]] = positions.T
    if not space.shape[1]:
        return space
    with np.errstate(all="ignore"):
        low, high = space.min(axis=1).astype(np.float64), space.max(axis=1).astype(np.float64)
        if not (np.isfinite(low).all() and np.isfinite(high).all()):
            finite = np.isfinite(space).all(axis=0)
            space[:, ~finite] = np.nan
            if not finite.any():
                return space
            low, high = np.nanmin(space, axis=1).astype(np.float64), np.nanmax(space, axis=1).astype(np.float64)
        half = float((high - low).max()) / 2
        middle = (high + low) / 2
        if half == 0:
            space -= middle.astype(np.float32)[:, None]
            return space
        if half > 1e30 or half < 1e-30 or np.abs(middle).max() > 1e6 * half:
            # Differences that float32 would lose or overflow.
            space[:] = (space.astype(np.float64) - middle[:, None]) / half
            return space
        space -= middle.astype(np.float32)[:, None]
        space *= np.float32(1 / half)
    return space


def _ball_about(space: NDArray[np.float32], isolated: Mask | None, whole: bool) -> Ball:
    kept = space if isolated is None else space[:, isolated]
    if not whole:
        kept = kept[:, ~np.isnan(kept).any(axis=0)]
    if not kept.shape[1]:
        return Ball((0.0, 0.0, 0.0), 1.0, (0.0, 0.0), (1.0, 1.0))
    low, high = kept.min(axis=1), kept.max(axis=1)
    sample = kept[:, :: max(kept.shape[1] // _SAMPLE, 1)]
    # The middle of where nearly all are: a few points far outside must not become the axis that the cloud turns about.
    middle = np.quantile(sample, (1 - _MOST, _MOST), axis=1).mean(axis=0).astype(np.float32)
    squares = np.zeros(kept.shape[1], np.float32)
    for axis in range(3):
        away = kept[axis] - middle[axis]
        squares += away * away
    farthest = float(np.sqrt(squares.max()))
    most = float(np.sqrt(np.quantile(squares[:: max(len(squares) // _SAMPLE, 1)], _MOST)))
    # Only what lies far outside may be out of view.
    radius = farthest if farthest <= _OUTSIDE * most else max(most, 0.7 * farthest)
    # One point, or many in one place, are shown from where a whole cloud would be.
    radius = radius if radius > 1e-6 else 1.0
    x, y, z = (float(value) for value in middle)
    halves = float(high[0] - low[0]) / 2, float(high[1] - low[1]) / 2
    box = float(high[0] + low[0]) / 2, float(high[1] + low[1]) / 2
    return Ball((x, y, z), radius, box, halves if max(halves) > 1e-6 else (1.0, 1.0))
