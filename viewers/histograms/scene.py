"""What a histogram card looks like: where everything stands, and painting it a few ridges at a time."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from ..bins.buckets import Floats
from ..charts import axes
from ..charts.canvas import FileCanvas
from ..charts.geometry import Limits
from ..charts.lines import dashed
from ..charts.style import DIM_SHARE, LIFTED_WIDTH, ChartStyle, Measures, mixed
from ..lod import ticks
from ..lod.scale import Scale, ScaleKind
from ..lod.ticks import Tick
from ..ramp import Rgb, heat, ramp
from ..selection import XAxis
from .ridges import Shapes, heights_of, unit_of
from .settings import Mode

#: The highest ridge takes this share of the plot, as in TensorBoard.
RIDGE_SHARE = 1 / 2.5
#: One that stands alone has room for more.
_LONE_SHARE = 0.85
_SIDE, _TOP, _BOTTOM = 14.0, 6.0, 26.0
_TIME_PIXELS = 34.0
_OUTLINE, _LINE, _RUN_LINE = 0.9, 1.3, 1.6
#: How much of a run's colour lies over what is behind its outline.
_FILL, _LIFTED_FILL = 0.10, 0.22
Dash = tuple[float, ...] | None
#: Labels of values may reach this far beyond the plot.
_REACH = -6.0


@dataclass(frozen=True, slots=True)
class RunLook:
    """A run and how its outline is drawn."""

    run: str
    color: QColor
    dash: tuple[float, ...] | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """All that decides what a card looks like.

    ``places`` float64 (k,): where the ridges stand on the axis. Instead of steps of one series the ridges may be those
    of several ``runs``, of which one may be ``lifted``.
    """

    style: ChartStyle
    bright: QColor
    ridges: Shapes
    places: Floats
    axis: XAxis
    mode: Mode
    log: bool
    is_density: bool
    color: QColor
    runs: tuple[RunLook, ...] = ()
    lifted: str | None = None

    @property
    def lifted_row(self) -> int | None:
        """The ridge of the lifted run; None where it has none here."""
        return next((row for row, look in enumerate(self.runs) if look.run == self.lifted), None)


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things are, in logical pixels. ``base`` float64 (k,) are the ridges' base lines, ``height`` float64 (k, b)
    what stands on them, ``x`` float64 (b,) the middles of the bins."""

    left: float
    top: float
    width: float
    depth: float
    x: Floats
    base: Floats
    height: Floats
    value_ticks: list[Tick]
    time_ticks: list[Tick]
    count_ticks: list[Tick] = field(default_factory=list)
    count_scale: Scale = field(default_factory=Scale)
    most: float = 1.0

    @property
    def bottom(self) -> float:
        """The lower end of the plot."""
        return self.top + self.depth

    def outline(self, ridge: int) -> Floats:
        """The corners of a ridge's line, float64 (b, 2)."""
        return np.stack([self.x, self.base[ridge] - self.height[ridge]], 1)

    def area(self, ridge: int) -> Floats:
        """The corners of a ridge down to its base line, float64 (b + 2, 2)."""
        base = self.base[ridge]
        return np.concatenate([[(self.x[0], base)], self.outline(ridge), [(self.x[-1], base)]])


def layout_of(scene: Scene, width: float, height: float) -> Layout:
    """Place a scene in a widget of this size."""
    metrics, ridges = scene.style.metrics, scene.ridges
    depth = max(height - _TOP - _BOTTOM, 1.0)
    unit = unit_of(ridges.values, scene.is_density)
    shares = heights_of(ridges.values, scene.log, unit)
    low, high = float(ridges.edges[0]), float(ridges.edges[-1])
    if scene.mode is Mode.HEAT:
        return _heat_layout(scene, width, depth, shares)
    if scene.mode in (Mode.OVERLAY, Mode.RUNS):
        return _overlay_layout(scene, width, depth, shares, unit)
    timed = time_ticks(scene.places, scene.axis, max(2, int(depth / _TIME_PIXELS)))
    room = max((metrics.advance(text) for _, text in timed), default=0.0)
    across = max(width - _SIDE - room - _SIDE - 8, 1.0)
    x = _SIDE + (ridges.centers - low) / (high - low) * across
    tallest = depth * (RIDGE_SHARE if len(scene.places) > 1 else _LONE_SHARE)
    base = _TOP + tallest + _spread(scene.places) * (depth - tallest)
    return Layout(_SIDE, _TOP, across, depth, x, base, shares * tallest, value_ticks(low, high, across, metrics), timed)


