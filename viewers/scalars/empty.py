"""What the board says when it has nothing to show, and the way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from ..widgets import EmptyState

if TYPE_CHECKING:
    from .pane import ScalarsPane


def empty_state(pane: ScalarsPane, kind: str) -> QWidget:
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
            "No run selected",
            "Tick runs on the left to see their curves.",
            [("Show all runs", lambda: runs.set_visible(runs.names(), True))],
        )
    return EmptyState(
        "scalars",
        "No scalars yet",
        "Curves appear here as soon as one of the runs logs a scalar.",
        [],
    )
