"""Paints a whole chart but its cursor: grid, labels, all runs, marks of values that are not finite."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPaintDevice, QPainter, QPen, QPolygonF

from ..lod.scale import Scale
from ..selection import XAxis
from . import axes, style
from .bands import Band, paint_band
from .canvas import Canvas, FileCanvas, ScreenCanvas
from .curve import ChartCurve
from .geometry import Geometry, Limits
from .lines import Strokes, batched, dashed, raw_strokes, smooth_strokes
from .style import ChartStyle

DOT_RADIUS = 2.6
MARK_SIZE = 4.5


@dataclass(slots=True)
class Scene:
    """All that decides what a chart looks like."""

    style: ChartStyle
    curves: Sequence[ChartCurve] = ()
    bands: Sequence[Band] = ()
    limits: Limits = field(default_factory=lambda: Limits(0.0, 1.0, 0.0, 1.0))
    x_scale: Scale = field(default_factory=Scale)
    y_scale: Scale = field(default_factory=Scale)
    axis: XAxis = XAxis.STEP
    origin: int = 0
    show_raw: bool = True
    lifted: str | None = None


class Painting:
    """A picture of a scene in the making, for the screen: a slow one is painted a few lines at a time."""

    def __init__(self, width: float, height: float, ratio: float, scene: Scene, *, fast: int = 0) -> None:
        """``width`` x ``height`` logical pixels, ``ratio`` device pixels each.

        ``fast`` is for frames that are replaced within a moment: 1 leaves out antialiasing, more than 1 also draws
        that many pixels a column (which still shows every extremum).
        """
        self.fast = fast
        self.seconds = 0.0
        self._size, self._ratio = (width, height), ratio
        self._scene = replace(scene, curves=tuple(scene.curves))
        self._layout = _Layout.of(width, height, ratio, scene, fast)
        dense = any(len(curve.raw.index) > self._layout.geometry.width // 2 for curve in self._scene.curves)
        self._canvas = ScreenCanvas(self._layout.plot, scene.style.ground, lying=dense)
        self._steps = _plot(self._canvas, self._layout, ratio, self._scene, fast)

    @property
    def geometry(self) -> Geometry:
        """Where the data lie."""
        return self._layout.geometry

    def advance(self, deadline: float) -> bool:
        """Go on until ``time.perf_counter()`` reaches ``deadline``; True when all lines are drawn."""
        began = time.thread_time()
        self._canvas.begin()
        try:
            return all(time.perf_counter() < deadline for _ in self._steps)
        finally:
            self._canvas.end()
            self.seconds += time.thread_time() - began

    def finish(self, picture: QPaintDevice) -> None:
        """Put the lines and all that stands around them on ``picture``."""
        began = time.thread_time()
        scene, ratio = self._scene, self._ratio
        painter = QPainter(picture)
        painter.fillRect(QRectF(0, 0, *self._size), scene.style.ground)
        _labels(painter, self._layout, ratio, scene, self._size[0])
        lines = self._canvas.upright()
        lines.setDevicePixelRatio(ratio)
        painter.drawImage(QPointF(self._layout.plot.left() / ratio, self._layout.plot.top() / ratio), lines)
        _not_finite(painter, self._layout.geometry, ratio, scene)
        painter.end()
        self.seconds += time.thread_time() - began


def paint_file(painter: QPainter, width: float, height: float, ratio: float, scene: Scene) -> None:
    """Paint ``scene`` for a file, line by line, so that a vector format has them as lines."""
    layout = _Layout.of(width, height, ratio, scene, 0)
    painter.fillRect(QRectF(0, 0, width, height), scene.style.ground)
    _labels(painter, layout, ratio, scene, width)
    painter.save()
    painter.scale(1 / ratio, 1 / ratio)
    painter.setClipRect(layout.plot)
    for _ in _plot(FileCanvas(painter, layout.plot), layout, ratio, scene, 0):
        pass
    painter.restore()
    _not_finite(painter, layout.geometry, ratio, scene)


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where everything goes. ``rules`` are the grid lines in device pixels, ``plot`` the area that lines may cover."""

    area: axes.Frame
    geometry: Geometry
    plot: QRect
    rules: tuple[int, ...]

    @staticmethod
    def of(width: float, height: float, ratio: float, scene: Scene, fast: int) -> _Layout:
        area = axes.frame(width, height, scene.limits, scene.y_scale, scene.style.metrics)
        left, top = round(area.left * ratio), round(area.top * ratio)
        across = max(round((area.left + area.width) * ratio) - left, 1)
        down = max(round((area.top + area.height) * ratio) - top, 1)
        geometry = Geometry(left, top, across, down, scene.limits, scene.x_scale, scene.y_scale, max(fast, 1))
        pixel = max(1, round(ratio))
        # A little higher than the plot: a line along its upper or lower end keeps its width.
        plot = QRect(left, top - pixel, across + pixel, down + 2 * pixel)
        places = geometry.py(np.array([value for value, _ in area.y_ticks], np.float64))
        return _Layout(area, geometry, plot, tuple(np.rint(np.minimum(places, top + down)).astype(int).tolist()))


