"""Lines through points: the columns ``__next__`` and ``__seq_next__`` hold the number of each point's next one. No Qt.

TensorBoard draws what a point leads to as one line and joins it to a line that begins there. Here every pair of a point
and its next is drawn once, also where lines meet or go round.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .labels import Labels

#: In TensorBoard's order: a point's label in the first counts, if it has one there.
NAMES = ("__next__", "__seq_next__")
_CHUNK = 20_000


@dataclass(frozen=True, slots=True, eq=False)
class Polylines:
    """Lines through points. ``points`` is int64 (m,), the points of all lines; ``starts`` int64 (lines + 1,).

    Line k is ``points[starts[k]:starts[k+1]]``. A line has at least two points; one that goes round ends where it
    began, and ``closed`` counts those. Of the labels ``outside`` counts those that name no point, ``strange`` those
    that are no whole number, ``own`` those that name their own point; none of these is drawn.
    """

    points: NDArray[np.int64]
    starts: NDArray[np.int64]
    closed: int = 0
    outside: int = 0
    strange: int = 0
    own: int = 0

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, line: int) -> NDArray[np.int64]:
        if not 0 <= line < len(self):
            raise IndexError(line)
        return self.points[self.starts[line] : self.starts[line + 1]]

    def segments(self) -> NDArray[np.int64]:
        """Pairs of points to be joined: int64 (pairs, 2), line by line."""
        inner = np.ones(max(len(self.points) - 1, 0), bool)
        inner[self.starts[1:-1] - 1] = False
        return np.stack([self.points[:-1][inner], self.points[1:][inner]], axis=1)

    @property
    def note(self) -> str:
        """A sentence on what is not drawn, for users; empty where all is."""
        kinds = (
            (self.outside, "beyond the last point"),
            (self.strange, "no whole number"),
            (self.own, "the point itself"),
        )
        told = [f"{count:,} {'is' if count == 1 else 'are'} {kind}" for count, kind in kinds if count]
        return f"Of the numbers of next points, {', '.join(told)}: there no line is drawn." if told else ""


def polylines(columns: Sequence[Labels], count: int) -> Polylines | None:
    """The lines that the columns of ``count`` points ask for; None where there is none of the columns.

    Takes about a second for a million points, in any thread.
    """
    asked = [column for name in NAMES for column in columns if column.name == name]
    if not asked:
        return None
    wanted = np.full(count, np.nan)
    strange = np.zeros(count, bool)
    for column in asked:
        numbers, bad = _numbers(column)
        free = np.isnan(wanted) & ~strange
        wanted[free] = numbers[free]
        strange |= free & bad
    strange |= ~np.isnan(wanted) & (wanted != np.floor(wanted)) & np.isfinite(wanted)
    given = ~np.isnan(wanted) & ~strange
    outside = given & ((wanted < 0) | (wanted >= count))
    given &= ~outside
    following = np.full(count, -1, np.int64)
    following[given] = wanted[given].astype(np.int64)
    own = following == np.arange(count)
    following[own] = -1
    points, starts, closed = _joined(following)
    return Polylines(points, starts, closed, int(outside.sum()), int(strange.sum()), int(own.sum()))


def _joined(following: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    """All lines, their starts, and how many go round. ``following`` is the next point, -1 for none."""
    leads = following >= 0
    led_to = np.zeros(len(following), bool)
    led_to[following[leads]] = True
    after: list[int] = following.tolist()
    points: list[int] = []
    starts = [0]
    # ``after`` is -1 once a point was left, so that no pair is drawn twice.
    for first in np.flatnonzero(leads & ~led_to).tolist():
        _walk(first, after, points)
        starts.append(len(points))
    opened = len(starts)
    # What is left goes round.
    for first in np.flatnonzero(leads).tolist():
        if after[first] >= 0:
            _walk(first, after, points)
            starts.append(len(points))
    return np.array(points, np.int64), np.array(starts, np.int64), len(starts) - opened


def _walk(point: int, after: list[int], points: list[int]) -> None:
    """Go on from a point to where the line ends or meets one that was drawn."""
    while point >= 0:
        points.append(point)
        following = after[point]
        after[point] = -1
        point = following


def _numbers(column: Labels) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """The labels as numbers, NaN for empty ones and for those that are none; and which are none."""
    if column.numbers is not None:
        numbers = column.numbers
        return numbers, np.isnan(numbers) & _filled(column, numbers)
    if column.codes is not None:
        found = np.array([_number(text) for text in column.values] or [np.nan])
        bad = np.array([bool(text.strip()) for text in column.values] or [False], bool) & np.isnan(found)
        return found[column.codes], bad[column.codes]
    numbers, bad = np.empty(len(column)), np.empty(len(column), bool)
    for begin in range(0, len(column), _CHUNK):
        part = column.texts(range(begin, min(begin + _CHUNK, len(column))))
        numbers[begin : begin + len(part)] = [_number(text) for text in part]
        bad[begin : begin + len(part)] = [bool(text.strip()) for text in part]
    return numbers, bad & np.isnan(numbers)


def _filled(column: Labels, numbers: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which labels without a number have a text, such as "nan"."""
    found = np.zeros(len(numbers), bool)
    without = np.flatnonzero(np.isnan(numbers))
    if column.codes is not None:
        texts = np.array([bool(text.strip()) for text in column.values], bool)
        found[without] = texts[column.codes[without]]
    else:
        found[without] = [bool(text.strip()) for text in column.texts(without)]
    return found


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return np.nan
