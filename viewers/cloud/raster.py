"""The picture of a cloud in numpy: discs painted from the farthest to the nearest, without OpenGL and without Qt.

Painting goes point by point and not offset by offset, so that the last disc to touch a pixel is the nearest one: a
scatter in numpy keeps the last of several values. Two ways lead to a picture:

- Fine: two canvases of ranks. One takes the pixels that a disc covers wholly, the other those it covers in part, and at
  the end each pixel gets the colour of the nearest whole disc, with the nearest edge laid over it where that is nearer.
- Quick, while the view moves: hard-edged discs, straight in their colours, perhaps in pixels twice as coarse and of
  every other point.

A frame is painted in pieces: ``advance`` goes on until a deadline.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from . import look
from .inking import blended
from .kernels import LARGEST, PHASES, STEPS, Kernels, Part
from .look import Inks
from .points import Looks
from .projecting import Projection, Screen, fading, radii
from .raster_sprites import SpriteJob, sides, usual_side
from .sprites import Sprites

#: Pixels that one piece writes.
_PIECE = 150_000
#: Points whose colours one piece works out.
_POINTS = 1 << 18
_BAND = 96 * 1024
#: A hard-edged disc below this radius is one pixel.
_SPECK = 0.9


@dataclass(frozen=True, slots=True)
class Detail:
    """How thoroughly to paint: with smooth edges or not, in pixels ``coarse`` times as wide, every n-th point."""

    fine: bool = True
    coarse: int = 1
    every: int = 1


FINE = Detail()


@dataclass(frozen=True, slots=True)
class Shot:
    """All that a picture is made of."""

    screen: Screen
    projection: Projection
    looks: Looks
    inks: Inks
    sprites: Sprites | None = None
    framed: bool = False
    """Sprites have a frame in the colours of their points."""


@dataclass(slots=True)
class Marks:
    """What is painted, from the bottom to the top: centres and radii in pixels, colours 0xffrrggbb, and points."""

    x: NDArray[np.float32]
    y: NDArray[np.float32]
    radius: NDArray[np.float32]
    color: NDArray[np.uint32]
    point: NDArray[np.intp]

    def taken(self, which: NDArray[np.intp]) -> Generator[bool, None, Marks]:
        """Some of the marks, in pieces."""
        x, y = self.x.take(which), self.y.take(which)
        yield True
        radius, color = self.radius.take(which), self.color.take(which)
        yield True
        return Marks(x, y, radius, color, self.point.take(which))


class Canvas:
    """Memory for pictures, kept from frame to frame."""

    def __init__(self) -> None:
        self.kernels = Kernels()
        self._ranks: dict[str, NDArray[np.int32]] = {}
        self._dirty: set[str] = set()
        self._pixels = np.zeros(0, np.uint32)
        self._shown = np.zeros(0, np.uint32)

    def ranks(self, name: str, size: int) -> NDArray[np.int32]:
        """Zeros (size). Whoever writes into them and clears them again says so with :meth:`clean`."""
        kept = self._ranks.get(name)
        if kept is None or len(kept) < size or len(kept) > 4 * size:
            kept = self._ranks[name] = np.zeros(size, np.int32)
        elif name in self._dirty:
            kept.fill(0)
        self._dirty.add(name)
        return kept[:size]

    def clean(self) -> None:
        """All ranks are zeros again."""
        self._dirty.clear()

    def pixels(self, size: int) -> NDArray[np.uint32]:
        """Memory (size) for a picture; that of the picture that is shown stays as it is."""
        if len(self._pixels) < size or len(self._pixels) > 4 * size:
            self._pixels = np.empty(size, np.uint32)
        return self._pixels[:size]

    def show(self) -> None:
        """The picture that was painted last is shown from now on."""
        self._pixels, self._shown = self._shown, self._pixels


class Painting:
    """A picture in the making."""

    def __init__(self, shot: Shot, canvas: Canvas, detail: Detail = FINE) -> None:
        self._shot, self._canvas = shot, canvas
        self.detail = detail
        whole = shot.projection
        coarse = detail.coarse
        self.width, self.height = -(-whole.width // coarse), -(-whole.height // coarse)
        self.done = False
        #: Seconds of the processor that painting took so far.
        self.seconds = 0.0
        self._margin = self._pitch = 0
        self._pixels = np.zeros(0, np.uint32)
        self._steps = self._run()

    def advance(self, deadline: float) -> bool:
        """Paint until ``time.perf_counter()`` is at ``deadline``, at least one piece; True when all is painted."""
        began = time.thread_time()
        while not self.done:
            if next(self._steps, None) is None:
                self.done = True
            if time.perf_counter() >= deadline:
                break
        self.seconds += time.thread_time() - began
        return self.done

    def finish(self) -> None:
        """Paint all of it now."""
        self.advance(float("inf"))

    @property
    def shot(self) -> Shot:
        """What is painted."""
        return self._shot

    @property
    def picture(self) -> NDArray[np.uint32]:
        """Pixels (height, width) as 0xffrrggbb, a view of a larger array; valid when all is painted."""
        rows = self._pixels.reshape(-1, self._pitch)
        margin = self._margin
        return rows[margin : margin + self.height, margin : margin + self.width]

    # The steps

    def _run(self) -> Iterator[bool]:
        marks = yield from self._marks()
        yield True
        if self._shot.sprites is not None:
            yield from self._sprites(marks, self._shot.sprites)
            return
        marks = yield from self._in_view(marks, marks.radius + np.float32(1.0))
        yield True
        self._lay_out(float(marks.radius.max()) if len(marks.radius) else 1.0)
        if self.detail.fine:
            yield from self._fine(marks)
        else:
            self._pixels.fill(self._shot.inks.ground)
            yield from self._discs(marks, Part.HARD, self._pixels, marks.color)

    def _marks(self) -> Generator[bool, None, Marks]:
        """Points in view from the bottom to the top. What can be is worked out before they are put in order: numbers
        are read several times as fast one after the other.
        """
        shot, every = self._shot, self.detail.every
        looks, projection = shot.looks, shot.projection
        x, y, depth = (part[::every] for part in (shot.screen.x, shot.screen.y, shot.screen.depth))
        point = None if every == 1 else np.arange(0, every * len(x), every)
        seen = self._seen(x, y, point)
        if not seen.all():
            some = np.flatnonzero(seen)
            yield True
            x, y, depth = x.take(some), y.take(some), depth.take(some)
            yield True
            point = some if point is None else point.take(some)
        ink = looks.ink if point is None else looks.ink.take(point)
        layer = looks.layer if point is None else looks.layer.take(point)
        if looks.even:
            radius = radii(projection, depth, np.ones(1, np.float32))
        else:
            radius = radii(projection, depth, looks.factor if point is None else looks.factor.take(point))
        yield True
        if not projection.flat:
            ink = yield from self._faded(ink, depth, layer)
        order = np.arange(len(x)) if projection.flat else farthest_first(depth)
        if looks.layered:
            yield True
            order = order.take(np.argsort(layer.take(order), kind="stable"))
        yield True
        # Reading here and there takes its time: no piece of work is more of it than need be.
        x, y = x.take(order), y.take(order)
        yield True
        radius, ink = radius.take(order), ink.take(order)
        yield True
        marks = Marks(x, y, radius, ink, order if point is None else point.take(order))
        if looks.layered and shot.sprites is None:
            yield True
            marks = yield from self._ringed(marks, looks)
        if self.detail.coarse > 1:
            shrink = np.float32(1 / self.detail.coarse)
            marks.x, marks.y, marks.radius = marks.x * shrink, marks.y * shrink, marks.radius * shrink
        return marks

    def _seen(
        self, x: NDArray[np.float32], y: NDArray[np.float32], point: NDArray[np.intp] | None
    ) -> NDArray[np.bool_]:
        """Points that may reach into the picture and are not hidden."""
        shot = self._shot
        reach = np.float32(self._reach())
        with np.errstate(invalid="ignore"):
            seen: NDArray[np.bool_] = x > -reach
            seen &= x < shot.projection.width + reach
            seen &= y > -reach
            seen &= y < shot.projection.height + reach
        shown = shot.looks.shown
        if shown is not None:
            seen &= shown if point is None else shown[point]
        return seen

    def _reach(self) -> float:
        """How far outside the picture a mark may lie and still be seen, in pixels."""
        projection = self._shot.projection
        if self._shot.sprites is not None:
            return look.LARGEST_SPRITE * projection.ratio / 2 + 2
        return projection.largest + look.RING * projection.ratio + 2

    def _faded(
        self, ink: NDArray[np.uint32], depth: NDArray[np.float32], layer: NDArray[np.uint8]
    ) -> Generator[bool, None, NDArray[np.uint32]]:
        """Colours (n) with as much of the ground in them as the points are far away."""
        shot = self._shot
        faded = np.empty_like(ink)
        for first in range(0, len(ink), _POINTS):
            part = slice(first, first + _POINTS)
            share = fading(shot.projection, depth[part])
            if shot.looks.layered:
                # What is chosen is not to be overlooked at the back either.
                share[layer[part] == look.CHOSEN] = 0.0
            faded[part] = blended(np.uint32(shot.inks.ground), ink[part], share)
            yield True
        return faded

    def _ringed(self, marks: Marks, looks: Looks) -> Generator[bool, None, Marks]:
        """Under each chosen disc, which lie on top of all, a larger one in the colour of rings."""
        chosen = len(marks.point) - int(np.count_nonzero(looks.layer.take(marks.point) == look.CHOSEN))
        count = len(marks.point) - chosen
        if not count:
            return marks
        doubled = np.concatenate([np.arange(chosen), chosen + np.arange(2 * count) // 2])
        ring = chosen + 2 * np.arange(count)
        result = yield from marks.taken(doubled)
        result.radius[ring] += np.float32(look.RING * self._shot.projection.ratio)
        result.color[ring] = self._shot.inks.ring
        return result

    def _fine(self, marks: Marks) -> Iterator[bool]:
        size = len(self._pixels)
        self._pixels.fill(self._shot.inks.ground)
        if not len(marks.x):
            return
        cores, edges = self._canvas.ranks("cores", size), self._canvas.ranks("edges", size)
        ranks = np.arange(1, len(marks.x) + 1, dtype=np.int32)
        yield from self._discs(marks, Part.CORE, cores, ranks)
        yield from self._discs(marks, Part.EDGE, edges, ranks)
        first, last = self._rows(marks)
        for at in range(first, last, _BAND):
            self._shade(marks, cores, edges, at, min(at + _BAND, last))
            yield True
        cores[first:last] = 0
        edges[first:last] = 0
        self._canvas.clean()

    def _rows(self, marks: Marks) -> tuple[int, int]:
        """First pixel of the highest row that marks reach, and the one after the last of the lowest."""
        reach = float(marks.radius.max()) + 2
        first = int(max(float(marks.y.min()) - reach + self._margin, 0))
        last = int(min(float(marks.y.max()) + reach + self._margin + 1, self.height + 2 * self._margin))
        return first * self._pitch, last * self._pitch

    def _shade(self, marks: Marks, cores: NDArray[np.int32], edges: NDArray[np.int32], first: int, last: int) -> None:
        """Colours of a band of pixels: that of the nearest whole disc, and over it the nearest edge."""
        band = slice(first, last)
        touched = np.flatnonzero(cores[band] | edges[band])
        if not len(touched):
            return
        touched += first
        core, edge = cores.take(touched), edges.take(touched)
        colors = marks.color.take(core - 1, mode="wrap")
        colors[core == 0] = self._shot.inks.ground
        above = np.flatnonzero(edge > core)
        mark = edge.take(above) - 1
        row, column = np.divmod(touched.take(above), self._pitch)
        right = (column + (0.5 - self._margin)).astype(np.float32) - marks.x.take(mark)
        down = (row + (0.5 - self._margin)).astype(np.float32) - marks.y.take(mark)
        covered = marks.radius.take(mark) + np.float32(0.5) - np.sqrt(right * right + down * down)
        colors[above] = blended(marks.color.take(mark), colors.take(above), covered)
        self._pixels[touched] = colors

    def _discs(
        self, marks: Marks, part: Part, target: NDArray[np.generic], values: NDArray[np.generic]
    ) -> Iterator[bool]:
        """Write ``values`` where discs are, one disc after the other."""
        kernels, pitch, margin = self._canvas.kernels, self._pitch, self._margin
        at, count = 0, len(marks.x)
        while at < count:
            # Neighbours in depth are about equally large: the first tells how many fit into a piece.
            guess = float(marks.radius[at])
            step = max(int(_PIECE / (2.0 * guess + 3.0) ** 2), 32)
            piece = slice(at, min(at + step, count))
            x, y, radius = marks.x[piece] + np.float32(margin), marks.y[piece] + np.float32(margin), marks.radius[piece]
            largest = float(radius.max())
            if part is Part.HARD and largest < _SPECK:
                row = y.astype(np.int64)
                row *= pitch
                row += x.astype(np.int64)
                target[row] = values[piece]
            elif largest > LARGEST:
                self._large(piece, marks, part, target, values)
            else:
                column, row = x.astype(np.int64), y.astype(np.int64)
                kind = (radius * np.float32(STEPS) + np.float32(0.5)).astype(np.int64)
                kind *= PHASES
                kind += ((y - row) * np.float32(PHASES)).astype(np.int64)
                kind *= PHASES
                kind += ((x - column) * np.float32(PHASES)).astype(np.int64)
                table = kernels.table(part, int(largest * STEPS + 0.5), pitch)
                row *= pitch
                row += column
                where = table.take(kind, axis=0)
                where += row[:, None]
                target[where.reshape(-1)] = np.repeat(values[piece], table.shape[1])
            at = piece.stop
            yield True

    def _large(
        self, piece: slice, marks: Marks, part: Part, target: NDArray[np.generic], values: NDArray[np.generic]
    ) -> None:
        """The same for discs beyond the tables."""
        x, y = marks.x[piece] + np.float32(self._margin), marks.y[piece] + np.float32(self._margin)
        radius, own = marks.radius[piece], values[piece]
        most = max(int(_PIECE / (2 * float(radius.max()) + 3) ** 2), 1)
        for at in range(0, len(x), most):
            part_of = slice(at, at + most)
            cx, cy, r = x[part_of, None], y[part_of, None], radius[part_of, None, None]
            reach = int(np.ceil(float(r.max()))) + 1
            span = np.arange(-reach, reach + 1)
            columns, rows = np.floor(cx).astype(np.int64) + span, np.floor(cy).astype(np.int64) + span
            away = np.sqrt(
                ((columns + np.float32(0.5) - cx) ** 2)[:, None, :] + ((rows + np.float32(0.5) - cy) ** 2)[:, :, None]
            )
            covered = r + np.float32(0.5) - away
            if part is Part.CORE:
                chosen = covered >= 1
            elif part is Part.EDGE:
                chosen = (covered > 0) & (covered < 1)
            else:
                chosen = covered >= 0.5
            chosen &= ((rows >= 0) & (rows < self.height + 2 * self._margin))[:, :, None]
            chosen &= ((columns >= 0) & (columns < self._pitch))[:, None, :]
            where = rows[:, :, None] * self._pitch + columns[:, None, :]
            target[where[chosen]] = np.repeat(own[part_of], np.count_nonzero(chosen, axis=(1, 2)))

    def _sprites(self, marks: Marks, sprites: Sprites) -> Iterator[bool]:
        shot, coarse = self._shot, self.detail.coarse
        count = shot.looks.layer.size
        side = sides(marks.radius, count, shot.projection.ratio / coarse)
        half = side.astype(np.float32) / 2 + np.float32(1.0)
        side = side[self._inside(marks, half)]
        marks = yield from self._in_view(marks, half)
        self._lay_out(float(side.max()) / 2 if len(side) else 1.0)
        tall, broad = sprites.shape
        width, height = np.maximum(np.rint(side * broad), 1), np.maximum(np.rint(side * tall), 1)
        layer = shot.looks.layer.take(marks.point)
        chosen = layer == look.CHOSEN
        share = np.where(layer == look.DIMMED, np.float32(1.0 - look.DIM), np.float32(1.0))
        if not shot.projection.flat:
            depth = shot.screen.depth.take(marks.point)
            share *= np.float32(1.0) - fading(shot.projection, depth) * ~chosen
        frame = marks.color if shot.framed else np.zeros(len(side), np.uint32)
        job = SpriteJob(
            np.ceil(marks.x - width / 2 - 0.5).astype(np.int64) + self._margin,
            np.ceil(marks.y - height / 2 - 0.5).astype(np.int64) + self._margin,
            width.astype(np.int64),
            height.astype(np.int64),
            np.where(chosen, np.uint32(shot.inks.ring), frame),
            chosen,
            (np.float32(1.0) - share).astype(np.float32),
            marks.point,
            sprites,
            sprites.level(usual_side(shot.projection, count) / coarse),
            shot.inks.ground,
            self.detail.fine,
        )
        ranks = self._canvas.ranks("cores", len(self._pixels))
        yield from job.splat(ranks, self._pitch)
        yield from job.shade(ranks, self._pitch, self._pixels)
        ranks.fill(0)
        self._canvas.clean()

    def _lay_out(self, extent: float) -> None:
        """Take memory for the picture with a margin for marks that lie outside by up to ``extent`` pixels."""
        self._margin = int(np.ceil(2 * extent)) + 3
        self._pitch = self.width + 2 * self._margin
        self._pixels = self._canvas.pixels(self._pitch * (self.height + 2 * self._margin))

    def _inside(self, marks: Marks, extent: NDArray[np.float32]) -> NDArray[np.bool_]:
        """Marks that reach into the picture."""
        inside = marks.x > -extent
        inside &= marks.x < self.width + extent
        inside &= marks.y > -extent
        inside &= marks.y < self.height + extent
        return inside

    def _in_view(self, marks: Marks, extent: NDArray[np.float32]) -> Generator[bool, None, Marks]:
        inside = self._inside(marks, extent)
        if inside.all():
            return marks
        yield True
        return (yield from marks.taken(np.flatnonzero(inside)))


def farthest_first(depth: NDArray[np.float32]) -> NDArray[np.intp]:
    """Order of depths, the greatest first; depths that differ by less than 1/65536 of their range keep theirs."""
    if not len(depth):
        return np.zeros(0, np.intp)
    far, near = float(depth.max()), float(depth.min())
    steps = np.float32(far) - depth
    steps *= np.float32(65535.0 / max(far - near, 1e-12))
    return np.argsort(steps.astype(np.uint16), kind="stable")
