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
from ..board.stack import BoardStack, Nouns
from ..charts.frames import BUDGET
from ..pane import ActionSpec, PaneContext
from .card import ImageCard
from .catalog import Catalog
from .commands import actions_of, open_card_menu, open_export_menu, press
from .compare.bench import CompareBench
from .compare.slots import LETTERS, MOST, Slot
from .exports import PictureExporter
from .filling import CardFiller
from .geometry import USUAL, Zoom
from .gif_export import GifExporter
from .keys import CardKey
from .loading import PictureLoader
from .long_export import LongExport
from .panel import ImagesPanel
from .playing import Animator, StepPlayer
from .position import Position
from .probing import Probe
from .progress import ProgressStrip
from .readout import ReadOut
from .saving import PictureSaver
from .settings import CARD_SIZES, ImageSettings, SettingsModel
from .step_bar import StepBar
from .stepping import Stepped, Stepper
from .tools import ToolRow


class ImagesPane(BoardPane):
    """Pictures of all image tags, one card for each tag, visible run and sample."""

    catalog: Catalog
    tools: ToolRow
    settings: SettingsModel

    def __init__(self, context: PaneContext) -> None:
        super().__init__(context)
        self.setObjectName("imagesPane")
        theme = context.theme.theme
        self.settings = SettingsModel(self)
        self.catalog = Catalog(context.store.blobs)
        self.position = Position(context.cursor, lambda step: self.stepper.place_of(step, context.cursor), self)
        self.stepper = Stepper(self.catalog, self.position, self._stepped)
        self.loader = PictureLoader(context.session.read_blob, context.jobs, context.limits.picture_bytes, self)
        self.filler = CardFiller(context, self.catalog, self.loader, self.position, self.settings)
        self._zoom: Zoom = USUAL
        self._zooms: dict[str, Zoom] = {}
        self.marks: list[str] = []
        self.tools = ToolRow(self.settings)
        self.step_bar = StepBar(self.position)
        self.board = Board(self.frames, theme, self._make_card, self._bind_card, sizes=CARD_SIZES)
        self.board.unit = self.board.pinned_unit = "picture"
        self.readout = ReadOut()
        self.progress = ProgressStrip()
        self.long_export = LongExport(context, self.progress, self)
        self.saver = PictureSaver(context, self.filler, self.long_export, self)
        self.exporter = PictureExporter(context, self.filler, self)
        self.probe = Probe(self.filler, self.readout, self)
        self.compare = CompareBench(self.filler, self.frames, lambda key: press(self, key, None), self)
        self.gifs = GifExporter(context, self.filler, self.long_export, self)
        self.player = StepPlayer(self._play_on, self._waits, lambda: self.settings.now.rate, self)
        self.animator = Animator(lambda: [] if self.compare.is_open else self.cards(), self)
        self.panel: ImagesPanel | None = None
        nouns = Nouns("images", "pictures", "an image")
        self.stack = BoardStack(self.board, nouns, "images", context.runs, self.clear_filter)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tools)
        column.addWidget(self.compare.header)
        column.addWidget(self.step_bar)
        column.addWidget(self.stack, 1)
        column.addWidget(self.compare.body, 1)
        column.addWidget(self.progress)
        self.compare.header.hide()
        self.compare.body.hide()
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
        context.runs.changed.connect(self.runs_changed)
        context.runs.hover_changed.connect(self.refill_all)
        self.settings.changed.connect(self._settings_changed)
        self.position.changed.connect(self._position_changed)
        self.loader.ready.connect(self._loaded)
        self.tools.filter_changed.connect(self.set_filter)
        self.tools.export_wanted.connect(lambda at: open_export_menu(self, at))
        self.tools.play_toggled.connect(self.player.set_playing)
        self.player.changed.connect(lambda: self.tools.set_playing(self.player.playing))
        self.compare.playing.toggled.connect(self.player.set_playing)
        self.player.changed.connect(lambda: self.compare.playing.set_playing(self.player.playing))
        self.tools.compare_clicked.connect(self.toggle_comparing)
        self.compare.opened.connect(self._compare_opened)
        self.compare.slots_changed.connect(self._compared_others)
        self.step_bar.chosen.connect(self.position.choose)
        self.board.columns_changed.connect(self.tools.set_columns)
        self.board.cells_changed.connect(self.animator.look)
        self.board.verticalScrollBar().rangeChanged.connect(self._align)

    # The window's side

    def settings_widget(self) -> QWidget:
        if self.panel is None:
            both = QWidget()
            column = QVBoxLayout(both)
            column.setContentsMargins(0, 0, 0, 0)
            column.addWidget(self.readout)
            column.addWidget(self.compare.readout)
            self.panel = ImagesPanel(self.settings, both)
            self._show_parts()
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
            self.refill_all()

    def set_active(self, active: bool) -> None:
        if active:
            self.catalog.add(self.context.store.series(Kind.IMAGE))
            # In a turn of its own: showing the pane for the first time takes long enough without its cards.
            self._regroup_soon.start(0)
            self.refill_all()
            self.animator.look()
            self.compare.go_on()
        else:
            self.player.set_playing(False)
            self.animator.stop()
            self.compare.pause()

    def commands(self) -> Sequence[ActionSpec]:
        return actions_of(self)

    def palette_entries(self) -> Sequence[tuple[str, Callable[[], None]]]:
        return [(tag, partial(self.go_to, tag)) for tag in self.catalog.tags()]

    def save_state(self) -> dict[str, Any]:
        return {
            "settings": self.settings.now.to_json(),
            **self.board_state(),
            "position": self.position.to_json(),
            "compare": self.compare.save_state(),
        }

    def restore_state(self, state: Mapping[str, Any]) -> None:
        settings = state.get("settings")
        if isinstance(settings, dict):
            self.settings.take(ImageSettings.from_json(settings))
        self.position.take_json(state.get("position"))
        self.restore_board(state)
        self.compare.restore_state(state.get("compare"))

    def close_pane(self) -> None:
        self._regroup_soon.stop()
        self._steps_soon.stop()
        self.player.set_playing(False)
        self.animator.stop()
        self.compare.close()
        self.frames.stop()
        self.saver.close()
        self.exporter.close()
        self.long_export.close()
        self.loader.close()

    # What the user does

    def go_to(self, tag: str) -> None:
        self.compare.leave()
        super().go_to(tag)

    def fit_all(self) -> None:
        """Show all of every picture."""
        self._zoom = USUAL
        self._zooms.clear()
        self.compare.fit()
        for card in self.cards():
            card.view.set_zoom(USUAL)
            self.frames.request(card)

    # Comparing

    def toggle_comparing(self) -> None:
        """Compare what is marked, the focused card, what was compared last, or the first card; or leave."""
        if self.compare.is_open:
            self.compare.leave()
        elif len(self.marks) >= 2:
            self.compare_marked()
        else:
            card = self.focused_card()
            key = CardKey.parse(self.marks[0]) if self.marks else None if card is None else card.key
            if key is not None:
                self.compare_card(key)
            elif not self.compare.reopen():
                first = next((card.key for card in self.cards() if card.key is not None), None)
                if first is not None:
                    self.compare_card(first)

    def compare_marked(self) -> None:
        """Compare the marked cards."""
        keys = [key for key in map(CardKey.parse, self.marks) if key is not None]
        self.compare.open([Slot(key) for key in keys])

    def compare_card(self, key: CardKey) -> None:
        """Compare a card with the other runs' of its tag or, where there is none, with another of its steps."""
        if len(self.marks) >= 2 and key.text in self.marks:
            self.compare_marked()
            return
        slots = self.compare.offer.of_runs(key)
        if len(slots) < 2:
            slots = self.compare.offer.of_steps(key, self.compare.resolver.shown)
        self._open_comparison(slots)

    def _compare_shown(self, card: ImageCard) -> None:
        if card.key is not None:
            self.compare_card(card.key)

    def compare_steps(self, key: CardKey | None = None) -> None:
        """Compare the picture that a card (the focused or the first) shows with the one recorded before it."""
        if key is None:
            cards = [card for card in (self.focused_card(), *self.cards()) if card is not None]
            key = next((card.key for card in cards if card.key is not None), None)
        if key is not None:
            self._open_comparison(self.compare.offer.of_steps(key, self.compare.resolver.shown))

    def _open_comparison(self, slots: Sequence[Slot]) -> None:
        if len(slots) < 2:
            self.context.notify("There is nothing to compare this picture with: one run, and one step of it")
        else:
            self.compare.open(slots)

    def toggle_mark(self, text: str) -> None:
        """Choose a card for a comparison, or take the choice back."""
        if text in self.marks:
            self.marks.remove(text)
        elif len(self.marks) < MOST:
            self.marks.append(text)
        else:
            self.context.notify(f"{MOST} pictures are the most that are compared at once")
        self._marks_changed()

    def clear_marks(self) -> None:
        """Choose no card any more."""
        self.marks.clear()
        self._marks_changed()

    def _marks_changed(self) -> None:
        self.tools.set_marks(len(self.marks))
        for card in self.cards():
            card.set_mark_letter(self._mark_letter(card.tag))

    def _mark_letter(self, text: str) -> str:
        return LETTERS[self.marks.index(text)] if text in self.marks else ""

    def _compare_opened(self) -> None:
        is_open = self.compare.is_open
        if not is_open:
            self.player.set_playing(False)
        self._show_parts()
        self.probe.leave()
        if is_open:
            self.animator.stop()
            if self.isVisible():
                self.compare.stage.focus_view()
        else:
            self._steps_soon.start(0)
            self.refill_all()
            self.animator.look()
            cards = self.cards()
            if cards:
                cards[0].view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _compared_others(self) -> None:
        self._show_parts()
        self._steps_soon.start(0)

    def _show_parts(self) -> None:
        """Show the board with its tools, or the comparison with its own."""
        comparing = self.compare.is_open
        board: tuple[QWidget, ...] = (self.tools, self.stack)
        bench: tuple[QWidget, ...] = (self.compare.header, self.compare.body)
        if self.panel is not None:
            # Before, they have no place and would be windows of their own.
            board, bench = (*board, self.readout), (*bench, self.compare.readout)
        for part in (*board, *bench):
            part.setVisible((part in bench) == comparing)
        self._align(0, self.board.verticalScrollBar().maximum())
        self.step_bar.set_title("Step" if comparing else "Step (all cards)")
        slid = bool(self.compare.following) if comparing else not self.stack.kind
        self.step_bar.setVisible(self.settings.now.one_step and slid)

    def _stepped(self) -> Sequence[Stepped]:
        return self.compare.following if self.compare.is_open else self.cards()

    def step(self, count: int, *, wrap: bool = False, card: ImageCard | None = None) -> bool:
        """Go ``count`` recorded steps on; False where that leads nowhere."""
        if self.compare.is_open and not self.compare.following:
            return self.compare.step_pinned(count)
        self.stepper.by(count, wrap=wrap, card=card)
        return True

    def toggle_playing(self) -> None:
        """Play from step to step, or stop."""
        self.player.set_playing(not self.player.playing)

    def toggle_animation(self, card: ImageCard) -> None:
        """Stop an animation, or let it go on."""
        card.playing = not card.playing
        card.show_frame()
        self.animator.look()

    def regroup(self) -> None:
        super().regroup()
        # In a turn of their own: the cards come first.
        self._steps_soon.start(0)
        self._show_parts()

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
        card = ImageCard(self.frames, self.context.theme.theme)
        view = card.view
        view.wheel_scrolls = self.board.is_scrolling
        view.keys = lambda key: press(self, key, card)
        view.zoom_changed.connect(lambda: self._zoomed(card))
        view.need_changed.connect(lambda: self.frames.request(card))
        view.pointed.connect(lambda at: self.probe.point(card, at))
        card.menu_clicked.connect(lambda at: open_card_menu(self, card, at))
        card.pin_clicked.connect(lambda: self.toggle_pin(card.tag))
        card.expand_clicked.connect(lambda: self.toggle_expanded(card.tag))
        card.play_clicked.connect(lambda: self.toggle_animation(card))
        card.frame_chosen.connect(lambda frame: self._show_frame(card, frame))
        card.step_chosen.connect(lambda rank: self.stepper.to_rank(card, rank))
        card.turned.connect(lambda by: self.stepper.by_turn(card, by))
        card.mark_clicked.connect(lambda: self.toggle_mark(card.tag))
        card.compare_clicked.connect(lambda: self._compare_shown(card))
        card.left.connect(lambda: self.loader.release(card))
        card.refill = lambda deadline: self._bind_card(card, deadline)
        return card

    def _bind_card(self, card: ImageCard, _deadline: float) -> bool:
        card.set_state(pinned=card.tag in self.pins, expanded=self.board.expanded == card.tag)
        card.set_mark_letter(self._mark_letter(card.tag))
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
                self.frames.request(other)

    def cards(self) -> list[ImageCard]:
        """The cards in view."""
        return [card for card in self.board.cards() if isinstance(card, ImageCard)]

    def focused_card(self) -> ImageCard | None:
        """The card that has the focus or is under the mouse."""
        cards = [] if self.compare.is_open else self.cards()
        focused = (card for card in cards if card.view.hasFocus() or card.step_track.hasFocus())
        return next(focused, None) or next((card for card in cards if card.underMouse()), None)

    def refill_all(self) -> None:
        super().refill_all()
        self.compare.request()

    # What others do

    def _loaded(self, ref: BlobRef) -> None:
        for card in self.cards():
            if self.loader.wants(card, ref):
                self.frames.request(card)
        self.probe.refresh()
        self.compare.request()
        QTimer.singleShot(0, self.animator, self.animator.look)

    def _position_changed(self) -> None:
        self.step_bar.follow()
        self.refill_all()

    def _take_steps(self) -> None:
        if self.compare.is_open:
            steps = self.catalog.steps_of({slot.card.series for slot in self.compare.following})
        else:
            steps = self.catalog.steps(self.context.runs.visible(), self._pattern)
        self.position.set_steps(steps)
        self.step_bar.follow()

    def _align(self, _least: int, most: int) -> None:
        wide = most and not self.compare.is_open
        self.step_bar.set_bar(self.board.verticalScrollBar().sizeHint().width() if wide else 0)

    def _play_on(self) -> None:
        if not self.step(1, wrap=True):
            self.player.set_playing(False)

    def _waits(self) -> bool:
        return self.loader.busy or self.compare.waits or not self.frames.idle

    def _settings_changed(self, names: set[str]) -> None:
        now = self.settings.now
        if "one_step" in names:
            self._show_parts()
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
            self.refill_all()

    def _theme_changed(self) -> None:
        self.board.set_theme(self.context.theme.theme)
        self.compare.set_theme()
        self.refill_all()
