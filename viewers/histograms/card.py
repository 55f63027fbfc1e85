"""A card with the histograms of a series."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from ..bins.catalog import tag_of
from ..board.card import CardFrame
from ..charts.frames import FrameScheduler
from ..charts.style import ChartStyle
from ..theme import Theme
from .plot import RidgePlot


class Card(CardFrame):
    """``style()`` gives what is drawn with in the theme in force."""

    noun = "histogram"

    def __init__(
        self, frames: FrameScheduler, theme: Theme, style: Callable[[], ChartStyle], parent: QWidget | None = None
    ) -> None:
        super().__init__(frames, theme, parent)
        self._style = style
        self.plot = RidgePlot(frames, style(), self)
        self.hold(self.plot)
        self.plot.menu_requested.connect(self.menu_clicked)
        self.plot.focus_changed.connect(self.update)

    @property
    def title(self) -> str:
        return tag_of(self.tag)

    @property
    def ringed(self) -> bool:
        return self.plot.has_keyboard_focus

    def bind(self, tag: str, group: int) -> None:
        if tag != self.tag:
            self.plot.clear_picture()
        super().bind(tag, group)

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.plot.set_style(self._style())

    def forget_frames(self) -> None:
        super().forget_frames()
        self._frames.forget(self.plot)
