"""What panes with a board of cards share: filter, pins, closed groups, bringing cards up to date, and the session."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent

from ..charts.frames import FrameScheduler
from ..pane import Pane, PaneContext
from ..runs.model import RunField
from .board import Board
from .choices import ChoiceModel, strings
from .groups import Group, compile_filter
from .stack import BoardStack
from .tools import ToolRow


class BoardPane(Pane):
    """A subclass makes ``tools``, ``board``, ``stack``, ``catalog`` and ``settings``."""

    #: The cards that there are: has ``len``, ``in`` for the name of a card, ``cards(tag, runs)`` and
    #: ``groups(runs, pattern, pins)``.
    catalog: Any
    #: Has at least the field ``show_pinned``.
    settings: ChoiceModel[Any]
    tools: ToolRow
    board: Board
    stack: BoardStack

    def __init__(self, context: PaneContext) -> None:
        super().__init__()
        self.context = context
        self.frames = FrameScheduler(self)
        self.pins: list[str] = []
        self._pattern: re.Pattern[str] | None = None
        self._regroup_soon = QTimer(self)
        self._regroup_soon.setSingleShot(True)

    def groups(self) -> list[Group]:
        """The groups of the cards that are shown."""
        pins = self.pins if self.settings.now.show_pinned else []
        return list(self.catalog.groups(self.context.runs.visible(), self._pattern, pins))

    def shown_cards(self) -> list[str]:
        """The cards on the board, each once."""
        if self.board.expanded is not None:
            return [self.board.expanded]
        return list(dict.fromkeys(card for group in self.groups() for card in group.tags))

    def regroup(self) -> None:
        """Work out the groups again, and say so where there is nothing to show."""
        groups = self.groups()
        self.tools.set_pins(sum(1 for card in self.pins if card in self.catalog))
        alone = self.board.expanded
        if alone is not None and not self._stays_alone(alone, groups):
            self.board.set_expanded(None)
        self.board.set_groups(groups)
        self.tools.set_columns(self.board.columns)
        if groups:
            self.stack.show_kind("")
        elif not len(self.catalog):
            self.stack.show_kind("no-data")
        else:
            self.stack.show_kind("no-match" if self._pattern is not None else "no-run")

    def _stays_alone(self, card: str, groups: Sequence[Group]) -> bool:
        """True if a card that is shown alone stays so among these groups."""
        return card in self.catalog

    def board_state(self) -> dict[str, Any]:
        """What a session keeps of the board."""
        return {
            "filter": self.tools.search.text(),
            "collapsed": sorted(self.board.collapsed),
            "pins": list(self.pins),
            "expanded": self.board.expanded,
            "scroll": self.board.verticalScrollBar().value(),
        }

    def restore_board(self, state: Mapping[str, Any]) -> None:
        """Take back :meth:`board_state`; what is missing or damaged is left as it is."""
        self.pins = strings(state.get("pins"))
        self.board.collapsed = set(strings(state.get("collapsed")))
        text = state.get("filter")
        if isinstance(text, str):
            self.tools.search.set_text(text, silent=True)
            self.set_filter(text)
        self.regroup()
        expanded = state.get("expanded")
        if isinstance(expanded, str) and expanded in self.catalog:
            self.board.set_expanded(expanded)
        scroll = state.get("scroll")
        if isinstance(scroll, int):
            QTimer.singleShot(0, self.board, lambda: self.board.verticalScrollBar().setValue(scroll))

    def set_filter(self, text: str) -> None:
        """Show the tags that a regular expression finds; a broken one is said and changes nothing."""
        pattern, error = compile_filter(text)
        self.tools.search.set_error(error)
        if error is None:
            self._pattern = pattern
            self.regroup()

    def clear_filter(self) -> None:
        """Show all tags."""
        self.tools.search.set_text("", silent=True)
        self.set_filter("")

    def toggle_pin(self, card: str) -> None:
        """Pin a card to the top, or take the pin off."""
        if card in self.pins:
            self.pins.remove(card)
        else:
            self.pins.append(card)
        self.regroup()
        self.board.rebind()

    def toggle_expanded(self, card: str) -> None:
        """Show a card alone, or all again."""
        self.board.set_expanded(None if self.board.expanded == card else card)
        for shown in self.board.cards():
            if shown.tag == card:
                shown.focus_content()
                break

    def go_to(self, tag: str) -> None:
        """Bring the first card of ``tag`` into view."""
        if self._pattern is not None and not self._pattern.search(tag):
            self.clear_filter()
        self.board.set_expanded(None)
        cards = self.catalog.cards(tag, self.context.runs.visible())
        if cards:
            self.board.show_tag(cards[0])

    def set_all_collapsed(self, collapsed: bool) -> None:
        """Close or open all groups."""
        self.board.collapsed = {group.name for group in self.groups()} if collapsed else set()
        self.board.relayout()

    def board_key(self, event: QKeyEvent, card: str | None) -> bool:
        """Escape leaves a card that is alone, or drops the cursor; F shows ``card`` alone, P pins it.

        False for a key without meaning here.
        """
        key, plain = event.key(), not event.modifiers()
        if key == Qt.Key.Key_Escape and self.board.expanded is not None:
            self.toggle_expanded(self.board.expanded)
        elif key == Qt.Key.Key_Escape and self.context.cursor.x is not None:
            self.context.cursor.move(None)
        elif key == Qt.Key.Key_F and card is not None and plain:
            self.toggle_expanded(card)
        elif key == Qt.Key.Key_P and card is not None and plain:
            self.toggle_pin(card)
        else:
            return False
        return True

    # Bringing cards up to date

    def refill(self, cards: Iterable[str]) -> None:
        """Bring some cards up to date, each in its turn."""
        wanted = frozenset(cards)
        for card in self.board.cards():
            if card.tag in wanted:
                self.frames.request(card)

    def refill_all(self) -> None:
        """Bring all cards in view up to date, each in its turn."""
        for card in self.board.cards():
            self.frames.request(card)

    def read_again(self) -> None:
        """Bring the read-out up to date, in a pane that has one."""

    def runs_changed(self, fields: RunField) -> None:
        """Runs came or went, are shown or hidden, or look different."""
        if fields & (RunField.VISIBLE | RunField.MEMBERS):
            self._regroup_soon.start(0)
        if fields & (RunField.VISIBLE | RunField.COLOR | RunField.ALIAS):
            # Runs that came or went bring a delta with their series.
            self.refill_all()
            self.read_again()
