"""The distributions pane: for each tag and run, nine percentiles over all steps."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor

from ...reader.api import HistogramView, SeriesKey
from ..bins.base import SeriesPane
from ..bins.files import PercentileLayout
from ..bins.notes import left_out
from ..bins.percentiles import BASIS_POINTS, MEDIAN, NAMES, OPACITIES, Percentiles
from ..bins.points import start_of
from ..bins.work import WorkCache
from ..board.layout import taller
from ..board.panel import PanePanel
from ..charts.bands import Band
from ..charts.curve import ChartCurve
from ..charts.picture import save_picture
from ..charts.style import mixed
from ..charts.zoom import Views
from ..lod import ticks
from ..lod.scale import Scale
from ..pane import ActionSpec, PaneContext
from ..selection import XAxis
from .card import Card
from .commands import actions_of, open_card_menu, open_export_menu
from .lines import PercentileLines
from .panel import DistributionsPanel
from .settings import DistributionSettings

#: A point costs as much as this many buckets.
_POINT_COST = 8
#: How much of a median line is left while another run is pointed at.
_DIM_MEDIAN = 0.35


class DistributionsPane(SeriesPane):
    """Bands between the percentiles of all histograms."""

    noun = "distribution"
    icon = "distributions"
    sizes = taller(1.25)

    def __init__(self, context: PaneContext) -> None:
        super().__init__(context, DistributionSettings())
        self.setObjectName("distributionsPane")
        self.views = Views()
        self.cache: WorkCache[Percentiles] = WorkCache(context.store, context.jobs, _work, _cost, self)
        self.cache.ready.connect(self._ready)
        self._lines: dict[SeriesKey, PercentileLines] = {}

    def new_card(self) -> Card:
        card = Card(self.frames, self.context.theme.theme, lambda: self.style_now)
        chart = card.chart
        chart.wheel_scrolls = self.board.is_scrolling
        chart.pointed.connect(lambda x: self._pointed(card, x))
        chart.view_changed.connect(lambda: self._view_changed(card))
        chart.back_wanted.connect(lambda: self.step_back(card.tag))
        return card

    def fill(self, card: Any, key: SeriesKey, color: QColor) -> None:
        lines = self.lines(key)
        chart, axis = card.chart, self.context.cursor.axis
        chart.set_view(self.views.of(card.tag))
        if lines is None or not len(lines.index):
            chart.set_data([], None, None, "Preparing percentiles…" if self.cache.is_busy(key) else "")
            card.set_note("")
            return
        chart.set_axes(axis, lines.origin, Scale(), Scale(), True)
        bright = QColor(self.context.theme.theme.text)
        if color != self.color(key.run):
            bright = mixed(bright, self.style_now.ground, _DIM_MEDIAN)
        curve = ChartCurve(key.run, lines.lines[MEDIAN], None, bright, visible=self.settings.now.median)
        chart.set_data([curve], lines.fit_x(), lines.fit_y(), bands=self._bands(lines, color))
        card.set_note(*left_out([], [lines.shown], lines.source.dropped, self.settings.now.restarts))
        chart.setAccessibleName(f"Distribution of {key.tag} over {len(lines.index)} steps")

    def lines(self, key: SeriesKey) -> PercentileLines | None:
        """The percentiles of a series on the present axis; None where there are none yet."""
        source = self.cache.result(key, None)
        if source is None:
            self._lines.pop(key, None)
            return None
        wanted = (source, self.context.cursor.axis, self.settings.now.restarts)
        known = self._lines.get(key)
        if known is None or not known.is_of(*wanted):
            known = self._lines[key] = PercentileLines.of(*wanted)
        return known

    def show_cursor(self, card: Any) -> None:
        x = self.context.cursor.x
        offset = None if x is None else x - card.chart.scene.origin
        card.chart.set_cursor(offset, dots=card.tag == self.pointed)

    def reading(self, key: SeriesKey) -> tuple[str, list[tuple[str, str]]]:
        lines, x = self.lines(key), self.context.cursor.x
        point = None if lines is None else lines.nearest(None if x is None else x - lines.origin)
        if lines is None or point is None:
            return "Values", []
        source = lines.source
        title = f"{'Latest step' if x is None else 'At step'} {ticks.step_label(int(source.step[point]))}"
        values = source.values[point].tolist()
        rows = [(name, ticks.number(value)) for name, value in zip(NAMES[::-1], values[::-1], strict=True)]
        wall = float(source.wall[point])
        rows += [("Since start", ticks.duration(wall - start_of(source.wall))), ("Time", ticks.clock(wall))]
        return title, rows

    def new_panel(self) -> PanePanel:
        panel = DistributionsPanel(self.settings, self.context.cursor, self.readout, "Distributions")
        panel.setObjectName("distributionsPanel")
        return panel

    def trim(self, shown: set[SeriesKey]) -> None:
        self.cache.trim(shown)
        self._lines = {key: lines for key, lines in self._lines.items() if key in shown}

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

    def fit_all(self) -> None:
        """Show all data in every card."""
        self.views.fit_all()
        self._redraw()

    def step_back(self, card: str | None = None) -> None:
        """Undo the last zoom of ``card``, or the last of all."""
        changed = self.views.back(card or self.focused_card())
        if changed is not None:
            self.views.moved(changed)
            self._redraw()

    def export(self, keys: Sequence[SeriesKey], name: str) -> None:
        """Ask for a file and write the percentiles of ``keys`` to it."""
        self.exporter.ask_data(keys, name, PercentileLayout())

    def save_picture(self, card: Card) -> None:
        """Ask for a file and save the picture of a card as it is seen."""
        key = self.catalog.key(card.tag)
        if key is not None:
            self.exporter.ask_picture(key, lambda path: self.write_picture(path, card))

    def write_picture(self, path: Path, card: Card) -> None:
        """Save the picture of a card as PNG, or as SVG if the name ends so. PictureError where that fails."""
        key, chart = self.catalog.key(card.tag), card.chart
        if key is not None:
            chart.update_limits()
            label = (self.context.runs.label(key.run), self.color(key.run))
            text = QColor(self.context.theme.theme.text)
            save_picture(path, chart.scene, chart.size(), key.tag, [label], text)

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

    def _view_changed(self, card: Card) -> None:
        if self.views.moved(card.tag):
            for other in self.cards():
                if other is not card:
                    other.chart.set_view(self.views.of(other.tag))

    def _redraw(self) -> None:
        for card in self.cards():
            card.chart.set_view(self.views.of(card.tag))

    def _ready(self, key: SeriesKey) -> None:
        self.refill_series(key)
        self.feed.soon()


def _work(view: HistogramView, _wish: Hashable, before: Percentiles | None) -> Percentiles:
    return Percentiles.of(view, before)


def _cost(view: HistogramView, _wish: Hashable, done: int) -> int:
    return int(view.start[-1] - view.start[done]) + _POINT_COST * (len(view.step) - done)
