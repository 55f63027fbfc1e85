"""One run's line in a chart, as the chart is given it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QColor

from ..lod.series import LodSeries


@dataclass(slots=True)
class ChartCurve:
    """A run's points and how to draw them. ``smooth`` is None where no smoothing is asked for (or not ready yet).

    ``dash`` is drawn, left out, ... in units of the line's width, None for a solid line. A line that is not ``visible``
    is there for what it says about the data, and left out of the picture. ``weight`` is the share of the usual width
    that it is drawn with; ``dotted``: the cursor marks its point.
    """

    run: str
    raw: LodSeries
    smooth: LodSeries | None
    color: QColor
    dash: tuple[float, ...] | None = None
    visible: bool = True
    weight: float = 1.0
    dotted: bool = True

    @property
    def line(self) -> LodSeries:
        """The line that is read: the smoothed one where there is one."""
        return self.smooth if self.smooth is not None else self.raw
