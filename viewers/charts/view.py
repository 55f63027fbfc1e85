"""What part of its data a chart shows: fitted, or chosen by zooming, panning and typing, with the way back. No Qt."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from ..lod.scale import Scale, ScaleKind
from .geometry import Limits

Range = tuple[float, float]

_HISTORY = 100
_NARROWEST = 1e-13


def usable(limits: Range | None, scale: Scale) -> bool:
    """True for a range that an axis of this scale can show."""
    if limits is None:
        return False
    low, high = limits
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        return False
    if scale.kind is ScaleKind.LOG and low <= 0:
        return False
    return high - low > _NARROWEST * max(abs(low), abs(high))


@dataclass
class ChartView:
    """The limits of one chart. ``x`` and ``y`` are None while they follow the data."""

    x: Range | None = None
    y: Range | None = None
    y_log: bool | None = None
    history: list[tuple[Range | None, Range | None]] = field(default_factory=list)

    @property
    def fitted(self) -> bool:
        """True while both axes follow the data."""
        return self.x is None and self.y is None

    def limits(self, fit_x: Range | None, fit_y: Range | None, x_scale: Scale, y_scale: Scale) -> Limits:
        """The chosen range of each axis where it can be shown, else the fitted one, else a unit range."""
        x = self.x if usable(self.x, x_scale) else _padded(fit_x, x_scale)
        y = self.y if usable(self.y, y_scale) else _padded(fit_y, y_scale)
        assert x is not None and y is not None
        return Limits(x[0], x[1], y[0], y[1])

    def remember(self) -> None:
        """Note where the view is, before it is changed by hand."""
        now = (self.x, self.y)
        if not self.history or self.history[-1] != now:
            self.history.append(now)
            del self.history[:-_HISTORY]

    def back(self) -> bool:
        """Return to the view before the last change; False where there is none."""
        while self.history:
            before = self.history.pop()
            if before != (self.x, self.y):
                self.x, self.y = before
                return True
        return False


def _padded(fit: Range | None, scale: Scale) -> Range:
    """A fitted range that can be shown: one point gets room around it."""
    if usable(fit, scale):
        assert fit is not None
        return fit
    lowest, highest = (1.0, 10.0) if scale.kind is ScaleKind.LOG else (0.0, 1.0)
    if fit is None or not all(math.isfinite(value) for value in fit):
        return lowest, highest
    low, high = fit
    if scale.kind is ScaleKind.LOG:
        if high <= 0:
            return lowest, highest
        low = low if low > 0 else high / 10
        return (low / 2, high * 2) if low == high else (low, high)
    room = max(0.5, abs(low) * 1e-9)
    return low - room, high + room


def zoomed(limits: Range, scale: Scale, at: float, factor: float) -> Range:
    """The range after zooming by ``factor`` (below 1: in) about the value ``at``, which stays where it is."""
    low, high, center = scale.place(limits[0]), scale.place(limits[1]), scale.place(at)
    return scale.value(center + (low - center) * factor), scale.value(center + (high - center) * factor)


def panned(limits: Range, scale: Scale, fraction: float) -> Range:
    """The range moved by a fraction of its own length."""
    low, high = scale.place(limits[0]), scale.place(limits[1])
    move = (high - low) * fraction
    return scale.value(low + move), scale.value(high + move)
