"""What the board says when it has nothing to show, and the way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from ..widgets import EmptyState

if TYPE_CHECKING:
    from .pane import ImagesPane


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
