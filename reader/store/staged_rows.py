"""Rows of a pattern as they wait for the next commit: all tags of a file together, until they become series."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..model import Kind
from ..wire.items import RowBatch, RowPoints
from ..wire.pattern import Pattern

Place = tuple[str, Kind]


class StagedRows:
    """Batches of one pattern with nothing between them in any of their series.

    ``places`` are the series of the pattern's columns. Cheap to add to, whatever the number of tags; the arrays of each
    series are made when they are asked for.
    """

    __slots__ = ("_batches", "_counted", "_joined", "_rows", "pattern", "places")

    def __init__(self, pattern: Pattern, places: list[Place]) -> None:
        self.pattern = pattern
        self.places = places
        self._batches: list[RowPoints] = []
        self._joined: RowPoints | None = None
        self._rows = 0
        self._counted = 0

    def add(self, batch: RowBatch) -> None:
        """Add rows behind the others."""
        self._batches.append(batch.points)
        self._rows += batch.rows

    def uncounted(self) -> list[tuple[Place, int]]:
        """How many points each series was given since the last call."""
        fresh, self._counted = self._rows - self._counted, self._rows
        if not fresh:
            return []
        return [
            (place, fresh * len(column.lanes))
            for place, column in zip(self.places, self.pattern.columns, strict=True)
        ]

    def points(self, index: int) -> tuple[NDArray[np.int64], NDArray[np.float64], Any]:
        """Step, wall time and value of the column ``index``, once all batches are there."""
        if self._joined is None:
            self._joined = _joined(self._batches)
        return self._joined.of(self.pattern.columns[index])


def _joined(parts: list[RowPoints]) -> RowPoints:
    if len(parts) == 1:
        return parts[0]
    steps = [part.step for part in parts]
    if any(step.ndim == 2 for step in steps):
        steps = [np.broadcast_to(part.step, part.wall.shape) for part in parts]
    return RowPoints(
        np.concatenate(steps, axis=-1),
        np.concatenate([part.wall for part in parts], axis=1),
        np.concatenate([part.singles for part in parts], axis=1),
        np.concatenate([part.doubles for part in parts], axis=1),
    )