def _overlay_layout(scene: Scene, width: float, depth: float, shares: Floats, unit: float) -> Layout:
    ridges, metrics = scene.ridges, scene.style.metrics
    low, high = float(ridges.edges[0]), float(ridges.edges[-1])
    most = float(ridges.values.max()) if ridges.values.size else 1.0
    scale = Scale(ScaleKind.SYMLOG, unit) if scene.log else Scale()
    counted = axes.y_ticks(Limits(0.0, 1.0, 0.0, most or 1.0), scale, depth)
    widest = max((metrics.advance(text) for _, text in counted), default=0.0)
    left = math.ceil(max(axes.MARGIN_LEFT, widest + axes.TICK_OFFSET + 6))
    across = max(width - left - axes.MARGIN_RIGHT, 1.0)
    x = left + (ridges.centers - low) / (high - low) * across
    base = np.full(len(shares), _TOP + depth)
    valued = value_ticks(low, high, across, metrics)
    return Layout(left, _TOP, across, depth, x, base, shares * depth, valued, [], counted, scale, most or 1.0)


def _heat_layout(scene: Scene, width: float, depth: float, shares: Floats) -> Layout:
    ridges, metrics = scene.ridges, scene.style.metrics
    low, high = float(ridges.edges[0]), float(ridges.edges[-1])
    valued = axes.y_ticks(Limits(0.0, 1.0, low, high), Scale(), depth)
    widest = max((metrics.advance(text) for _, text in valued), default=0.0)
    left = math.ceil(max(axes.MARGIN_LEFT, widest + axes.TICK_OFFSET + 6))
    across = max(width - left - axes.MARGIN_RIGHT, 1.0)
    first, last = _ends(scene.places)
    timed = [(first, time_label(first, scene.axis))] if first == last else []
    if not timed:
        timed = axes.x_ticks(Limits(first, last, 0.0, 1.0), Scale(), scene.axis, 0, across, metrics)
    x = left + _spread(scene.places) * across
    return Layout(left, _TOP, across, depth, x, np.full(len(shares), _TOP + depth), shares, valued, timed)


class Painting:
    """A picture of a scene in the making; a slow one is painted a few ridges at a time."""

    def __init__(self, scene: Scene, width: int, height: int, ratio: float) -> None:
        self.scene = scene
        self.layout = layout_of(scene, width, height)
        self.image = QImage(math.ceil(width * ratio), math.ceil(height * ratio), QImage.Format.Format_RGB32)
        self.image.setDevicePixelRatio(ratio)
        self.image.fill(scene.style.ground)
        self._painter = QPainter()
        self._steps = paint(self._painter, scene, self.layout)

    def advance(self, deadline: float) -> bool:
        """Go on until ``time.perf_counter()`` reaches ``deadline``; True when all is painted."""
        self._painter.begin(self.image)
        try:
            return all(time.perf_counter() < deadline for _ in self._steps)
        finally:
            self._painter.end()


def paint(painter: QPainter, scene: Scene, layout: Layout) -> Iterator[None]:
    """Paint a scene, a ridge a step. What the painter is set to does not outlast a step."""
    if scene.mode is Mode.HEAT:
        _paint_heat(painter, scene, layout)
    elif scene.mode in (Mode.OVERLAY, Mode.RUNS):
        _paint_counts(painter, scene, layout)
    _paint_labels(painter, scene, layout)
    yield
    if scene.mode is Mode.HEAT:
        return
    canvas = FileCanvas(painter, QRect())
    if scene.mode is Mode.RUNS:
        yield from _paint_runs(canvas, scene, layout)
        return
    for ridge, color in enumerate(ridge_colors(scene)):
        if scene.mode is Mode.OFFSET:
            canvas.area(layout.area(ridge), color, smooth=True)
            draw_line(canvas, layout.outline(ridge), scene.style.ground, _OUTLINE)
        else:
            draw_line(canvas, layout.outline(ridge), color, _LINE)
        yield


