"""Paints a whole chart but its cursor: grid, labels, all runs, marks of values that are not finite."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import shiboken6
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from ..lod.scale import Scale
from ..selection import XAxis
from . import axes, style
from .curve import ChartCurve
from .geometry import Geometry, Limits
from .lines import Strokes, dashed, raw_strokes, smooth_strokes
from .style import ChartStyle

DOT_RADIUS = 2.6
MARK_SIZE = 4.5


@dataclass(slots=True)
class Scene:
    """All that decides what a chart looks like."""

    style: ChartStyle
    curves: Sequence[ChartCurve] = ()
    limits: Limits = field(default_factory=lambda: Limits(0.0, 1.0, 0.0, 1.0))
    x_scale: Scale = field(default_factory=Scale)
    y_scale: Scale = field(default_factory=Scale)
    axis: XAxis = XAxis.STEP
    origin: int = 0
    show_raw: bool = True
    lifted: str | None = None


def paint(painter: QPainter, width: float, height: float, ratio: float, scene: Scene, *, fast: bool) -> Geometry:
    """Paint ``scene`` over ``width`` x ``height`` logical pixels, ``ratio`` device pixels each.

    ``fast`` leaves out antialiasing, for frames that are replaced within a moment. Returns where the data lie.
    """
    look = scene.style
    metrics = QFontMetricsF(look.font)
    area = axes.frame(width, height, scene.limits, scene.y_scale, metrics)
    left, top = round(area.left * ratio), round(area.top * ratio)
    right, bottom = round((area.left + area.width) * ratio), round((area.top + area.height) * ratio)
    geometry = Geometry(
        left, top, max(right - left, 1), max(bottom - top, 1), scene.limits, scene.x_scale, scene.y_scale
    )
    painter.fillRect(QRectF(0, 0, width, height), look.ground)
    painter.setFont(look.font)
    _y_axis(painter, geometry, area, ratio, look, metrics)
    _x_axis(painter, geometry, width, ratio, scene, metrics)
    painter.save()
    painter.scale(1 / ratio, 1 / ratio)
    # The line at the very top or bottom keeps its full width.
    painter.setClipRect(QRectF(left, top - ratio, geometry.width + ratio, geometry.height + 2 * ratio))
    _curves(painter, geometry, ratio, scene, fast)
    painter.restore()
    _not_finite(painter, geometry, ratio, scene)
    return geometry


def _y_axis(
    painter: QPainter, geometry: Geometry, area: axes.Frame, ratio: float, look: ChartStyle, metrics: QFontMetricsF
) -> None:
    left, right = geometry.left / ratio, (geometry.left + geometry.width) / ratio
    values = np.array([value for value, _ in area.y_ticks])
    places = geometry.py(values) if len(values) else values
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    for place, (value, text) in zip(places.tolist(), area.y_ticks, strict=True):
        if not geometry.top - 1 <= place <= geometry.top + geometry.height + 1:
            continue
        y = round(place) / ratio
        painter.fillRect(QRectF(left, y, right - left, max(1.0, round(ratio)) / ratio), look.grid)
        painter.setPen(look.text)
        box = QRectF(0, y - metrics.height() / 2 + 0.5, left - axes.TICK_OFFSET, metrics.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)


def _x_axis(
    painter: QPainter, geometry: Geometry, width: float, ratio: float, scene: Scene, metrics: QFontMetricsF
) -> None:
    found = axes.x_ticks(scene.limits, scene.x_scale, scene.axis, scene.origin, geometry.width / ratio, metrics)
    if not found:
        return
    painter.setPen(scene.style.text)
    y = (geometry.top + geometry.height) / ratio + 7
    end = -1e9
    for place, (_, text) in zip(geometry.px(np.array([v for v, _ in found])).tolist(), found, strict=True):
        advance = metrics.horizontalAdvance(text)
        x = min(place / ratio - advance / 2, width - advance - 4)
        if x < end + 6:
            continue
        end = x + advance
        painter.drawText(QPointF(x, y + metrics.ascent()), text)


def _curves(painter: QPainter, geometry: Geometry, ratio: float, scene: Scene, fast: bool) -> None:
    edges = geometry.edges()
    ground = scene.style.ground
    order = sorted(scene.curves, key=lambda curve: curve.run == scene.lifted)
    dimming = scene.lifted is not None and any(curve.run == scene.lifted for curve in order)

    def shade(curve: ChartCurve) -> QColor:
        dim = dimming and curve.run != scene.lifted
        return style.mixed(curve.color, ground, style.DIM_SHARE) if dim else curve.color

    for curve in order:
        if curve.smooth is None or not scene.show_raw or (dimming and curve.run != scene.lifted):
            continue
        color = style.mixed(shade(curve), ground, style.RAW_SHARE)
        for columns in curve.raw.columns(edges):
            _stroke(painter, raw_strokes(columns, geometry), color, 1.0 if not columns.single else ratio, False, ratio)
    for curve in order:
        lifted = dimming and curve.run == scene.lifted
        pattern = None if curve.dash is None else tuple(part * style.SMOOTH_WIDTH * ratio for part in curve.dash)
        width = (style.SMOOTH_WIDTH if curve.smooth is not None else style.PLAIN_WIDTH) * ratio
        width = style.LIFTED_WIDTH * ratio if lifted else width
        for columns in curve.line.columns(edges):
            if curve.smooth is None and not columns.single and pattern is None:
                # Dense measured values are a band, in which antialiasing shows nothing and costs much.
                _stroke(painter, raw_strokes(columns, geometry), shade(curve), 1.0, False, ratio)
                continue
            strokes = smooth_strokes(columns, geometry)
            if pattern is not None:
                strokes = Strokes(dashed(strokes.segments, pattern), strokes.dots)
            _stroke(painter, strokes, shade(curve), width, not fast, ratio, flat=pattern is not None)


def _stroke(
    painter: QPainter,
    strokes: Strokes,
    color: QColor,
    width: float,
    smooth: bool,
    ratio: float,
    *,
    flat: bool = False,
) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, smooth)
    if len(strokes.segments):
        # Segments one by one: a polyline wider than a pixel is stroked as one outline, hundreds of times slower.
        cap = Qt.PenCapStyle.FlatCap if flat else Qt.PenCapStyle.SquareCap
        painter.setPen(QPen(color, width, Qt.PenStyle.SolidLine, cap))
        draw_segments(painter, strokes.segments)
    if len(strokes.dots):
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        radius = DOT_RADIUS * ratio if width > 1.0 else 1.2 * ratio
        for x, y in strokes.dots[:5000].tolist():
            painter.drawEllipse(QPointF(x, y), radius, radius)
        painter.setBrush(Qt.BrushStyle.NoBrush)


def draw_segments(painter: QPainter, segments: NDArray[np.float64]) -> None:
    """Draw float64 (n, 4) segments with the painter's pen; the array is handed over as it lies in memory."""
    contiguous = np.ascontiguousarray(segments)
    painter.drawLines(shiboken6.wrapInstance(contiguous.ctypes.data, QLineF), len(contiguous))


