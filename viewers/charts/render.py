"""Paints a whole chart but its cursor: grid, labels, all runs, marks of values that are not finite."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from ..lod.scale import Scale
from ..selection import XAxis
from . import axes, style
from .canvas import Canvas, FileCanvas, ScreenCanvas
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


def paint(
    painter: QPainter,
    width: float,
    height: float,
    ratio: float,
    scene: Scene,
    *,
    fast: int = 0,
    on_screen: bool = True,
) -> Geometry:
    """Paint ``scene`` over ``width`` x ``height`` logical pixels, ``ratio`` device pixels each.

    ``fast`` is for frames that are replaced within a moment: 1 leaves out antialiasing, more than 1 also draws that
    many pixels a column (which still shows every extremum). Off the screen lines are drawn one
    by one, so that a vector file has them as lines. Returns where the data lie.
    """
    look = scene.style
    metrics = QFontMetricsF(look.font)
    area = axes.frame(width, height, scene.limits, scene.y_scale, metrics)
    left, top = round(area.left * ratio), round(area.top * ratio)
    right, bottom = round((area.left + area.width) * ratio), round((area.top + area.height) * ratio)
    geometry = Geometry(
        left, top, max(right - left, 1), max(bottom - top, 1), scene.limits, scene.x_scale, scene.y_scale, max(fast, 1)
    )
    painter.fillRect(QRectF(0, 0, width, height), look.ground)
    painter.setFont(look.font)
    rules = _y_axis(painter, geometry, area, ratio, look, metrics)
    _x_axis(painter, geometry, width, ratio, scene, metrics)
    pixel = max(1, round(ratio))
    # A little higher than the plot: a line along its upper or lower end keeps its width.
    plot = QRect(left, top - pixel, geometry.width + pixel, geometry.height + 2 * pixel)
    if on_screen:
        screen = ScreenCanvas(plot, look.ground)
        _plot(screen, geometry, ratio, scene, rules, fast)
        picture = screen.finish()
        picture.setDevicePixelRatio(ratio)
        painter.drawImage(QPointF(plot.left() / ratio, plot.top() / ratio), picture)
    else:
        painter.save()
        painter.scale(1 / ratio, 1 / ratio)
        painter.setClipRect(plot)
        _plot(FileCanvas(painter, plot), geometry, ratio, scene, rules, fast)
        painter.restore()
    _not_finite(painter, geometry, ratio, scene)
    return geometry


def _y_axis(
    painter: QPainter, geometry: Geometry, area: axes.Frame, ratio: float, look: ChartStyle, metrics: QFontMetricsF
) -> list[int]:
    """Write the labels; returns where their grid lines go, in device pixels."""
    left = geometry.left / ratio
    values = np.array([value for value, _ in area.y_ticks])
    places = geometry.py(values) if len(values) else values
    rules = []
    for place, (_, text) in zip(places.tolist(), area.y_ticks, strict=True):
        if not geometry.top - 1 <= place <= geometry.top + geometry.height + 1:
            continue
        rules.append(min(round(place), geometry.top + geometry.height))
        y = rules[-1] / ratio
        painter.setPen(look.text)
        box = QRectF(0, y - metrics.height() / 2 + 0.5, left - axes.TICK_OFFSET, metrics.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
    return rules


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


def _plot(canvas: Canvas, geometry: Geometry, ratio: float, scene: Scene, rules: Sequence[int], fast: int) -> None:
    """Grid and lines: all measured lines, then all smoothed ones, the lifted run above the others."""
    look, pixel = scene.style, max(1, round(ratio))
    for y in rules:
        canvas.rule(y, pixel, look.grid)
    edges = geometry.edges()
    order = sorted(scene.curves, key=lambda curve: curve.run == scene.lifted)
    dimming = scene.lifted is not None and any(curve.run == scene.lifted for curve in order)
    for curve in order:
        if curve.smooth is None or not scene.show_raw or (dimming and curve.run != scene.lifted):
            continue
        color = style.mixed(curve.color, look.ground, style.RAW_SHARE)
        for columns in curve.raw.columns(edges):
            _draw(
                canvas,
                raw_strokes(columns, geometry),
                color,
                ratio,
                smooth=False,
                thickness=geometry.stride,
                ratio=ratio,
            )
    for curve in order:
        lifted = dimming and curve.run == scene.lifted
        color = style.mixed(curve.color, look.ground, style.DIM_SHARE) if dimming and not lifted else curve.color
        width = (style.SMOOTH_WIDTH if curve.smooth is not None else style.PLAIN_WIDTH) * ratio
        width = style.LIFTED_WIDTH * ratio if lifted else width
        for columns in curve.line.columns(edges):
            if curve.smooth is None and not columns.single:
                # Dense measured values are a band, in which antialiasing shows nothing.
                strokes, thickness = raw_strokes(columns, geometry), geometry.stride
            else:
                strokes = smooth_strokes(columns, geometry, width, thin=not fast)
                thickness = max(geometry.stride, round(width))
            if curve.dash is not None:
                pattern = tuple(part * style.SMOOTH_WIDTH * ratio for part in curve.dash)
                strokes = replace(strokes, segments=dashed(strokes.segments, pattern))
            flat = curve.dash is not None
            _draw(canvas, strokes, color, width, smooth=not fast, thickness=thickness, ratio=ratio, flat=flat)


def _draw(
    canvas: Canvas,
    strokes: Strokes,
    color: QColor,
    width: float,
    *,
    smooth: bool,
    thickness: int,
    ratio: float,
    flat: bool = False,
) -> None:
    canvas.bars(strokes.bars, thickness, color)
    canvas.segments(strokes.segments, color, width, smooth=smooth, flat=flat)
    canvas.dots(strokes.dots, DOT_RADIUS * ratio if width > ratio else 1.2 * ratio, color)


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
    corners: tuple[tuple[float, float], ...]
    if kind == "nan":
        corners = ((0, -size), (size, 0), (0, size), (-size, 0))
    elif kind == "+inf":
        corners = ((0, -size), (size, size * 0.8), (-size, size * 0.8), (0, -size))
    else:
        corners = ((0, size), (size, -size * 0.8), (-size, -size * 0.8), (0, size))
    return QPolygonF([QPointF(x + dx, y + dy) for dx, dy in corners])
