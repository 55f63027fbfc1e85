"""Where labels go so that none covers another: the first come get their place, the others are left out. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .projecting import Screen

#: Side in pixels of the squares in which room is kept.
_CELL = 4
_GAP = 5.0
#: One label at most is looked for in a part of the view of this size, when all points have theirs.
_ROOM = (48, 15)


@dataclass(frozen=True, slots=True)
class Wish:
    """A label of ``width`` x ``height`` beside (or, if ``over``, on) a disc of ``radius`` at (x, y)."""

    key: int
    x: float
    y: float
    radius: float
    width: float
    height: float
    over: bool = False
    needed: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Upper left corner of a label."""

    key: int
    left: float
    top: float


class Room:
    """What is taken of a view, by labels and by discs: a row of bits for every four pixels."""

    def __init__(self, width: float, height: float) -> None:
        self._columns = max(int(width) // _CELL, 1)
        self._texts = [0] * max(int(height) // _CELL, 1)
        self._discs = [0] * len(self._texts)

    def block(self, x: float, y: float, radius: float) -> None:
        """Keep labels off a disc; what lies outside the view needs no room."""
        first, last = max(int((x - radius) // _CELL), 0), min(int((x + radius) // _CELL), self._columns - 1)
        if first > last:
            return
        bits = ((1 << (last - first + 1)) - 1) << first
        for row in range(max(int((y - radius) // _CELL), 0), min(int((y + radius) // _CELL) + 1, len(self._discs))):
            self._discs[row] |= bits

    def take(self, left: float, top: float, width: float, height: float, over_discs: bool = False) -> bool:
        """Take a rectangle if all of it is free and in the view."""
        first, last = int(left // _CELL), int((left + width) // _CELL)
        upper, lower = int(top // _CELL), int((top + height) // _CELL)
        if first < 0 or upper < 0 or last >= self._columns or lower >= len(self._texts):
            return False
        bits = ((1 << (last - first + 1)) - 1) << first
        for row in range(upper, lower + 1):
            if self._texts[row] & bits or (self._discs[row] & bits and not over_discs):
                return False
        for row in range(upper, lower + 1):
            self._texts[row] |= bits
        return True


def placed(wishes: Sequence[Wish], room: Room) -> list[Place]:
    """Places for as many of ``wishes`` as there is room for, the first come first.

    No label covers another, nor the disc of another but where there is no other room for one that is ``needed``.
    """
    found = []
    for wish in wishes:
        if not wish.over:
            room.block(wish.x, wish.y, wish.radius)
    for wish in wishes:
        tries = [(corner, False) for corner in _corners(wish)]
        if wish.needed:
            tries += [(corner, True) for corner in _corners(wish)]
        for (left, top), over_discs in tries:
            if room.take(left, top, wish.width, wish.height, over_discs):
                found.append(Place(wish.key, left, top))
                break
    return found


def _corners(wish: Wish) -> tuple[tuple[float, float], ...]:
    middle_x, middle_y = wish.x - wish.width / 2, wish.y - wish.height / 2
    if wish.over:
        return ((middle_x, middle_y),)
    away = wish.radius + _GAP
    return (
        (wish.x + away, middle_y),
        (wish.x - away - wish.width, middle_y),
        (middle_x, wish.y - away - wish.height + 2),
        (middle_x, wish.y + away - 2),
    )


def spread(
    screen: Screen, order: NDArray[np.intp], width: float, height: float, ratio: float, before: NDArray[np.intp]
) -> NDArray[np.intp]:
    """Points that are to have labels where all want one: in each part of the view the last of ``order``.

    ``order`` goes from the farthest to the nearest. Points of ``before``, which had labels in the last frame, come
    first, so that labels do not flicker while the cloud turns.
    """
    if not len(order):
        return order
    x, y = screen.x.take(order), screen.y.take(order)
    with np.errstate(invalid="ignore"):
        inside = np.flatnonzero((x >= 0) & (x < width * ratio) & (y >= 0) & (y < height * ratio))
    across = int(width // _ROOM[0]) + 1
    cell = (y[inside] / (ratio * _ROOM[1])).astype(np.intp) * across + (x[inside] / (ratio * _ROOM[0])).astype(np.intp)
    winners = np.full(across * (int(height // _ROOM[1]) + 1), -1, np.intp)
    winners[cell] = order[inside]
    winners = winners[winners >= 0]
    kept = before[np.isin(before, order[inside])]
    return np.concatenate([kept, winners[~np.isin(winners, kept)]])
