"""What the panes of histograms share: a board with a card for each tag and run, or for each tag with all its runs;
filter, pins, read-out and growth."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ...reader.api import Delta, Kind, RestartMode, SeriesKey
from ..board.board import Board
from ..board.board_pane import BoardPane
from ..board.card import CardFrame
from ..board.choices import ChoiceModel, from_json, to_json
from ..board.groups import Group
from ..board.growth import GrowthPacer
from ..board.layout import SIZES
from ..board.panel import PanePanel
from ..board.stack import BoardStack, Nouns
from ..board.tools import ExportRow
from ..charts.style import DIM_SHARE, ChartStyle, mixed
from ..lod import ticks
from ..pane import PaneContext
from ..runs.palette import run_color
from ..selection import XAxis
from .catalog import Catalog, tag_of
from .exports import SeriesExporter
from .feed import ReadOutFeed
from .readout import Reading, ReadOut, Values


class SeriesPane(BoardPane):
    """Subclasses draw the cards; they say how by the methods that raise TypeError here.

    ``noun`` is what a card shows ("histogram"), ``usual`` the settings that a fresh pane has: a dataclass with the
    fields ``size``, ``columns``, ``show_pinned`` and ``restarts``.
    """

    noun = "histogram"
    icon = "histograms"
    sizes = SIZES
    catalog: Catalog
    tools: ExportRow

    def __init__(self, context: PaneContext, usual: Any) -> None:
        super().__init__(context)
        theme = context.theme.theme
        self._usual = usual
        self.settings = ChoiceModel(usual, self)
        self.catalog = Catalog()
        self.style_now = ChartStyle.of(theme, self.font())
        self.exporter = SeriesExporter(context, self, self.noun)
        self.tools = ExportRow(self.settings, self.noun, f"Save the numbers of the {self.noun}s below")
        self.board = Board(self.frames, theme, self._make_card, self._bind_card, sizes=self.sizes)
        self.board.unit = self.board.pinned_unit = "card"
        self.readout = ReadOut(theme, self.color)
        self.feed = ReadOutFeed(self.readout, self._read, self)
        self.panel: PanePanel | None = None
        self.pointed: str | None = None
        nouns = Nouns(f"{self.noun}s", f"{self.noun}s", "a histogram")
        self.stack = BoardStack(self.board, nouns, self.icon, context.runs, self.clear_filter)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tools)
        column.addWidget(self.stack, 1)
        self._regroup_soon.timeout.connect(self.regroup)
        self._grown = GrowthPacer(context.store, self.frames, self.refill, self)
        context.theme.changed.connect(self._theme_changed)
        context.runs.changed.connect(self.runs_changed)
        context.runs.hover_changed.connect(self._hover_changed)
        self.readout.hovered.connect(context.runs.hover)
        context.cursor.changed.connect(self._cursor_moved)
        context.cursor.axis_changed.connect(self.axis_changed)
        self.settings.changed.connect(self.settings_changed)
        self.tools.filter_changed.connect(self.set_filter)
        self.tools.export_wanted.connect(self.open_export_menu)
        self.board.columns_changed.connect(self.tools.set_columns)
        self.board.cells_changed.connect(self._trim)
        self.catalog.replace(context.store.series(Kind.HISTOGRAM))

    # What a subclass says

    def new_card(self) -> CardFrame:
        """Make a card; its signals are connected here."""
        raise TypeError(f"{type(self).__name__} has to define new_card")

    def fill(self, card: Any, key: SeriesKey, color: QColor) -> None:
        """Show a series in a card, in a colour that tells whether another run is pointed at."""
        raise TypeError(f"{type(self).__name__} has to define fill")

    @property
    def overlaid(self) -> bool:
        """True while a card shows all runs of a tag."""
        raise TypeError(f"{type(self).__name__} has to define overlaid")

    def fill_runs(self, card: Any, keys: Sequence[SeriesKey], deadline: float) -> bool:
        """Show the series of all runs in a card. False where that takes longer than until ``deadline``
        (``time.perf_counter()``): the next call goes on."""
        raise TypeError(f"{type(self).__name__} has to define fill_runs")

    def lift(self, card: Any, run: str | None) -> None:
        """Lift a run above the others in a card with all runs; None ends it."""
        raise TypeError(f"{type(self).__name__} has to define lift")

    def show_cursor(self, card: Any) -> None:
        """Put the shared cursor into a card."""
        raise TypeError(f"{type(self).__name__} has to define show_cursor")

    def reading(self, key: SeriesKey) -> Values:
        """The read-out for a series; what it is of is added."""
        raise TypeError(f"{type(self).__name__} has to define reading")

    def runs_reading(self, card: str, keys: Sequence[SeriesKey], deadline: float) -> Reading | None:
        """The read-out for a card with all runs; None where that takes longer than until ``deadline``."""
        raise TypeError(f"{type(self).__name__} has to define runs_reading")

    def new_panel(self) -> PanePanel:
        """Make the settings."""
        raise TypeError(f"{type(self).__name__} has to define new_panel")

    def trim(self, shown: set[SeriesKey]) -> None:
        """Forget what is kept of series that are not ``shown``."""
        raise TypeError(f"{type(self).__name__} has to define trim")

    def open_card_menu(self, card: Any, at: QPoint) -> None:
        """Open the menu of a card."""
        raise TypeError(f"{type(self).__name__} has to define open_card_menu")

    def open_export_menu(self, at: QPoint) -> None:
        """Open the menu of the tool row's export button."""
        raise TypeError(f"{type(self).__name__} has to define open_export_menu")

    # The window's side

    def settings_widget(self) -> QWidget:
        if self.panel is None:
            self.panel = self.new_panel()
            self.panel.set_heading(*self.feed.heading)
            self.feed.heading_changed.connect(self.panel.set_heading)
        return self.panel

    def apply(self, delta: Delta) -> None:
        fresh = [key for key in delta.new_series if key.kind is Kind.HISTOGRAM]
        if delta.removed_runs or delta.removed_series:
            self.catalog.replace(self.context.store.series(Kind.HISTOGRAM))
            self._regroup_soon.start(0)
            self.refill_all()
        elif fresh and self.catalog.add(fresh):
            self._regroup_soon.start(0)
        touched = {*fresh, *delta.changed_series, *delta.removed_series}
        cards = {self.catalog.card(key) for key in touched if key.kind is Kind.HISTOGRAM}
        if cards:
            self._grown.take(cards)
            self.feed.soon()

    def set_active(self, active: bool) -> None:
        self.feed.active = active
        if active:
            self.catalog.replace(self.context.store.series(Kind.HISTOGRAM))
            # In a turn of its own: showing the pane for the first time takes long enough without its cards.
            self._regroup_soon.start(0)
            self.refill_all()
            self.feed.soon()

    def palette_entries(self) -> Sequence[tuple[str, Callable[[], None]]]:
        return [(f"{tag} ({self.noun}s)", partial(self.go_to, tag)) for tag in self.catalog.tags()]

    def save_state(self) -> dict[str, Any]:
        return {
            "settings": to_json(self.settings.now),
            **self.board_state(),
        }

    def restore_state(self, state: Mapping[str, Any]) -> None:
        settings = state.get("settings")
        if isinstance(settings, dict):
            self.settings.take(from_json(self._usual, settings))
        self.restore_board(state)

    def close_pane(self) -> None:
        self._regroup_soon.stop()
        self.feed.stop()
        self._grown.stop()
        self.frames.stop()
        self.exporter.close()

    # What the user does

    def toggle_expanded(self, card: str) -> None:
        super().toggle_expanded(card)
        self.refill({card})
        self.feed.soon()

    def show_all_points(self) -> None:
        """Show the points that restarts superseded as well."""
        self.settings.update(restarts=RestartMode.ALL)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.board_key(event, self.focused_card()):
            super().keyPressEvent(event)

    # Cards

    def shown_keys(self) -> list[SeriesKey]:
        """The series on the board, each once."""
        return [key for card in self.shown_cards() for key in self.shown(card)]

    def shown(self, card: str) -> list[SeriesKey]:
        """The series that a card shows, in the order of the runs."""
        return self.catalog.keys(card, self.context.runs.visible())

    def _stays_alone(self, card: str, groups: Sequence[Group]) -> bool:
        return any(card in group.tags for group in groups)

    def cards(self) -> list[Any]:
        """The cards in view."""
        return self.board.cards()

    def refill_series(self, key: SeriesKey) -> None:
        """Bring the cards of a series up to date."""
        self.refill({self.catalog.card(key)})

    def focused_card(self) -> str | None:
        """The card that keys are meant for: that reached by keyboard, else under the mouse, else with the focus."""
        cards: list[CardFrame] = self.cards()
        ringed = [card for card in cards if card.ringed]
        under = [card for card in cards if card.underMouse()]
        focused = [card for card in cards if card.content_has_focus]
        found = [*ringed, *under, *focused]
        return found[0].tag if found else None

    def color(self, run: str) -> QColor:
        """A run's colour in the present theme."""
        theme = self.context.theme.theme
        return run_color(self.context.runs.style(run), theme) if run in self.context.runs else QColor(theme.faint)

    def _make_card(self) -> CardFrame:
        card = self.new_card()
        card.menu_clicked.connect(lambda at: self.open_card_menu(card, at))
        card.pin_clicked.connect(lambda: self.toggle_pin(card.tag))
        card.note_clicked.connect(self.show_all_points)
        card.expand_clicked.connect(lambda: self.toggle_expanded(card.tag))
        card.refill = lambda deadline: self._bind_card(card, deadline)
        return card

    def _bind_card(self, card: CardFrame, deadline: float) -> bool:
        card.set_state(pinned=card.tag in self.pins, expanded=self.board.expanded == card.tag)
        if self.overlaid:
            if not self.fill_runs(card, self.shown(card.tag), deadline):
                return False
            self.show_cursor(card)
            return True
        key = self.catalog.key(card.tag)
        if key is None:
            return True
        if time.perf_counter() >= deadline:
            return False
        color, hovered = self.color(key.run), self.context.runs.hovered
        card.set_mark(color, self.context.runs.label(key.run))
        dimmed = hovered is not None and hovered != key.run
        self.fill(card, key, mixed(color, self.style_now.ground, DIM_SHARE) if dimmed else color)
        self.show_cursor(card)
        return True

    def _trim(self) -> None:
        self.trim({key for card in self.cards() for key in self.shown(card.tag)})

    # Read-out

    def point_at(self, card: str, x: float) -> None:
        """The mouse is at ``x`` (the axis' own unit) of a card."""
        before, self.pointed = self.pointed, card
        self.context.cursor.move(x, tag_of(card))
        for shown in self.cards():
            if shown.tag in (before, card):
                self.show_cursor(shown)
        self.feed.soon()

    def read_card(self) -> str | None:
        """The card that the read-out is of: that shown alone, that pointed at last, or the first one shown."""
        runs = self.context.runs.visible()
        for chosen in (self.board.expanded, self.pointed):
            if chosen is not None and chosen in self.catalog and self.catalog.keys(chosen, runs):
                return chosen
        return next((cards[0] for tag in self.catalog.tags() if (cards := self.catalog.cards(tag, runs))), None)

    def _read(self, deadline: float) -> Reading | None:
        card = self.read_card()
        keys = [] if card is None else self.shown(card)
        if card is None or not keys:
            return Values("Values", "", [])
        if self.overlaid:
            return self.runs_reading(card, keys, deadline)
        return replace(self.reading(keys[0]), of=f"{keys[0].tag} · {self.context.runs.label(keys[0].run)}")

    def place_title(self) -> str:
        """Where the values of several runs are read, as each has points of its own."""
        cursor = self.context.cursor
        if cursor.x is None:
            return "Latest values"
        if cursor.axis is XAxis.STEP:
            return f"At step {ticks.step_label(round(cursor.x))}"
        return f"At {ticks.duration(cursor.x) if cursor.axis is XAxis.RELATIVE else ticks.clock(cursor.x)}"

    # What others do

    def settings_changed(self, names: set[str]) -> None:
        """Some settings are others now."""
        now = self.settings.now
        if self.overlaid is not self.catalog.by_tag:
            self._regroup_by(self.overlaid)
        if names & {"size", "columns"}:
            self.board.set_size(now.size, now.columns)
        if "show_pinned" in names:
            self.regroup()
        if names - {"size", "columns", "show_pinned"}:
            self.refill_all()
            self.feed.soon()

    def _regroup_by(self, by_tag: bool) -> None:
        """Have a card for each tag, or for each series."""
        alone, catalog = self.board.expanded, self.catalog
        catalog.by_tag = by_tag
        self.board.unit = "tag" if by_tag else "card"
        self.pointed = None
        if alone is not None:
            # Without a run that shows it, the card would not be there either.
            cards = catalog.cards(tag_of(alone), self.context.runs.visible())
            self.board.set_expanded(cards[0] if cards else None)
        self.regroup()

    def axis_changed(self) -> None:
        """The axis of all panes is another one."""
        self.refill_all()
        self.feed.soon()

    def read_again(self) -> None:
        self.feed.soon()

    def _hover_changed(self) -> None:
        run = self.context.runs.hovered
        self.readout.set_lifted(run)
        if not self.overlaid:
            self.refill_all()
            return
        for card in self.cards():
            self.lift(card, run)

    def _cursor_moved(self) -> None:
        for card in self.cards():
            self.show_cursor(card)
        self.feed.soon()

    def _theme_changed(self) -> None:
        theme = self.context.theme.theme
        self.style_now = ChartStyle.of(theme, self.font())
        self.board.set_theme(theme)
        self.readout.set_theme(theme)
        self.refill_all()
