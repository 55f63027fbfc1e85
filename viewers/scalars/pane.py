"""The scalars pane: puts tool row, board, panel and read-out together and keeps them at one state."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ...reader.api import Delta, Kind, RestartMode, SeriesKey
from ..board.board import Board
from ..board.board_pane import BoardPane
from ..board.growth import GrowthPacer
from ..board.stack import BoardStack, Nouns
from ..board.zoomed_charts import ZoomedCharts
from ..charts.style import ChartStyle
from ..charts.zoom import Views
from ..pane import ActionSpec, PaneContext
from ..selection import XAxis
from .card import Card
from .catalog import Catalog
from .commands import actions_of, open_card_menu, open_export_menu
from .exporting import Exporter
from .filling import CardFiller
from .fits import FitCache
from .panel import ScalarsPanel
from .reading import ReadOutFeed
from .readout import ReadOut
from .series import SeriesCache
from .settings import ScalarSettings, SettingsModel
from .tools import ToolRow

#: Settings that change what lines hold, not merely how they are shown.
_LINE_FIELDS = {"smoothing", "restarts"}


class ScalarsPane(ZoomedCharts, BoardPane):
    """Charts of all scalar tags, one card a tag with all visible runs in it."""

    catalog: Catalog
    tools: ToolRow
    settings: SettingsModel

    def __init__(self, context: PaneContext) -> None:
        super().__init__(context)
        self.setObjectName("scalarsPane")
        theme = context.theme.theme
        self.settings = SettingsModel(self)
        self.catalog = Catalog()
        self.views = Views()
        self.cache = SeriesCache(context.store, context.jobs, self)
        self.fits = FitCache(context.jobs, self)
        self.filler = CardFiller(context, self.catalog, self.cache, self.fits, self.settings)
        self._style = ChartStyle.of(theme, self.font())
        self.exporter = Exporter(context, self.filler, self)
        self.tools = ToolRow(self.settings)
        self.board = Board(self.frames, theme, self._make_card, self._bind_card)
        self.readout = ReadOut(theme, self.filler.color)
        self.panel: ScalarsPanel | None = None
        self.feed = ReadOutFeed(context, self.filler, self.settings, self.readout, self)
        nouns = Nouns("scalars", "curves", "a scalar")
        self.stack = BoardStack(self.board, nouns, "scalars", context.runs, self.clear_filter)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tools)
        column.addWidget(self.stack, 1)
        self._regroup_soon.timeout.connect(self.regroup)
        self._grown = GrowthPacer(context.store, self.frames, self.refill, self)
        self._connect()
        self._configure()
        self.catalog.replace(context.store.series(Kind.SCALAR))

    def _connect(self) -> None:
        context = self.context
        context.theme.changed.connect(self._theme_changed)
        context.runs.changed.connect(self.runs_changed)
        context.runs.hover_changed.connect(self._hover_changed)
        context.cursor.changed.connect(self._cursor_moved)
        context.cursor.axis_changed.connect(self._axis_changed)
        self.settings.changed.connect(self._settings_changed)
        self.tools.filter_changed.connect(self.set_filter)
        self.tools.export_wanted.connect(lambda at: open_export_menu(self, at))
        self.board.columns_changed.connect(self.tools.set_columns)
        self.board.cells_changed.connect(self._trim)
        self.cache.ready.connect(lambda key: self.refill([key.tag]))
        self.cache.origin_changed.connect(self._axis_changed)
        self.fits.ready.connect(lambda tag: self.refill([tag]))
        self.readout.hovered.connect(context.runs.hover)

    # The window's side

    def settings_widget(self) -> QWidget:
        if self.panel is None:
            self.panel = ScalarsPanel(self.settings, self.context.cursor, self.readout)
            self.panel.set_heading(*self.feed.heading)
            self.feed.heading_changed.connect(self.panel.set_heading)
        return self.panel

    def apply(self, delta: Delta) -> None:
        fresh = [key for key in delta.new_series if key.kind is Kind.SCALAR]
        if delta.removed_runs or delta.removed_series:
            self.catalog.replace(self.context.store.series(Kind.SCALAR))
            self._regroup_soon.start(0)
            self.refill_all()
        elif fresh and self.catalog.add(fresh):
            self._regroup_soon.start(0)
        touched = {key.tag for key in (*fresh, *delta.changed_series, *delta.removed_series) if key.kind is Kind.SCALAR}
        if touched:
            self._grown.take(touched)
            self.feed.refresh_at_ease()

    def set_active(self, active: bool) -> None:
        self.feed.active = active
        if active:
            self.catalog.replace(self.context.store.series(Kind.SCALAR))
            # In a turn of its own: showing the pane for the first time takes long enough without its cards.
            self._regroup_soon.start(0)
            # A hidden card takes nothing in: colours, aliases and the axis may be others by now.
            self.refill_all()
            self.feed.refresh_soon()

    def commands(self) -> Sequence[ActionSpec]:
        return actions_of(self)

    def palette_entries(self) -> Sequence[tuple[str, Callable[[], None]]]:
        return [(tag, partial(self.go_to, tag)) for tag in self.catalog.tags()]

    def headline(self) -> str | None:
        return next((tag for tag in self.pins if tag in self.catalog), None)

    def save_state(self) -> dict[str, Any]:
        return {
            "settings": self.settings.now.to_json(),
            "axis": self.context.cursor.axis.value,
            **self.board_state(),
            "views": self.views.to_json(),
        }

    def restore_state(self, state: Mapping[str, Any]) -> None:
        settings = state.get("settings")
        if isinstance(settings, dict):
            self.settings.take(ScalarSettings.from_json(settings))
        axis = state.get("axis")
        if axis in [member.value for member in XAxis]:
            self.context.cursor.set_axis(XAxis(axis))
        views = state.get("views")
        if isinstance(views, dict):
            self.views.take_json(views)
        self.restore_board(state)
        self.headline_changed.emit()

    def close_pane(self) -> None:
        self._regroup_soon.stop()
        self._grown.stop()
        self.frames.stop()
        self.feed.stop()
        self.exporter.close()
        self.fits.close()
        self.cache.close()

    # What the user does

    def toggle_pin(self, card: str) -> None:
        super().toggle_pin(card)
        self.headline_changed.emit()

    def toggle_log(self, tag: str) -> None:
        """Give one chart a logarithmic y axis, or the linear one."""
        view = self.views.of(tag)
        view.y_log = not self.is_log(tag)
        view.y = None
        self.refill([tag])

    def is_log(self, tag: str) -> bool:
        """True if a tag's chart has a logarithmic y axis."""
        log = self.views.of(tag).y_log
        return log if log is not None else self.settings.now.y_scale.value == "log"

    def show_all_points(self) -> None:
        """Show the points that restarts superseded as well."""
        self.settings.update(restarts=RestartMode.ALL)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        card, plain = self.focused_card(), not event.modifiers()
        if event.key() == Qt.Key.Key_L and card is not None and plain:
            self.toggle_log(card)
        elif not self.board_key(event, card):
            super().keyPressEvent(event)

    # Cards

    def _make_card(self) -> Card:
        card = Card(self.frames, self.context.theme.theme, lambda: self._style)
        chart = card.chart
        chart.wheel_scrolls = self.board.is_scrolling
        chart.pointed.connect(lambda x: self.feed.point(card.tag, x, chart.pointed_y()))
        chart.run_pointed.connect(self.context.runs.hover)
        self.follow_zoom(card)
        card.menu_clicked.connect(lambda at: open_card_menu(self, card, at))
        card.pin_clicked.connect(lambda: self.toggle_pin(card.tag))
        card.expand_clicked.connect(lambda: self.toggle_expanded(card.tag))
        card.note_clicked.connect(self.show_all_points)
        card.refill = lambda deadline: self._bind_card(card, deadline)
        return card

    def _bind_card(self, card: Card, deadline: float) -> bool:
        tag = card.tag
        card.set_state(pinned=tag in self.pins, expanded=self.board.expanded == tag)
        if not self.filler.fill(card, self.views.of(tag), deadline):
            return False
        card.chart.set_cursor(self.feed.offset, dots=self.feed.tag == tag)
        return True

    def cards(self) -> list[Card]:
        """The cards in view."""
        return [card for card in self.board.cards() if isinstance(card, Card)]

    def focused_card(self) -> str | None:
        """The card that has the focus or is under the mouse."""
        for card in self.cards():
            if card.chart.hasFocus() or card.underMouse():
                return card.tag
        return None

    def _trim(self) -> None:
        shown: set[SeriesKey] = set()
        for card in self.cards():
            shown.update(self.filler.shown(card.tag))
        self.cache.trim(shown)

    # What others do

    def _configure(self) -> None:
        now = self.settings.now
        self.cache.configure(self.context.cursor.axis, now.restarts, now.smoothing)

    def _settings_changed(self, names: set[str]) -> None:
        now = self.settings.now
        if names & _LINE_FIELDS:
            self._configure()
        if "link_zoom" in names:
            self.views.link(now.link_zoom, self.focused_card())
        if names & {"size", "columns"}:
            self.board.set_size(now.size, now.columns)
        if "show_pinned" in names:
            self.regroup()
        if names - {"size", "columns", "order", "show_pinned"}:
            self.refill_all()
        self.feed.refresh_soon()

    def _axis_changed(self) -> None:
        self.views.forget_x()
        self._configure()
        self.feed.forget_place()
        self.refill_all()
        self.feed.refresh_soon()

    def read_again(self) -> None:
        self.feed.refresh_soon()

    def _hover_changed(self) -> None:
        run = self.context.runs.hovered
        self.readout.set_lifted(run)
        for card in self.cards():
            card.chart.set_lifted(run)

    def _cursor_moved(self) -> None:
        self.feed.follow_cursor()
        for card in self.cards():
            card.chart.set_cursor(self.feed.offset, dots=self.feed.tag == card.tag)

    def _theme_changed(self) -> None:
        theme = self.context.theme.theme
        self._style = ChartStyle.of(theme, self.font())
        self.board.set_theme(theme)
        self.readout.set_theme(theme)
        self.refill_all()
