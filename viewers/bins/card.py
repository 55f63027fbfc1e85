"""A card that shows a series in a widget that paints it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..board.card import CardFrame
from ..charts.frames import FrameScheduler
from ..charts.style import ChartStyle
from ..theme import Theme
from .catalog import tag_of


class SeriesCard(CardFrame):
    """Keeps a picture at the card's tag and theme.

    ``picture`` is a widget with the signals ``menu_requested`` and ``focus_changed``, ``has_keyboard_focus``,
    ``set_style(style)`` and ``clear_picture()``. ``style()`` gives what is drawn with in the theme in force.
    """

    def __init__(self, frames: FrameScheduler, theme: Theme, style: Callable[[], ChartStyle], picture: Any) -> None:
        super().__init__(frames, theme)
        self._style, self._picture = style, picture
        self.hold(picture)
        picture.menu_requested.connect(self.menu_clicked)
        picture.focus_changed.connect(self.update)

    @property
    def title(self) -> str:
        return tag_of(self.tag)

    @property
    def ringed(self) -> bool:
        return bool(self._picture.has_keyboard_focus)

    def bind(self, tag: str, group: int) -> None:
        if tag != self.tag:
            self._picture.clear_picture()
        super().bind(tag, group)

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self._picture.set_style(self._style())

    def forget_frames(self) -> None:
        super().forget_frames()
        self._frames.forget(self._picture)
