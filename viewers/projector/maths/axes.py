"""Custom axes: from the centroid of some points to that of others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .crew import blocks
from .numbers import Matrix, Rows
from .prepare import centroid

_BLOCK_ROWS = 8192


@dataclass(frozen=True, slots=True)
class Projected:
    """``coordinates`` float32 (n, axes) along the unit ``directions`` float32 (axes, d); ``notes`` for the user."""

    coordinates: Matrix
    directions: Matrix
    notes: tuple[str, ...] = ()


def project_on(matrix: Matrix, ends: Sequence[tuple[Rows, Rows]]) -> Projected:
    """``matrix`` float32 (n, d) along an axis for each pair of index sets (from, to), as TensorBoard's Custom.

    An axis is the difference of the centroids of ``matrix[to]`` and ``matrix[from]``. An empty set stands for the
    centroid of all points, and an axis without length gives 0 for every point; ``notes`` say so.
    """
    n, d = matrix.shape
    middle = centroid(matrix)
    directions = np.zeros((len(ends), d), np.float32)
    notes = []
    for number, (start, stop) in enumerate(ends):
        name = "XYZ"[number] if number < 3 else str(number + 1)
        for rows, side in ((start, "first"), (stop, "second")):
            if not len(rows):
                notes.append(f"Axis {name}: nothing matches its {side} end, which is the centre of all points instead.")
        low, high = (centroid(matrix[rows]) if len(rows) else middle for rows in (start, stop))
        direction = high.astype(np.float64) - low
        length = float(np.linalg.norm(direction))
        if length > 0:
            directions[number] = direction / length
        else:
            notes.append(f"Axis {name}: its two ends are at the same place.")
    coordinates = np.empty((n, len(ends)), np.float32)
    for block in blocks(n, _BLOCK_ROWS):
        coordinates[block] = matrix[block] @ directions.T
    return Projected(coordinates, directions, tuple(notes))
