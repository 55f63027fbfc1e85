"""Colours, pens and fonts of charts, made from the theme."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QColor, QFont, QFontMetricsF

from ..theme import Theme

AXIS_PIXELS = 11
SMOOTH_WIDTH = 1.8
LIFTED_WIDTH = 2.6
RAW_SHARE = 0.22
#: With smoothing off the measured line is the line that is read, so it is drawn in full colour.
PLAIN_WIDTH = 1.4
DIM_SHARE = 0.2


def mixed(color: QColor, ground: QColor, share: float) -> QColor:
    """``share`` of ``color`` laid over ``ground``, opaque: drawing with alpha costs several times as much."""
    return QColor.fromRgbF(
        ground.redF() + (color.redF() - ground.redF()) * share,
        ground.greenF() + (color.greenF() - ground.greenF()) * share,
        ground.blueF() + (color.blueF() - ground.blueF()) * share,
    )


class Measures:
    """Sizes of one-line texts in a font, each found out once: a board shows the same few labels again and again."""

    _MOST = 4096

    def __init__(self, font: QFont) -> None:
        metrics = QFontMetricsF(font)
        self.height, self.ascent = metrics.height(), metrics.ascent()
        self._metrics = metrics
        self._advances: dict[str, float] = {}

    def advance(self, text: str) -> float:
        """Logical pixels from one end of ``text`` to the other."""
        found = self._advances.get(text)
        if found is None:
            if len(self._advances) >= self._MOST:
                self._advances.clear()
            found = self._advances[text] = self._metrics.horizontalAdvance(text)
        return found


@dataclass(frozen=True, slots=True)
class ChartStyle:
    """What a chart is drawn with."""

    ground: QColor
    grid: QColor
    zero: QColor
    text: QColor
    note: QColor
    cursor: QColor
    accent: QColor
    font: QFont
    metrics: Measures

    @staticmethod
    def of(theme: Theme, base: QFont) -> ChartStyle:
        """The style for ``theme`` in the family of ``base``."""
        font = axis_font(base)
        return ChartStyle(
            QColor(theme.card),
            QColor(theme.line),
            QColor(theme.line_strong),
            QColor(theme.faint),
            QColor(theme.dim),
            QColor(theme.cursor),
            QColor(theme.accent),
            font,
            Measures(font),
        )


def axis_font(base: QFont, pixels: int = AXIS_PIXELS, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """A small font with figures of equal width."""
    font = QFont(base)
    font.setPixelSize(pixels)
    font.setWeight(weight)
    if hasattr(QFont, "Tag") and hasattr(font, "setFeature"):
        font.setFeature(QFont.Tag("tnum"), 1)
    return font
