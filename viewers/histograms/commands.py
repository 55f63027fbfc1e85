"""The pane's commands: for menus, palette and shortcuts, and the menus of cards."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu

from ..bins.exports import card_name
from ..bins.menus import common_actions, export_menu
from ..board.commands import Commands, add_card_actions, add_copy_tag
from ..pane import ActionSpec
from ..widgets.menus import popup
from .settings import FEWEST_BINS, MOST_BINS, Mode

if TYPE_CHECKING:
    from .card import Card
    from .pane import HistogramsPane


def actions_of(pane: HistogramsPane) -> list[ActionSpec]:
    """Every command of the pane."""
    settings = pane.settings
    commands = Commands("histograms", "Histograms", settings)

    def mode(which: Mode, title: str, shortcut: str) -> ActionSpec:
        return commands.choice(which.value, title, "mode", which, shortcut)

    def bins(change: float) -> Callable[[], None]:
        return lambda: settings.update(bins=min(max(round(settings.now.bins * change), FEWEST_BINS), MOST_BINS))

    return [
        *common_actions(pane, commands, lambda: pane.export(pane.shown_keys(), "histograms")),
        mode(Mode.OFFSET, "Ridges behind one another", "Ctrl+Alt+O"),
        mode(Mode.OVERLAY, "All on one base line", "Ctrl+Alt+V"),
        mode(Mode.HEAT, "Heat map of steps and values", "Ctrl+Alt+H"),
        mode(Mode.RUNS, "All runs of a tag at the step of the cursor", "Ctrl+Alt+U"),
        commands.plain("earlier", "Earlier step", lambda: pane.step_by(-1), "Alt+Left"),
        commands.plain("later", "Later step", lambda: pane.step_by(1), "Alt+Right"),
        commands.switch("log_counts", "Logarithmic counts", "log_counts", "Ctrl+Alt+L"),
        commands.switch("density", "Density instead of counts", "density", "Ctrl+Alt+D"),
        commands.plain("more-bins", "More bins", bins(1.25), "Ctrl+]"),
        commands.plain("fewer-bins", "Fewer bins", bins(0.8), "Ctrl+["),
    ]


def open_card_menu(pane: HistogramsPane, card: Card, at: QPoint) -> None:
    """The menu of a card."""
    menu = QMenu(pane)
    add_card_actions(pane, menu, card.tag, "card")
    add_copy_tag(menu, card.title)
    keys = pane.shown(card.tag)
    if keys:
        menu.addSeparator()
        menu.addAction("Export buckets…", lambda: pane.export(keys, card_name(keys)))
        drawn = menu.addAction("Save picture…", lambda: pane.save_picture(card))
        drawn.setEnabled(card.plot.scene is not None)
    popup(menu, at)


def open_export_menu(pane: HistogramsPane, at: QPoint) -> None:
    """The menu of the tool row's export button."""
    popup(export_menu(pane, "Buckets", pane.export), at)
