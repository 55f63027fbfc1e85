"""One histogram of each run over bins that they have in common. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...reader.api import HistogramView
from ..bins.buckets import Floats
from ..bins.rebin import density, edges_of, rebin, totals_of
from ..bins.spans import Extent, Span, beside, joined
from ..bins.stats import Stats, estimates, stats_of
from .ridges import Shapes, drawn_bounds


@dataclass(frozen=True, slots=True)
class Beside(Shapes):
    """``values`` float64 (k, b): a row for each of ``views``, of its point ``points``; ``totals`` float64 (k,) are the
    counts of all its buckets, ``means`` and ``deviations`` float64 (k,) what these say of the values."""

    views: tuple[HistogramView, ...]
    points: tuple[int, ...]
    totals: Floats
    means: Floats
    deviations: Floats

    def stats(self, row: int) -> Stats:
        """What the record of a row says of its values."""
        return stats_of(self.views[row], self.points[row], (float(self.means[row]), float(self.deviations[row])))


@dataclass(frozen=True, slots=True)
class BesideWish:
    """What is to be drawn: of each series (its rewrites tell its states apart) one point, over which bins, and how."""

    points: tuple[tuple[str, int, int], ...]
    extent: Extent | None
    bins: int
    low: float | None
    high: float | None
    density: bool


def wish_of(
    views: Sequence[HistogramView], points: Sequence[int], spans: Sequence[Span], bins: int,
    low: float | None, high: float | None, is_density: bool,
) -> BesideWish:  # fmt: skip
    """The wish for these points. The range of the bins is that of all steps of all runs, so that it keeps still while
    the step changes."""
    extent: Extent | None = None
    for span in spans:
        extent = joined(extent, span.extent)
    named = tuple((view.key.run, view.rewrites, point) for view, point in zip(views, points, strict=True))
    return BesideWish(named, extent, bins, low, high, is_density)


def cost_of(views: Sequence[HistogramView], points: Sequence[int]) -> int:
    """How many buckets :func:`beside_of` goes through."""
    return sum(int(view.start[point + 1] - view.start[point]) for view, point in zip(views, points, strict=True))


def beside_of(views: Sequence[HistogramView], wish: BesideWish) -> Beside:
    """The histograms of a wish."""
    edges = edges_of(*drawn_bounds(wish.extent, wish.low, wish.high), wish.bins)
    points = tuple(point for _run, _rewrites, point in wish.points)
    buckets = beside(list(views), list(points))
    totals = totals_of(buckets)
    values = rebin(buckets, edges)
    if wish.density:
        values = density(values, edges, totals)
    return Beside(edges, values, tuple(views), points, totals, *estimates(buckets))
