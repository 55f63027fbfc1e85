"""Numbers of histograms in words. No Qt."""

from __future__ import annotations

import math

from ..bins.stats import Stats
from ..lod import ticks


def count(value: float) -> str:
    """A count: whole ones in full, parts of one with two decimals."""
    if math.isnan(value):
        return "–"
    return f"{value:,.0f}" if value == round(value) or value >= 1000 else f"{value:,.2f}"


def number(value: float) -> str:
    """A value, a dash where the log does not say."""
    return "–" if math.isnan(value) else ticks.number(value)


def mean_and_deviation(told: Stats) -> tuple[str, str]:
    """Mean and standard deviation, marked where they are estimates."""
    mark = "≈ " if told.estimated else ""
    return mark + number(told.mean), mark + number(told.deviation)


def bin_range(low: float, high: float) -> str:
    """The ends of a bin."""
    return f"{ticks.number(low)} … {ticks.number(high)}"
