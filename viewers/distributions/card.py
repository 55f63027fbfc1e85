"""A card with the distribution of a series."""

from __future__ import annotations

from collections.abc import Callable

from ..bins.card import SeriesCard
from ..charts.chart import Chart
from ..charts.frames import FrameScheduler
from ..charts.style import ChartStyle
from ..theme import Theme


class Card(SeriesCard):
    """``style()`` gives what is drawn with in the theme in force."""

    noun = "distribution"

    def __init__(self, frames: FrameScheduler, theme: Theme, style: Callable[[], ChartStyle]) -> None:
        self.chart = Chart(frames, style())
        super().__init__(frames, theme, style, self.chart)
