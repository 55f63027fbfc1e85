"""What stands in the place of the board when it has nothing to show, and the way out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QStackedWidget, QWidget

from ..runs.model import RunModel
from ..widgets import EmptyState


@dataclass(frozen=True, slots=True)
class Nouns:
    """What a pane is about, for its messages: "scalars", whose "curves" appear when a run logs "a scalar"."""

    title: str
    shown: str
    logged: str


class BoardStack(QStackedWidget):
    """The board, or a message. ``icon`` is the pane's, ``kind`` that of the message, empty while the board is shown."""

    def __init__(
        self, board: QWidget, nouns: Nouns, icon: str, runs: RunModel, clear_filter: Callable[[], None]
    ) -> None:
        super().__init__()
        self._board, self._nouns, self._icon = board, nouns, icon
        self._runs, self._clear_filter = runs, clear_filter
        self._message: QWidget | None = None
        self.kind = ""
        self.addWidget(board)

    def show_kind(self, kind: str) -> None:
        """Show the message for "no-data", "no-match" or "no-run"; the board for an empty text."""
        if kind == self.kind:
            return
        self.kind = kind
        if self._message is not None:
            self.removeWidget(self._message)
            self._message.deleteLater()
            self._message = None
        if kind:
            self._message = self._made(kind)
            self.addWidget(self._message)
        self.setCurrentWidget(self._message or self._board)

    def _made(self, kind: str) -> QWidget:
        nouns, runs = self._nouns, self._runs
        if kind == "no-match":
            hint = "The filter above leaves none of the tags of the visible runs."
            return EmptyState("search", "No tag matches", hint, [("Clear the filter", self._clear_filter)])
        if kind == "no-run":
            hint = f"Tick runs on the left to see their {nouns.shown}."
            show = ("Show all runs", lambda: runs.set_visible(runs.names(), True))
            return EmptyState("eye-off", "No run selected", hint, [show])
        hint = f"{nouns.shown.capitalize()} appear here as soon as one of the runs logs {nouns.logged}."
        return EmptyState(self._icon, f"No {nouns.title} yet", hint, [])
