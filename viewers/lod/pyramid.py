"""Minima and maxima of any stretch of a growing array, at a cost that follows the stretches asked for, not the points.

Level 0 is the caller's array. Level k holds one (minimum, maximum) for each complete block of ``FANOUT ** k`` points.
Blocks are only kept for arrays that are long enough to need them: numpy reduces some hundred thousand points as fast
as it follows a tree, so a short array costs no memory at all.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

FANOUT = 16
#: From this length on blocks are kept. Below it one reduction over all points takes less than about 0.1 ms.
DIRECT_LIMIT = 1 << 18

Values = NDArray[np.floating[Any]]
Index = NDArray[np.intp]


class _Level:
    """Complete blocks of one size; ``count`` of the allocated slots are in use."""

    __slots__ = ("count", "high", "low")

    def __init__(self, dtype: np.dtype[Any]) -> None:
        self.low: Values = np.empty(0, dtype)
        self.high: Values = np.empty(0, dtype)
        self.count = 0

    def reserve(self, count: int) -> None:
        if len(self.low) < count:
            room = max(count, len(self.low) * 3 // 2)
            low, high = np.empty(room, self.low.dtype), np.empty(room, self.high.dtype)
            low[: self.count], high[: self.count] = self.low[: self.count], self.high[: self.count]
            self.low, self.high = low, high


class Pyramid:
    """Extrema of stretches of ``values``. NaN is ignored, a stretch of NaN alone gives NaN; infinities count."""

    def __init__(self, values: Values) -> None:
        """``values`` float (n,). The array is referenced, not copied, and must not change."""
        self.values = values
        self._levels: list[_Level] = []
        self._build()

    def __len__(self) -> int:
        return len(self.values)

    @property
    def nbytes(self) -> int:
        """Bytes that the blocks take, beside the caller's array."""
        return sum(level.low.nbytes + level.high.nbytes for level in self._levels)

    def extend(self, values: Values) -> None:
        """Take a longer array that begins with the present one; only the points behind it are looked at."""
        if len(values) < len(self.values) or values.dtype != self.values.dtype:
            raise ValueError("extend takes a longer array of the same type")
        self.values = values
        self._build()

    def ranges(self, start: Index, stop: Index) -> tuple[Values, Values]:
        """Minimum and maximum of ``values[start[i]:stop[i]]`` for each i, exactly.

        ``start``, ``stop`` (m,): non-empty stretches in rising order that do not overlap. Returns two arrays (m,).
        """
        if not len(start):
            empty = np.empty(0, self.values.dtype)
            return empty, empty
        covered = int(stop[-1] - start[0])
        if covered <= DIRECT_LIMIT * 4 or covered < len(start) * FANOUT * 4 or not self._levels:
            return _reduce(self.values, self.values, start, stop)
        return self._through_blocks(start, stop)

    def total(self) -> tuple[float, float]:
        """Minimum and maximum of all values, NaN where there is none."""
        if not len(self.values):
            return float("nan"), float("nan")
        low, high = self.ranges(np.zeros(1, np.intp), np.array([len(self.values)], np.intp))
        return float(low[0]), float(high[0])

    def _build(self) -> None:
        if len(self.values) < DIRECT_LIMIT:
            return
        low = high = self.values
        count, depth = len(self.values), 0
        while count >= FANOUT:
            if depth == len(self._levels):
                self._levels.append(_Level(self.values.dtype))
            level = self._levels[depth]
            done, complete = level.count, count // FANOUT
            if complete > done:
                level.reserve(complete)
                part = slice(done * FANOUT, complete * FANOUT)
                np.fmin.reduce(low[part].reshape(-1, FANOUT), axis=1, out=level.low[done:complete])
                np.fmax.reduce(high[part].reshape(-1, FANOUT), axis=1, out=level.high[done:complete])
                level.count = complete
            low, high, count, depth = level.low, level.high, complete, depth + 1

    def _through_blocks(self, start: Index, stop: Index) -> tuple[Values, Values]:
        """Ragged ends from the finer level, whole blocks from the coarser one, level by level."""
        source_low = source_high = self.values
        low, high = np.full((2, len(start)), np.nan, self.values.dtype)
        lanes: Any = slice(None)
        offsets = np.arange(FANOUT - 1, dtype=np.intp)[:, None]
        for level in self._levels:
            inner_start, inner_stop = -(-start // FANOUT), stop // FANOUT
            # Clipping an index into its own stretch repeats a point that belongs there, which changes no extremum.
            left = np.minimum(start + offsets, np.maximum(np.minimum(inner_start * FANOUT, stop) - 1, start))
            right = np.maximum(stop - 1 - offsets, np.minimum(np.maximum(inner_stop * FANOUT, start), stop - 1))
            edge_low = np.fmin(np.fmin.reduce(source_low[left]), np.fmin.reduce(source_low[right]))
            edge_high = np.fmax(np.fmax.reduce(source_high[left]), np.fmax.reduce(source_high[right]))
            low[lanes] = np.fmin(low[lanes], edge_low)
            high[lanes] = np.fmax(high[lanes], edge_high)
            inside = np.flatnonzero(inner_stop > inner_start)
            if not len(inside):
                return low, high
            lanes = inside if isinstance(lanes, slice) else lanes[inside]
            start, stop = inner_start[inside], inner_stop[inside]
            source_low, source_high = level.low[: level.count], level.high[: level.count]
            if int(stop[-1] - start[0]) <= DIRECT_LIMIT:
                break
        inner_low, inner_high = _reduce(source_low, source_high, start, stop)
        low[lanes] = np.fmin(low[lanes], inner_low)
        high[lanes] = np.fmax(high[lanes], inner_high)
        return low, high


def _reduce(low: Values, high: Values, start: Index, stop: Index) -> tuple[Values, Values]:
    """Reduce every stretch point by point; gaps between stretches are reduced too, and thrown away."""
    end = int(stop[-1])
    if len(start) == 1 or bool(np.all(start[1:] == stop[:-1])):
        return np.fmin.reduceat(low[:end], start), np.fmax.reduceat(high[:end], start)
    bounds = np.empty(2 * len(start) - 1, np.intp)
    bounds[0::2] = start
    bounds[1::2] = stop[:-1]
    # Where two stretches touch, reduceat gives the single value at the bound for the empty gap; it is skipped as well.
    return np.fmin.reduceat(low[:end], bounds)[0::2], np.fmax.reduceat(high[:end], bounds)[0::2]
