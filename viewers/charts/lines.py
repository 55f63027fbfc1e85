"""From the points of pixel columns to what a painter draws, in device pixels. No Qt.

Segments are float64 (n, 4): x1, y1, x2, y2. Bars are upright strokes of whole pixels, one a column: where a line goes
up and down within a column, that is what it looks like, and filling bars is far cheaper than stroking the line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ..lod.series import Columns, LodSeries
from .geometry import Geometry

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]

#: A vertex is left out of a line when it lies this near (device pixels) to the line between its neighbours.
TOLERANCE = 0.12
#: Lines of more segments, or longer (device pixels), are dashed by leaving out whole segments instead of cutting them.
MOST_CUT, LONGEST_CUT = 250, 20_000.0
#: A column is rough when its values spread this much (device pixels) further than the line's slope explains.
ROUGH = 1.3


_ENDS = np.array([0, -1])


def _no_segments() -> Floats:
    return np.empty((0, 4))


def _no_bars() -> Ints:
    return np.empty((0, 3), np.int32)


def _no_dots() -> Floats:
    return np.empty((0, 2))


@dataclass(frozen=True, slots=True)
class Strokes:
    """Segments (n, 4); bars int32 (k, 3) of column, top, bottom; dots (m, 2) that nothing else reaches."""

    segments: Floats = field(default_factory=_no_segments)
    bars: Ints = field(default_factory=_no_bars)
    dots: Floats = field(default_factory=_no_dots)


def path(columns: Columns, geometry: Geometry) -> tuple[Floats, Floats]:
    """A line through the columns: x (n,), y (n,) in device pixels, NaN where it breaks.

    One point stays one vertex; a column of several has its middle at its extrema's mean, and the newest point in view
    closes the line.
    """
    if columns.single:
        return geometry.px(columns.first_x()), geometry.py(columns.low)
    return _middle_path(columns, geometry, geometry.py(columns.high), geometry.py(columns.low))


def _middle_path(columns: Columns, geometry: Geometry, top: Floats, bottom: Floats) -> tuple[Floats, Floats]:
    count = len(columns)
    x, y = np.empty(count + 1), np.empty(count + 1)
    x[:-1] = geometry.column_center(columns.column)
    np.add(top, bottom, out=y[:-1])
    y[:-1] *= 0.5
    places = geometry.px(columns.last_x(_ENDS))
    if columns.inner.start > 0:
        x[0] = places[0]
    if columns.inner.stop < count:
        # The point outside closes the line by itself.
        x[-2:], y[-1] = places[1], y[-2]
    else:
        x[-1], y[-1] = places[1], geometry.py(columns.last(_ENDS[1:]))[0]
    return x, y


def smooth_strokes(columns: Columns, geometry: Geometry, width: float, *, thin: bool) -> Strokes:
    """Segments for the antialiased line of ``width`` device pixels, and bars where it is rough.

    ``thin`` leaves out vertices that change nothing; not worth its time for a frame that is soon replaced.
    """
    if columns.single:
        x, y = path(columns, geometry)
        if thin and len(x) > geometry.width // 2:
            x, y = thinned(*thinned(x, y))
        return join(x, y)
    top, bottom = geometry.py(columns.high), geometry.py(columns.low)
    x, y = _middle_path(columns, geometry, top, bottom)
    rough = bottom - top > _slope(y[:-1]) + ROUGH * geometry.stride
    broken = _broken_links(columns)
    if not rough.any() and broken is None:
        if thin:
            x, y = thinned(*thinned(x, y))
        return join(x, y)
    good = np.isfinite(y)
    linked = good[:-1] & good[1:]
    if broken is not None:
        linked[broken] = False
    # Between neighbouring bars the line shows only where they do not touch.
    covered = rough[:-1] & rough[1:] & (top[1:] <= bottom[:-1]) & (top[:-1] <= bottom[1:])
    covered[columns.gaps] = False
    drawn = linked.copy()
    drawn[:-1] &= ~covered
    start = np.flatnonzero(drawn)
    segments = np.empty((len(start), 4))
    segments[:, 0], segments[:, 1] = x[start], y[start]
    segments[:, 2], segments[:, 3] = x[start + 1], y[start + 1]
    at = np.flatnonzero(rough[columns.inner]) + columns.inner.start
    half = width / 2
    bars = _bars(columns.column[at], top[at] - half, bottom[at] + (half - 1), geometry)
    alone = good
    alone[:-1] &= ~(linked | rough)
    alone[1:] &= ~linked
    return Strokes(segments, bars, np.column_stack([x[alone], y[alone]]))


def _slope(middle: Floats) -> Floats:
    """How far the line rises or falls within each column."""
    slope = np.zeros(len(middle))
    if len(middle) > 2:
        np.subtract(middle[2:], middle[:-2], out=slope[1:-1])
        slope[0], slope[-1] = 2 * (middle[1] - middle[0]), 2 * (middle[-1] - middle[-2])
        np.abs(slope, out=slope)
        slope *= 0.75
    return slope


def batched(series: Sequence[LodSeries], geometry: Geometry) -> tuple[Floats, list[slice | None]]:
    """Segments (n, 4) of all series that have few points in view, and which of them are whose.

    None for the other series, which go by their columns.

    The same as their strokes would be, for all series at once: a chart of short lines would otherwise take most of its
    time with calls for each.
    """
    low, high = geometry.limits.x0, geometry.limits.x1
    found = [line.few(low, high, geometry.width // 2) for line in series]
    parts = [part for part in found if part is not None]
    if not parts:
        return _no_segments(), [None] * len(series)
    x = geometry.px(np.concatenate([part[0] for part in parts]))
    y = geometry.py(np.concatenate([part[1] for part in parts]))
    # The segments from each series to the next are made as well, and left out of the slices.
    segments = np.empty((len(x) - 1, 4))
    segments[:, 0], segments[:, 1], segments[:, 2], segments[:, 3] = x[:-1], y[:-1], x[1:], y[1:]
    owned: list[slice | None] = []
    at = 0
    for part in found:
        if part is None:
            owned.append(None)
            continue
        count = len(part[0])
        owned.append(slice(at, at + count - 1))
        at += count
    return segments, owned


def raw_strokes(columns: Columns, geometry: Geometry) -> Strokes:
    """Bars from minimum to maximum, each joined to the column before it; segments where columns are empty between."""
    if columns.single:
        return join(geometry.px(columns.first_x()), geometry.py(columns.low))
    low, high, gaps = columns.low.copy(), columns.high.copy(), columns.gaps
    missing = np.isnan(low)
    some_missing = bool(missing.any())
    last = columns.last()[:-1]
    if len(gaps):
        last[gaps] = np.nan
    if some_missing:
        last[missing[1:]] = np.nan
    np.fmin(low[1:], last, out=low[1:])
    np.fmax(high[1:], last, out=high[1:])
    shown: slice | NDArray[np.intp] = columns.inner
    if some_missing:
        shown = np.flatnonzero(~missing[columns.inner]) + columns.inner.start
    bars = _bars(columns.column[shown], geometry.py(high[shown]), geometry.py(low[shown]), geometry)
    if not len(gaps):
        return Strokes(bars=bars)
    y0, y1 = geometry.py(columns.last(gaps)), geometry.py(columns.first(gaps + 1))
    whole = np.isfinite(y0) & np.isfinite(y1)
    segments = np.column_stack([geometry.px(columns.last_x(gaps)), y0, geometry.px(columns.first_x(gaps + 1)), y1])
    return Strokes(segments[whole], bars)


def _broken_links(columns: Columns) -> NDArray[np.intp] | None:
    """Entries after which the line breaks although both neighbours have values: a gap of columns with NaN at an end."""
    gaps = columns.gaps
    if not len(gaps):
        return None
    torn = gaps[np.isnan(columns.last(gaps)) | np.isnan(columns.first(gaps + 1))]
    return torn if len(torn) else None


def _bars(column: NDArray[np.intp], top: Floats, bottom: Floats, geometry: Geometry) -> Ints:
    """Bars of whole pixels that touch top and bottom, at least one pixel high."""
    bars = np.empty((len(column), 3), np.int32)
    bars[:, 0] = geometry.column_left(column)
    bars[:, 1] = top
    bars[:, 2] = bottom
    return bars


def thinned(x: Floats, y: Floats, tolerance: float = TOLERANCE) -> tuple[Floats, Floats]:
    """Leave out every second vertex that lies on the way between its neighbours; the ends stay."""
    if len(x) < 8:
        return x, y
    x0, x1, x2 = x[:-2:2], x[1:-1:2], x[2::2]
    y0, y1, y2 = y[:-2:2], y[1:-1:2], y[2::2]
    dx, dy = x2 - x0, y2 - y0
    off = np.abs(dx * (y1 - y0) - dy * (x1 - x0))
    drop = (off <= tolerance * np.maximum(dx, np.abs(dy))) & (dx > np.abs(dy) * 0.02) & (x1 >= x0) & (x1 <= x2)
    keep = np.ones(len(x), bool)
    keep[1:-1:2] = ~drop
    return x[keep], y[keep]


def join(x: Floats, y: Floats) -> Strokes:
    """Segments between neighbouring vertices; a vertex of NaN breaks the line, a lonely one becomes a dot."""
    good = np.isfinite(y)
    if good.all() and len(x) > 1:
        segments = np.empty((len(x) - 1, 4))
        segments[:, 0], segments[:, 1], segments[:, 2], segments[:, 3] = x[:-1], y[:-1], x[1:], y[1:]
        return Strokes(segments)
    linked = good[:-1] & good[1:]
    start = np.flatnonzero(linked)
    segments = np.empty((len(start), 4))
    segments[:, 0], segments[:, 1] = x[start], y[start]
    segments[:, 2], segments[:, 3] = x[start + 1], y[start + 1]
    reached = np.zeros(len(x), bool)
    reached[:-1] |= linked
    reached[1:] |= linked
    lonely = good & ~reached
    return Strokes(segments, dots=np.column_stack([x[lonely], y[lonely]]))


def dashed(segments: Floats, pattern: tuple[float, ...]) -> Floats:
    """Cut joined segments into dashes: ``pattern`` is drawn, left out, drawn... in device pixels, along the line.

    Many short segments are kept or left out whole; few long ones are cut.
    """
    if not len(segments):
        return segments
    length = np.hypot(segments[:, 2] - segments[:, 0], segments[:, 3] - segments[:, 1])
    start = np.concatenate([[0.0], np.cumsum(length)])
    total, period = float(start[-1]), float(sum(pattern))
    if total <= 0:
        return segments
    turns = np.cumsum([0.0, *pattern])
    if len(segments) > MOST_CUT or total > LONGEST_CUT:
        middle = start[:-1] + length / 2
        middle %= period
        drawn = middle < pattern[0]
        for begin, end in zip(turns[2::2], turns[3::2], strict=False):
            drawn |= (middle >= begin) & (middle < end)
        kept: Floats = segments[drawn]
        return kept
    cuts = (np.arange(int(total / period) + 1)[:, None] * period + turns[:-1]).reshape(-1)
    places = np.unique(np.concatenate([start, cuts[cuts < total]]))
    middle = (places[:-1] + places[1:]) / 2
    drawn = np.searchsorted(turns, middle % period, "right") % 2 == 1
    owner = np.minimum(np.searchsorted(start, middle, "right") - 1, len(segments) - 1)
    span = np.where(length[owner] > 0, length[owner], 1.0)
    begin = ((places[:-1] - start[owner]) / span)[drawn, None]
    end = ((places[1:] - start[owner]) / span)[drawn, None]
    source = segments[owner[drawn]]
    delta = source[:, 2:] - source[:, :2]
    return np.hstack([source[:, :2] + begin * delta, source[:, :2] + end * delta])
