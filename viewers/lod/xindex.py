"""The horizontal values of a series as a growing, searchable index.

Steps and wall times normally rise. Where they go back (a restart shown as it was written, a second writer), the series
falls into stretches that are searched one by one and are not joined by a line. Where they go back again and again
(wall times of several threads), the points are brought into order once instead.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: With more stretches than this the points are sorted: searching each stretch would cost more than it shows.
MAX_STRETCHES = 24

_INT64 = np.iinfo(np.int64)


class XIndex:
    """x of the points of one series: int64 steps or float64 seconds, shown as ``x - origin``.

    ``order`` is None, or the permutation that brings the points into rising x; ``xs`` is in that order.
    Only points with a finite x are shown: ``kept`` is None, or the indices of those points among all.
    """

    def __init__(self, x: NDArray[Any], origin: float = 0) -> None:
        """``x`` int64 or float64 (n,), referenced and not changed; ``origin`` an int for steps."""
        self.origin = origin
        self.order: NDArray[np.intp] | None = None
        self.kept: NDArray[np.intp] | None = None
        self._breaks: list[int] = []
        self._stride: int | None = None
        self._memo: tuple[NDArray[np.float64], int, int, NDArray[np.intp]] | None = None
        self._reach: tuple[tuple[float, float], tuple[int, int]] | None = None
        self._source = x
        self.xs: NDArray[Any] = x[:0]
        self._take(x, 0)

    def __len__(self) -> int:
        return len(self.xs)

    def extend(self, x: NDArray[Any]) -> bool:
        """Take a longer array that begins with the present one. False: positions of earlier points moved."""
        done = len(self._source)
        if len(x) < done or x.dtype != self._source.dtype:
            raise ValueError("extend takes a longer array of the same type")
        self._source = x
        if self.order is not None or self.kept is not None:
            self._take(x, 0)
            return False
        return self._take(x, done)

    def arrange(self, values: NDArray[Any]) -> NDArray[Any]:
        """``values`` (n,) of all points in the order of :attr:`xs`; the same array where nothing was moved."""
        if self.kept is not None:
            values = values[self.kept]
        return values if self.order is None else values[self.order]

    def source_index(self, position: int) -> int:
        """The index among all points of the one at ``position`` of :attr:`xs`."""
        if self.order is not None:
            position = int(self.order[position])
        return position if self.kept is None else int(self.kept[position])

    def stretches(self) -> list[tuple[int, int]]:
        """Half-open ranges of positions within which x does not fall."""
        bounds = [0, *self._breaks, len(self.xs)]
        return [(begin, end) for begin, end in pairwise(bounds) if end > begin]

    def limits(self) -> tuple[float, float] | None:
        """Smallest and largest x, less the origin; None without points."""
        pieces = self.stretches()
        if not pieces:
            return None
        low = min(self.xs[begin] for begin, _ in pieces)
        high = max(self.xs[end - 1] for _, end in pieces)
        if self.xs.dtype.kind == "i":
            return float(int(low) - int(self.origin)), float(int(high) - int(self.origin))
        return float(low - self.origin), float(high - self.origin)

    def smallest_positive(self) -> float | None:
        """Smallest x above 0, for a logarithmic axis; None where there is none."""
        found: list[float] = []
        for begin, end in self.stretches():
            at = begin + int(np.searchsorted(self.xs[begin:end], self._key(0.0, "right"), "right"))
            if at < end:
                found.append(float(self.places(np.array([at], np.intp))[0]))
        return min(found, default=None)

    def places(self, positions: NDArray[np.intp] | slice) -> NDArray[np.float64]:
        """x less the origin, float64, of the points at ``positions``; the difference of integers is exact."""
        picked = self.xs[positions]
        if picked.dtype.kind == "i":
            return (picked - np.int64(self.origin)).astype(np.float64) if self.origin else picked.astype(np.float64)
        return picked - self.origin

    def place(self, position: int) -> float:
        """:meth:`places` of one position."""
        x = self.xs.item(position)
        return float(x - self.origin)

    def bounds(self, begin: int, end: int, edges: NDArray[np.float64]) -> NDArray[np.intp]:
        """Positions in begin..end at which x reaches each of the rising ``edges`` (less the origin); the last edge
        belongs to the column before it."""
        memo = self._memo
        if memo is not None and memo[0] is edges and memo[1] == begin and memo[2] == end:
            return memo[3]
        keys, last = self._keys(edges), self._key(float(edges[-1]), "right")
        if self._stride is not None:
            found = self._counted(keys)
            first = int(self.xs[0])
            # In Python's integers: the edge may be the largest that int64 holds.
            found[-1] = (min(int(last), int(self.xs[-1])) - first) // self._stride + 1 if last >= first else 0
        else:
            part = self.xs[begin:end]
            found = np.searchsorted(part, keys, "left")
            found[-1] = np.searchsorted(part, last, "right")
        found = np.maximum.accumulate(found) + begin
        # The measured and the smoothed line of a series ask for the same edges, one after the other.
        self._memo = (edges, begin, end, found)
        return found

    def reach(self, low: float, high: float) -> tuple[int, int] | None:
        """Half-open range of the positions whose x (less the origin) is in low..high; None where x falls somewhere."""
        if self._breaks or not len(self.xs):
            return None
        memo = self._reach
        if memo is None or memo[0] != (low, high):
            first = int(np.searchsorted(self.xs, self._key(low, "left"), "left"))
            last = int(np.searchsorted(self.xs, self._key(high, "right"), "right"))
            memo = self._reach = ((low, high), (first, max(first, last)))
        return memo[1]

    def _counted(self, keys: NDArray[np.int64]) -> NDArray[np.intp]:
        """What a search would find, by arithmetic: steps mostly rise by the same number."""
        assert self._stride is not None
        first, last = int(self.xs[0]), int(self.xs[-1])
        behind = np.minimum(keys, last)
        np.maximum(behind, first, out=behind)
        behind -= first
        if self._stride > 1:
            behind += self._stride - 1
            behind //= self._stride
        found = behind.astype(np.intp, copy=False)
        found[keys > last] = len(self.xs)
        return found

    def nearest(self, x: float) -> int | None:
        """Position of the point nearest to ``x`` (less the origin); the latest written of equals. None without one."""
        best: tuple[float, int] | None = None
        key = self._key(x, "right")
        for begin, end in self.stretches():
            at = begin + int(np.searchsorted(self.xs[begin:end], key, "right"))
            for candidate in (at, at - 1):
                if begin <= candidate < end:
                    gap = abs(self.place(candidate) - x)
                    if best is None or gap < best[0] or (gap == best[0] and candidate > best[1]):
                        best = (gap, candidate)
        return None if best is None else best[1]

    def _take(self, x: NDArray[Any], done: int) -> bool:
        if x.dtype.kind == "f" and not np.isfinite(x[done:]).all():
            self.kept = np.flatnonzero(np.isfinite(x))
            x, done = x[self.kept], 0
        if done == 0:
            self._breaks, self.order = [], None
        self.xs = x
        self._memo = self._reach = None
        start = max(done, 1)
        self._stride = self._common_step(start)
        fallen = np.flatnonzero(x[start:] < x[start - 1 : -1]) + start
        if len(self._breaks) + len(fallen) >= MAX_STRETCHES:
            self.order = np.argsort(x, kind="stable")
            self.xs, self._breaks, self._stride = x[self.order], [], None
            return False
        self._breaks.extend(fallen.tolist())
        return self.kept is None

    def _common_step(self, start: int) -> int | None:
        """The step from each point to the next where all are alike; those before ``start`` were looked at before."""
        xs = self.xs
        if xs.dtype.kind != "i" or len(xs) < 2 or (start > 1 and self._stride is None):
            return None
        stride = self._stride if start > 1 else int(xs[1]) - int(xs[0])
        if stride is None or stride <= 0 or int(xs[-1]) - int(xs[0]) != stride * (len(xs) - 1):
            return None
        return stride if bool(np.all(xs[start:] - xs[start - 1 : -1] == stride)) else None

    def _keys(self, edges: NDArray[np.float64]) -> NDArray[Any]:
        """Edges as values of the array's own type: comparing int64 with float64 would copy and round every step."""
        if self.xs.dtype.kind != "i":
            shifted: NDArray[np.float64] = edges + self.origin
            return shifted
        whole = np.ceil(np.minimum(np.maximum(edges, -9.2e18), 9.2e18)).astype(np.int64)
        if not self.origin:
            return whole
        origin = int(self.origin)
        limit_low, limit_high = _INT64.min - min(origin, 0), _INT64.max - max(origin, 0)
        held: NDArray[np.int64] = np.clip(whole, limit_low, limit_high) + np.int64(origin)
        return held

    def _key(self, edge: float, side: str) -> Any:
        if self.xs.dtype.kind != "i":
            return edge + self.origin
        clipped = min(max(edge, -9.2e18), 9.2e18)
        whole = int(np.floor(clipped) if side == "right" else np.ceil(clipped)) + int(self.origin)
        return np.int64(min(max(whole, _INT64.min), _INT64.max))