def _not_finite(painter: QPainter, geometry: Geometry, ratio: float, scene: Scene) -> None:
    """+∞ as a triangle at the upper border, −∞ at the lower one, NaN as a diamond on the lower one."""
    edges = geometry.edges()
    top, bottom = geometry.top / ratio + MARK_SIZE, (geometry.top + geometry.height) / ratio - MARK_SIZE
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    for curve in scene.curves:
        if scene.lifted is not None and curve.run != scene.lifted:
            continue
        painter.setPen(QPen(scene.style.ground, 1.0))
        painter.setBrush(curve.color)
        for kind, xs in curve.raw.not_finite(edges).items():
            for x in (geometry.px(xs) / ratio).tolist():
                painter.drawPolygon(_mark(kind, x, top if kind == "+inf" else bottom))
        painter.setBrush(Qt.BrushStyle.NoBrush)


def _mark(kind: str, x: float, y: float) -> QPolygonF:
    size = MARK_SIZE
    if kind == "nan":
        corners = ((0, -size), (size, 0), (0, size), (-size, 0))
    elif kind == "+inf":
        corners = ((0, -size), (size, size * 0.8), (-size, size * 0.8), (0, -size))
    else:
        corners = ((0, size), (size, -size * 0.8), (-size, -size * 0.8), (0, size))
    return QPolygonF([QPointF(x + dx, y + dy) for dx, dy in corners])
