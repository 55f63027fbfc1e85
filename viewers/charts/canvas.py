"""Surfaces that lines are drawn on: one for the screen, one for files.

On the screen a plot is painted lying on its side and turned upright at the end. Dense lines are thousands of upright
bars; on their side they are runs of neighbouring bytes, which the painter fills ten times as fast, and the turn costs
a fraction of a millisecond.
"""

from __future__ import annotations

from typing import Protocol, cast

import numpy as np
import shiboken6
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QTransform


class Canvas(Protocol):
    """Draws in device pixels of the chart."""

    def rule(self, y: int, thickness: int, color: QColor) -> None:
        """A line across the whole plot."""

    def segments(self, segments: NDArray[np.float64], color: QColor, width: float, *, smooth: bool, flat: bool) -> None:
        """Draw float64 (n, 4) segments, antialiased if ``smooth``, ends cut ``flat`` or half a width longer."""

    def bars(self, bars: NDArray[np.int32], thickness: int, color: QColor) -> None:
        """Fill int32 (n, 3) bars of column, top, bottom."""

    def dots(self, dots: NDArray[np.float64], radius: float, color: QColor) -> None:
        """Draw float64 (n, 2) dots."""


_MOST_DOTS = 5000


class _PainterCanvas:
    """What both canvases share: a painter, and how to bring places into its space."""

    def __init__(self, painter: QPainter) -> None:
        self._painter = painter

    def _place(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Pairs (n, 2) of chart pixels in the painter's space."""
        return points

    def segments(self, segments: NDArray[np.float64], color: QColor, width: float, *, smooth: bool, flat: bool) -> None:
        if not len(segments):
            return
        placed = np.ascontiguousarray(self._place(segments.reshape(-1, 2)))
        cap = Qt.PenCapStyle.FlatCap if flat else Qt.PenCapStyle.SquareCap
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing, smooth)
        self._painter.setPen(QPen(color, width, Qt.PenStyle.SolidLine, cap))
        # One by one: a polyline wider than a pixel is stroked as one outline, which takes hundreds of times as long.
        self._painter.drawLines(cast(QLineF, shiboken6.wrapInstance(placed.ctypes.data, QLineF)), len(segments))

    def dots(self, dots: NDArray[np.float64], radius: float, color: QColor) -> None:
        if not len(dots):
            return
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(color)
        for x, y in self._place(dots[:_MOST_DOTS]).tolist():
            self._painter.drawEllipse(QPointF(x, y), radius, radius)
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

    def rule(self, y: int, thickness: int, color: QColor) -> None:
        self._painter.fillRect(QRectF(self._area.left(), y, self._area.width(), thickness), color)

    def bars(self, bars: NDArray[np.int32], thickness: int, color: QColor) -> None:
        if len(bars):
            column, top, bottom = bars.T
            self._fill(np.ascontiguousarray(np.stack([column, top, column + thickness - 1, bottom], 1)), color)


class ScreenCanvas(_PainterCanvas):
    """Draws on its side into an image of ``area``, between :meth:`begin` and :meth:`end`; :meth:`upright` gives the
    picture. Nothing is held open between turns, so a canvas can be dropped at any time."""

    def __init__(self, area: QRect, ground: QColor) -> None:
        self._area = area
        self._image = QImage(area.height(), area.width(), QImage.Format.Format_RGB32)
        self._image.fill(ground)
        super().__init__(QPainter())

    def begin(self) -> None:
        """Start drawing, or go on."""
        self._painter.begin(self._image)

    def end(self) -> None:
        """Stop drawing for now."""
        self._painter.end()

    def upright(self) -> QImage:
        """What was drawn, turned upright."""
        return self._image.transformed(QTransform().rotate(90))

    def rule(self, y: int, thickness: int, color: QColor) -> None:
        self._painter.fillRect(QRect(y - self._area.top(), 0, thickness, self._area.width()), color)

    def _place(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        placed = np.empty_like(points)
        np.subtract(points[:, 1], self._area.top(), out=placed[:, 0])
        np.subtract(self._area.left() + self._area.width(), points[:, 0], out=placed[:, 1])
        return placed

    def bars(self, bars: NDArray[np.int32], thickness: int, color: QColor) -> None:
        if not len(bars):
            return
        last = self._area.left() + self._area.width() - 1
        lying = np.empty((len(bars), 4), np.int32)
        np.subtract(bars[:, 1], self._area.top(), out=lying[:, 0])
        np.subtract(last, bars[:, 0], out=lying[:, 3])
        np.subtract(lying[:, 3], thickness - 1, out=lying[:, 1])
        np.subtract(bars[:, 2], self._area.top(), out=lying[:, 2])
        self._fill(lying, color)