def _labels(painter: QPainter, layout: _Layout, ratio: float, scene: Scene, width: float) -> None:
    """Write what the axes say."""
    geometry, look = layout.geometry, scene.style
    metrics = look.metrics
    painter.setFont(look.font)
    painter.setPen(look.text)
    right = geometry.left / ratio - axes.TICK_OFFSET
    middle = 0.5 - metrics.height / 2 + metrics.ascent
    for rule, (_, text) in zip(layout.rules, layout.area.y_ticks, strict=True):
        if geometry.top - 1 <= rule <= geometry.top + geometry.height:
            painter.drawText(QPointF(right - metrics.advance(text), rule / ratio + middle), text)
    found = axes.x_ticks(scene.limits, scene.x_scale, scene.axis, scene.origin, geometry.width / ratio, metrics)
    baseline = (geometry.top + geometry.height) / ratio + 7 + metrics.ascent
    end = -1e9
    for place, (_, text) in zip(geometry.px(np.array([v for v, _ in found])).tolist(), found, strict=True):
        advance = metrics.advance(text)
        x = min(place / ratio - advance / 2, width - advance - 4)
        if x >= end + 6:
            end = x + advance
            painter.drawText(QPointF(x, baseline), text)


def _plot(canvas: Canvas, layout: _Layout, ratio: float, scene: Scene, fast: int) -> Iterator[None]:
    """Grid, bands, all measured lines, then all smoothed ones, the lifted run above the others; a line a step."""
    look, pixel, geometry = scene.style, max(1, round(ratio)), layout.geometry
    inside = [y for y in layout.rules if geometry.top - 1 <= y <= geometry.top + geometry.height]
    canvas.rules(inside, pixel, look.grid)
    edges = geometry.edges()
    for band in scene.bands:
        paint_band(canvas, band, edges, geometry, smooth=not fast)
        yield
    order = sorted((curve for curve in scene.curves if curve.visible), key=lambda curve: curve.run == scene.lifted)
    dimming = scene.lifted is not None and any(curve.run == scene.lifted for curve in order)
    behind = [
        curve
        for curve in order
        if curve.smooth is not None and scene.show_raw and not (dimming and curve.run != scene.lifted)
    ]
    # Lines of few points are worked out all at once; None: by their columns, one by one.
    segments, owned = batched([*(curve.raw for curve in behind), *(curve.line for curve in order)], geometry)
    placed = canvas.placed(segments)
    for curve, part in zip(behind, owned[: len(behind)], strict=True):
        color = style.mixed(curve.color, look.ground, style.RAW_SHARE)
        if part is not None:
            canvas.lines(placed[part], color, ratio, smooth=False, flat=False)
        else:
            for columns in curve.raw.columns(edges):
                strokes = raw_strokes(columns, geometry)
                _draw(canvas, strokes, color, ratio, smooth=False, thickness=geometry.stride, ratio=ratio)
        yield
    for curve, part in zip(order, owned[len(behind) :], strict=True):
        lifted = dimming and curve.run == scene.lifted
        color = style.mixed(curve.color, look.ground, style.DIM_SHARE) if dimming and not lifted else curve.color
        width = (style.SMOOTH_WIDTH if curve.smooth is not None else style.PLAIN_WIDTH) * ratio
        width = (style.LIFTED_WIDTH * ratio if lifted else width) * curve.weight
        dash = None if curve.dash is None else tuple(part * style.SMOOTH_WIDTH * ratio for part in curve.dash)
        if part is not None and dash is None:
            canvas.lines(placed[part], color, width, smooth=not fast, flat=False)
        elif part is not None and dash is not None:
            canvas.lines(canvas.placed(dashed(segments[part], dash)), color, width, smooth=not fast, flat=True)
        else:
            for strokes, thick in _line(curve, edges, geometry, width, fast):
                if dash is not None:
                    strokes = replace(strokes, segments=dashed(strokes.segments, dash))
                flat = dash is not None
                _draw(canvas, strokes, color, width, smooth=not fast, thickness=thick, ratio=ratio, flat=flat)
        yield


def _line(
    curve: ChartCurve, edges: NDArray[np.float64], geometry: Geometry, width: float, fast: int
) -> Iterator[tuple[Strokes, int]]:
    """A curve's main line and the thickness of its bars, one entry a stretch."""
    for columns in curve.line.columns(edges):
        if curve.smooth is None and not columns.single:
            # Dense measured values are a band, in which antialiasing shows nothing.
            yield raw_strokes(columns, geometry), geometry.stride
        else:
            yield smooth_strokes(columns, geometry, width, thin=not fast), max(geometry.stride, round(width))


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
    if len(strokes.segments):
        canvas.lines(canvas.placed(strokes.segments), color, width, smooth=smooth, flat=flat)
    canvas.dots(strokes.dots, DOT_RADIUS * ratio if width > ratio else 1.2 * ratio, color)


def _not_finite(painter: QPainter, geometry: Geometry, ratio: float, scene: Scene) -> None:
    """+∞ as a triangle at the upper border, −∞ at the lower one, NaN as a diamond on the lower one."""
    odd = [curve for curve in scene.curves if curve.raw.has_odd and scene.lifted in (None, curve.run)]
    if not odd:
        return
    edges = geometry.edges()
    top, bottom = geometry.top / ratio + MARK_SIZE, (geometry.top + geometry.height) / ratio - MARK_SIZE
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    for curve in odd:
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
