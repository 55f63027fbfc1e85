"""Moving the coordinates of one step onto those of another, so that points move instead of jump."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .numbers import Doubles, Matrix


@dataclass(frozen=True, slots=True)
class Movement:
    """Rows are shifted by -``centre`` (c,), turned and resized by ``turn`` (c, c), and shifted by ``target`` (c,)."""

    centre: Doubles
    turn: Doubles
    target: Doubles

    def applied(self, matrix: Matrix) -> Matrix:
        """``matrix`` float32 (n, c) moved, a new array."""
        moved: Matrix = ((matrix - self.centre) @ self.turn + self.target).astype(np.float32)
        return moved


def movement(moving: Matrix, fixed: Matrix, scale: bool = True) -> Movement:
    """How ``moving`` (n, c) is turned, mirrored, shifted and (with ``scale``) resized to be closest to ``fixed``.

    Row i of both is the same point; where one has more rows, the rows that both have decide for all. The sum of
    squared distances is the least that such a movement reaches (orthogonal Procrustes; Gower 1975). ``moving`` without
    a spread of its own is only shifted; without a row that is finite in both nothing moves.
    """
    shared = min(len(moving), len(fixed))
    a, b = moving[:shared].astype(np.float64), fixed[:shared].astype(np.float64)
    both = np.isfinite(a).all(axis=1) & np.isfinite(b).all(axis=1)
    a, b = a[both], b[both]
    columns = moving.shape[1]
    if not len(a):
        return Movement(np.zeros(columns), np.eye(columns), np.zeros(columns))
    centre_a, centre_b = a.mean(axis=0), b.mean(axis=0)
    a, b = a - centre_a, b - centre_b
    left, strengths, right = np.linalg.svd(a.T @ b)
    spread = float(np.square(a).sum())
    factor = float(strengths.sum()) / spread if scale and spread > 0 else 1.0
    if spread <= 0 or factor <= 0:
        factor = 1.0
    return Movement(centre_a, (left @ right) * factor, centre_b)


def align(moving: Matrix, fixed: Matrix, scale: bool = True) -> Matrix:
    """``moving`` moved by its :func:`movement` onto ``fixed``; a new array."""
    return movement(moving, fixed, scale).applied(moving)
