"""A card with the histograms of a series."""

from __future__ import annotations

from collections.abc import Callable

from ..bins.card import SeriesCard
from ..charts.frames import FrameScheduler
from ..charts.style import ChartStyle
from ..theme import Theme
from .plot import RidgePlot


class Card(SeriesCard):
    """``style()`` gives what is drawn with in the theme in force."""

    noun = "histogram"

    def __init__(self, frames: FrameScheduler, theme: Theme, style: Callable[[], ChartStyle]) -> None:
        self.plot = RidgePlot(frames, style())
        super().__init__(frames, theme, style, self.plot)
