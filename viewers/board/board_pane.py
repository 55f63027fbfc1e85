"""What panes with a board of cards share: filter, pins, closed groups, and what a session keeps of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QTimer

from ..pane import Pane, PaneContext
from .board import Board
from .choices import strings
from .groups import Group, compile_filter
from .stack import BoardStack
from .tools import ToolRow


class BoardPane(Pane):
    """A subclass makes ``tools``, ``board``, ``stack`` and ``catalog``, and says what ``groups`` there are."""

    #: The cards that there are: has ``len``, and ``in`` for the name of a card.
    catalog: Any
    tools: ToolRow
    board: Board
    stack: BoardStack

    def __init__(self, context: PaneContext) -> None:
        super().__init__()
        self.context = context
        self.pins: list[str] = []
        self._pattern: re.Pattern[str] | None = None
        self._regroup_soon = QTimer(self)
        self._regroup_soon.setSingleShot(True)

    def groups(self) -> list[Group]:
        """The groups of the cards that are shown."""
        raise TypeError(f"{type(self).__name__} has to define groups")

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

    def set_all_collapsed(self, collapsed: bool) -> None:
        """Close or open all groups."""
        self.board.collapsed = {group.name for group in self.groups()} if collapsed else set()
        self.board.relayout()
