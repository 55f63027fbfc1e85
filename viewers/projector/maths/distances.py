"""The k nearest neighbours of every point, exactly: all distances, block by block."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .control import NOBODY, Control
from .crew import Crew, blocks
from .numbers import Matrix, Rows, Vector
from .prepare import centroid, unit_rows

#: Numbers in one block of distances, as far as it has rows enough for BLAS to be quick, and at the very most.
_BLOCK_CELLS = 1 << 21
_MOST_CELLS = 1 << 24
_QUICK_ROWS = 128
_EPSILON = float(np.finfo(np.float32).eps)
#: Distances shorter than so many rounding errors of the product are computed again from differences.
_DOUBTFUL = 2000.0
_PAIR_CELLS = 1 << 22


@dataclass(frozen=True, slots=True)
class Neighbours:
    """``rows`` (n, k) nearest first, without the point itself; ``distances`` float32 (n, k), Euclidean or cosine.

    k is at most n - 1. Equal distances are in the order of the rows.
    """

    rows: Rows
    distances: Matrix

    @property
    def k(self) -> int:
        """Neighbours of each point."""
        return int(self.rows.shape[1])

    def nearest(self, k: int) -> Neighbours:
        """The first ``k`` of them."""
        return Neighbours(self.rows[:, :k], self.distances[:, :k])


def neighbours(
    matrix: Matrix, k: int, cosine: bool = False, control: Control = NOBODY, crew: Crew | None = None
) -> Neighbours:
    """The ``k`` nearest neighbours of each row of ``matrix`` float32 (n, d).

    The cosine distance is 1 - cos, from 0 to 2; a row of zeros is at distance 1 from everything.
    """
    n = len(matrix)
    k = max(0, min(k, n - 1))
    rows = np.empty((n, k), np.intp)
    distances = np.empty((n, k), np.float32)
    if not k:
        return Neighbours(rows, distances)
    # Moved to the centre, the lengths and so the rounding errors are smallest.
    points = unit_rows(matrix) if cosine else matrix - centroid(matrix)
    search = _Search(points, k, cosine)

    def work(block: slice) -> None:
        rows[block], distances[block] = search.block(block)

    size = max(1, min(1024, max(_BLOCK_CELLS // n, _QUICK_ROWS), _MOST_CELLS // n))
    (crew or Crew(1)).map(work, blocks(n, size), control, "Neighbours")
    if cosine:
        np.square(distances, out=distances)
        distances *= np.float32(0.5)
    return Neighbours(rows, distances)


class _Search:
    """Blocks of rows against all rows."""

    def __init__(self, points: Matrix, k: int, unit: bool) -> None:
        n, d = points.shape
        self.points = points
        self.k = k
        # As if a row of zeros had a length too: it is then at right angles to everything.
        self.squares: Vector = np.ones(n, np.float32) if unit else np.einsum("ij,ij->i", points, points)
        # One product gives |b|^2 - 2 a.b: the last column adds the square.
        self.right = np.empty((n, d + 1), np.float32)
        self.right[:, :d] = points
        self.right[:, d] = self.squares
        largest = float(self.squares.max())
        #: Bound of the rounding error of a squared distance, times the row's own square and the largest.
        self.error = (4.0 * _EPSILON) * (self.squares + np.float32(largest)) + np.float32(1e-37)

    def block(self, block: slice) -> tuple[Rows, Matrix]:
        """Neighbours (b, k) of the rows of a block, and their Euclidean distances."""
        points, k = self.points, self.k
        part = points[block]
        count, n = len(part), len(points)
        left = np.empty((count, points.shape[1] + 1), np.float32)
        np.multiply(part, -2.0, out=left[:, :-1])
        left[:, -1] = 1.0
        table = left @ self.right.T
        table[np.arange(count), np.arange(block.start, block.stop)] = np.inf
        error = self.error[block]
        bound = self._bound(table) + 2.0 * error
        flat = np.flatnonzero(table <= bound[:, None])
        own = flat // n
        other = flat - own * n
        squared = table.ravel()[flat] + self.squares[block][own]
        doubtful = np.flatnonzero(squared < _DOUBTFUL * error[own])
        for some in blocks(len(doubtful), max(1, _PAIR_CELLS // max(1, points.shape[1]))):
            pick = doubtful[some]
            difference = part[own[pick]] - points[other[pick]]
            squared[pick] = np.einsum("ij,ij->i", difference, difference)
        return _smallest(own, other, squared, count, k)

    def _bound(self, table: Matrix) -> Vector:
        """For each row a value that at least k entries do not exceed, close to the k-th smallest.

        The k-th smallest of the minima of groups of entries: each of these groups has such an entry.
        """
        count, n = table.shape
        groups = n // min(32, max(1, n // (4 * self.k)))
        fold = n // groups
        if fold < 2:
            whole: Vector = np.partition(table, self.k - 1, axis=1)[:, self.k - 1]
            return whole
        minima = table[:, : fold * groups].reshape(count, fold, groups).min(axis=1)
        minima.partition(self.k - 1, axis=1)
        bound: Vector = minima[:, self.k - 1]
        return bound


def _smallest(own: Rows, other: Rows, squared: Vector, count: int, k: int) -> tuple[Rows, Matrix]:
    """Of candidates in rising order of (own, other): for each own row the k smallest, as (count, k)."""
    found = np.bincount(own, minlength=count)
    starts = np.cumsum(found) - found
    width = int(found.max())
    place = np.arange(len(own)) - starts[own]
    padded = np.full((count, width), np.inf, np.float32)
    padded[own, place] = squared
    order = np.argsort(padded, axis=1, kind="stable")[:, :k]
    distances = np.sqrt(np.maximum(np.take_along_axis(padded, order, 1), 0.0))
    return other[starts[:, None] + order], distances
