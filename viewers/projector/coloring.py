"""Colours of points by their labels, by a number, or by how crowded it is around them. No Qt.

Everything here is a function of its arguments, may run in any thread, and takes some ten milliseconds for a million
points.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...reader.api import MetadataColumn
from ..oklab import bytes_of, hex_of, rgb_of
from ..runs.natural import ComponentKey, component_key
from ..theme import Theme
from .density import density
from .labels import Labels
from .legend import CategoryLegend, Legend, LegendEntry, RampLegend, scale_of
from .palette import MOST_COLORS, STEPS, categories, nothing, ramp, rest

#: Groups of points that are no single value: all values without a colour of their own, and points without a value.
REST, NOTHING = 254, 255
#: Opacity of points beside isolated ones.
DIMMED = 40
_SAMPLE = 1 << 17
_ROBUST = (1.0, 99.0)
#: The usual range keeps an end of the data that is at most so many of its widths away.
_NEAR = 0.25


class Order(Enum):
    """How a legend is sorted."""

    COUNT = "count"
    NATURAL = "natural"


@dataclass(frozen=True, slots=True)
class Coloring:
    """Colours of n points: ``colors`` uint8 (n, 4), red, green, blue, alpha; ``legend`` None where there is one colour.

    ``groups`` is uint8 (n,), the ``group`` of each point's legend entry; None where colours are no categories.
    """

    colors: NDArray[np.uint8]
    legend: Legend | None = None
    groups: NDArray[np.uint8] | None = None

    def points_of(self, group: int) -> NDArray[np.int64]:
        """Indices of the points of a legend entry, rising."""
        return np.empty(0, np.int64) if self.groups is None else np.flatnonzero(self.groups == group)


@dataclass(frozen=True, slots=True)
class NumberRange:
    """The numbers of a column: ends of the data, the range that the ramp spans, and how many points have no number.

    Ends are finite; infinities count as beyond them. Without any number all four are 0.
    """

    least: float
    most: float
    low: float
    high: float
    missing: int

    def spanning(self, low: float, high: float) -> NumberRange:
        """The same numbers with other ends of the ramp, in order and within the data."""
        low, high = sorted(min(max(end, self.least), self.most) for end in (low, high))
        return replace(self, low=low, high=high)


def is_categorical(column: Labels, forced: bool = False) -> bool:
    """Whether a column is shown as categories; ``forced`` makes them of numbers too, where their texts are known."""
    return column.numbers is None or column.categorical or (forced and column.codes is not None)


def one_color(count: int, theme: Theme) -> Coloring:
    """All points in the theme's accent."""
    return Coloring(_painted(bytes_of(rgb_of(theme.accent))[None], np.zeros(count, np.uint8)))


def by_category(column: Labels, theme: Theme, order: Order = Order.COUNT, isolated: Collection[int] = ()) -> Coloring:
    """Colours of the values of a column, as :func:`by_codes`; all alike where there are too many to be told apart."""
    if column.codes is None:
        groups = np.full(len(column), REST, np.uint8)
        text = f"more than {MetadataColumn.MOST_VALUES:,} different values"
        entry = LegendEntry(REST, text, len(column), hex_of(rest(theme)), True)
        legend = CategoryLegend(column.name, (entry,) if len(column) else (), 0)
        return Coloring(_painted(rest(theme)[None], np.zeros(len(column), np.uint8)), legend, groups)
    return by_codes(column.name, column.codes, column.values, theme, order, isolated)


def by_codes(
    title: str,
    codes: NDArray[np.integer[Any]],
    values: Sequence[str],
    theme: Theme,
    order: Order = Order.COUNT,
    isolated: Collection[int] = (),
    without: str = "no value",
) -> Coloring:
    """Colours of n points by ``values[code]``; codes below 0 and empty texts are points ``without`` one.

    Up to 50 values get a colour each, in natural order, so that a value keeps its colour whatever its count; of more
    values the 49 most frequent do, and the others are grey together. ``isolated`` are groups of the legend: the points
    of all others are dimmed. Groups that there are not count for nothing.
    """
    counts = np.bincount(codes[codes >= 0] if len(codes) and codes.min() < 0 else codes, minlength=len(values))
    named = np.array([bool(text.strip()) for text in values], bool)
    occurring = np.flatnonzero((counts > 0) & named)
    chosen = occurring
    if len(occurring) > MOST_COLORS:
        chosen = occurring[np.argsort(-counts[occurring], kind="stable")[: MOST_COLORS - 1]]
    ranked = sorted(chosen.tolist(), key=lambda code: _natural(values[code]))
    # The last place is for the code -1, which is how indices from the end are written.
    group_of = np.full(len(values) + 1, NOTHING, np.uint8)
    group_of[occurring] = REST
    group_of[ranked] = np.arange(len(ranked))
    groups = group_of.take(codes if not len(codes) or codes.min() >= -1 else np.maximum(codes, -1), mode="wrap")
    palette = _palette(theme)
    entries = [
        LegendEntry(group, values[code], int(counts[code]), hex_of(palette[group])) for group, code in enumerate(ranked)
    ]
    if order is Order.COUNT:
        entries.sort(key=lambda entry: -entry.count)
    others = len(occurring) - len(ranked)
    if others:
        count = int(counts[occurring].sum()) - sum(entry.count for entry in entries)
        entries.append(LegendEntry(REST, f"{others:,} other values", count, hex_of(palette[REST]), True))
    others = len(codes) - sum(entry.count for entry in entries)
    if others:
        entries.append(LegendEntry(NOTHING, without, others, hex_of(palette[NOTHING]), True))
    shown = frozenset(isolated) & {entry.group for entry in entries}
    legend = CategoryLegend(title, tuple(entries), len(occurring), shown)
    return Coloring(_painted(palette, groups, shown), legend, groups)


