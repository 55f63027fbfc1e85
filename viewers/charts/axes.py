"""Ticks that fit: as many labels as have room, none cut off, none touching its neighbour."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ..lod import ticks
from ..lod.scale import Scale, ScaleKind
from ..lod.ticks import Tick
from ..selection import XAxis
from .geometry import Limits
from .style import Measures

LABEL_GAP = 18.0
Y_LABEL_PIXELS = 27.0
MARGIN_TOP, MARGIN_RIGHT, MARGIN_BOTTOM, MARGIN_LEFT = 8.0, 16.0, 26.0, 46.0
TICK_OFFSET = 8.0


@dataclass(frozen=True, slots=True)
class Frame:
    """The plot area inside a chart, in logical pixels, and the ticks of the y axis that decided its left side."""

    left: float
    top: float
    width: float
    height: float
    y_ticks: list[Tick]


def y_ticks(limits: Limits, scale: Scale, height: float) -> list[Tick]:
    """Ticks of the y axis for a plot ``height`` logical pixels high."""
    count = max(2, int(height / Y_LABEL_PIXELS))
    if scale.kind is ScaleKind.LOG:
        return ticks.log_ticks(limits.y0, limits.y1, count)
    if scale.kind is ScaleKind.SYMLOG:
        return ticks.symlog_ticks(limits.y0, limits.y1, scale.linear, count)
    found = ticks.linear_ticks(limits.y0, limits.y1, count)
    return found if len(found) >= 2 else ticks.linear_ticks(limits.y0, limits.y1, count + 1)


def x_ticks(limits: Limits, scale: Scale, axis: XAxis, origin: int, width: float, metrics: Measures) -> list[Tick]:
    """Ticks of the x axis for a plot ``width`` logical pixels wide: the most whose labels keep apart."""
    low, high = limits.x0, limits.x1
    span = scale.place(high) - scale.place(low)
    for count in range(min(max(2, int(width / 56)), 12), 0, -1):
        if scale.kind is ScaleKind.LOG:
            found = ticks.log_ticks(low, high, count)
        elif axis is XAxis.RELATIVE:
            found = ticks.duration_ticks(low, high, count)
        elif axis is XAxis.WALL:
            found = ticks.wall_ticks(low, high, count)
        else:
            found = ticks.linear_ticks(low, high, count, whole=True, origin=origin)
        places = [((scale.place(value) - scale.place(low)) / span * width, text) for value, text in found]
        end = -math.inf
        for center, text in places:
            half = metrics.advance(text) / 2
            if center - half < end + LABEL_GAP:
                break
            end = center + half
        else:
            if len(found) >= 2 or count == 1:
                return found
    return []


def frame(width: float, height: float, limits: Limits, y_scale: Scale, metrics: Measures) -> Frame:
    """Place the plot area in a chart of this size."""
    inner = max(height - MARGIN_TOP - MARGIN_BOTTOM, 1.0)
    found = y_ticks(limits, y_scale, inner)
    widest = max((metrics.advance(text) for _, text in found), default=0.0)
    left = math.ceil(max(MARGIN_LEFT, widest + TICK_OFFSET + 6))
    return Frame(left, MARGIN_TOP, max(width - left - MARGIN_RIGHT, 1.0), inner, found)
