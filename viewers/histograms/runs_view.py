"""Cards with all runs of a tag: each run's histogram at the step of the cursor."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor

from ...reader.api import HistogramView, RestartMode, SeriesKey
from ..bins.latest import LatestWork
from ..bins.notes import left_out
from ..bins.points import start_of
from ..bins.readout import RunValues
from ..bins.spans import Span
from ..bins.stats import ESTIMATE_HELP
from ..bins.work import WorkCache
from ..board.choices import ChoiceModel
from ..board.run_table import RunRow
from ..charts.style import ChartStyle
from ..lod import ticks
from ..pane import PaneContext
from ..runs.palette import run_dash
from . import words
from .beside import Beside, beside_of, cost_of, wish_of
from .scene import RunLook, Scene
from .settings import HistogramSettings, Mode

#: Series that are looked at in any case, so that each turn brings a card further.
_LEAST = 4


@dataclass(frozen=True, slots=True)
class RunCount:
    """What a run's histogram says in a bin, or altogether: a row of ``source``."""

    source: Beside
    row: int
    label: str
    bin: int | None
    is_density: bool


class RunsView(QObject):
    """Fills such cards and reads them. ``ready`` carries a series of whose tag more can be shown now."""

    ready = Signal(object)
    card_ready = Signal(str)

    def __init__(
        self,
        context: PaneContext,
        settings: ChoiceModel[HistogramSettings],
        style: Callable[[], ChartStyle],
        color: Callable[[str], QColor],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._context, self._settings, self._style, self._color = context, settings, style, color
        self._spans: WorkCache[Span] = WorkCache(context.store, context.jobs, _span, _cost, self)
        self._drawn: LatestWork[Beside] = LatestWork(context.jobs, self)
        self._spans.ready.connect(self.ready)
        self._drawn.ready.connect(self.card_ready)

    def fill(self, card: Any, keys: Sequence[SeriesKey], deadline: float) -> bool:
        """Show the runs of a card; False where there was too little time."""
        found = self._found(keys, deadline)
        if found is None:
            return False
        spans, views, points = found
        beside = self._beside(card.tag, views, points, spans)
        busy = self._drawn.is_busy(card.tag) or any(map(self._spans.is_busy, keys))
        if beside is None or not len(beside.points):
            note = "None of the visible runs has this tag" if not keys else ""
            card.plot.set_scene(None, "Preparing histograms…" if busy else note)
            card.set_note("")
            return True
        card.set_note(*left_out([], [span.shown for span in spans], sum(s.dropped for s in spans), self._now.restarts))
        if not beside.values.any():
            card.plot.set_scene(None, "No values in the chosen range" if beside.totals.any() else "Nothing but zeros")
            return True
        looks = tuple(self._look(view.key.run) for view in beside.views)
        card.plot.setAccessibleName(f"Histograms of {card.title}, {len(looks)} runs")
        text = QColor(self._context.theme.theme.text)
        now, axis, runs = self._now, self._context.cursor.axis, self._context.runs
        places = np.empty(0)
        scene = Scene(
            self._style(), text, beside, places, axis, Mode.RUNS, now.log_counts, now.density, text, looks, runs.hovered
        )
        card.plot.set_scene(scene)
        return True

    def reading(
        self, card: str, keys: Sequence[SeriesKey], bin_index: int | None, place: str, deadline: float
    ) -> RunValues | None:
        """What the runs of a card say: in a bin, or altogether. ``place`` tells where the cursor is.

        None where there was too little time.
        """
        found = self._found(keys, deadline)
        if found is None:
            return None
        spans, views, points = found
        beside = self._beside(card, views, points, spans)
        tag = keys[0].tag
        if beside is None:
            return RunValues("Values", tag, [], row_of, "", 2)
        edges, runs, is_density = beside.edges, self._context.runs, self._now.density
        if bin_index is not None and bin_index >= len(edges) - 1:
            bin_index = None
        rows = [
            RunCount(beside, row, runs.label(view.key.run), bin_index, is_density)
            for row, view in enumerate(beside.views)
            if view.key.run in runs
        ]
        title, head = place, "Values"
        if bin_index is not None:
            title = f"Bin {words.bin_range(float(edges[bin_index]), float(edges[bin_index + 1]))}"
            head, tag = ("Density" if is_density else "Count"), f"{tag} · {place[:1].lower()}{place[1:]}"
        return RunValues(title, tag, rows, row_of, head, 2)

    def trim(self, shown: set[SeriesKey], cards: set[str]) -> None:
        """Forget what is kept of series and cards that are not shown."""
        self._spans.trim(shown)
        self._drawn.trim(cards)

    def close(self) -> None:
        """Cancel what the pool still does."""
        self._spans.close()
        self._drawn.close()

    def steps(self, keys: Sequence[SeriesKey]) -> list[float]:
        """Where the histograms of some series stand on the axis, rising, each place once."""
        axis, places = self._context.cursor.axis, [np.empty(0)]
        for key in keys:
            span, view = self._spans.result(key, self._now.restarts), self._spans.view(key)
            if span is not None and view is not None:
                places.append(span.places(view, axis))
        found = np.unique(np.concatenate(places))
        return [float(place) for place in found if math.isfinite(place)]

    @property
    def _now(self) -> HistogramSettings:
        return self._settings.now

    def _look(self, run: str) -> RunLook:
        runs = self._context.runs
        return RunLook(run, self._color(run), run_dash(runs.style(run)) if run in runs else None)

    def _found(
        self, keys: Sequence[SeriesKey], deadline: float
    ) -> tuple[list[Span], list[HistogramView], list[int]] | None:
        """The series that have a histogram for the cursor; None where there was too little time to look at all."""
        cursor = self._context.cursor
        spans: list[Span] = []
        views: list[HistogramView] = []
        points: list[int] = []
        least = self._spans.made + _LEAST
        for key in keys:
            if self._spans.made >= least and time.perf_counter() >= deadline:
                return None
            span, view = self._spans.result(key, self._now.restarts), self._spans.view(key)
            if span is None or view is None or span.seen > len(view.step) or span.rewrites != view.rewrites:
                continue
            point = span.nearest(view, cursor.axis, cursor.x)
            if point is not None:
                spans.append(span)
                views.append(view)
                points.append(point)
        return spans, views, points

    def _beside(self, card: str, views: list[HistogramView], points: list[int], spans: list[Span]) -> Beside | None:
        now = self._now
        wish = wish_of(views, points, spans, now.bins, now.low, now.high, now.density)
        return self._drawn.result(card, wish, cost_of(views, points), lambda: beside_of(views, wish))


def row_of(count: RunCount) -> RunRow:
    """A run's histogram as a row of the read-out."""
    source, row = count.source, count.row
    view, point = source.views[row], source.points[row]
    told = source.stats(row)
    step, wall = int(view.step[point]), float(view.wall[point])
    since = wall - start_of(view.wall)
    total = words.count(told.number)
    value, of = total, ""
    if count.bin is not None:
        inside = float(source.values[row, count.bin])
        value, of = (ticks.number(inside), "") if count.is_density else (words.count(inside), f"of {total}")
    mean, deviation = words.mean_and_deviation(told)
    parts = (ticks.step_label(step), ticks.stopwatch(since), ticks.clock(wall)[11:])
    lines = [count.label]
    if count.bin is not None:
        ends = words.bin_range(float(source.edges[count.bin]), float(source.edges[count.bin + 1]))
        lines.append(f"{'Density' if count.is_density else 'Count'} {value} in {ends}")
    lines += [
        f"Values {total}",
        f"Mean {mean}, standard deviation {deviation}",
        f"Least {words.number(told.least)}, greatest {words.number(told.greatest)}",
        f"Step {step:,}",
        f"Since the start {ticks.duration(since)}",
        ticks.clock(wall),
    ]
    if told.estimated:
        lines.append(ESTIMATE_HELP)
    below = ((parts, ""), ((f"mean {mean}", f"std {deviation}"), of))
    return RunRow(view.key.run, count.label, value, below, "\n".join(lines))


def _span(view: HistogramView, wish: Hashable, before: Span | None) -> Span:
    return Span.of(view, cast(RestartMode, wish), before)


def _cost(view: HistogramView, _wish: Hashable, done: int) -> int:
    return int(view.start[-1] - view.start[done]) + len(view.step) // 4
