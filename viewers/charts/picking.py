"""Which line the mouse is at, and where lines stand at the cursor. No Qt."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from .curve import ChartCurve
from .geometry import Geometry
from .lines import path

_REACH = 6


def points_at(curves: Sequence[ChartCurve], geometry: Geometry, x: float) -> Iterator[tuple[ChartCurve, float, float]]:
    """Device pixels of each line's point nearest to ``x``, for lines that have one in view."""
    limits = geometry.limits
    for curve in curves:
        if not curve.visible or not curve.dotted:
            continue
        index = curve.line.index
        position = index.nearest(x)
        if position is None:
            continue
        place = index.place(position)
        if not limits.x0 <= place <= limits.x1:
            continue
        px, py = geometry.pixel(place, curve.line.value_at(position))
        if geometry.top <= py <= geometry.top + geometry.height:
            yield curve, px, py


def nearest_run(curves: Sequence[ChartCurve], geometry: Geometry, px: float, py: float, reach: float) -> str | None:
    """The run whose line passes nearest to a place (device pixels), if nearer than ``reach``."""
    column = int(px) - geometry.left
    first, last = max(column - _REACH, 0), min(column + _REACH + 1, geometry.width)
    if last <= first:
        return None
    edges = geometry.edges()[first : last + 1]
    best: tuple[float, str] | None = None
    for curve in curves:
        for columns in curve.line.columns(edges):
            gap = _distance(*path(columns, geometry), px, py)
            if gap < reach and (best is None or gap < best[0]):
                best = (gap, curve.run)
    return None if best is None else best[1]


def _distance(x: np.ndarray, y: np.ndarray, px: float, py: float) -> float:
    """Distance of a place from a line of vertices; infinite where there is none."""
    good = np.isfinite(y)
    if not good.any():
        return math.inf
    gap = float(np.hypot(x[good] - px, y[good] - py).min())
    linked = good[:-1] & good[1:]
    if not linked.any():
        return gap
    x0, y0 = x[:-1][linked], y[:-1][linked]
    dx, dy = x[1:][linked] - x0, y[1:][linked] - y0
    square = dx * dx + dy * dy
    along = np.clip(((px - x0) * dx + (py - y0) * dy) / np.where(square > 0, square, 1.0), 0.0, 1.0)
    return min(gap, float(np.hypot(x0 + along * dx - px, y0 + along * dy - py).min()))
