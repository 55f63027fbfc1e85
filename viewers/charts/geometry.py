"""Where the values of a chart lie on the screen, in device pixels. No Qt."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..lod.scale import Scale

#: Coordinates are held within this many pixels: painters overflow far beyond, and no line's slope shows the difference.
FAR = 60_000.0


@dataclass(frozen=True, slots=True)
class Limits:
    """What a chart shows: x0..x1 and y0..y1 in data units (x less the axis' origin)."""

    x0: float
    x1: float
    y0: float
    y1: float


@dataclass(frozen=True)
class Geometry:
    """Maps data to whole device pixels of the plot area ``left``, ``top``, ``width``, ``height``."""

    left: int
    top: int
    width: int
    height: int
    limits: Limits
    x_scale: Scale
    y_scale: Scale
    #: Device pixels that share a column: more than one for frames that are replaced within a moment.
    stride: int = 1
    _x: tuple[float, float] = field(init=False)
    _y: tuple[float, float] = field(init=False)

    def __post_init__(self) -> None:
        x0, x1 = self.x_scale.place(self.limits.x0), self.x_scale.place(self.limits.x1)
        y0, y1 = self.y_scale.place(self.limits.y0), self.y_scale.place(self.limits.y1)
        object.__setattr__(self, "_x", (x0, self.width / ((x1 - x0) or 1.0)))
        object.__setattr__(self, "_y", (y0, self.height / ((y1 - y0) or 1.0)))

    def edges(self) -> NDArray[np.float64]:
        """The x at the bounds of the columns, rising; one more than there are columns."""
        x0, factor = self._x
        places = np.append(np.arange(0, self.width, self.stride), self.width)
        edges = self.x_scale.inverse(x0 + places / factor)
        edges[0], edges[-1] = self.limits.x0, self.limits.x1
        return np.maximum.accumulate(edges)

    def px(self, x: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
        """Device pixels of ``x``."""
        start, factor = self._x
        places: NDArray[np.float64] = self.x_scale.forward(x) - start
        places *= factor
        places += self.left
        return _held(places)

    def py(self, y: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
        """Device pixels of ``y``; NaN stays NaN."""
        start, factor = self._y
        places: NDArray[np.float64] = self.y_scale.forward(y) - start
        places *= -factor
        places += self.top + self.height
        return _held(places)

    def pixel(self, x: float, y: float) -> tuple[float, float]:
        """:meth:`px` and :meth:`py` of one point."""
        px = (self.x_scale.place(x) - self._x[0]) * self._x[1] + self.left
        py = self.top + self.height - (self.y_scale.place(y) - self._y[0]) * self._y[1]
        return max(min(px, FAR), -FAR), py if py != py else max(min(py, FAR), -FAR)

    def x_at(self, px: float) -> float:
        """The x at a device pixel."""
        start, factor = self._x
        return self.x_scale.value(start + (px - self.left) / factor)

    def y_at(self, py: float) -> float:
        """The y at a device pixel."""
        start, factor = self._y
        return self.y_scale.value(start + (self.top + self.height - py) / factor)

    def column_center(self, column: NDArray[np.intp]) -> NDArray[np.float64]:
        """Device pixels of the middle of pixel columns."""
        centers = column.astype(np.float64)
        centers *= self.stride
        centers += self.left + 0.5 * self.stride
        return centers

    def column_left(self, column: NDArray[np.intp]) -> NDArray[np.intp]:
        """The first device pixel of pixel columns."""
        return column * self.stride + self.left


def _held(places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Within FAR; numpy's own clip takes longer for a thousand places than two comparisons."""
    np.minimum(places, FAR, out=places)
    return np.maximum(places, -FAR, out=places)