def _paint_runs(canvas: FileCanvas, scene: Scene, layout: Layout) -> Iterator[None]:
    """The areas of all runs, then their outlines, a run a step; a lifted one alone keeps its colour and area."""
    lifted, ground = scene.lifted_row, scene.style.ground
    order = [row for row in range(len(scene.runs)) if row != lifted] + ([] if lifted is None else [lifted])
    for row in order if lifted is None else [lifted]:
        shade = QColor(scene.runs[row].color)
        shade.setAlphaF(_LIFTED_FILL if row == lifted else _FILL)
        canvas.area(layout.area(row), shade, smooth=True)
        yield
    for row in order:
        look = scene.runs[row]
        dimmed = lifted is not None and row != lifted
        color = mixed(look.color, ground, DIM_SHARE) if dimmed else look.color
        width = LIFTED_WIDTH if row == lifted else _RUN_LINE
        for part in _risen(layout.height[row]):
            draw_line(canvas, layout.outline(row)[part], color, width, look.dash)
        yield


def _risen(height: Floats) -> list[slice]:
    """The stretches of an outline that are not flat on the base line, where the last run would cover all others."""
    up = height > 0
    drawn = up[:-1] | up[1:]
    changes = np.flatnonzero(np.diff(np.concatenate([[False], drawn, [False]])))
    return [slice(int(begin), int(end) + 1) for begin, end in changes.reshape(-1, 2)]


def draw_line(canvas: FileCanvas, corners: Floats, color: QColor, width: float, dash: Dash = None) -> None:
    """Draw a line through float64 (n, 2) corners; ``dash`` in units of its width."""
    segments = np.concatenate([corners[:-1], corners[1:]], 1)
    if dash is not None:
        segments = dashed(segments, tuple(part * width for part in dash))
    canvas.lines(np.ascontiguousarray(segments), color, width, smooth=True, flat=dash is not None)


def ridge_colors(scene: Scene) -> list[QColor]:
    """The colours of all ridges, from faint (the oldest) to the run's own."""
    found = ramp(rgb(scene.style.ground), rgb(scene.color), len(scene.places))
    return [QColor.fromRgbF(*parts) for parts in found.tolist()]


def rgb(color: QColor) -> Rgb:
    """A colour as the numbers that the ramps take."""
    return color.redF(), color.greenF(), color.blueF()


