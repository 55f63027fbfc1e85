"""How values turn into places on an axis: linear, logarithmic, or logarithmic on both sides of a linear middle."""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: What a logarithmic axis shows in place of 0 and negative values: below every place that can be looked at.
BELOW = -330.0


class ScaleKind(enum.Enum):
    """The scales that an axis can have."""

    LINEAR = "linear"
    LOG = "log"
    SYMLOG = "symlog"


@dataclass(frozen=True, slots=True)
class Scale:
    """Maps values to places and back; ``linear`` is the half width of the linear middle of SYMLOG."""

    kind: ScaleKind = ScaleKind.LINEAR
    linear: float = 1.0

    def forward(self, values: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
        """Places of ``values``, float64. Not finite stays not finite; a logarithm of 0 or less gives ``BELOW``."""
        out = np.asarray(values, np.float64)
        if self.kind is ScaleKind.LINEAR:
            return out
        if self.kind is ScaleKind.LOG:
            positive = out > 0
            if positive.all():
                return np.log10(out)
            result = np.where(np.isnan(out), np.nan, BELOW)
            np.log10(out, out=result, where=positive)
            return result
        return np.copysign(np.log10(1.0 + np.abs(out) / self.linear), out)

    def inverse(self, places: NDArray[np.float64]) -> NDArray[np.float64]:
        """Values at ``places``, float64."""
        if self.kind is ScaleKind.LINEAR:
            return places
        with np.errstate(over="ignore"):
            if self.kind is ScaleKind.LOG:
                return np.power(10.0, places)
            return np.copysign(self.linear * (np.power(10.0, np.abs(places)) - 1.0), places)

    def place(self, value: float) -> float:
        """:meth:`forward` of one value."""
        if self.kind is ScaleKind.LINEAR:
            return value
        if self.kind is ScaleKind.LOG:
            return math.log10(value) if value > 0 else BELOW
        return math.copysign(math.log10(1.0 + abs(value) / self.linear), value)

    def value(self, place: float) -> float:
        """:meth:`inverse` of one place."""
        if self.kind is ScaleKind.LINEAR:
            return place
        try:
            if self.kind is ScaleKind.LOG:
                return float(10.0**place)
            return math.copysign(self.linear * (10.0 ** abs(place) - 1.0), place)
        except OverflowError:
            return math.copysign(float("inf"), place)
