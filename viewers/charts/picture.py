"""A chart as a picture to keep: PNG at twice the size, or SVG, with its title and a legend of its runs."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter
from PySide6.QtSvg import QSvgGenerator

from ..files import replacing
from ..pictures import SavingError, encode
from .render import Scene, paint_file
from .style import ChartStyle, axis_font

_TITLE, _LEGEND, _MARGIN = 34.0, 20.0, 14.0


def save_picture(
    path: Path, scene: Scene, size: QSize, title: str, labels: Sequence[tuple[str, QColor]], text: QColor
) -> None:
    """Write the chart to ``path`` as :func:`save_painted` does."""

    def body(painter: QPainter, ratio: float) -> None:
        paint_file(painter, size.width(), size.height(), ratio, scene)

    save_painted(path, body, scene.style, size, title, labels, text)


def save_painted(
    path: Path,
    body: Callable[[QPainter, float], None],
    style: ChartStyle,
    size: QSize,
    title: str,
    labels: Sequence[tuple[str, QColor]],
    text: QColor,
    longest: int = 260,
) -> None:
    """Write what ``body(painter, ratio)`` paints to ``path``, PNG or SVG by its suffix.

    ``size`` is that of the chart on the screen in logical pixels, of ``ratio`` device pixels each; title and legend add
    to it. ``labels`` are the names and colours of the runs, each name cut to ``longest`` logical pixels. SavingError or
    OSError where it fails.
    """
    rows = _legend_rows(labels, size.width(), style.font, longest)
    height = math.ceil(_TITLE + size.height() + len(rows) * _LEGEND + (_MARGIN if rows else 0))
    whole = QSize(size.width(), height)
    with replacing(path) as part:
        if path.suffix.lower() == ".svg":
            generator = QSvgGenerator()
            generator.setFileName(str(part))
            generator.setSize(whole)
            generator.setViewBox(QRectF(0, 0, whole.width(), whole.height()))
            generator.setTitle(title)
            _draw(QPainter(generator), body, style, size, whole, title, rows, text, 1.0)
        else:
            image = QImage(whole * 2, QImage.Format.Format_RGB32)
            if image.isNull():
                raise SavingError("there is too little memory for a picture of this size")
            image.setDevicePixelRatio(2.0)
            _draw(QPainter(image), body, style, size, whole, title, rows, text, 2.0)
            encode(part, image, path.suffix[1:] or "png")


def _draw(
    painter: QPainter,
    body: Callable[[QPainter, float], None],
    style: ChartStyle,
    size: QSize,
    whole: QSize,
    title: str,
    rows: list[list[tuple[float, str, QColor]]],
    text: QColor,
    ratio: float,
) -> None:
    painter.fillRect(QRectF(0, 0, whole.width(), whole.height()), style.ground)
    painter.save()
    painter.translate(0, _TITLE)
    body(painter, ratio)
    painter.restore()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(axis_font(style.font, 13, QFont.Weight.DemiBold))
    painter.setPen(text)
    metrics = QFontMetricsF(painter.font())
    shown = metrics.elidedText(title, Qt.TextElideMode.ElideMiddle, size.width() - 2 * _MARGIN)
    painter.drawText(QPointF(_MARGIN, 22), shown)
    painter.setFont(axis_font(style.font))
    middle = _TITLE + size.height() + _LEGEND / 2
    for row in rows:
        for x, label, color in row:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            painter.drawEllipse(QPointF(x + 4, middle), 4, 4)
            painter.setPen(text)
            painter.drawText(QPointF(x + 13, middle + QFontMetricsF(painter.font()).capHeight() / 2), label)
        middle += _LEGEND
    painter.end()


def _legend_rows(
    labels: Sequence[tuple[str, QColor]], width: int, font: QFont, longest: int
) -> list[list[tuple[float, str, QColor]]]:
    """The legend in rows of (x, text, colour)."""
    metrics = QFontMetricsF(axis_font(font))
    rows: list[list[tuple[float, str, QColor]]] = []
    x = float(width)
    for label, color in labels:
        text = metrics.elidedText(label, Qt.TextElideMode.ElideMiddle, longest)
        room = 13 + metrics.horizontalAdvance(text) + 18
        if not rows or x + room > width - _MARGIN:
            rows.append([])
            x = _MARGIN
        rows[-1].append((x, text, color))
        x += room
    return rows
