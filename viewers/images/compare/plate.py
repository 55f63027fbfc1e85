"""A comparison as a picture to keep: whole pictures in full size, whose they are, and what colours mean."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPen

from ...charts.picture import save_painted
from ...charts.style import ChartStyle, axis_font
from ...pictures import SavingError
from ...theme import Theme
from .captions import paint_scale
from .layout import GAP, common

#: Device pixels that all pictures together are wide at least: small ones are enlarged, each pixel to a square.
LEAST_WIDTH = 640
#: More pixels than this do not become one file.
MOST_PIXELS = 128 * 1024 * 1024
_CAPTION, _LINE = 22.0, 24.0
_MOST_IN_A_ROW = 3


@dataclass(frozen=True, slots=True)
class Tile:
    """A picture, and what stands above it."""

    image: QImage
    caption: str


@dataclass(frozen=True, slots=True)
class Scale:
    """What stands below a difference: its numbers, and the ends of its colours."""

    numbers: str
    ends: tuple[str, str]
    signed: bool


@dataclass(frozen=True, slots=True)
class Plate:
    """Tiles with a title above and a line for each of ``labels`` below, which begins with a run's colour."""

    tiles: Sequence[Tile]
    title: str
    labels: Sequence[tuple[str, QColor]]
    style: ChartStyle
    theme: Theme
    scale: Scale | None = None


def swiped(first: QImage, second: QImage, split: float, line: str) -> QImage:
    """What both have in common: the first left of the divider at the share ``split``, the second right of it."""
    columns, rows = common([(first.width(), first.height()), (second.width(), second.height())])
    at = round(min(max(split, 0.0), 1.0) * columns)
    image = QImage(columns, rows, QImage.Format.Format_ARGB32_Premultiplied)
    if image.isNull():
        raise MemoryError
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.drawImage(QPointF(0, 0), first, QRectF(0, 0, at, rows))
    painter.drawImage(QPointF(at, 0), second, QRectF(at, 0, columns - at, rows))
    if 0 < at < columns:
        # To be seen on a large picture, without hiding much of a small one.
        painter.setPen(QPen(QColor(line), max(columns // 400, 1)))
        painter.drawLine(QPointF(at, 0), QPointF(at, rows))
    painter.end()
    return image


def write_plate(path: Path, plate: Plate) -> None:
    """Write ``plate`` to ``path``, PNG or SVG by its suffix; no pixel is lost.

    SavingError or OSError where that fails.
    """
    size, places = _laid_out([tile.image.size() for tile in plate.tiles])
    if size.width() * size.height() * 4 > MOST_PIXELS:
        raise SavingError("together the pictures are too large for one file")
    below = 2 * _LINE if plate.scale is not None else 0.0

    def body(painter: QPainter, _ratio: float) -> None:
        for tile, place in zip(plate.tiles, places, strict=True):
            painter.setFont(axis_font(plate.style.font, 12, QFont.Weight.DemiBold))
            painter.setPen(QColor(plate.theme.text))
            above = QRectF(place.left(), place.top() - _CAPTION, size.width() - place.left(), _CAPTION)
            painter.drawText(above, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, tile.caption)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
            painter.drawImage(place, tile.image)
        if plate.scale is not None:
            _paint_scale(painter, QRectF(GAP, size.height(), size.width() - 2 * GAP, _LINE), plate.scale, plate)

    whole = QSize(size.width(), math.ceil(size.height() + below))
    text = QColor(plate.theme.text)
    save_painted(path, body, plate.style, whole, plate.title, plate.labels, text, longest=size.width() - 50)


def _paint_scale(painter: QPainter, at: QRectF, scale: Scale, plate: Plate) -> None:
    """The numbers in one line, what the colours mean in the next."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    used = axis_font(plate.style.font)
    painter.setFont(used)
    painter.setPen(QColor(plate.theme.text))
    shown = QFontMetricsF(used).elidedText(scale.numbers, Qt.TextElideMode.ElideRight, at.width())
    painter.drawText(at, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
    paint_scale(painter, at.translated(0, _LINE), scale.ends, scale.signed, plate.theme)
    painter.restore()


def _laid_out(sizes: Sequence[QSize]) -> tuple[QSize, list[QRectF]]:
    """The area of all pictures, in logical pixels of two device pixels each, and the places of the pictures.

    They are at one scale, row by row in cells of the largest.
    """
    count = len(sizes)
    across = count if count <= _MOST_IN_A_ROW else -(-count // 2)
    columns, rows = max(size.width() for size in sizes), max(size.height() for size in sizes)
    scale = max(math.ceil(LEAST_WIDTH / (columns * across)), 1)
    wide, high = columns * scale / 2, rows * scale / 2
    places = []
    for index, size in enumerate(sizes):
        row, column = divmod(index, across)
        left, top = GAP + column * (wide + GAP), _CAPTION + row * (high + _CAPTION)
        places.append(QRectF(left, top, size.width() * scale / 2, size.height() * scale / 2))
    down = -(-count // across)
    whole = QSize(math.ceil(across * (wide + GAP) + GAP), math.ceil(down * (high + _CAPTION) + GAP / 2))
    return whole, places
