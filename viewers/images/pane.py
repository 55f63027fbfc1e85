"""The images pane: puts tool row, step slider, board and panel together and keeps them at one state."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ...reader.api import BlobRef, Delta, Kind
from ..board.board import Board
from ..board.board_pane import BoardPane
from ..board.groups import Group
from ..board.stack import BoardStack, Nouns
from ..charts.frames import BUDGET, FrameScheduler
from ..pane import ActionSpec, PaneContext
from ..runs.model import RunField
from .card import ImageCard
from .catalog import Catalog
from .commands import actions_of, open_card_menu, open_export_menu, press
from .exports import PictureExporter
from .filling import CardFiller
from .geometry import USUAL, Zoom
from .loading import PictureLoader
from .panel import ImagesPanel
from .playing import Animator, StepPlayer
from .position import Position
from .probing import Probe
from .readout import ReadOut
from .saving import PictureSaver
from .settings import CARD_SIZES, ImageSettings, SettingsModel
from .step_bar import StepBar
from .stepping import Stepper
from .tools import ToolRow


class ImagesPane(BoardPane):
    """Pictures of all image tags, one card for each tag, visible run and sample."""

    catalog: Catalog
    tools: ToolRow

    def __init__(self, context: PaneContext) -> None:
        super().__init__(context)
        self.setObjectName("imagesPane")
        theme = context.theme.theme
        self.settings = SettingsModel(self)
        self.catalog = Catalog(context.store.blobs)
        self.position = Position(context.cursor, lambda step: self.stepper.place_of(step, context.cursor), self)
        self.stepper = Stepper(self.catalog, self.position, self.cards)
        self.loader = PictureLoader(context.session.read_blob, context.jobs, context.limits.picture_bytes, self)
        self.filler = CardFiller(context, self.catalog, self.loader, self.position, self.settings)
        self._zoom: Zoom = USUAL
        self._zooms: dict[str, Zoom] = {}
        self._frames = FrameScheduler(self)
        self.tools = ToolRow(self.settings)
        self.step_bar = StepBar(self.position)
        self.board = Board(self._frames, theme, self._make_card, self._bind_card, sizes=CARD_SIZES)
        self.board.unit = self.board.pinned_unit = "picture"
        self.readout = ReadOut()
        self.saver = PictureSaver(context, self.filler, self)
        self.exporter = PictureExporter(context, self.filler, self)
        self.probe = Probe(self.filler, self.readout, self)
        self.player = StepPlayer(self._play_on, self._waits, lambda: self.settings.now.rate, self)
        self.animator = Animator(self.cards, self)
        self.panel: ImagesPanel | None = None
        nouns = Nouns("images", "pictures", "an image")
        self.stack = BoardStack(self.board, nouns, "images", context.runs, self.clear_filter)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tools)
        column.addWidget(self.step_bar)
        column.addWidget(self.stack, 1)
        self._regroup_soon.timeout.connect(self._regroup_turn)
        self._steps_soon = QTimer(self)
        self._steps_soon.setSingleShot(True)
        self._steps_soon.timeout.connect(self._take_steps)
        self._connect()
        self.catalog.add(context.store.series(Kind.IMAGE))

    def _connect(self) -> None:
        context = self.context
        context.theme.changed.connect(self._theme_changed)
        context.limits.changed.connect(lambda: self.loader.set_limit(context.limits.picture_bytes))
        context.runs.changed.connect(self._runs_changed)
        context.runs.hover_changed.connect(self._refill_all)
        self.settings.changed.connect(self._settings_changed)
        self.position.changed.connect(self._position_changed)
        self.loader.ready.connect(self._loaded)
        self.tools.filter_changed.connect(self.set_filter)
        self.tools.export_wanted.connect(lambda at: open_export_menu(self, at))
        self.tools.play_toggled.connect(self.player.set_playing)
        self.player.changed.connect(lambda: self.tools.set_playing(self.player.playing))
        self.step_bar.chosen.connect(self.position.choose)
        self.board.columns_changed.connect(self.tools.set_columns)
        self.board.cells_changed.connect(self.animator.look)
        self.board.verticalScrollBar().rangeChanged.connect(self._align)

    # The window's side

    def settings_widget(self) -> QWidget:
        if self.panel is None:
            self.panel = ImagesPanel(self.settings, self.readout)
        return self.panel

    def apply(self, delta: Delta) -> None:
        fresh = [key for key in delta.new_series if key.kind is Kind.IMAGE]
        changed = [key for key in delta.changed_series if key.kind is Kind.IMAGE]
        gone = delta.removed_runs or any(key.kind is Kind.IMAGE for key in delta.removed_series)
        if gone:
            self.catalog.replace(self.context.store.series(Kind.IMAGE))
        grown = self.catalog.add(fresh)
        resized = [self.catalog.grew(key) for key in changed]
        if gone or changed or fresh:
            self.loader.retry()
        if gone or grown or any(resized):
            self._regroup_soon.start(0)
        elif changed:
            self._steps_soon.start(0)
        if gone or changed or fresh:
            self._refill_all()

    def set_active(self, active: bool) -> None:
        if active:
            self.catalog.add(self.context.store.series(Kind.IMAGE))
            # In a turn of its own: showing the pane for the first time takes long enough without its cards.
            self._regroup_soon.start(0)
            self._refill_all()
            self.animator.look()
        else:
            self.player.set_playing(False)
            self.animator.stop()

    def commands(self) -> Sequence[ActionSpec]:
        return actions_of(self)

    def palette_entries(self) -> Sequence[tuple[str, Callable[[], None]]]:
        return [(tag, partial(self.go_to, tag)) for tag in self.catalog.tags()]

    def save_state(self) -> dict[str, Any]:
        return {
            "settings": self.settings.now.to_json(),
            **self.board_state(),
            "position": self.position.to_json(),
        }

    def restore_state(self, state: Mapping[str, Any]) -> None:
        settings = state.get("settings")
        if isinstance(settings, dict):
            self.settings.take(ImageSettings.from_json(settings))
        self.position.take_json(state.get("position"))
        self.restore_board(state)

    def close_pane(self) -> None:
        self._regroup_soon.stop()
        self._steps_soon.stop()
        self.player.set_playing(False)
        self.animator.stop()
        self._frames.stop()
        self.saver.close()
        self.exporter.close()
        self.loader.close()

    # What the user does

    def toggle_expanded(self, text: str) -> None:
        """Show a card alone, or all cards again."""
        self.board.set_expanded(None if self.board.expanded == text else text)
        for card in self.cards():
            if card.tag == text:
                card.view.setFocus(Qt.FocusReason.OtherFocusReason)
                break

    def go_to(self, tag: str) -> None:
        """Bring the first card of ``tag`` into view."""
        if self._pattern is not None and not self._pattern.search(tag):
            self.clear_filter()
        self.board.set_expanded(None)
        cards = self.catalog.cards(tag, self.context.runs.visible())
        if cards:
            self.board.show_tag(cards[0])

    def fit_all(self) -> None:
        """Show all of every picture."""
        self._zoom = USUAL
        self._zooms.clear()
        for card in self.cards():
            card.view.set_zoom(USUAL)
            self._frames.request(card)

    def toggle_playing(self) -> None:
        """Play from step to step, or stop."""
        self.player.set_playing(not self.player.playing)

    def toggle_animation(self, card: ImageCard) -> None:
        """Stop an animation, or let it go on."""
        card.playing = not card.playing
        card.show_frame()
        self.animator.look()

    def groups(self) -> list[Group]:
        """The groups of the cards that are shown."""
        pins = self.pins if self.settings.now.show_pinned else []
        return self.catalog.groups(self.context.runs.visible(), self._pattern, pins)

    def shown_cards(self) -> list[str]:
        """The cards on the board, each once."""
        if self.board.expanded is not None:
            return [self.board.expanded]
        return list(dict.fromkeys(card for group in self.groups() for card in group.tags))

    def regroup(self) -> None:
        super().regroup()
        # In a turn of their own: the cards come first.
        self._steps_soon.start(0)
        self.step_bar.setVisible(self.settings.now.one_step and not self.stack.kind)

    def _regroup_turn(self) -> None:
        """Look at new series over as many turns as it takes, then group them."""
        if self.catalog.prepare(time.perf_counter() + BUDGET):
            self.regroup()
        else:
            self._regroup_soon.start(0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if not plain or not press(self, Qt.Key(event.key()), self.focused_card()):
            super().keyPressEvent(event)

    # Cards

    def _make_card(self) -> ImageCard:
        card = ImageCard(self._frames, self.context.theme.theme)
        view = card.view
        view.wheel_scrolls = self.board.is_scrolling
        view.keys = lambda key: press(self, key, card)
        view.zoom_changed.connect(lambda: self._zoomed(card))
        view.need_changed.connect(lambda: self._frames.request(card))
        view.pointed.connect(lambda at: self.probe.point(card, at))
        card.menu_clicked.connect(lambda at: open_card_menu(self, card, at))
        card.pin_clicked.connect(lambda: self.toggle_pin(card.tag))
        card.expand_clicked.connect(lambda: self.toggle_expanded(card.tag))
        card.play_clicked.connect(lambda: self.toggle_animation(card))
        card.frame_chosen.connect(lambda frame: self._show_frame(card, frame))
        card.step_chosen.connect(lambda rank: self.stepper.to_rank(card, rank))
        card.left.connect(lambda: self.loader.release(card))
        card.refill = lambda deadline: self._bind_card(card, deadline)
        return card

    def _bind_card(self, card: ImageCard, _deadline: float) -> bool:
        card.set_state(pinned=card.tag in self.pins, expanded=self.board.expanded == card.tag)
        card.view.set_zoom(self._zoom if self.settings.now.link_zoom else self._zooms.get(card.tag, USUAL))
        self.filler.fill(card)
        return True

    def _show_frame(self, card: ImageCard, frame: int) -> None:
        card.playing = False
        card.view.set_frame(frame)
        card.show_frame()
        self.animator.look()

    def _zoomed(self, card: ImageCard) -> None:
        if not self.settings.now.link_zoom:
            self._zooms[card.tag] = card.view.zoom
            return
        self._zoom = card.view.zoom
        for other in self.cards():
            if other is not card:
                other.view.set_zoom(self._zoom)
                self._frames.request(other)

    def cards(self) -> list[ImageCard]:
        """The cards in view."""
        return [card for card in self.board.cards() if isinstance(card, ImageCard)]

    def focused_card(self) -> ImageCard | None:
        """The card that has the focus or is under the mouse."""
        cards = self.cards()
        focused = (card for card in cards if card.view.hasFocus() or card.step_track.hasFocus())
        return next(focused, None) or next((card for card in cards if card.underMouse()), None)

    def _refill_all(self) -> None:
        for card in self.cards():
            self._frames.request(card)

    # What others do

    def _loaded(self, ref: BlobRef) -> None:
        for card in self.cards():
            if self.loader.wants(card, ref):
                self._frames.request(card)
        self.probe.refresh()
        QTimer.singleShot(0, self.animator, self.animator.look)

    def _position_changed(self) -> None:
        self.step_bar.follow()
        self._refill_all()

    def _take_steps(self) -> None:
        self.position.set_steps(self.catalog.steps(self.context.runs.visible(), self._pattern))
        self.step_bar.follow()

    def _align(self, _least: int, most: int) -> None:
        self.step_bar.set_bar(self.board.verticalScrollBar().sizeHint().width() if most else 0)

    def _play_on(self) -> None:
        self.stepper.by(1, wrap=True)

    def _waits(self) -> bool:
        return self.loader.busy or not self._frames.idle

    def _settings_changed(self, names: set[str]) -> None:
        now = self.settings.now
        if "one_step" in names:
            self.step_bar.setVisible(now.one_step and not self.stack.kind)
            self.position.set_linked(now.one_step)
        if "link_zoom" in names:
            self._zooms.clear()
        if names & {"size", "columns"}:
            self.board.set_size(now.size, now.columns)
        if "show_pinned" in names:
            self.regroup()
        if "actual_size" in names:
            self.fit_all()
        if names & {"actual_size", "pixelated", "brightness", "contrast", "one_step"}:
            self._refill_all()

    def _runs_changed(self, fields: RunField) -> None:
        if fields & (RunField.VISIBLE | RunField.MEMBERS):
            self._regroup_soon.start(0)
        if fields & (RunField.VISIBLE | RunField.COLOR | RunField.ALIAS):
            self._refill_all()

    def _theme_changed(self) -> None:
        self.board.set_theme(self.context.theme.theme)
        self._refill_all()
