"""Areas between two lines over the same x, painted behind the lines of a chart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from ..lod.series import Columns, LodSeries
from .canvas import Canvas
from .geometry import Geometry

#: Half the width, in device pixels, of what a point without neighbours gets.
_LONE = 9.0


@dataclass(frozen=True, slots=True)
class Band:
    """The area from ``low`` to ``high``, which share an index.

    Where a pixel column holds several points, an ``outer`` band reaches to their extrema, another to the middles.
    """

    low: LodSeries
    high: LodSeries
    color: QColor
    outer: bool = False


def paint_band(canvas: Canvas, band: Band, edges: NDArray[np.float64], geometry: Geometry, *, smooth: bool) -> None:
    """Fill a band, reduced to the columns between ``edges``; it breaks where a value is not finite."""
    for below, above in zip(band.low.columns(edges), band.high.columns(edges), strict=True):
        x = geometry.px(below.first_x()) if below.single else geometry.column_center(below.column)
        bottom = geometry.py(_border(below, below.low if band.outer else None))
        top = geometry.py(_border(above, above.high if band.outer else None))
        whole = np.isfinite(top) & np.isfinite(bottom)
        for part in _runs(whole):
            canvas.area(_outline(x[part], top[part], bottom[part]), band.color, smooth=smooth)


def _border(columns: Columns, extremum: NDArray[np.floating] | None) -> NDArray[np.float64]:
    if extremum is not None or columns.single:
        return np.asarray(columns.low if extremum is None else extremum, np.float64)
    return (columns.low.astype(np.float64) + columns.high) / 2


def _runs(whole: NDArray[np.bool_]) -> list[slice]:
    """The stretches of entries that are true."""
    changes = np.flatnonzero(np.diff(np.concatenate([[False], whole, [False]])))
    return [slice(int(begin), int(end)) for begin, end in changes.reshape(-1, 2)]


def _outline(x: NDArray[np.float64], top: NDArray[np.float64], bottom: NDArray[np.float64]) -> NDArray[np.float64]:
    """The corners of an area; that of a single point is a box."""
    if len(x) == 1:
        x, top, bottom = np.array([x[0] - _LONE, x[0] + _LONE]), np.repeat(top, 2), np.repeat(bottom, 2)
    return np.stack([np.concatenate([x, x[::-1]]), np.concatenate([top, bottom[::-1]])], 1)
