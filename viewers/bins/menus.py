"""Commands and menu entries that the panes of histograms have in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QMenu

from ...reader.api import SeriesKey
from ..board.commands import Commands
from ..pane import ActionSpec
from .base import SeriesPane

Export = Callable[[Sequence[SeriesKey], str], None]


def common_actions(pane: SeriesPane, commands: Commands, export: Callable[[], None]) -> list[ActionSpec]:
    """Filter, axis, pins, groups and export."""
    return [
        commands.filter(pane),
        *commands.axes(pane.context.cursor, "Axis"),
        commands.switch("pinned", "Show pinned cards on top", "show_pinned", "Ctrl+Alt+P"),
        *commands.groups(pane),
        commands.plain("export", "Export numbers of all cards…", export, "Ctrl+E", "export"),
    ]


def export_menu(pane: SeriesPane, what: str, export: Export) -> QMenu:
    """The menu of the tool row's export button."""
    menu = QMenu(pane)
    keys = pane.shown_keys()
    entry = menu.addAction(f"{what} of {len(keys):,} series…", lambda: export(keys, f"{pane.noun}s"))
    entry.setEnabled(bool(keys))
    pinned = [key for card in pane.pins if card in pane.catalog for key in pane.shown(card)]
    if pinned:
        menu.addAction(f"{what} of the pinned cards…", lambda: export(pinned, "pinned"))
    return menu
