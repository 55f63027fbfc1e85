"""What the board says when it has nothing to show, and the way out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QStackedWidget, QWidget

from ..board.groups import Group
from ..widgets import EmptyState
from .catalog import Catalog

if TYPE_CHECKING:
    from .pane import ImagesPane


class Pages(QStackedWidget):
    """The board, or a message in its place. ``kind`` is the message's, empty while the board is shown."""

    def __init__(self, pane: ImagesPane, board: QWidget) -> None:
        super().__init__()
        self.kind = ""
        self._pane, self._board = pane, board
        self._message: QWidget | None = None
        self.addWidget(board)

    def show_kind(self, kind: str) -> None:
        """Show the message for ``kind``, or the board."""
        if kind == self.kind:
            return
        self.kind = kind
        if self._message is not None:
            self.removeWidget(self._message)
            self._message.deleteLater()
            self._message = None
        if kind:
            self._message = empty_state(self._pane, kind)
            self.addWidget(self._message)
        self.setCurrentWidget(self._message or self._board)


def emptiness(groups: Sequence[Group], catalog: Catalog, filtered: bool) -> str:
    """Why there is nothing to show: "no-data", "no-match" or "no-run"; empty where there is something."""
    if groups:
        return ""
    if not len(catalog):
        return "no-data"
    return "no-match" if filtered else "no-run"


def empty_state(pane: ImagesPane, kind: str) -> QWidget:
    """The message for ``kind``: "no-data", "no-match" or "no-run"."""
    if kind == "no-match":
        return EmptyState(
            "search",
            "No tag matches",
            "The filter above leaves none of the tags of the visible runs.",
            [("Clear the filter", pane.clear_filter)],
        )
    if kind == "no-run":
        runs = pane.context.runs
        return EmptyState(
            "eye-off",
            "No run with images selected",
            "Tick runs on the left to see their pictures.",
            [("Show all runs", lambda: runs.set_visible(runs.names(), True))],
        )
    return EmptyState(
        "images",
        "No images yet",
        "Pictures appear here as soon as one of the runs logs an image.",
        [],
    )
