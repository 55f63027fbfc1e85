"""The nearest neighbours of one point, at once: a click asks for them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .crew import Crew, blocks
from .numbers import AnyMatrix, Doubles, Matrix, Rows, Vector

_EPSILON = float(np.finfo(np.float32).eps)
#: Rows that one thread looks at at a time.
_BLOCK_ROWS = 1 << 14


class NearestSearch:
    """Searches one matrix again and again; lengths are computed once. Usable from several threads."""

    def __init__(self, matrix: Matrix, crew: Crew | None = None) -> None:
        """``matrix`` float32 (n, d), all finite; it is referenced, not copied."""
        self._matrix = matrix
        self._crew = crew or Crew(1)
        squares = self._each(lambda rows: np.einsum("ij,ij->i", matrix[rows], matrix[rows], dtype=np.float64))
        self._squares: Doubles = np.concatenate(squares) if squares else np.empty(0)

    def nearest(self, row: int, k: int, cosine: bool = False) -> tuple[Rows, Doubles]:
        """The ``k`` nearest other rows, nearest first, and their distances float64 (k,), Euclidean or 1 - cos.

        Equal to going through all rows in float64, rows at the same distance in rising order: the products are made in
        float32, and all rows that may be among the nearest within their rounding are computed again. A row of zeros has
        cosine distance 1 to everything. k is at most n - 1. Raises IndexError where there is no such row.
        """
        n = len(self._matrix)
        if not 0 <= row < n:
            raise IndexError(f"there is no point {row} among {n}")
        k = max(0, min(k, n - 1))
        if not k:
            return np.empty(0, np.intp), np.empty(0)
        point = self._matrix[row]
        products = np.concatenate(self._each(lambda rows: self._matrix[rows] @ point))
        scores, error = self._scores(products, row, cosine)
        scores[row] = np.inf
        bound = np.partition(scores, k - 1)[k - 1] + 2.0 * error
        candidates = np.flatnonzero(scores <= bound)
        distances = self._exact(candidates, row, cosine)
        order = np.argsort(distances, kind="stable")[:k]
        return candidates[order], distances[order]

    def _scores(self, products: Vector, row: int, cosine: bool) -> tuple[Doubles, float]:
        """What orders the rows as their distances do, and the largest error of it."""
        dimensions = self._matrix.shape[1]
        if cosine:
            lengths = np.sqrt(self._squares * self._squares[row])
            with np.errstate(divide="ignore", invalid="ignore"):
                scores = np.where(lengths > 0, 1.0 - products / lengths, 1.0)
            return scores, _EPSILON * dimensions
        largest = float(self._squares.max())
        return self._squares - 2.0 * products, 2.0 * _EPSILON * dimensions * float(
            np.sqrt(largest * self._squares[row])
        )

    def _exact(self, rows: Rows, row: int, cosine: bool) -> Doubles:
        point = self._matrix[row].astype(np.float64)
        found = np.empty(len(rows))
        for block in blocks(len(rows), _BLOCK_ROWS):
            part = self._matrix[rows[block]].astype(np.float64)
            if cosine:
                lengths = np.sqrt(self._squares[rows[block]] * self._squares[row])
                with np.errstate(divide="ignore", invalid="ignore"):
                    found[block] = np.where(lengths > 0, 1.0 - np.einsum("ij,j->i", part, point) / lengths, 1.0)
            else:
                part -= point
                found[block] = np.sqrt(np.einsum("ij,ij->i", part, part))
        return np.clip(found, 0.0, 2.0) if cosine else found

    def _each(self, work: Callable[[slice], AnyMatrix]) -> list[AnyMatrix]:
        return self._crew.map(work, blocks(len(self._matrix), _BLOCK_ROWS))
