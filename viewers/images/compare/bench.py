"""Puts the comparison together: which slots, what they show now, in which way, and what the user does with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from ...board.layout import MARGIN
from ...charts.frames import FrameScheduler
from ...widgets import Chip, ElidedLabel, FlowLayout
from ...widgets.menus import add_choices, popup
from ..filling import CardFiller
from ..tools import PlayControl
from .alternation import Alternation
from .header import Header
from .making import DifferenceMaker, Request
from .offering import Offer
from .probing import ComparedProbe
from .readout import ComparedReadOut
from .resolving import Entry, Resolver
from .saving import Compared, ComparisonSaver
from .settings import PAIRED, TITLES, CompareModel, CompareSettings, Way
from .slot_chip import SlotChip
from .slot_picker import SlotPicker
from .slots import MOST, Selection, Slot
from .stage import Stage, frames_of, size_note


class CompareBench(QObject):
    """``opened`` fires when the comparison begins or ends, ``slots_changed`` when others are compared.

    The pane places :attr:`header` above its step slider and :attr:`body` below it; both are seen while :attr:`is_open`.
    """

    opened = Signal()
    slots_changed = Signal()

    def __init__(
        self,
        filler: CardFiller,
        frames: FrameScheduler,
        keys: Callable[[Qt.Key], bool],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._filler, self._frames = filler, frames
        context = filler.context
        self.settings = CompareModel(self)
        self.selection = Selection()
        self.is_open = False
        self.offer = Offer(filler.catalog, context.runs)
        self.resolver = Resolver(filler)
        self.maker = DifferenceMaker(context.jobs, self)
        self.readout = ComparedReadOut()
        self.playing = PlayControl(filler.settings)
        self.header = Header(self.settings, self.playing)
        self.stage = Stage(frames, context.theme.theme, keys)
        self.probe = ComparedProbe(
            filler.loader,
            self.readout,
            lambda: self.stage.entries,
            lambda: self.selection.pair,
            lambda: self.stage.frame,
        )
        self.chips: list[SlotChip] = []
        self.add_chip = Chip("Add", icon_name="plus")
        self.note = ElidedLabel("", "dim")
        self.body = self._make_body()
        self.alternation = Alternation(self.settings, self.stage, self)
        self.saver = ComparisonSaver(filler, self.body)
        self._connect()

    def _make_body(self) -> QWidget:
        body = QWidget()
        body.setObjectName("compareBody")
        column = QVBoxLayout(body)
        column.setContentsMargins(MARGIN, 4, MARGIN, MARGIN)
        column.setSpacing(8)
        row = QWidget()
        self._flow = FlowLayout(row)
        for index in range(MOST):
            chip = SlotChip()
            chip.clicked.connect(lambda _on=False, index=index: self.pick(index))
            chip.removed.connect(lambda index=index: self.take(self.selection.removed(index)))
            chip.hide()
            self.chips.append(chip)
            self._flow.addWidget(chip)
        self.add_chip.setToolTip("Compare one more: the next run or, where there is none, an earlier step (N)")
        self._flow.addWidget(self.add_chip)
        for part in self.header.options:
            self._flow.addWidget(part)
        column.addWidget(row)
        column.addWidget(self.note)
        column.addWidget(self.stage, 1)
        return body

    def _connect(self) -> None:
        self.header.back.connect(self.leave)
        self.header.pair_chosen.connect(lambda first, second: self.take(self.selection.with_pair(first, second)))
        self.header.flicker_toggled.connect(self.alternation.set_on)
        self.alternation.switched.connect(self.header.set_flickering)
        self.header.save_wanted.connect(self.ask_picture)
        self.header.frame_chosen.connect(self._choose_frame)
        self.add_chip.clicked.connect(self.add)
        self.settings.changed.connect(self._settings_changed)
        self.stage.split_changed.connect(lambda split: self.settings.update(split=split))
        self.stage.need_changed.connect(self.request)
        self.stage.pointed.connect(self.probe.point)
        self.stage.menu_requested.connect(self._open_menu)
        self.maker.ready.connect(self.request)

    # Coming and going

    def open(self, slots: Sequence[Slot], way: Way | None = None) -> None:
        """Compare these pictures, two to four."""
        if way is not None:
            self.settings.update(way=way)
        self.take(Selection(tuple(slots[:MOST])))

    def take(self, selection: Selection) -> None:
        """Compare this selection; with fewer than two slots the comparison ends."""
        if not selection.usable:
            self.leave()
            return
        began = not self.is_open
        self.selection, self.is_open = selection, True
        self.header.set_pair(selection.pair, len(selection.slots))
        self.slots_changed.emit()
        if began:
            self.opened.emit()
            self.alternation.begin()
            self.alternation.go_on()
            # In a turn of its own: until then nothing has its place, and so its size.
            self.request()
        else:
            self._refresh()

    def reopen(self) -> bool:
        """Compare again what was compared last; False where there is nothing."""
        if self.selection.usable and all(slot.card.text in self._filler.catalog for slot in self.selection.slots):
            self.take(self.selection)
        return self.is_open

    def leave(self) -> None:
        """End the comparison."""
        if self.is_open:
            self.is_open = False
            self.pause()
            self.resolver.release()
            self.maker.release()
            self.stage.forget_pictures()
            self.probe.point(None)
            self._frames.forget(self)
            self.opened.emit()

    def pause(self) -> None:
        """Nobody looks for now: let nothing move."""
        self.alternation.pause()

    def go_on(self) -> None:
        """Somebody looks again."""
        if self.is_open:
            self.request()
            self.alternation.go_on()

    @property
    def following(self) -> list[Slot]:
        """The slots that go with the step slider."""
        return [slot for slot in self.selection.slots if slot.step is None]

    @property
    def waits(self) -> bool:
        """True while a difference is worked out."""
        return self.maker.busy

    # What is shown

    def request(self) -> None:
        """Something may look different: bring it up to date in its turn."""
        if self.is_open:
            self._frames.request(self)

    def advance(self, _deadline: float) -> bool:
        """Bring all up to date; the scheduler of frames calls this."""
        if self.is_open and self.body.isVisible():
            self._refresh()
        return True

    def set_theme(self) -> None:
        """Draw in another theme."""
        self.stage.set_theme(self._filler.context.theme.theme)
        self.request()

    def _refresh(self) -> None:
        now, selection = self.settings.now, self.selection
        self.stage.set_look(self._filler.settings.now)
        self.stage.set_way(now.way, selection, now.split)
        self.stage.expect(len(selection.slots))
        entries = self.resolver.resolve(selection.slots, self.stage.need)
        self._show_chips(entries)
        # All change together: a picture is not compared with what the other was at another step.
        if not any(entry.waits for entry in entries) or not self._is_like(entries):
            self.stage.show_entries(entries)
        shown = self.stage.entries
        self._show_difference(shown)
        self.note.setText(size_note([shown[at] for at in selection.pair] if now.way in PAIRED else shown, now.way))
        self.note.setVisible(bool(self.note.text()))
        count = frames_of([entry.picture for entry in shown])
        self.header.set_frames(count, min(self.stage.frame, max(count - 1, 0)))
        self.probe.refresh()

    def _is_like(self, entries: Sequence[Entry]) -> bool:
        """True if what is shown is of the same cards, and of pictures."""
        shown = self.stage.entries
        return len(shown) == len(entries) and all(
            one.slot.card == other.slot.card and not one.waits for one, other in zip(shown, entries)
        )

    def _show_chips(self, entries: Sequence[Entry]) -> None:
        count, seen = len(entries), self.stage.seen
        # A step that all go to is said by the slider above.
        placed = len(self.following) < count or len({entry.place for entry in entries}) > 1
        placed = placed or not self._filler.settings.now.one_step
        for index, chip in enumerate(self.chips):
            if index < count:
                strong = index in seen or self.settings.now.way is Way.FLICKER
                chip.show_entry(entries[index], strong=strong, removable=count > 2, placed=placed)
            chip.setVisible(index < count)
        self.add_chip.setVisible(count < MOST)

    def _show_difference(self, entries: Sequence[Entry]) -> None:
        now = self.settings.now
        if now.way is not Way.DIFFERENCE:
            self.maker.release()
            return
        first, second = (entries[at] for at in self.selection.pair)
        title = f"{first.letter} − {second.letter}"
        without = next((entry for entry in (first, second) if entry.message), None)
        if without is not None:
            self.maker.release()
            self.stage.show_difference(title, None, f"No difference: {without.letter}: {without.message}", True, 1.0)
            return
        one, other = first.picture, second.picture
        if one is None or other is None or any(each.level and not each.finest for each in (one, other)):
            self.stage.show_difference(title, self.maker.made, "", now.signed, now.gain)
            return
        coarse = next((entry for entry, each in ((first, one), (second, other)) if each.level), None)
        if coarse is not None:
            text = f"No difference: {coarse.letter} is an animation too large for memory in full size"
            self.stage.show_difference(title, None, text, True, 1.0)
            return
        theme = self._filler.context.theme.theme
        level = self.stage.difference_level(one, other)
        request = Request(one, other, self.stage.frame, now.signed, now.gain, theme, level)
        made = self.maker.want(request)
        if isinstance(made, str):
            self.stage.show_difference(title, None, f"No difference: {made}", True, 1.0)
        elif made is None:
            self.stage.show_difference(title, None, "", now.signed, now.gain)
        else:
            self.stage.show_difference(title, made, "", made.request.signed, made.request.gain, made.tells_of(request))

    def _settings_changed(self, names: set[str]) -> None:
        if not self.is_open:
            return
        if "way" in names:
            self.alternation.begin()
        elif "rate" in names:
            self.alternation.keep_pace()
        if names - {"split"}:
            self._refresh()

    # What the user does

    def add(self) -> None:
        """Compare one more picture, and open the choice of another for it."""
        slot = self.offer.another(self.selection.slots, self.resolver.shown)
        if slot is None:
            self._filler.context.notify("There is no other picture of these tags to compare with")
        elif not self.selection.full:
            self.take(self.selection.added(slot))

    def pick(self, index: int) -> None:
        """Open the choice of another run or step for a slot."""
        slots = self.selection.slots
        picker = SlotPicker(slots[index], self._filler, self.resolver, len(slots) > 2, self.body)
        picker.chosen.connect(lambda slot: self.take(self.selection.with_slot(index, slot)))
        picker.removed.connect(lambda: self.take(self.selection.removed(index)))
        picker.show_below(self.chips[index])

    def swap(self) -> None:
        """Change the two of the pair over."""
        first, second = self.selection.pair
        self.take(self.selection.with_pair(second, first))

    def step_pinned(self, count: int) -> bool:
        """Move all slots by ``count`` recorded steps of their own, where none goes with the slider.

        False where one would leave its series; nothing moves then.
        """
        moved = [self.offer.moved(slot, count, self.resolver.shown) for slot in self.selection.slots]
        slots = [slot for slot in moved if slot is not None]
        if self.following or len(slots) < len(moved):
            return False
        self.take(Selection(tuple(slots), self.selection.pair))
        return True

    def press(self, key: Qt.Key) -> bool:
        """What a key does here; False for one that the pane has a use for, or nobody."""
        way = self.settings.now.way
        numbers = dict(zip((Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_4), Way))
        if key == Qt.Key.Key_Escape:
            self.leave()
        elif key in numbers:
            self.settings.update(way=numbers[key])
        elif key == Qt.Key.Key_W and way in PAIRED:
            self.swap()
        elif key == Qt.Key.Key_D and way is Way.DIFFERENCE:
            self.settings.update(signed=not self.settings.now.signed)
        elif key == Qt.Key.Key_Space and way is Way.FLICKER:
            self.alternation.toggle()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and way is Way.FLICKER:
            self.alternation.show_next(1 if key == Qt.Key.Key_Down else -1)
        elif key == Qt.Key.Key_N:
            self.add()
        elif key == Qt.Key.Key_S:
            self.ask_picture()
        else:
            return False
        return True

    def fit(self) -> None:
        """Show all of the pictures."""
        self.stage.fit()

    @property
    def compared(self) -> Compared:
        """What is shown now."""
        return Compared(self.stage.entries, self.selection.pair, self.stage.frame, self.settings.now)

    def ask_picture(self) -> None:
        """Ask for a file and save what is compared as a picture."""
        self.saver.ask(self.compared)

    def _choose_frame(self, frame: int) -> None:
        self.stage.set_frame(frame)
        self._refresh()

    def _open_menu(self, at: QPoint) -> None:
        menu = QMenu(self.body)
        menu.addAction("Fit\tDouble click", self.fit)
        menu.addSeparator()
        ways = [(f"{TITLES[way]}\t{number}", way) for number, way in enumerate(Way, 1)]
        add_choices(menu, ways, self.settings.now.way, lambda way: self.settings.update(way=way))
        if self.settings.now.way in PAIRED:
            menu.addAction("Swap the two pictures\tW", self.swap)
        menu.addSeparator()
        menu.addAction("Save comparison as picture…\tS", self.ask_picture).setEnabled(self.compared.whole)
        menu.addSeparator()
        menu.addAction("Back to all pictures\tEsc", self.leave)
        popup(menu, at)

    # The session

    def save_state(self) -> dict[str, Any]:
        """What a session keeps of the comparison."""
        return {"open": self.is_open, "settings": self.settings.now.to_json(), **self.selection.to_json()}

    def restore_state(self, state: object) -> None:
        """Take back :meth:`save_state`'s values; unknown or damaged ones are ignored."""
        if not isinstance(state, Mapping):
            return
        settings = state.get("settings")
        if isinstance(settings, Mapping):
            self.settings.take(CompareSettings.from_json(settings))
        selection = Selection.from_json(state)
        if state.get("open") is True and selection.usable:
            self.take(selection)
        else:
            self.selection = selection

    def close(self) -> None:
        """Nothing may run afterwards."""
        self.leave()
        self.saver.close()
