"""Surfaces that lines are drawn on: one for the screen, one for files.

On the screen a plot of dense lines is painted lying on its side and turned upright at the end. Dense lines are
thousands of upright bars; on their side they are runs of neighbouring bytes, which the painter fills ten times as fast,
and the turn costs a fraction of a millisecond. A plot of lines without bars is painted as it stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, cast

import numpy as np
import shiboken6
from numpy.typing import NDArray
from PySide6.QtCore import QByteArray, QDataStream, QLineF, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF, QTransform


class Canvas(Protocol):
    """Draws in device pixels of the chart."""

    def rules(self, places: Sequence[int], thickness: int, color: QColor) -> None:
        """Lines across the whole plot, from these y downwards."""

    def placed(self, segments: NDArray[np.float64]) -> NDArray[np.float64]:
        """Segments float64 (n, 4) in the space of this surface, for :meth:`lines`."""

    def lines(self, placed: NDArray[np.float64], color: QColor, width: float, *, smooth: bool, flat: bool) -> None:
        """Draw segments that were placed, antialiased if ``smooth``, ends cut ``flat`` or half a width longer."""

    def bars(self, bars: NDArray[np.int32], thickness: int, color: QColor) -> None:
        """Fill int32 (n, 3) bars of column, top, bottom."""

    def area(self, corners: NDArray[np.float64], color: QColor, *, smooth: bool) -> None:
        """Fill the area between float64 (n, 2) corners."""

    def dots(self, dots: NDArray[np.float64], radius: float, color: QColor) -> None:
        """Draw float64 (n, 2) dots."""


def polygon(corners: NDArray[np.float64]) -> QPolygonF:
    """The polygon of float64 (n, 2) corners.

    By way of Qt's own serialised form (a count and pairs of doubles, big-endian): making each point an object of Python
    takes sixteen times as long.
    """
    found = QPolygonF()
    data = len(corners).to_bytes(4, "big") + corners.astype(">f8").tobytes()
    # The stream reads without a copy, so the bytes have to stay until it is done.
    held = QByteArray(data)
    QDataStream(held) >> found
    return found


_MOST_DOTS = 5000
# Looked up once: Python's enums take their time, and a board has some hundred lines.
_ANTIALIASING = QPainter.RenderHint.Antialiasing
_SOLID, _FLAT, _SQUARE = Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap, Qt.PenCapStyle.SquareCap


class _PainterCanvas:
    """What both canvases share: a painter, and how to bring places into its space."""

    def __init__(self, painter: QPainter) -> None:
        self._painter = painter

    def _place(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Pairs (n, 2) of chart pixels in the painter's space."""
        return points

    def placed(self, segments: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.ascontiguousarray(self._place(segments.reshape(-1, 2))).reshape(-1, 4)

    def lines(self, placed: NDArray[np.float64], color: QColor, width: float, *, smooth: bool, flat: bool) -> None:
        if not len(placed):
            return
        self._painter.setRenderHint(_ANTIALIASING, smooth)
        self._painter.setPen(QPen(color, width, _SOLID, _FLAT if flat else _SQUARE))
        # One by one: a polyline wider than a pixel is stroked as one outline, which takes hundreds of times as long.
        self._painter.drawLines(cast(QLineF, shiboken6.wrapInstance(placed.ctypes.data, QLineF)), len(placed))

    def dots(self, dots: NDArray[np.float64], radius: float, color: QColor) -> None:
        if not len(dots):
            return
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(color)
        for x, y in self._place(dots[:_MOST_DOTS]).tolist():
            self._painter.drawEllipse(QPointF(x, y), radius, radius)
        self._painter.setBrush(Qt.BrushStyle.NoBrush)

    def area(self, corners: NDArray[np.float64], color: QColor, *, smooth: bool) -> None:
        self._painter.setRenderHint(_ANTIALIASING, smooth)
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(color)
        self._painter.drawPolygon(polygon(self._place(corners)))
        self._painter.setBrush(Qt.BrushStyle.NoBrush)

    def _fill(self, rectangles: NDArray[np.int32], color: QColor) -> None:
        """Fill int32 (n, 4) rectangles: left, top, right, bottom, all inside."""
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(color)
        self._painter.drawRects(cast(QRect, shiboken6.wrapInstance(rectangles.ctypes.data, QRect)), len(rectangles))
        self._painter.setBrush(Qt.BrushStyle.NoBrush)


class FileCanvas(_PainterCanvas):
    """Draws upright with a painter whose unit is the device pixel."""

    def __init__(self, painter: QPainter, area: QRect) -> None:
        super().__init__(painter)
        self._area = area

    def rules(self, places: Sequence[int], thickness: int, color: QColor) -> None:
        for y in places:
            self._painter.fillRect(QRectF(self._area.left(), y, self._area.width(), thickness), color)

    def bars(self, bars: NDArray[np.int32], thickness: int, color: QColor) -> None:
        if len(bars):
            column, top, bottom = bars.T
            self._fill(np.ascontiguousarray(np.stack([column, top, column + thickness - 1, bottom], 1)), color)


class ScreenCanvas(_PainterCanvas):
    """Draws into an image of ``area``, between :meth:`begin` and :meth:`end`; :meth:`upright` gives the picture.

    ``lying``: on its side, for dense lines. Nothing is held open between turns, so a canvas can be dropped at any time.
    """

    def __init__(self, area: QRect, ground: QColor, *, lying: bool) -> None:
        self._area = area
        self._lying = lying
        size = area.size().transposed() if lying else area.size()
        self._image = QImage(size, QImage.Format.Format_RGB32)
        self._image.fill(ground)
        super().__init__(QPainter())

    def begin(self) -> None:
        """Start drawing, or go on."""
        self._painter.begin(self._image)

    def end(self) -> None:
        """Stop drawing for now."""
        self._painter.end()

    def upright(self) -> QImage:
        """What was drawn, upright."""
        return self._image.transformed(QTransform().rotate(90)) if self._lying else self._image

    def rules(self, places: Sequence[int], thickness: int, color: QColor) -> None:
        if not len(places):
            return
        tops = np.array(places, np.int32) - self._area.top()
        across = np.full_like(tops, self._area.width() - 1)
        strips = [tops, np.zeros_like(tops), tops + (thickness - 1), across]
        if not self._lying:
            strips = [strips[1], strips[0], strips[3], strips[2]]
        self._fill(np.stack(strips, 1), color)

    def _place(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        if not self._lying:
            return points - (self._area.left(), self._area.top())
        placed = np.empty_like(points)
        np.subtract(points[:, 1], self._area.top(), out=placed[:, 0])
        np.subtract(self._area.left() + self._area.width(), points[:, 0], out=placed[:, 1])
        return placed

    def bars(self, bars: NDArray[np.int32], thickness: int, color: QColor) -> None:
        if not len(bars):
            return
        filled = np.empty((len(bars), 4), np.int32)
        if self._lying:
            last = self._area.left() + self._area.width() - 1
            np.subtract(bars[:, 1], self._area.top(), out=filled[:, 0])
            np.subtract(last, bars[:, 0], out=filled[:, 3])
            np.subtract(filled[:, 3], thickness - 1, out=filled[:, 1])
            np.subtract(bars[:, 2], self._area.top(), out=filled[:, 2])
        else:
            np.subtract(bars[:, 0], self._area.left(), out=filled[:, 0])
            np.subtract(bars[:, 1], self._area.top(), out=filled[:, 1])
            np.add(filled[:, 0], thickness - 1, out=filled[:, 2])
            np.subtract(bars[:, 2], self._area.top(), out=filled[:, 3])
        self._fill(filled, color)
