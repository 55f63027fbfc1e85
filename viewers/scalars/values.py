"""What the runs say at the cursor. No Qt."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .series import SeriesLines
from .settings import ReadOutOrder


@dataclass(frozen=True, slots=True)
class Reading:
    """A run's point nearest to the cursor. ``relative`` in seconds since the series' first point; ``smoothed`` is None
    without smoothing."""

    run: str
    label: str
    value: float
    smoothed: float | None
    step: int
    relative: float
    wall: float

    @property
    def line(self) -> float:
        """The value on the line that is read."""
        return self.value if self.smoothed is None else self.smoothed


def read(run: str, label: str, lines: SeriesLines, x: float | None) -> Reading | None:
    """The point nearest to ``x`` (less the lines' origin), or the newest one for None."""
    count = len(lines.index)
    if not count:
        return None
    if x is None:
        source = len(lines) - 1
        position = None
    else:
        position = lines.index.nearest(x)
        if position is None:
            return None
        source = lines.index.source_index(position)
    chosen = lines.selection
    smoothed = None if lines.smooth is None else float(lines.smooth.values[source])
    wall = float(chosen.wall[source])
    return Reading(
        run,
        label,
        float(chosen.value[source]),
        smoothed,
        int(chosen.step[source]),
        wall - lines.start_wall,
        wall,
    )


def arranged(readings: Sequence[Reading], order: ReadOutOrder, y: float | None) -> list[Reading]:
    """In the chosen order: nearest to the mouse's ``y`` first, largest value first, or as given (by name)."""
    if order is ReadOutOrder.NAME or (order is ReadOutOrder.NEAREST and y is None):
        return list(readings)

    def place(reading: Reading) -> tuple[bool, float]:
        value = reading.line
        missing = math.isnan(value)
        if order is ReadOutOrder.VALUE:
            return missing, 0.0 if missing else -value
        assert y is not None
        return missing, 0.0 if missing else float(np.abs(value - y))

    return sorted(readings, key=place)
