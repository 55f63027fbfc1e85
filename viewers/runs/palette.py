"""From a run's style to the colour and dashes it is drawn with, in the theme in force."""

from __future__ import annotations

from PySide6.QtGui import QColor

from ..theme import DARK, Theme
from .model import RunStyle

DASHES: tuple[tuple[float, ...] | None, ...] = (None, (5.0, 3.0), (1.5, 2.5), (8.0, 3.0, 1.5, 3.0))


def run_color(style: RunStyle, theme: Theme) -> QColor:
    """The user's colour if there is one, else the one of the slot; slots beyond the palette begin it again."""
    if style.override is not None:
        chosen = QColor(style.override)
        if chosen.isValid():
            return chosen
    return QColor(theme.series[style.slot % len(theme.series)])


def run_dash(style: RunStyle) -> tuple[float, ...] | None:
    """Dashes in units of the line's width (as QPen takes them), None for a solid line: one pattern a round of slots."""
    if style.override is not None:
        return None
    return DASHES[style.slot // len(DARK.series) % len(DASHES)]
