"""The histograms that a card draws, over bins that they have in common. No Qt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...reader.api import HistogramView, RestartMode
from ..bins.buckets import Floats, Ints, buckets_of
from ..bins.points import Points, evenly, shown_points
from ..bins.rebin import density, drawn_range, edges_of, extent_of, rebin, totals_of
from ..bins.spans import Extent, joined


@dataclass(frozen=True, slots=True)
class Wish:
    """What ridges are made for: how many bins over which values (None: all), how many histograms, counts or density,
    and which points where a training was taken up again."""

    bins: int
    low: float | None
    high: float | None
    most: int
    density: bool
    restarts: RestartMode = RestartMode.LATEST_WINS


@dataclass(frozen=True, slots=True)
class Shapes:
    """Histograms over the same bins: ``values`` float64 (k, b) are counts, or densities, in the bins between ``edges``
    float64 (b + 1,)."""

    edges: Floats
    values: Floats

    @property
    def centers(self) -> Floats:
        """The middles of the bins, float64 (b,)."""
        middles: Floats = (self.edges[:-1] + self.edges[1:]) / 2
        return middles


@dataclass(frozen=True, slots=True)
class Ridges(Shapes):
    """The histograms of a series: ``point`` int64 (k,) names the points of the view by rising step.

    ``shown`` are the points to choose from, ``dropped`` counts the unusable buckets of all points. ``extent`` is the
    range of the first ``seen`` points of the view at ``rewrites``.
    """

    point: Ints
    shown: Points
    dropped: int
    extent: tuple[float, float] | None
    seen: int
    rewrites: int


def cost_of(view: HistogramView, wish: Wish, done: int) -> int:
    """About how many buckets :func:`ridges_of` goes through."""
    points = max(len(view.step), 1)
    total = int(view.start[-1])
    return int(view.start[-1] - view.start[done]) + total * min(points, wish.most) // points + points // 4


def ridges_of(view: HistogramView, wish: Wish, before: Ridges | None) -> Ridges:
    """The ridges of a view; what ``before`` has seen of it is not looked through again for the range of all steps."""
    extent, seen, dropped = None, 0, 0
    if before is not None and before.rewrites == view.rewrites and before.seen <= len(view.step):
        extent, seen, dropped = before.extent, before.seen, before.dropped
    fresh = buckets_of(view, begin=seen)
    extent = joined(extent, extent_of(fresh))
    points = shown_points(view.step, view.sessions, wish.restarts)
    chosen = points.index[evenly(len(points.index), wish.most)]
    low, high = drawn_bounds(extent, wish.low, wish.high)
    edges = edges_of(low, high, wish.bins)
    buckets = buckets_of(view, chosen)
    values = rebin(buckets, edges)
    if wish.density:
        values = density(values, edges, totals_of(buckets))
    return Ridges(
        edges,
        values,
        chosen,
        points,
        dropped + fresh.dropped,
        extent,
        len(view.step),
        view.rewrites,
    )


def drawn_bounds(extent: Extent | None, chosen_low: float | None, chosen_high: float | None) -> tuple[float, float]:
    """What bins cover: the chosen bounds where they leave a range, else the range of all steps."""
    low, high = drawn_range(*(extent or (0.0, 0.0)))
    chosen_low = low if chosen_low is None else chosen_low
    chosen_high = high if chosen_high is None else chosen_high
    return (chosen_low, chosen_high) if chosen_low < chosen_high else (low, high)


def unit_of(values: Floats, is_density: bool) -> float:
    """What a logarithmic height counts from: one count, or the least density there is."""
    if not is_density:
        return 1.0
    filled = values[values > 0]
    return float(filled.min()) if len(filled) else 1.0


def heights_of(values: Floats, log: bool, unit: float) -> Floats:
    """Heights as shares of the highest, float64, 0..1; logarithmic: ``log10(1 + value / unit)``."""
    heights = np.log10(1.0 + values / unit) if log else values
    top = float(heights.max()) if heights.size else 0.0
    scaled: Floats = heights / top if top > 0 else np.zeros_like(heights)
    return scaled
