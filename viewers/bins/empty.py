"""What stands in the place of the board when it has nothing to show, and the way out."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QStackedWidget, QWidget

from ..runs.model import RunModel
from ..widgets import EmptyState


class BoardStack(QStackedWidget):
    """The board, or a message. ``noun`` is what the pane shows, ``icon`` its icon."""

    def __init__(self, board: QWidget, noun: str, icon: str, runs: RunModel, clear_filter: Callable[[], None]) -> None:
        super().__init__()
        self._board, self._noun, self._icon = board, noun, icon
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
        noun, runs = self._noun, self._runs
        if kind == "no-match":
            hint = "The filter above leaves none of the tags of the visible runs."
            return EmptyState("search", "No tag matches", hint, [("Clear the filter", self._clear_filter)])
        if kind == "no-run":
            hint = f"Tick runs on the left to see their {noun}s."
            show = ("Show all runs", lambda: runs.set_visible(runs.names(), True))
            return EmptyState("eye-off", "No run selected", hint, [show])
        hint = f"{noun.capitalize()}s appear here as soon as one of the runs logs a histogram."
        return EmptyState(self._icon, f"No {noun}s yet", hint, [])
