"""How a widget finds the theme in force, and the few measures and fonts that all widgets share.

The application's palette carries the theme: whoever sets it (``apply_theme``) makes Qt send every widget a palette
change, so widgets repaint on their own and need no reference handed down. A widget that keeps something derived from
the theme (an icon, a pixmap) drops it in ``changeEvent`` for :func:`is_theme_change`.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtGui import QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QWidget

from ..theme import DARK, LIGHT, Theme

CONTROL_HEIGHT = 28
RADIUS = 6
CARD_RADIUS = 9
FADE_MS = 120
TEXT_PX = 13
SECONDARY_PX = 12
CAPTION_PX = 11

_THEME_EVENTS = frozenset(
    {QEvent.Type.PaletteChange, QEvent.Type.ApplicationPaletteChange, QEvent.Type.StyleChange, QEvent.Type.ThemeChange}
)
_TABULAR = QFont.Tag.fromString("tnum")


def current_theme() -> Theme:
    """The theme that the application's palette was made from; by the lightness of its ground for any other palette."""
    window = QGuiApplication.palette().color(QPalette.ColorRole.Window)
    return DARK if window.lightness() < 128 else LIGHT


def is_theme_change(event: QEvent) -> bool:
    """True for the events after which colours taken from the theme are stale."""
    return event.type() in _THEME_EVENTS


def font(size: int = TEXT_PX, weight: int = 400, *, tabular: bool = False, family: str | None = None) -> QFont:
    """The interface font at ``size`` pixels; ``tabular`` makes all figures equally wide, for numbers in columns."""
    result = QFont(QGuiApplication.font())
    if family is not None:
        result.setFamily(family)
    result.setPixelSize(size)
    result.setWeight(QFont.Weight(weight))
    if tabular:
        result.setFeature(_TABULAR, 1)
    return result


def set_tabular(widget: QWidget) -> None:
    """Make all figures of a widget's text equally wide."""
    changed = QFont(widget.font())
    changed.setFeature(_TABULAR, 1)
    widget.setFont(changed)
