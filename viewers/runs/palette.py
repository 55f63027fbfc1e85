"""From a run's style to the colour and dashes it is drawn with, in the theme in force."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtGui import QColor

from ..theme import DARK, Theme
from .model import UNGROUPED, RunStyle

DASHES: tuple[tuple[float, ...] | None, ...] = (None, (5.0, 3.0), (1.5, 2.5), (8.0, 3.0, 1.5, 3.0))


def run_color(style: RunStyle, theme: Theme) -> QColor:
    """The user's colour if there is one, else the one of the slot; slots beyond the palette begin it again.

    A run in no group is grey.
    """
    if style.override is not None:
        chosen = QColor(style.override)
        if chosen.isValid():
            return chosen
    if style.slot == UNGROUPED:
        return QColor(theme.faint)
    return QColor(theme.series[style.slot % len(theme.series)])


def run_dash(style: RunStyle) -> tuple[float, ...] | None:
    """Dashes in units of the line's width (as QPen takes them), None for a solid line: one pattern a round of slots."""
    if style.override is not None or style.slot == UNGROUPED:
        return None
    return DASHES[style.slot // len(DARK.series) % len(DASHES)]


def ink_on(ground: QColor, theme: Theme) -> str:
    """The colour of a mark on a filled box: the theme's usual one where its contrast is at least 3:1."""
    usual, other = (theme.on_accent, theme.knob if theme.dark else theme.text)
    return usual if _contrast(ground.rgb(), QColor(usual).rgb()) >= 3 else other


def stands_out(color: QColor, theme: Theme) -> bool:
    """False for a colour of the user's that the panel's ground swallows, so that its box needs an outline."""
    return _contrast(color.rgb(), QColor(theme.panel).rgb()) >= 1.5


@lru_cache(maxsize=256)
def _contrast(one: int, two: int) -> float:
    low, high = sorted((_luminance(QColor(one)), _luminance(QColor(two))))
    return (high + 0.05) / (low + 0.05)


def _luminance(color: QColor) -> float:
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (color.redF(), color.greenF(), color.blueF())
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
