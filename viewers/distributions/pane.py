"""The distributions pane: for each tag and run, or each tag with all its runs, nine percentiles over all steps."""

from __future__ import annotations

import time
from collections.abc import Hashable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor

from ...reader.api import HistogramView, RestartMode, SeriesKey
from ..bins.base import SeriesPane
from ..bins.buckets import Ints
from ..bins.catalog import tag_of
from ..bins.exports import card_name
from ..bins.files import PercentileLayout
from ..bins.notes import left_out
from ..bins.percentiles import BASIS_POINTS, MEDIAN, NAMES, OPACITIES, Percentiles
from ..bins.points import start_of
from ..bins.readout import Reading, RunValues, Values
from ..bins.work import WorkCache
from ..board.layout import taller
from ..board.panel import PanePanel
from ..board.zoomed_charts import ZoomedCharts
from ..charts.bands import Band
from ..charts.curve import ChartCurve
from ..charts.picture import save_picture
from ..charts.style import mixed
from ..charts.zoom import Views
from ..lod import ticks
from ..lod.scale import Scale
from ..pane import ActionSpec, PaneContext
from ..runs.palette import run_dash
from ..selection import XAxis
from .card import Card
from .commands import actions_of, open_card_menu, open_export_menu
from .lines import PercentileLines, fit_x, fit_y, origin_of
from .overlay import ROW_LINES, RunPercentiles, curves_of, drawn_lines, row_of
from .panel import DistributionsPanel
from .settings import DistributionSettings

#: A point costs as much as this many buckets, and one whose percentiles are known such a part of one.
_POINT_COST = 8
_LINE_SHARE = 4
#: Series whose lines are made in any case, so that each turn brings a card further.
_LEAST = 4
#: How much of a median line is left while another run is pointed at.
_DIM_MEDIAN = 0.35


