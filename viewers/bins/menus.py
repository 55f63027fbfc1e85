"""Commands and menu entries that the panes of histograms have in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from ...reader.api import SeriesKey
from ..pane import ActionSpec
from ..selection import XAxis
from .base import SeriesPane

Export = Callable[[Sequence[SeriesKey], str], None]


def common_actions(pane: SeriesPane, prefix: str, group: str, export: Callable[[], None]) -> list[ActionSpec]:
    """Filter, axis, groups and export, with ids that begin with ``prefix``."""
    cursor = pane.context.cursor

    def axis(which: XAxis, title: str, shortcut: str) -> ActionSpec:
        return ActionSpec(
            f"{prefix}.x-{which.value}",
            title,
            group,
            lambda: cursor.set_axis(which),
            shortcut,
            checked=lambda: cursor.axis is which,
        )

    def plain(name: str, title: str, run: Callable[[], None], shortcut: str, icon: str = "") -> ActionSpec:
        return ActionSpec(f"{prefix}.{name}", title, group, run, shortcut, icon)

    focus = partial(pane.tools.search.setFocus, Qt.FocusReason.ShortcutFocusReason)
    settings = pane.settings
    return [
        plain("filter", "Filter tags", focus, "Ctrl+F", "search"),
        axis(XAxis.STEP, "Axis: step", "Ctrl+Alt+S"),
        axis(XAxis.RELATIVE, "Axis: relative time", "Ctrl+Alt+R"),
        axis(XAxis.WALL, "Axis: wall time", "Ctrl+Alt+W"),
        ActionSpec(
            f"{prefix}.pinned",
            "Show pinned cards on top",
            group,
            lambda: settings.update(show_pinned=not settings.now.show_pinned),
            "Ctrl+Alt+P",
            checked=lambda: bool(settings.now.show_pinned),
        ),
        plain("collapse", "Close all groups", lambda: pane.set_all_collapsed(True), "Ctrl+Alt+Up"),
        plain("expand", "Open all groups", lambda: pane.set_all_collapsed(False), "Ctrl+Alt+Down"),
        plain("export", "Export numbers of all cards…", export, "Ctrl+E", "export"),
    ]


def add_card_actions(pane: SeriesPane, menu: QMenu, card: Any) -> None:
    """Pin, show alone, copy."""
    name = card.tag
    menu.addAction("Take the pin off\tP" if name in pane.pins else "Pin to the top\tP", lambda: pane.toggle_pin(name))
    alone = "Back to all cards\tEsc" if pane.board.expanded == name else "Show alone\tF"
    menu.addAction(alone, lambda: pane.toggle_expanded(name))
    menu.addAction("Copy tag", lambda: QGuiApplication.clipboard().setText(card.title))


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


def popup(menu: QMenu, at: QPoint) -> None:
    """Open a menu that goes away when it closes."""
    menu.aboutToHide.connect(menu.deleteLater)
    menu.popup(at)
