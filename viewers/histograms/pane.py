"""The histograms pane: a card for each tag and run, with all its steps."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import Any, cast

from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor

from ...reader.api import HistogramView, SeriesKey
from ..bins.base import SeriesPane
from ..bins.files import BucketLayout
from ..bins.notes import left_out
from ..bins.points import nearest, places_of, start_of
from ..bins.stats import stats_of
from ..bins.work import WorkCache
from ..board.layout import taller
from ..board.panel import PanePanel
from ..lod import ticks
from ..pane import ActionSpec, PaneContext
from .card import Card
from .commands import actions_of, open_card_menu, open_export_menu
from .panel import HistogramsPanel
from .picture import save_scene
from .ridges import Ridges, Wish, cost_of, ridges_of
from .scene import Scene
from .settings import HistogramSettings, Mode

#: A heat map draws up to this many steps, about one for each pixel or two.
HEAT_STEPS = 400


class HistogramsPane(SeriesPane):
    """Ridges, overlays and heat maps of all histograms."""

    noun = "histogram"
    icon = "histograms"
    sizes = taller(1.4)

    def __init__(self, context: PaneContext) -> None:
        super().__init__(context, HistogramSettings())
        self.setObjectName("histogramsPane")
        self.cache: WorkCache[Ridges] = WorkCache(context.store, context.jobs, _work, _cost, self)
        self.cache.ready.connect(self._ready)
        self._bin: int | None = None

    def new_card(self) -> Card:
        card = Card(self.frames, self.context.theme.theme, lambda: self.style_now)
        card.plot.pointed.connect(lambda ridge, column: self._pointed(card, ridge, column))
        return card

    def fill(self, card: Any, key: SeriesKey, color: QColor) -> None:
        ridges = self.cache.result(key, self.wish())
        view = self.cache.view(key)
        if ridges is None or view is None:
            card.plot.set_scene(None, "Preparing histograms…" if self.cache.is_busy(key) else "")
            card.set_note("")
            return
        count, available = len(ridges.point), len(ridges.shown.index)
        first = [f"showing {count:,} of {available:,} steps"] if count < available else []
        card.set_note(*left_out(first, [ridges.shown], ridges.dropped, self.settings.now.restarts))
        if not ridges.values.any():
            empty = ridges.extent is None or not bool((view.count > 0).any())
            card.plot.set_scene(None, "Every step is empty" if empty else "No values in the chosen range")
            return
        card.plot.setAccessibleName(f"Histograms of {key.tag}, {len(ridges.point)} steps")
        now = self.settings.now
        scene = Scene(
            self.style_now,
            QColor(self.context.theme.theme.text),
            ridges,
            places_of(view, ridges.point, self.context.cursor.axis),
            self.context.cursor.axis,
            now.mode,
            now.log_counts,
            now.density,
            color,
        )
        card.plot.set_scene(scene)

    def wish(self) -> Wish:
        """What cards are made for now."""
        now = self.settings.now
        most = HEAT_STEPS if now.mode is Mode.HEAT else now.steps
        return Wish(now.bins, now.low, now.high, most, now.density, now.restarts)

    def show_cursor(self, card: Any) -> None:
        scene, x = card.plot.scene, self.context.cursor.x
        if scene is None or x is None:
            card.plot.set_lit(None, None)
            return
        card.plot.set_lit(nearest(scene.places, x), self._bin if card.tag == self.pointed else None)

    def reading(self, key: SeriesKey) -> tuple[str, list[tuple[str, str]]]:
        ridges, view = self.cache.result(key, self.wish()), self.cache.view(key)
        if ridges is None or view is None or not len(ridges.point):
            return "Values", []
        x = self.context.cursor.x
        found = None if x is None else nearest(places_of(view, ridges.point, self.context.cursor.axis), x)
        ridge = len(ridges.point) - 1 if found is None else found
        point = int(ridges.point[ridge])
        title = f"{'Latest step' if found is None else 'At step'} {ticks.step_label(int(view.step[point]))}"
        rows = self._bin_rows(ridges, ridge) if found is not None else []
        told = stats_of(view, point)
        rows += [
            ("Values", _number(told.number)),
            ("Mean", ticks.number(told.mean) if not math.isnan(told.mean) else "–"),
            ("Std", ticks.number(told.deviation) if not math.isnan(told.deviation) else "–"),
            ("Min", ticks.number(told.least) if not math.isnan(told.least) else "–"),
            ("Max", ticks.number(told.greatest) if not math.isnan(told.greatest) else "–"),
            ("Since start", ticks.duration(float(view.wall[point]) - start_of(view.wall))),
            ("Time", ticks.clock(float(view.wall[point]))),
        ]
        return title, rows

    def new_panel(self) -> PanePanel:
        panel = HistogramsPanel(self.settings, self.context.cursor, self.readout, "Histograms")
        panel.setObjectName("histogramsPanel")
        return panel

    def trim(self, shown: set[SeriesKey]) -> None:
        self.cache.trim(shown)

    def commands(self) -> Sequence[ActionSpec]:
        return actions_of(self)

    def open_card_menu(self, card: Any, at: QPoint) -> None:
        open_card_menu(self, card, at)

    def open_export_menu(self, at: QPoint) -> None:
        open_export_menu(self, at)

    def close_pane(self) -> None:
        super().close_pane()
        self.cache.close()

    def export(self, keys: Sequence[SeriesKey], name: str) -> None:
        """Ask for a file and write the buckets of ``keys`` to it."""
        self.exporter.ask_data(keys, name, BucketLayout())

    def save_picture(self, card: Card) -> None:
        """Ask for a file and save the picture of a card as it is seen."""
        key = self.catalog.key(card.tag)
        if key is not None:
            self.exporter.ask_picture(key, lambda path: self.write_picture(path, card))

    def write_picture(self, path: Path, card: Card) -> None:
        """Save the picture of a card as PNG, or as SVG if the name ends so. PictureError where that fails."""
        scene, key = card.plot.scene, self.catalog.key(card.tag)
        if scene is not None and key is not None:
            label = (self.context.runs.label(key.run), self.color(key.run))
            save_scene(path, scene, card.plot.size(), key.tag, label, QColor(self.context.theme.theme.text))

    def _bin_rows(self, ridges: Ridges, ridge: int) -> list[tuple[str, str]]:
        column = self._bin
        if column is None or column >= ridges.values.shape[1]:
            return []
        low, high = ticks.number(float(ridges.edges[column])), ticks.number(float(ridges.edges[column + 1]))
        value = float(ridges.values[ridge, column])
        name = "Density" if self.settings.now.density else "Count"
        return [("Bin", f"{low} … {high}"), (name, ticks.number(value) if name == "Density" else _number(value))]

    def _pointed(self, card: Card, ridge: int, column: int) -> None:
        scene = card.plot.scene
        if scene is not None and ridge < len(scene.places):
            self._bin = column
            self.point_at(card.tag, float(scene.places[ridge]))

    def _ready(self, key: SeriesKey) -> None:
        self.refill_series(key)
        self.feed.soon()


def _work(view: HistogramView, wish: Hashable, before: Ridges | None) -> Ridges:
    return ridges_of(view, cast(Wish, wish), before)


def _cost(view: HistogramView, wish: Hashable, done: int) -> int:
    return cost_of(view, cast(Wish, wish), done)


def _number(value: float) -> str:
    """A count: whole ones in full, parts of one with two decimals."""
    if math.isnan(value):
        return "–"
    return f"{value:,.0f}" if value == round(value) or value >= 1000 else f"{value:,.2f}"