class DistributionsPane(ZoomedCharts, SeriesPane):
    """Bands between the percentiles of all histograms."""

    noun = "distribution"
    icon = "distributions"
    sizes = taller(1.25)

    def __init__(self, context: PaneContext) -> None:
        super().__init__(context, DistributionSettings())
        self.setObjectName("distributionsPane")
        self.views = Views()
        self.cache: WorkCache[PercentileLines] = WorkCache(context.store, context.jobs, _work, _cost, self)
        self.cache.ready.connect(self._ready)

    def new_card(self) -> Card:
        card = Card(self.frames, self.context.theme.theme, lambda: self.style_now)
        chart = card.chart
        chart.wheel_scrolls = self.board.is_scrolling
        chart.pointed.connect(lambda x: self._pointed(card, x))
        chart.run_pointed.connect(self._run_pointed)
        self.follow_zoom(card)
        return card

    @property
    def overlaid(self) -> bool:
        return bool(self.settings.now.overlay)

    def fill(self, card: Any, key: SeriesKey, color: QColor) -> None:
        lines = self.lines(key)
        chart = card.chart
        chart.scene.lifted = None
        chart.set_view(self.views.of(card.tag))
        if lines is None or not len(lines.index):
            chart.set_data([], None, None, "Preparing percentiles…" if self.cache.is_busy(key) else "")
            card.set_note("")
            return
        chart.set_axes(lines.axis, lines.origin, Scale(), Scale(), True)
        bright = QColor(self.context.theme.theme.text)
        if color != self.color(key.run):
            bright = mixed(bright, self.style_now.ground, _DIM_MEDIAN)
        curve = ChartCurve(key.run, lines.lines[MEDIAN], None, bright, visible=self.settings.now.median)
        bands = self._bands(lines, color)
        chart.set_data([curve], fit_x([lines]), fit_y([lines], range(len(BASIS_POINTS))), bands=bands)
        card.set_note(*left_out([], [lines.shown], lines.source.dropped, self.settings.now.restarts))
        chart.setAccessibleName(f"Distribution of {key.tag} over {len(lines.index)} steps")

    def fill_runs(self, card: Any, keys: Sequence[SeriesKey], deadline: float) -> bool:
        found = self._lines_of(keys, deadline)
        if found is None:
            return False
        now, runs, chart = self.settings.now, self.context.runs, card.chart
        drawn = drawn_lines(now)
        every = [lines for _key, lines in found]

        def dash(run: str) -> tuple[float, ...] | None:
            return run_dash(runs.style(run)) if run in runs else None

        curves = curves_of(found, drawn, self.color, dash, self.style_now.ground)
        note = "" if drawn else "Neither the median nor an outline is chosen"
        if any(map(self.cache.is_busy, keys)):
            note = "Preparing percentiles…"
        chart.set_axes(self.context.cursor.axis, every[0].origin if every else 0, Scale(), Scale(), True)
        chart.set_view(self.views.of(card.tag))
        chart.scene.lifted = runs.hovered
        chart.set_data(curves, fit_x(every), fit_y(every, drawn), note)
        dropped = sum(lines.source.dropped for lines in every)
        card.set_note(*left_out([], [lines.shown for lines in every], dropped, now.restarts))
        chart.setAccessibleName(f"Distributions of {card.title}, {len(every)} runs")
        return True

    def lift(self, card: Any, run: str | None) -> None:
        card.chart.set_lifted(run)

    def lines(self, key: SeriesKey, origin: int | None = None) -> PercentileLines | None:
        """The percentiles of a series on the present axis; None where there are none yet.

        ``origin`` is what steps are less of; None: what the series itself asks for.
        """
        axis = self.context.cursor.axis
        if origin is None:
            origin = origin_of(self._steps([key]), axis)
        found = self.cache.result(key, (axis, self.settings.now.restarts, origin))
        # The last result is of use while the pool works on the next one, if it stands on the same axis.
        return found if found is not None and (found.axis, found.origin) == (axis, origin) else None

    def _lines_of(self, keys: Sequence[SeriesKey], deadline: float) -> list[tuple[SeriesKey, PercentileLines]] | None:
        """The lines of several series over one axis; None where there was too little time to make them all."""
        origin = origin_of(self._steps(keys), self.context.cursor.axis)
        found: list[tuple[SeriesKey, PercentileLines]] = []
        least = self.cache.made + _LEAST
        for key in keys:
            if self.cache.made >= least and time.perf_counter() >= deadline:
                return None
            lines = self.lines(key, origin)
            if lines is not None and len(lines.index):
                found.append((key, lines))
        return found

    def _steps(self, keys: Sequence[SeriesKey]) -> list[Ints]:
        return [view.step for view in map(self.cache.view, keys) if view is not None]

    def show_cursor(self, card: Any) -> None:
        x = self.context.cursor.x
        offset = None if x is None else x - card.chart.scene.origin
        card.chart.set_cursor(offset, dots=card.tag == self.pointed)

    def reading(self, key: SeriesKey) -> Values:
        lines, x = self.lines(key), self.context.cursor.x
        point = None if lines is None else lines.nearest(None if x is None else x - lines.origin)
        if lines is None or point is None:
            return Values("Values", "", [])
        source = lines.source
        title = f"{'Latest step' if x is None else 'At step'} {ticks.step_label(int(source.step[point]))}"
        values = source.values[point].tolist()
        rows = [(name, ticks.number(value)) for name, value in zip(NAMES[::-1], values[::-1], strict=True)]
        wall = float(source.wall[point])
        rows += [("Since start", ticks.duration(wall - start_of(source.wall))), ("Time", ticks.clock(wall))]
        return Values(title, "", rows)

    def runs_reading(self, card: str, keys: Sequence[SeriesKey], deadline: float) -> Reading | None:
        found = self._lines_of(keys, deadline)
        if found is None:
            return None
        runs, x = self.context.runs, self.context.cursor.x
        rows = []
        for key, lines in found:
            point = lines.nearest(None if x is None else x - lines.origin)
            if point is not None:
                rows.append(RunPercentiles(key.run, runs.label(key.run), lines, point))
        return RunValues(self.place_title(), tag_of(card), rows, row_of, "Median", ROW_LINES)

    def new_panel(self) -> PanePanel:
        panel = DistributionsPanel(self.settings, self.context.cursor, self.readout, "Distributions")
        panel.setObjectName("distributionsPanel")
        return panel

    def trim(self, shown: set[SeriesKey]) -> None:
        self.cache.trim(shown)

    def commands(self) -> Sequence[ActionSpec]:
        return actions_of(self)

    def open_card_menu(self, card: Any, at: QPoint) -> None:
        open_card_menu(self, card, at)

    def open_export_menu(self, at: QPoint) -> None:
        open_export_menu(self, at)

    def save_state(self) -> dict[str, Any]:
        return {**super().save_state(), "views": self.views.to_json()}

    def restore_state(self, state: Mapping[str, Any]) -> None:
        views = state.get("views")
        if isinstance(views, dict):
            self.views.take_json(views)
        super().restore_state(state)

    def close_pane(self) -> None:
        super().close_pane()
        self.cache.close()

    def settings_changed(self, names: set[str]) -> None:
        if "link_zoom" in names:
            self.views.link(self.settings.now.link_zoom, self.focused_card())
        super().settings_changed(names)

    def axis_changed(self) -> None:
        self.views.forget_x()
        super().axis_changed()

    def export(self, keys: Sequence[SeriesKey], name: str) -> None:
        """Ask for a file and write the percentiles of ``keys`` to it."""
        self.exporter.ask_data(keys, name, PercentileLayout())

    def save_picture(self, card: Card) -> None:
        """Ask for a file and save the picture of a card as it is seen."""
        keys = self.shown(card.tag)
        if keys:
            self.exporter.ask_picture(card_name(keys), lambda path: self.write_picture(path, card))

    def write_picture(self, path: Path, card: Card) -> None:
        """Save the picture of a card as PNG, or as SVG if the name ends so. SavingError or OSError where that fails."""
        card.chart.update_limits()
        labels = [(self.context.runs.label(key.run), self.color(key.run)) for key in self.shown(card.tag)]
        text = QColor(self.context.theme.theme.text)
        save_picture(path, card.chart.scene, card.chart.size(), card.title, labels, text)

    def _bands(self, lines: PercentileLines, color: QColor) -> list[Band]:
        """From the outer percentiles inwards, one over the other: neighbours painted apart would show a seam."""
        ground, last = self.style_now.ground, len(BASIS_POINTS) - 1
        return [
            Band(lines.lines[ring], lines.lines[last - ring], mixed(color, ground, opacity), outer=ring == 0)
            for ring, opacity in enumerate(OPACITIES)
        ]

    def _pointed(self, card: Card, x: float) -> None:
        if self.context.cursor.axis is XAxis.STEP:
            x = float(round(x))
        self.point_at(card.tag, x + card.chart.scene.origin)

    def _run_pointed(self, run: str | None) -> None:
        if self.overlaid:
            self.context.runs.hover(run)

    def _ready(self, key: SeriesKey) -> None:
        self.refill_series(key)
        self.feed.soon()


def _work(view: HistogramView, wish: Hashable, before: PercentileLines | None) -> PercentileLines:
    axis, restarts, origin = cast("tuple[XAxis, RestartMode, int]", wish)
    source = Percentiles.of(view, None if before is None else before.source)
    return PercentileLines.of(source, axis, restarts, origin)


def _cost(view: HistogramView, _wish: Hashable, done: int) -> int:
    count = len(view.step)
    return int(view.start[-1] - view.start[done]) + _POINT_COST * (count - done) + count // _LINE_SHARE
