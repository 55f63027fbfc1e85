"""Which points are selected, pointed at, neighbours of one, or shown alone; shared by both views and the inspector."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The points nearest to ``point`` in the space of the data, nearest first: int64 (k,) and float32 (k,)."""

    point: int
    indices: NDArray[np.int64]
    distances: NDArray[np.float32]


class Chosen(QObject):
    """``changed`` fires when the selection, the neighbours or the isolated points are others, ``hovered`` at each point
    that the mouse comes to (-1 for none).
    """

    changed = Signal()
    hovered = Signal(int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.count = 0
        self.mask: Mask = np.zeros(0, np.bool_)
        self.isolated: Mask | None = None
        self.point = -1
        self.neighbours: Neighbours | None = None
        self.hover = -1

    @property
    def size(self) -> int:
        """Number of selected points."""
        return int(np.count_nonzero(self.mask))

    @property
    def indices(self) -> NDArray[np.int64]:
        """The selected points, int64 (k,), rising."""
        return np.flatnonzero(self.mask)

    def reset(self, count: int) -> None:
        """Nothing of ``count`` points is selected."""
        self.count = count
        self.mask = np.zeros(count, np.bool_)
        self.isolated = self.neighbours = None
        self.point = self.hover = -1
        self.changed.emit()

    def select(self, mask: Mask, point: int = -1) -> None:
        """Select points; ``point`` is the one whose neighbours are of interest."""
        self.mask = mask
        self.point = point
        self.neighbours = None
        self.changed.emit()

    def put(self, mask: Mask, isolated: Mask | None) -> None:
        """Select points and show some alone, as they were kept."""
        self.isolated = isolated
        self.select(mask)

    def select_one(self, point: int) -> None:
        """Select one point, or none (-1)."""
        mask = np.zeros(self.count, np.bool_)
        if 0 <= point < self.count:
            mask[point] = True
        self.select(mask, point)

    def add(self, mask: Mask) -> None:
        """Select further points."""
        self.select(self.mask | mask)

    def remove(self, mask: Mask) -> None:
        """Take points out of the selection."""
        self.select(self.mask & ~mask)

    def set_neighbours(self, found: Neighbours) -> None:
        """The neighbours of the selected point are known; those of another point are too late."""
        if found.point == self.point:
            self.neighbours = found
            self.changed.emit()

    def isolate(self) -> None:
        """Show the selection and its neighbours alone."""
        shown = self.mask.copy()
        if self.neighbours is not None:
            shown[self.neighbours.indices] = True
        if shown.any():
            self.isolated = shown
            self.changed.emit()

    def show_all(self) -> None:
        """Show all points again."""
        if self.isolated is not None:
            self.isolated = None
            self.changed.emit()

    def point_at(self, point: int) -> None:
        """The mouse is at a point of a view or of a list."""
        if point != self.hover:
            self.hover = point
            self.hovered.emit(point)
