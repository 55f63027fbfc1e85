"""Where a picture stands in its view: fitted or in actual size, zoomed and moved. No Qt.

Lengths are logical pixels of the screen unless they are said to be pixels of the picture.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

#: The largest a pixel of the picture is shown.
MOST_SCALE = 64.0
_LEAST_RANGE = 8.0


@dataclass(frozen=True, slots=True)
class Zoom:
    """``factor`` over the picture's usual size; ``x``, ``y`` the share of the picture that stands in the middle.

    Shares, so that linked pictures of different sizes show the same part.
    """

    factor: float = 1.0
    x: float = 0.5
    y: float = 0.5


USUAL = Zoom()


@dataclass(frozen=True, slots=True)
class Room:
    """A view of ``width`` x ``height`` for a picture of ``columns`` x ``rows``, fitted or in ``actual`` size."""

    width: float
    height: float
    columns: int
    rows: int
    actual: bool = False

    @property
    def usual(self) -> float:
        """Screen pixels a pixel of the picture, without zoom."""
        return 1.0 if self.actual else self.fitted

    @property
    def fitted(self) -> float:
        """Screen pixels a pixel of the picture where all of it is to be seen."""
        return min(max(self.width, 1.0) / self.columns, max(self.height, 1.0) / self.rows)


@dataclass(frozen=True, slots=True)
class Place:
    """The rectangle of the whole picture in the view's coordinates."""

    left: float
    top: float
    width: float
    height: float


def place(room: Room, zoom: Zoom) -> Place:
    """Where the picture stands; at least one pixel wide and high, centred where it is smaller than the view."""
    scale = room.usual * zoom.factor
    width, height = max(room.columns * scale, 1.0), max(room.rows * scale, 1.0)
    return Place(_start(room.width, width, zoom.x), _start(room.height, height, zoom.y), width, height)


def zoomed(room: Room, zoom: Zoom, x: float, y: float, ratio: float) -> Zoom:
    """Zoom by ``ratio`` so that the part of the picture at ``x``, ``y`` of the view stays there.

    Bounded by all of the picture in view and by :data:`MOST_SCALE`.
    """
    least = min(1.0, room.fitted / room.usual)
    most = max(MOST_SCALE / room.usual, _LEAST_RANGE)
    factor = min(max(zoom.factor * ratio, least), most)
    before = place(room, zoom)
    share_x, share_y = (x - before.left) / before.width, (y - before.top) / before.height
    size = place(room, Zoom(factor))
    return _bounded(
        room, factor, share_x + (room.width / 2 - x) / size.width, share_y + (room.height / 2 - y) / size.height
    )


def moved(room: Room, zoom: Zoom, dx: float, dy: float) -> Zoom:
    """Move the picture by ``dx``, ``dy``; it does not leave the view's edges."""
    size = place(room, zoom)
    x = (room.width / 2 - size.left - dx) / size.width
    y = (room.height / 2 - size.top - dy) / size.height
    return _bounded(room, zoom.factor, x, y)


def pixel_at(room: Room, zoom: Zoom, x: float, y: float) -> tuple[int, int] | None:
    """Column and row of the picture's pixel at ``x``, ``y`` of the view; None beside the picture."""
    found = place(room, zoom)
    column = math.floor((x - found.left) / found.width * room.columns)
    row = math.floor((y - found.top) / found.height * room.rows)
    return (column, row) if 0 <= column < room.columns and 0 <= row < room.rows else None


def level_for(scale: float) -> int:
    """How often a picture may be halved to be shown at ``scale`` device pixels a pixel, and have no fewer than that."""
    return 0 if scale >= 1.0 or scale <= 0.0 else math.floor(math.log2(1.0 / scale))


def halved(length: int, level: int) -> int:
    """A side of a picture, in pixels, after ``level`` halvings."""
    return -(-length // (1 << level))


def _start(view: float, size: float, share: float) -> float:
    if size <= view:
        return (view - size) / 2
    return min(max(view / 2 - share * size, view - size), 0.0)


def _bounded(room: Room, factor: float, x: float, y: float) -> Zoom:
    size = place(room, Zoom(factor))
    return Zoom(factor, _share(room.width, size.width, x), _share(room.height, size.height, y))


def _share(view: float, size: float, share: float) -> float:
    if size <= view:
        return 0.5
    half = view / size / 2
    return min(max(share, half), 1.0 - half)
