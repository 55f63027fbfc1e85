"""From the points of pixel columns to the segments that a painter draws, in device pixels. No Qt.

Segments are float64 (n, 4): x1, y1, x2, y2, in the memory layout of QLineF.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..lod.series import Columns
from .geometry import Geometry

Floats = NDArray[np.float64]

#: A vertex is left out of a smoothed line when it lies this near (device pixels) to the line between its neighbours.
TOLERANCE = 0.15


@dataclass(frozen=True, slots=True)
class Strokes:
    """Segments (n, 4) of a line, and the points (m, 2) that no segment reaches."""

    segments: Floats
    dots: Floats


def vertices(columns: Columns, geometry: Geometry) -> tuple[Floats, Floats]:
    """The line through the columns as device pixels x (n,), y (n,): first, both extrema and last of each column.

    Extrema less than half a pixel off the way from first to last add nothing to see and are left out.
    """
    x, y = geometry.px(columns.first_x), geometry.py(columns.first)
    if columns.single:
        return x, y
    last_x, last = geometry.px(columns.last_x), geometry.py(columns.last)
    high, low = geometry.py(columns.high), geometry.py(columns.low)
    # A column whose first or last value is missing still has its extrema: the line starts or ends there.
    first_y, last_y = np.where(np.isnan(y), low, y), np.where(np.isnan(last), high, last)
    rough = (np.fmin(first_y, last_y) - high > 0.5) | (low - np.fmax(first_y, last_y) > 0.5)
    rough |= np.isnan(y) | np.isnan(last)
    wide = (last_x - x > 0.75) & ~rough
    count = 1 + 3 * rough.astype(np.intp) + wide
    at = np.cumsum(count) - count
    out_x, out_y = np.empty(int(count.sum())), np.empty(int(count.sum()))
    out_x[at], out_y[at] = x, y
    tail = at[wide] + 1
    out_x[tail], out_y[tail] = last_x[wide], last[wide]
    middle = (x + last_x)[rough] / 2
    falling = (last_y > first_y)[rough]
    begin = at[rough]
    out_x[begin + 1] = out_x[begin + 2] = middle
    out_y[begin + 1] = np.where(falling, high[rough], low[rough])
    out_y[begin + 2] = np.where(falling, low[rough], high[rough])
    out_x[begin + 3], out_y[begin + 3] = last_x[rough], last[rough]
    if len(columns.column) and not (wide[-1] or rough[-1]):
        # The newest point closes the line whatever was left out before it.
        out_x, out_y = np.append(out_x, last_x[-1]), np.append(out_y, last[-1])
    return out_x, out_y


def thinned(x: Floats, y: Floats, tolerance: float = TOLERANCE) -> tuple[Floats, Floats]:
    """Leave out every second vertex that lies on the way between its neighbours; the ends stay."""
    if len(x) < 8:
        return x, y
    odd = slice(1, len(x) - 1, 2)
    before, after = slice(0, len(x) - 2, 2), slice(2, None, 2)
    count = len(x[odd])
    dx, dy = x[after][:count] - x[before][:count], y[after][:count] - y[before][:count]
    off = np.abs(dx * (y[odd] - y[before][:count]) - dy * (x[odd] - x[before][:count]))
    between = (x[odd] - x[before][:count]) * dx + (y[odd] - y[before][:count]) * dy >= 0
    drop = (off <= tolerance * np.hypot(dx, dy)) & between & (np.abs(dx) > np.abs(dy) * 0.02)
    keep = np.ones(len(x), bool)
    keep[odd] = ~drop
    return x[keep], y[keep]


def join(x: Floats, y: Floats) -> Strokes:
    """Segments between neighbouring vertices; a vertex of NaN breaks the line, a lonely one becomes a dot."""
    good = np.isfinite(y)
    if good.all() and len(x) > 1:
        segments = np.empty((len(x) - 1, 4))
        segments[:, 0], segments[:, 1], segments[:, 2], segments[:, 3] = x[:-1], y[:-1], x[1:], y[1:]
        return Strokes(segments, np.empty((0, 2)))
    linked = good[:-1] & good[1:]
    start = np.flatnonzero(linked)
    segments = np.empty((len(start), 4))
    segments[:, 0], segments[:, 1] = x[start], y[start]
    segments[:, 2], segments[:, 3] = x[start + 1], y[start + 1]
    reached = np.zeros(len(x), bool)
    reached[:-1] |= linked
    reached[1:] |= linked
    lonely = good & ~reached
    return Strokes(segments, np.column_stack([x[lonely], y[lonely]]))


def smooth_strokes(columns: Columns, geometry: Geometry) -> Strokes:
    """Segments for the antialiased line."""
    x, y = vertices(columns, geometry)
    if not columns.single or len(x) > geometry.width // 2:
        x, y = thinned(*thinned(x, y))
    return join(x, y)


def raw_strokes(columns: Columns, geometry: Geometry) -> Strokes:
    """Segments for the one pixel wide line: one vertical stroke a dense column, joined to the column before it."""
    if columns.single:
        return join(geometry.px(columns.first_x), geometry.py(columns.first))
    first, last = geometry.py(columns.first), geometry.py(columns.last)
    top, bottom = geometry.py(columns.high), geometry.py(columns.low)
    inside = (columns.column >= 0) & (columns.column < geometry.width)
    center = geometry.column_center(columns.column)
    link = np.isfinite(last[:-1]) & np.isfinite(first[1:])
    near = link & (np.diff(columns.column) == 1)
    # Between neighbouring columns the line is one step down or up: half of it in each column, as a raster line is.
    middle = (last[:-1] + first[1:]) / 2
    top[1:][near] = np.minimum(top[1:], middle)[near]
    bottom[1:][near] = np.maximum(bottom[1:], middle)[near]
    top[:-1][near] = np.minimum(top[:-1], middle)[near]
    bottom[:-1][near] = np.maximum(bottom[:-1], middle)[near]
    spans = np.flatnonzero(np.isfinite(top) & inside)
    far = np.flatnonzero(link & ~near)
    segments = np.empty((len(spans) + len(far), 4))
    head, tail = segments[: len(spans)], segments[len(spans) :]
    head[:, 0] = head[:, 2] = center[spans]
    head[:, 1], head[:, 3] = top[spans], bottom[spans]
    tail[:, 0], tail[:, 1] = geometry.px(columns.last_x[far]), last[far]
    tail[:, 2], tail[:, 3] = geometry.px(columns.first_x[far + 1]), first[far + 1]
    touched = np.zeros(len(top), bool)
    touched[:-1] |= link
    touched[1:] |= link
    lonely = np.flatnonzero(np.isfinite(top) & ~touched & (bottom - top < 1) & inside)
    return Strokes(segments, np.column_stack([center[lonely], top[lonely]]))


def dashed(segments: Floats, pattern: tuple[float, ...]) -> Floats:
    """Cut joined segments into dashes: ``pattern`` is drawn, left out, drawn... in device pixels, along the line."""
    if not len(segments):
        return segments
    length = np.hypot(segments[:, 2] - segments[:, 0], segments[:, 3] - segments[:, 1])
    start = np.concatenate([[0.0], np.cumsum(length)])
    total, period = float(start[-1]), float(sum(pattern))
    if total <= 0 or total / period > 20_000:
        return segments
    turns = np.cumsum([0.0, *pattern[:-1]])
    cuts = (np.arange(int(total / period) + 1)[:, None] * period + turns).reshape(-1)
    places = np.unique(np.concatenate([start, cuts[cuts < total]]))
    middle = (places[:-1] + places[1:]) / 2
    drawn = np.searchsorted(turns, middle % period, "right") % 2 == 1
    owner = np.minimum(np.searchsorted(start, middle, "right") - 1, len(segments) - 1)
    span = np.where(length[owner] > 0, length[owner], 1.0)
    begin = ((places[:-1] - start[owner]) / span)[drawn, None]
    end = ((places[1:] - start[owner]) / span)[drawn, None]
    source = segments[owner[drawn]]
    delta = source[:, 2:] - source[:, :2]
    return np.ascontiguousarray(np.hstack([source[:, :2] + begin * delta, source[:, :2] + end * delta]))
