"""The pane's commands: for menus, palette and shortcuts, and the menus of cards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu

from ..bins.exports import card_name
from ..bins.menus import common_actions, export_menu
from ..board.commands import Commands, add_card_actions, add_copy_tag
from ..charts.menus import add_zoom_actions
from ..pane import ActionSpec
from ..widgets.menus import popup

if TYPE_CHECKING:
    from .card import Card
    from .pane import DistributionsPane


def actions_of(pane: DistributionsPane) -> list[ActionSpec]:
    """Every command of the pane."""
    commands = Commands("distributions", "Distributions", pane.settings)
    return [
        *common_actions(pane, commands, lambda: pane.export(pane.shown_keys(), "distributions")),
        commands.plain("fit", "Fit all cards", pane.fit_all, "Ctrl+0", "zoom-fit"),
        commands.plain("back", "Step back in zoom", pane.step_back, "Ctrl+Z"),
        commands.switch("overlay", "Overlay runs", "overlay", "Ctrl+Alt+O"),
        commands.switch("median", "Median line", "median", "Ctrl+Alt+M"),
        commands.switch("link_zoom", "Link zoom across cards", "link_zoom", "Ctrl+Alt+Z"),
    ]


def open_card_menu(pane: DistributionsPane, card: Card, at: QPoint) -> None:
    """The menu of a card."""
    menu = QMenu(pane)
    add_zoom_actions(menu, card.chart, lambda: pane.step_back(card.tag))
    menu.addSeparator()
    add_card_actions(pane, menu, card.tag, "card")
    add_copy_tag(menu, card.title)
    keys = pane.shown(card.tag)
    if keys:
        menu.addSeparator()
        menu.addAction("Export percentiles…", lambda: pane.export(keys, card_name(keys)))
        menu.addAction("Save picture…", lambda: pane.save_picture(card)).setEnabled(bool(card.chart.scene.curves))
    popup(menu, at)


def open_export_menu(pane: DistributionsPane, at: QPoint) -> None:
    """The menu of the tool row's export button."""
    popup(export_menu(pane, "Percentiles", pane.export), at)
