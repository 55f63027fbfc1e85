"""The histograms pane: a card for each tag and run, with all its steps."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import Any, cast

from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor

from ...reader.api import HistogramView, SeriesKey
from ..bins.base import SeriesPane
from ..bins.catalog import tag_of
from ..bins.exports import card_name
from ..bins.files import BucketLayout
from ..bins.notes import left_out
from ..bins.points import nearest, places_of, start_of
from ..bins.readout import Reading, Values
from ..bins.stats import ESTIMATE_HELP, stats_of
from ..bins.work import WorkCache
from ..board.layout import taller
from ..board.panel import PanePanel
from ..lod import ticks
from ..pane import ActionSpec, PaneContext
from . import words
from .card import Card
from .commands import actions_of, open_card_menu, open_export_menu
from .panel import HistogramsPanel
from .picture import save_scene
from .ridges import Ridges, Wish, cost_of, ridges_of
from .runs_view import RunsView
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
        self._drawn_at: dict[str, float | None] = {}
        self.runs_view = RunsView(context, self.settings, lambda: self.style_now, self.color, self)
        self.runs_view.ready.connect(self._ready)
        self.runs_view.card_ready.connect(self._card_ready)

    @property
    def overlaid(self) -> bool:
        return bool(self.settings.now.mode is Mode.RUNS)

    def new_card(self) -> Card:
        card = Card(self.frames, self.context.theme.theme, lambda: self.style_now)
        card.plot.pointed.connect(lambda ridge, column: self._pointed(card, ridge, column))
        card.plot.left.connect(self._unpointed)
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

    def fill_runs(self, card: Any, keys: Sequence[SeriesKey], deadline: float) -> bool:
        if not self.runs_view.fill(card, keys, deadline):
            return False
        self._drawn_at[card.tag] = self.context.cursor.x
        return True

    def lift(self, card: Any, run: str | None) -> None:
        card.plot.set_lifted(run)

    def wish(self) -> Wish:
        """What cards are made for now."""
        now = self.settings.now
        most = HEAT_STEPS if now.mode is Mode.HEAT else now.steps
        return Wish(now.bins, now.low, now.high, most, now.density, now.restarts)

    def show_cursor(self, card: Any) -> None:
        scene, x = card.plot.scene, self.context.cursor.x
        if self.overlaid:
            card.plot.set_lit(None, self._bin if card.tag == self.pointed else None)
            if self._drawn_at.get(card.tag) != x:
                self.frames.request(card)
            return
        if scene is None or x is None:
            card.plot.set_lit(None, None)
            return
        card.plot.set_lit(nearest(scene.places, x), self._bin if card.tag == self.pointed else None)

    def reading(self, key: SeriesKey) -> Values:
        ridges, view = self.cache.result(key, self.wish()), self.cache.view(key)
        if ridges is None or view is None or not len(ridges.point):
            return Values("Values", "", [])
        x = self.context.cursor.x
        found = None if x is None else nearest(places_of(view, ridges.point, self.context.cursor.axis), x)
        ridge = len(ridges.point) - 1 if found is None else found
        point = int(ridges.point[ridge])
        title = f"{'Latest step' if found is None else 'At step'} {ticks.step_label(int(view.step[point]))}"
        rows = self._bin_rows(ridges, ridge) if found is not None else []
        told = stats_of(view, point)
        mean, deviation = words.mean_and_deviation(told)
        rows += [
            ("Values", words.count(told.number)),
            ("Mean", mean),
            ("Std", deviation),
            ("Min", words.number(told.least)),
            ("Max", words.number(told.greatest)),
            ("Since start", ticks.duration(float(view.wall[point]) - start_of(view.wall))),
            ("Time", ticks.clock(float(view.wall[point]))),
        ]
        return Values(title, "", rows, {"Mean": ESTIMATE_HELP, "Std": ESTIMATE_HELP} if told.estimated else {})

    def runs_reading(self, card: str, keys: Sequence[SeriesKey], deadline: float) -> Reading | None:
        column = self._bin if card == self.pointed else None
        return self.runs_view.reading(card, keys, column, self.place_title(), deadline)

    def new_panel(self) -> PanePanel:
        panel = HistogramsPanel(self.settings, self.context.cursor, self.readout, "Histograms")
        panel.setObjectName("histogramsPanel")
        return panel

    def trim(self, shown: set[SeriesKey]) -> None:
        self.cache.trim(shown)
        cards = {card.tag for card in self.cards()}
        self.runs_view.trim(shown, cards)
        self._drawn_at = {card: x for card, x in self._drawn_at.items() if card in cards}

    def commands(self) -> Sequence[ActionSpec]:
        return actions_of(self)

    def open_card_menu(self, card: Any, at: QPoint) -> None:
        open_card_menu(self, card, at)

    def open_export_menu(self, at: QPoint) -> None:
        open_export_menu(self, at)

    def close_pane(self) -> None:
        super().close_pane()
        self.cache.close()
        self.runs_view.close()

    def export(self, keys: Sequence[SeriesKey], name: str) -> None:
        """Ask for a file and write the buckets of ``keys`` to it."""
        self.exporter.ask_data(keys, name, BucketLayout())

    def save_picture(self, card: Card) -> None:
        """Ask for a file and save the picture of a card as it is seen."""
        keys = self.shown(card.tag)
        if keys:
            self.exporter.ask_picture(card_name(keys), lambda path: self.write_picture(path, card))

    def write_picture(self, path: Path, card: Card) -> None:
        """Save the picture of a card as PNG, or as SVG if the name ends so. SavingError or OSError where that fails."""
        scene = card.plot.scene
        if scene is not None:
            labels = [(self.context.runs.label(key.run), self.color(key.run)) for key in self.shown(card.tag)]
            save_scene(path, scene, card.plot.size(), card.title, labels, QColor(self.context.theme.theme.text))

    def _bin_rows(self, ridges: Ridges, ridge: int) -> list[tuple[str, str]]:
        column = self._bin
        if column is None or column >= ridges.values.shape[1]:
            return []
        ends = words.bin_range(float(ridges.edges[column]), float(ridges.edges[column + 1]))
        value = float(ridges.values[ridge, column])
        name = "Density" if self.settings.now.density else "Count"
        return [("Bin", ends), (name, ticks.number(value) if name == "Density" else words.count(value))]

    def _pointed(self, card: Card, ridge: int, column: int) -> None:
        scene = card.plot.scene
        if self.overlaid:
            self._point_at_run(card, ridge, column)
        elif scene is not None and ridge < len(scene.places):
            self._bin = column
            self.point_at(card.tag, float(scene.places[ridge]))

    def _point_at_run(self, card: Card, row: int, column: int) -> None:
        scene = card.plot.scene
        if scene is None:
            return
        before, self.pointed, self._bin = self.pointed, card.tag, column
        self.context.runs.hover(scene.runs[row].run if 0 <= row < len(scene.runs) else None)
        for shown in self.cards():
            if shown.tag in (before, card.tag):
                self.show_cursor(shown)
        self.feed.soon()

    def _unpointed(self) -> None:
        if self.overlaid:
            self.context.runs.hover(None)

    def step_by(self, change: int) -> None:
        """Move the cursor to an earlier or later step of what the read-out is of."""
        card = self.read_card()
        places = self.runs_view.steps(self.shown(card)) if card is not None else []
        if not places or card is None:
            return
        x = self.context.cursor.x
        if x is None:
            at = len(places) - 1 + min(change, 0)
        else:
            at = bisect_left(places, x) + change if change < 0 else bisect_right(places, x) + change - 1
        self.context.cursor.move(places[min(max(at, 0), len(places) - 1)], tag_of(card))

    def _card_ready(self, card: str) -> None:
        self.refill({card})
        self.feed.soon()

    def _ready(self, key: SeriesKey) -> None:
        self.refill_series(key)
        self.feed.soon()


def _work(view: HistogramView, wish: Hashable, before: Ridges | None) -> Ridges:
    return ridges_of(view, cast(Wish, wish), before)


def _cost(view: HistogramView, wish: Hashable, done: int) -> int:
    return cost_of(view, cast(Wish, wish), done)
