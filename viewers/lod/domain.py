"""Which part of the y axis a chart shows when nobody chose one: TensorBoard's rules, written down once.

Sources: tensorboard ``line_chart_v2`` (extents, padding and the 5 % and 95 % places of "Ignore outliers").
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .ticks import tick_step

PADDING = 0.05
LOW_PLACE, HIGH_PLACE = 0.05, 0.95

Extent = tuple[float, float]


def extent(
    series: Sequence[NDArray[np.floating[Any]]], *, ignore_outliers: bool, positive: bool = False
) -> Extent | None:
    """Smallest and largest finite value of all ``series`` pooled; None where there is none.

    With ``ignore_outliers`` and more than two values, those at places ceil((n-1) * 0.05) and floor((n-1) * 0.95) of
    the sorted pool. ``positive`` leaves out what a logarithmic axis cannot show.
    """
    parts = [_usable(values, positive) for values in series]
    parts = [part for part in parts if len(part)]
    if not parts:
        return None
    count = sum(len(part) for part in parts)
    if not ignore_outliers or count <= 2:
        return min(float(part.min()) for part in parts), max(float(part.max()) for part in parts)
    pool = np.concatenate(parts) if len(parts) > 1 else parts[0].copy()
    low, high = math.ceil((count - 1) * LOW_PLACE), math.floor((count - 1) * HIGH_PLACE)
    pool.partition((low, high))
    return float(pool[low]), float(pool[high])


def _usable(values: NDArray[np.floating[Any]], positive: bool) -> NDArray[np.floating[Any]]:
    keep = np.isfinite(values)
    if positive:
        keep &= values > 0
    return values if keep.all() else values[keep]


def padded_linear(low: float, high: float) -> Extent:
    """Room around an extent on a linear axis; an extent of one value v becomes 0..2v, 2v..0 or -1..1."""
    if low == high:
        if low > 0:
            return 0.0, 2 * low
        return (2 * low, 0.0) if low < 0 else (-1.0, 1.0)
    room = (high - low) * PADDING
    return nice(low - room, high + room)


def nice(low: float, high: float, count: int = 10) -> Extent:
    """Widen an extent to whole steps of 1, 2 or 5 times a power of ten, some ``count`` of which fill it."""
    step = tick_step((high - low) / count)
    if not step > 0 or not math.isfinite(step):
        return low, high
    return math.floor(low / step) * step, math.ceil(high / step) * step


def padded_log(low: float, high: float) -> Extent:
    """Room around a positive extent on a logarithmic axis, the same share of it as on a linear one."""
    if low == high:
        return low * 0.5, high * 2.0
    room = (high / low) ** PADDING
    return low / room, high * room


def padded_symlog(low: float, high: float, linear: float) -> Extent:
    """Room around an extent on a symmetric logarithmic axis that is linear within ±``linear``."""
    if low == high:
        return padded_linear(low, high)

    def forward(value: float) -> float:
        return math.copysign(math.log10(1 + abs(value) / linear), value)

    def inverse(place: float) -> float:
        return math.copysign(linear * (10 ** abs(place) - 1), place)

    room = (forward(high) - forward(low)) * PADDING
    return inverse(forward(low) - room), inverse(forward(high) + room)


def symlog_linear(low: float, high: float) -> float:
    """Half width of the linear part of a symmetric logarithmic axis for values low..high: two decades are shown."""
    largest = max(abs(low), abs(high))
    if not largest > 0 or not math.isfinite(largest):
        return 1.0
    return float(10.0 ** (math.ceil(math.log10(largest)) - 2))