def _paint_heat(painter: QPainter, scene: Scene, layout: Layout) -> None:
    """One block a step and bin: a step reaches half way to its neighbours."""
    style = scene.style
    table = heat(rgb(style.ground), rgb(scene.color), rgb(scene.bright))
    width, depth = max(round(layout.width), 1), max(round(layout.depth), 1)
    # In rising x: wall times may go back.
    order = np.argsort(layout.x, kind="stable")
    rising = layout.x[order] - layout.left
    column = order[np.searchsorted((rising[1:] + rising[:-1]) / 2, np.arange(width) + 0.5)]
    bins = layout.height.shape[1]
    row = np.minimum((depth - 1 - np.arange(depth)) * bins // depth, bins - 1)
    shades = np.rint(layout.height[column][:, row].T * (len(table) - 1)).astype(np.intp)
    pixels = np.ascontiguousarray(table[shades])
    image = QImage(pixels.data, width, depth, width * 4, QImage.Format.Format_RGB32)
    painter.drawImage(QPointF(layout.left, layout.top), image)


def _paint_counts(painter: QPainter, scene: Scene, layout: Layout) -> None:
    """Grid and labels of the counts."""
    look = scene.style
    scale, top = layout.count_scale, layout.count_scale.place(layout.most)
    painter.setFont(look.font)
    for value, text in layout.count_ticks:
        y = round(layout.bottom - scale.place(value) / top * layout.depth)
        painter.fillRect(QRectF(layout.left, y, layout.width, 1), look.grid)
        _text(painter, look, text, layout.left - axes.TICK_OFFSET, y + 0.5, -1.0)


def _paint_labels(painter: QPainter, scene: Scene, layout: Layout) -> None:
    look, low, high = scene.style, float(scene.ridges.edges[0]), float(scene.ridges.edges[-1])
    painter.setFont(look.font)
    below = layout.bottom + 7 + look.metrics.height / 2
    if scene.mode is Mode.HEAT:
        for value, text in layout.value_ticks:
            y = layout.bottom - (value - low) / (high - low) * layout.depth
            _text(painter, look, text, layout.left - axes.TICK_OFFSET, y, -1.0)
        first, last = _ends(scene.places)
        for value, text in layout.time_ticks:
            share = (value - first) / (last - first) if last > first else 0.5
            half = look.metrics.advance(text) / 2
            x = min(layout.left + share * layout.width, layout.left + layout.width + axes.MARGIN_RIGHT - 4 - half)
            _text(painter, look, text, x, below, -0.5)
        return
    for value, text in layout.value_ticks:
        _text(painter, look, text, layout.left + (value - low) / (high - low) * layout.width, below, -0.5)
    if scene.mode is Mode.OFFSET and len(layout.base):
        first, last = _ends(scene.places)
        start, end = float(layout.base.min()), float(layout.base.max())
        for value, text in layout.time_ticks:
            share = (value - first) / (last - first) if last > first else 1.0
            _text(painter, look, text, layout.left + layout.width + 8, start + share * (end - start) - 3, 0.0)


def _text(painter: QPainter, look: ChartStyle, text: str, x: float, y: float, shift: float) -> None:
    """A label whose middle is at ``y``; ``shift`` times its width is added to ``x``."""
    painter.setPen(look.text)
    metrics = look.metrics
    painter.drawText(QPointF(x + shift * metrics.advance(text), y - metrics.height / 2 + metrics.ascent), text)


def value_ticks(low: float, high: float, width: float, metrics: Measures) -> list[Tick]:
    """Ticks of an axis of values ``width`` logical pixels wide: the most whose labels keep apart, all inside."""
    for count in range(min(max(2, int(width / 56)), 12), 0, -1):
        found = ticks.linear_ticks(low, high, count)
        places = [(value - low) / (high - low) * width for value, _ in found]
        halves = [metrics.advance(text) / 2 for _, text in found]
        kept = [index for index, (at, half) in enumerate(zip(places, halves, strict=True)) if at - half >= _REACH]
        apart = all(
            places[one] + halves[one] + axes.LABEL_GAP <= places[other] - halves[other]
            for one, other in zip(kept, kept[1:], strict=False)
        )
        if apart and (len(kept) >= 2 or count == 1):
            return [found[index] for index in kept]
    return []


def time_ticks(places: Floats, axis: XAxis, count: int) -> list[Tick]:
    """About ``count`` ticks of the axis that ridges stand on; one alone says where it is."""
    first, last = _ends(places)
    if not first < last:
        return [(first, time_label(first, axis))] if len(places) else []
    if axis is XAxis.RELATIVE:
        return ticks.duration_ticks(first, last, count)
    if axis is XAxis.WALL:
        return ticks.wall_ticks(first, last, count)
    return ticks.linear_ticks(first, last, count, whole=True)


def time_label(place: float, axis: XAxis) -> str:
    """A place on the axis in words."""
    if axis is XAxis.STEP:
        return ticks.step_label(round(place)) if math.isfinite(place) else "–"
    return ticks.duration(place) if axis is XAxis.RELATIVE else ticks.clock(place)


def _ends(places: Floats) -> tuple[float, float]:
    finite = places[np.isfinite(places)]
    return (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 0.0)


def _spread(places: Floats) -> Floats:
    """Places as shares of their range; those that are nowhere, or all the same, stand at the end."""
    first, last = _ends(places)
    if not first < last:
        return np.ones(len(places))
    shares: Floats = np.where(np.isfinite(places), (places - first) / (last - first), 1.0)
    return shares
