"""Moving the coordinates of one step onto those of another, so that points move instead of jump."""

from __future__ import annotations

import numpy as np

from .numbers import Matrix


def align(moving: Matrix, fixed: Matrix, scale: bool = True) -> Matrix:
    """``moving`` float32 (n, c), rotated, mirrored, shifted and (with ``scale``) resized to lie closest to ``fixed``.

    Row i of both is the same point; where one has more rows, the rows that both have decide for all. The sum of
    squared distances is the least that such a movement reaches (orthogonal Procrustes; Gower 1975). Returns a new
    array; ``moving`` without a spread of its own is only shifted.
    """
    unmoved: Matrix = moving.copy()
    shared = min(len(moving), len(fixed))
    a, b = moving[:shared].astype(np.float64), fixed[:shared].astype(np.float64)
    both = np.isfinite(a).all(axis=1) & np.isfinite(b).all(axis=1)
    a, b = a[both], b[both]
    if not len(a):
        return unmoved
    centre_a, centre_b = a.mean(axis=0), b.mean(axis=0)
    a, b = a - centre_a, b - centre_b
    left, strengths, right = np.linalg.svd(a.T @ b)
    spread = float(np.square(a).sum())
    factor = float(strengths.sum()) / spread if scale and spread > 0 else 1.0
    if spread <= 0 or factor <= 0:
        factor = 1.0
    moved: Matrix = ((moving - centre_a) @ (left @ right) * factor + centre_b).astype(np.float32)
    return moved
