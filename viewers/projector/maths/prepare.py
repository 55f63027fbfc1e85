"""What is done to a matrix before any projection: rows that are no points leave, sizes become bearable."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .control import NOBODY, Control
from .crew import blocks
from .numbers import AnyMatrix, Matrix, Rows

#: Squares of up to this many such values still add up in float32.
LARGEST = 1e15
#: Values this small vanish when they are squared in float32.
SMALLEST = 1e-15
_BLOCK_BYTES = 1 << 24


@dataclass(frozen=True, slots=True)
class Prepared:
    """``matrix`` float32 (n, d), all finite; ``kept`` (n,) are the rows of the original that it holds, rising.

    ``scale`` is what the values were multiplied with, 1 as a rule. ``notes`` are sentences for the user.
    """

    matrix: Matrix
    kept: Rows
    dropped: int
    scale: float
    notes: tuple[str, ...] = ()


def prepare(values: AnyMatrix, control: Control = NOBODY) -> Prepared:
    """The points of ``values`` (n, d), any real dtype: rows with NaN or infinities are left out and counted.

    Values beyond 1e15 (or a matrix all below 1e-15) are rescaled as a whole, as their squares would overflow.
    A float32 matrix with nothing to mend is returned itself, not copied. Raises ValueError where ``values`` is not
    two-dimensional or not real.
    """
    if values.ndim != 2:
        raise ValueError(f"points are the rows of a table, but these values have {values.ndim} dimensions")
    if values.dtype.kind not in "fiub":
        raise ValueError(f"values of type {values.dtype} cannot be projected")
    n, d = values.shape
    finite = np.ones(n, bool)
    peak = 0.0
    for rows in blocks(n, max(1, _BLOCK_BYTES // max(1, 8 * d))):
        control.check()
        part = values[rows].astype(np.float64)
        good = np.isfinite(part).all(axis=1)
        finite[rows] = good
        if good.any() and d:
            peak = max(peak, float(np.abs(part[good]).max()))
    kept = np.flatnonzero(finite)
    dropped = n - len(kept)
    notes = []
    if dropped:
        verb = "row was" if dropped == 1 else "rows were"
        notes.append(f"{dropped:,} {verb} left out: they hold NaN or infinite values.")
    scale = 1.0
    if peak > LARGEST or 0.0 < peak < SMALLEST:
        # A power of two: nothing is rounded.
        scale = float(2.0 ** -np.floor(np.log2(peak)))
        size = "large" if peak > 1 else "small"
        notes.append(f"All values were multiplied by {scale:.3g}: they are too {size} to be squared.")
    if scale == 1.0 and not dropped:
        return Prepared(np.ascontiguousarray(values, np.float32), kept, 0, 1.0, ())
    matrix = np.empty((len(kept), d), np.float32)
    for rows in blocks(len(kept), max(1, _BLOCK_BYTES // max(1, 8 * d))):
        control.check()
        matrix[rows] = values[kept[rows]].astype(np.float64) * scale
    return Prepared(matrix, kept, dropped, scale, tuple(notes))


def centroid(matrix: Matrix) -> Matrix:
    """The mean of all rows, float32 (d,), added up in float64."""
    if not len(matrix):
        return np.zeros(matrix.shape[1], np.float32)
    mean: Matrix = matrix.mean(axis=0, dtype=np.float64).astype(np.float32)
    return mean


def spherize(matrix: Matrix) -> Matrix:
    """As TensorBoard does: the centroid moves to the origin, then each row gets unit length; float32 (n, d).

    A row that lies on the centroid has no direction and stays at the origin.
    """
    return unit_rows(matrix - centroid(matrix))


def unit_rows(matrix: Matrix) -> Matrix:
    """Each row divided by its length; rows of zeros stay. float32 (n, d), a new array."""
    length = np.sqrt(np.einsum("ij,ij->i", matrix, matrix, dtype=np.float64))
    with np.errstate(divide="ignore"):
        factor = np.where(length > 0, 1.0 / length, 0.0).astype(np.float32)
    unit: Matrix = matrix * np.where(np.isfinite(factor), factor, np.float32(0))[:, None]
    return unit
