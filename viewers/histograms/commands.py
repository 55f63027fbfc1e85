"""The pane's commands: for menus, palette and shortcuts, and the menus of cards."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu

from ..bins.exports import card_name
from ..bins.menus import add_card_actions, common_actions, export_menu, popup
from ..pane import ActionSpec
from .settings import FEWEST_BINS, MOST_BINS, Mode

if TYPE_CHECKING:
    from .card import Card
    from .pane import HistogramsPane

_GROUP = "Histograms"


def actions_of(pane: HistogramsPane) -> list[ActionSpec]:
    """Every command of the pane."""
    settings = pane.settings

    def mode(which: Mode, title: str, shortcut: str) -> ActionSpec:
        return ActionSpec(
            f"histograms.{which.value}",
            title,
            _GROUP,
            lambda: settings.update(mode=which),
            shortcut,
            checked=lambda: settings.now.mode is which,
        )

    def switch(field: str, title: str, shortcut: str) -> ActionSpec:
        return ActionSpec(
            f"histograms.{field}",
            title,
            _GROUP,
            lambda: settings.update(**{field: not getattr(settings.now, field)}),
            shortcut,
            checked=lambda: bool(getattr(settings.now, field)),
        )

    def bins(change: float) -> Callable[[], None]:
        return lambda: settings.update(bins=min(max(round(settings.now.bins * change), FEWEST_BINS), MOST_BINS))

    return [
        *common_actions(pane, "histograms", _GROUP, lambda: pane.export(pane.shown_keys(), "histograms")),
        mode(Mode.OFFSET, "Ridges behind one another", "Ctrl+Alt+O"),
        mode(Mode.OVERLAY, "All on one base line", "Ctrl+Alt+V"),
        mode(Mode.HEAT, "Heat map of steps and values", "Ctrl+Alt+H"),
        mode(Mode.RUNS, "All runs of a tag at the step of the cursor", "Ctrl+Alt+U"),
        ActionSpec("histograms.earlier", "Earlier step", _GROUP, lambda: pane.step_by(-1), "Alt+Left"),
        ActionSpec("histograms.later", "Later step", _GROUP, lambda: pane.step_by(1), "Alt+Right"),
        switch("log_counts", "Logarithmic counts", "Ctrl+Alt+L"),
        switch("density", "Density instead of counts", "Ctrl+Alt+D"),
        ActionSpec("histograms.more-bins", "More bins", _GROUP, bins(1.25), "Ctrl+]"),
        ActionSpec("histograms.fewer-bins", "Fewer bins", _GROUP, bins(0.8), "Ctrl+["),
    ]


def open_card_menu(pane: HistogramsPane, card: Card, at: QPoint) -> None:
    """The menu of a card."""
    menu = QMenu(pane)
    add_card_actions(pane, menu, card)
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
