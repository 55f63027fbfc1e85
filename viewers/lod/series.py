"""What is left of a series when it is drawn into pixel columns, without losing an extremum or the newest point."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .pyramid import Pyramid
from .xindex import XIndex

Floats = NDArray[np.float64]


class Columns:
    """One entry for each pixel column that holds points, in rising x; or one for each point where there are few.

    ``column`` intp (m,): the column; -2 and the number of columns + 1 for the nearest points outside of the view, which
    give the line its direction at the border (they count as next to no column). ``low``, ``high`` float (m,) are the
    extrema of the column's finite values, NaN where there is none. A value that is not finite is NaN here: the line
    breaks there. ``single``: every entry is one point. ``inner`` is the slice of the entries in view, ``gaps`` the
    entries whose successor is not the next column. First and last points are looked up when asked for.
    """

    __slots__ = ("_index", "_start", "_stop", "_values", "column", "gaps", "high", "inner", "low", "single")

    def __init__(
        self,
        index: XIndex,
        values: NDArray[np.floating[Any]],
        column: NDArray[np.intp],
        start: NDArray[np.intp],
        stop: NDArray[np.intp],
        extrema: tuple[NDArray[np.floating[Any]], NDArray[np.floating[Any]]] | None,
        inner: slice,
        full: bool,
    ) -> None:
        """Entries of the points ``start[i]:stop[i]``; ``extrema`` None for entries of one point each.

        ``full``: every column in view has an entry.
        """
        self._index, self._values = index, values
        self._start, self._stop = start, stop
        self.column = column
        self.inner = inner
        self.single = extrema is None
        if full:
            ends = [0] * (inner.start > 0) + [inner.stop - 1] * (inner.stop < len(column))
            self.gaps = np.array(ends, np.intp)
        else:
            self.gaps = np.flatnonzero(column[1:] - column[:-1] != 1)
        self.low, self.high = (values[start], values[start]) if extrema is None else extrema

    def __len__(self) -> int:
        return len(self.column)

    def first_x(self, entries: NDArray[np.intp] | slice = slice(None)) -> Floats:
        """Where the first points of entries stand, less the origin."""
        return self._index.places(self._start[entries])

    def last_x(self, entries: NDArray[np.intp] | slice = slice(None)) -> Floats:
        """Where the last points of entries stand, less the origin."""
        return self._index.places(self._stop[entries] - 1)

    def first(self, entries: NDArray[np.intp] | slice = slice(None)) -> NDArray[np.floating[Any]]:
        """The first values of entries."""
        return self._values[self._start[entries]]

    def last(self, entries: NDArray[np.intp] | slice = slice(None)) -> NDArray[np.floating[Any]]:
        """The last values of entries."""
        return self._values[self._stop[entries] - 1]


class LodSeries:
    """The values of one line over an :class:`XIndex`."""

    def __init__(self, index: XIndex, values: NDArray[np.floating[Any]]) -> None:
        """``values`` float32 or float64 (n,), one a point of the index' source; referenced, not copied."""
        self.index = index
        self._infinite = False
        self._values = values
        self._pyramid = Pyramid(self._clean(values, 0))
        self._odd: tuple[int, dict[str, Floats]] | None = None

    @property
    def values(self) -> NDArray[np.floating[Any]]:
        """All values, in the order they were written."""
        return self._values

    def extend(self, values: NDArray[np.floating[Any]], in_place: bool) -> None:
        """Follow the index after it was extended; ``in_place`` is what :meth:`XIndex.extend` returned."""
        done = len(self._values)
        self._values = values
        self._odd = None
        if not in_place or self._infinite or values.dtype != self._pyramid_dtype():
            self._pyramid = Pyramid(self._clean(values, 0))
            return
        clean = self._clean(values, done)
        if clean is values:
            self._pyramid.extend(values)
        else:
            self._pyramid = Pyramid(clean)

    def columns(self, edges: Floats) -> list[Columns]:
        """The points between ``edges`` float64 (w+1,), rising, which bound w pixel columns: one entry a stretch of x.

        Every column's true minimum and maximum is there, and so is the newest point if it is in view.
        """
        found = []
        for begin, end in self.index.stretches():
            piece = self._stretch(begin, end, edges)
            if piece is not None:
                found.append(piece)
        return found

    def few(self, low: float, high: float, most: int) -> tuple[Floats, NDArray[np.floating[Any]]] | None:
        """Places (less the origin) and values of the points in low..high, and of the nearest one on each side.

        None unless there are 2 to ``most`` of them, x does not fall and all values are finite: then a line is what
        joins them, and :meth:`columns` has nothing to add.
        """
        reach = None if self.has_odd else self.index.reach(low, high)
        if reach is None:
            return None
        first, last = reach
        count = len(self.index)
        if first == last and (first == 0 or last == count):
            return None
        part = slice(max(first - 1, 0), min(last + 1, count))
        if not 2 <= part.stop - part.start <= most:
            return None
        return self.index.places(part), self._pyramid.values[part]

    def not_finite(self, edges: Floats) -> dict[str, Floats]:
        """Where values in view are not finite: x of at most one of each pixel column for "nan", "+inf" and "-inf"."""
        result = {}
        for name, xs in self._odd_places().items():
            at = np.searchsorted(xs, edges)
            at[-1] = np.searchsorted(xs, edges[-1], "right")
            result[name] = xs[at[:-1][at[1:] > at[:-1]]]
        return {name: xs for name, xs in result.items() if len(xs)}

    @property
    def has_odd(self) -> bool:
        """True where any value is not finite."""
        return bool(self._odd_places())

    def _odd_places(self) -> dict[str, Floats]:
        if self._odd is None or self._odd[0] != len(self._values):
            self._odd = (len(self._values), self._collect_odd())
        return self._odd[1]

    def value_at(self, position: int) -> float:
        """The value at a position of the index, NaN where it is not finite."""
        return float(self._pyramid.values[position])

    def _pyramid_dtype(self) -> np.dtype[Any]:
        return self._pyramid.values.dtype

    def _clean(self, values: NDArray[np.floating[Any]], done: int) -> NDArray[np.floating[Any]]:
        """The values in the order of x, infinities turned to NaN; the same array where that changes nothing."""
        if not self._infinite and np.isinf(values[done:]).any():
            self._infinite = True
        arranged = self.index.arrange(values)
        if not self._infinite:
            return arranged
        return np.where(np.isinf(arranged), np.asarray(np.nan, arranged.dtype), arranged)

    def _collect_odd(self) -> dict[str, Floats]:
        arranged = self.index.arrange(self._values)
        odd = np.flatnonzero(~np.isfinite(arranged))
        if not len(odd):
            return {}
        values, xs = arranged[odd], self.index.places(odd)
        masks = {"nan": np.isnan(values), "+inf": values == np.inf, "-inf": values == -np.inf}
        return {name: np.sort(xs[mask]) for name, mask in masks.items() if mask.any()}

    def _stretch(self, begin: int, end: int, edges: Floats) -> Columns | None:
        width = len(edges) - 1
        bounds = self.index.bounds(begin, end, edges)
        inner_begin, inner_end = int(bounds[0]), int(bounds[-1])
        outer_begin, outer_end = max(inner_begin - 1, begin), min(inner_end + 1, end)
        if inner_begin == inner_end and (outer_begin == inner_begin or outer_end == inner_end):
            return None
        values = self._pyramid.values
        head, tail = inner_begin - outer_begin, outer_end - inner_end
        # The nearest points outside of the view are columns of their own, before the first and behind the last.
        around = np.empty(width + 3, np.intp)
        around[0], around[1:-1], around[-1] = outer_begin, bounds, outer_end
        numbers = _numbers(width)
        if outer_end - outer_begin <= 2 * width:
            column = np.repeat(numbers, around[1:] - around[:-1])
            start = np.arange(outer_begin, outer_end, dtype=np.intp)
            inner = slice(head, len(start) - tail)
            return Columns(self.index, values, column, start, start + 1, None, inner, False)
        part = slice(1 - head, width + 1 + tail)
        start, stop, column = around[:-1][part], around[1:][part], numbers[part]
        holds = stop > start
        full = bool(holds.all())
        if not full:
            start, stop, column = start[holds], stop[holds], column[holds]
        low_high = self._pyramid.ranges(start, stop)
        return Columns(self.index, values, column, start, stop, low_high, slice(head, len(start) - tail), full)


@lru_cache(maxsize=16)
def _numbers(width: int) -> NDArray[np.intp]:
    """The numbers of the columns of a view, with those of the points outside at both ends."""
    numbers = np.arange(-1, width + 1, dtype=np.intp)
    numbers[0], numbers[-1] = -2, width + 1
    numbers.flags.writeable = False
    return numbers