def range_of(values: NDArray[np.floating[Any]]) -> NumberRange:
    """Ends of the numbers and a range for the ramp that a few outliers do not stretch: percentiles 1 to 99.

    An end of the data that is not far from its percentile is kept. Percentiles of many numbers are those of a sample.
    """
    finite = np.isfinite(values)
    kept = values if finite.all() else values[finite]
    missing = int(np.count_nonzero(np.isnan(values)))
    if not len(kept):
        return NumberRange(0.0, 0.0, 0.0, 0.0, missing)
    least, most = float(kept.min()), float(kept.max())
    sample = kept if len(kept) <= _SAMPLE else kept[np.random.default_rng(0).integers(0, len(kept), _SAMPLE)]
    scale = scale_of(least, most)
    low, high = np.percentile(sample.astype(np.float64) * scale, _ROBUST).tolist()
    near = (high - low) * _NEAR
    first = least if high <= low or low - least * scale <= near else max(low / scale, least)
    last = most if high <= low or most * scale - high <= near else min(high / scale, most)
    return NumberRange(least, most, first, last, missing)


def by_number(
    title: str,
    values: NDArray[np.floating[Any]],
    theme: Theme,
    span: NumberRange | None = None,
    ends: tuple[str, str] | None = None,
) -> Coloring:
    """Colours of n numbers from ``span.low`` to ``span.high`` (:func:`range_of` the numbers if None); NaN is grey.

    Numbers beyond the range have the colour of its end. ``ends`` are words for the ends of the ramp.
    """
    if span is None:
        span = range_of(values)
    stops = ramp(theme)
    legend = RampLegend(
        title, stops, span.least, span.most, span.low, span.high, span.missing, hex_of(nothing(theme)), ends
    )
    return Coloring(_painted(np.concatenate([stops, nothing(theme)[None]]), _stops_of(values, span)), legend)


def by_density(points: NDArray[np.floating[Any]], theme: Theme) -> Coloring:
    """Colours by how crowded it is around each of n points, (n, 2) or (n, 3); grey where one is not finite."""
    shares = density(points)
    missing = int(np.count_nonzero(np.isnan(shares)))
    return by_number("Density", shares, theme, NumberRange(0.0, 1.0, 0.0, 1.0, missing), ("sparse", "dense"))


def _stops_of(values: NDArray[np.floating[Any]], span: NumberRange) -> NDArray[np.int16]:
    """Which colour of the ramp each number has; one beyond the last for NaN."""
    scale = scale_of(span.low, span.high)
    width = span.high * scale - span.low * scale
    with np.errstate(over="ignore", invalid="ignore"):
        if width > 0:
            place = values.astype(np.float64) * scale
            place -= span.low * scale
            place /= width
            place *= STEPS - 1
        else:
            # All of the range is one number: what is it lies in the middle.
            place = np.sign(values.astype(np.float64) - span.low) * STEPS + (STEPS - 1) / 2
        np.rint(place, out=place)
    # These two leave NaN out, which no integer could hold.
    np.fmin(np.fmax(place, 0, out=place), STEPS - 1, out=place)
    stops = place.astype(np.int16)
    stops[np.isnan(values)] = STEPS
    return stops


def _palette(theme: Theme) -> NDArray[np.uint8]:
    """Colours by group: uint8 (256, 3)."""
    palette = np.empty((256, 3), np.uint8)
    palette[:] = nothing(theme)
    palette[:MOST_COLORS] = categories(theme)
    palette[REST] = rest(theme)
    return palette


def _painted(
    palette: NDArray[np.uint8], which: NDArray[np.integer[Any]], isolated: frozenset[int] = frozenset()
) -> NDArray[np.uint8]:
    """``palette[which]`` with alpha: uint8 (n, 4)."""
    whole = np.full((len(palette), 4), 255, np.uint8)
    whole[:, :3] = palette
    if isolated:
        whole[:, 3] = DIMMED
        whole[list(isolated), 3] = 255
    # Four bytes at once: ten times as fast as rows of bytes.
    packed = whole.view(np.uint32).reshape(-1)
    return packed.take(which).view(np.uint8).reshape(-1, 4)


def _natural(text: str) -> tuple[bool, float, ComponentKey]:
    """Numbers by value, also those below zero, before all other texts in natural order."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    # NaN has no place among numbers, infinities have.
    return (True, 0.0, component_key(text)) if math.isnan(number) else (False, number, ((), text))
