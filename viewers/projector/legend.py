"""What the colours of points mean, for a legend to show. Plain values without Qt."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """One colour and the points that have it.

    ``group`` is what ``Coloring.groups`` holds for these points; ``text`` is for users, from the log, and may be of any
    length; ``color`` is "#rrggbb". ``plain`` is True for the entries that are no single value: points without one, and
    all values that have no colour of their own.
    """

    group: int
    text: str
    count: int
    color: str
    plain: bool = False


@dataclass(frozen=True, slots=True)
class CategoryLegend:
    """Colours of values. ``entries`` stand in the order asked for, plain ones last; ``values`` counts different values.

    ``isolated`` are the groups that are shown in full while others are dimmed; empty: all are.
    """

    title: str
    entries: tuple[LegendEntry, ...]
    values: int
    isolated: frozenset[int] = frozenset()


def scale_of(least: float, most: float) -> float:
    """What to multiply two finite numbers by so that their difference is finite as well."""
    return 1.0 if math.isfinite(most - least) else 0.5


@dataclass(frozen=True, slots=True)
class RampLegend:
    """Colours of numbers. ``stops`` is uint8 (256, 3), the colours from ``low`` to ``high``; beyond, the ends go on.

    ``least`` and ``most`` are the ends of the data, between which the handles for ``low`` and ``high`` move; all four
    are finite, and equal where all numbers are. ``missing`` counts points without a number, shown in
    ``missing_color``. ``ends`` are words in place of the numbers where these mean nothing to users.
    """

    title: str
    stops: NDArray[np.uint8]
    least: float
    most: float
    low: float
    high: float
    missing: int
    missing_color: str
    ends: tuple[str, str] | None = None

    def share_of(self, value: float) -> float:
        """Where a value stands between ``least`` (0) and ``most`` (1)."""
        scale = scale_of(self.least, self.most)
        width = self.most * scale - self.least * scale
        return min(max((value * scale - self.least * scale) / width, 0.0), 1.0) if width > 0 else 0.5

    def value_at(self, share: float) -> float:
        """The value at a share of the way from ``least`` to ``most``."""
        share = min(max(share, 0.0), 1.0)
        return min(max(self.least * (1 - share) + self.most * share, self.least), self.most)


Legend = CategoryLegend | RampLegend
