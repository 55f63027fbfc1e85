"""What is painted over the points, with either renderer: lines between them, labels, what the mouse does."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF, QStaticText

from ..theme import Theme
from ..widgets import font

_LONGEST = 280
_KEPT = 4000
_PLATE = 3.0
_MOST_LETTERS = 300
_SMOOTH_LINES = 3000


class Texts:
    """Texts of one font, measured and laid out once. Log text is one plain line, however it was written."""

    def __init__(self, of: QFont, longest: float = _LONGEST) -> None:
        self.font = of
        self._metrics = QFontMetricsF(of)
        self._longest = longest
        self._kept: OrderedDict[str, tuple[QStaticText, float]] = OrderedDict()
        self.height = self._metrics.height()

    def __call__(self, text: str) -> tuple[QStaticText, float]:
        """The text as Qt paints it, and its width in logical pixels."""
        found = self._kept.get(text)
        if found is None:
            line = " ".join(text[:_MOST_LETTERS].split())
            line = self._metrics.elidedText(line, Qt.TextElideMode.ElideMiddle, self._longest)
            static = QStaticText(line)
            static.setTextFormat(Qt.TextFormat.PlainText)
            static.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
            static.prepare(font=self.font)
            found = self._kept[text] = static, self._metrics.horizontalAdvance(line)
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return found


@dataclass(frozen=True, slots=True)
class Label:
    """A text at its upper left corner, in logical pixels. ``bare``: without a plate, with a halo."""

    left: float
    top: float
    text: str
    color: str
    bare: bool = False


@dataclass(frozen=True, slots=True)
class Hover:
    """The point under the mouse: its disc, or its sprite of ``box`` (width, height), and its name ("" for none)."""

    x: float
    y: float
    radius: float
    color: str
    text: str
    box: tuple[float, float] | None = None


@dataclass(slots=True)
class Content:
    """All that lies over the points."""

    labels: Sequence[Label] = ()
    captions: Sequence[Label] = ()
    hover: Hover | None = None
    band: Sequence[QPointF] = ()
    boxed: bool = False
    focused: bool = field(default=False)
    lines: Sequence[QLineF] = ()


class Overlay:
    """Paints a :class:`Content` in the colours of a theme."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self.labels = Texts(font(11))
        self.captions = Texts(font(14, 600))
        self.names = Texts(font(12))

    def paint(self, painter: QPainter, width: float, height: float, content: Content) -> None:
        """Paint over a picture of ``width`` x ``height`` logical pixels."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if content.lines:
            self._lines(painter, content.lines)
        if content.labels:
            self._labels(painter, content.labels)
        if content.captions:
            self._bare(painter, self.captions, content.captions)
        if content.hover is not None:
            self._hover(painter, content.hover, width, height)
        if len(content.band) > 1:
            self._band(painter, content)
        if content.focused:
            painter.setPen(QPen(QColor(self.theme.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(1, 1, width - 2, height - 2), 8, 8)

    def _lines(self, painter: QPainter, lines: Sequence[QLineF]) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, len(lines) <= _SMOOTH_LINES)
        color = QColor(self.theme.text)
        color.setAlphaF(0.4)
        painter.setPen(QPen(color, 1))
        painter.drawLines(lines)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def _labels(self, painter: QPainter, labels: Sequence[Label]) -> None:
        plates = [label for label in labels if not label.bare]
        if plates:
            plate = QColor(self.theme.card)
            plate.setAlphaF(0.78)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(plate)
            for label in plates:
                _text, width = self.labels(label.text)
                painter.drawRoundedRect(
                    QRectF(label.left - _PLATE, label.top - 1, width + 2 * _PLATE, self.labels.height + 2), 3, 3
                )
            painter.setFont(self.labels.font)
            for label in plates:
                painter.setPen(QColor(label.color))
                painter.drawStaticText(QPointF(label.left, label.top), self.labels(label.text)[0])
        self._bare(painter, self.labels, [label for label in labels if label.bare])

    def _bare(self, painter: QPainter, texts: Texts, labels: Sequence[Label]) -> None:
        painter.setFont(texts.font)
        halo = QColor(self.theme.card)
        for label in labels:
            text, _width = texts(label.text)
            painter.setPen(halo)
            for right, down in ((-1.0, -0.5), (1.0, -0.5), (-1.0, 0.5), (1.0, 0.5), (0.0, -1.0), (0.0, 1.0)):
                painter.drawStaticText(QPointF(label.left + right, label.top + down), text)
            painter.setPen(QColor(label.color))
            painter.drawStaticText(QPointF(label.left, label.top), text)

    def _hover(self, painter: QPainter, hover: Hover, width: float, height: float) -> None:
        theme = self.theme
        painter.setPen(QPen(QColor(theme.text), 1.6))
        if hover.box is not None:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            across, down = (side + 3 for side in hover.box)
            painter.drawRect(QRectF(hover.x - across / 2, hover.y - down / 2, across, down))
            radius = across / 2
        else:
            painter.setBrush(QColor(hover.color))
            radius = max(hover.radius * 1.25, 3.5)
            painter.drawEllipse(QPointF(hover.x, hover.y), radius, radius)
        text, advance = self.names(hover.text)
        if not advance:
            return
        broad, tall = advance + 16, self.names.height + 8
        left = hover.x + radius + 6
        if left + broad > width - 4:
            left = hover.x - radius - 6 - broad
        left = max(left, 4.0)
        top = min(max(hover.y - tall / 2, 4.0), max(height - tall - 4, 4.0))
        plate = QRectF(round(left) + 0.5, round(top) + 0.5, round(broad), round(tall))
        painter.setPen(QColor(theme.line_strong))
        painter.setBrush(QColor(theme.tip))
        painter.drawRoundedRect(plate, 6, 6)
        painter.setPen(QColor(theme.text))
        painter.setFont(self.names.font)
        painter.drawStaticText(QPointF(plate.left() + 8, plate.top() + 4), text)

    def _band(self, painter: QPainter, content: Content) -> None:
        fill = QColor(self.theme.accent)
        fill.setAlphaF(0.13)
        painter.setPen(QPen(QColor(self.theme.accent), 1.4))
        painter.setBrush(fill)
        if content.boxed:
            first, last = content.band[0], content.band[-1]
            painter.drawRect(QRectF(first, last).normalized())
        else:
            painter.drawPolygon(QPolygonF(list(content.band)), Qt.FillRule.OddEvenFill)
