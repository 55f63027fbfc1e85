"""The pane's commands: for menus, palette and shortcuts, and the menus of cards."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu

from ..bins.exports import card_name
from ..bins.menus import add_card_actions, common_actions, export_menu, popup
from ..pane import ActionSpec

if TYPE_CHECKING:
    from .card import Card
    from .pane import DistributionsPane

_GROUP = "Distributions"


def actions_of(pane: DistributionsPane) -> list[ActionSpec]:
    """Every command of the pane."""
    settings = pane.settings

    def switch(field: str, title: str, shortcut: str) -> ActionSpec:
        return ActionSpec(
            f"distributions.{field}",
            title,
            _GROUP,
            lambda: settings.update(**{field: not getattr(settings.now, field)}),
            shortcut,
            checked=lambda: bool(getattr(settings.now, field)),
        )

    return [
        *common_actions(pane, "distributions", _GROUP, lambda: pane.export(pane.shown_keys(), "distributions")),
        ActionSpec("distributions.fit", "Fit all cards", _GROUP, pane.fit_all, "Ctrl+0", "zoom-fit"),
        ActionSpec("distributions.back", "Step back in zoom", _GROUP, pane.step_back, "Ctrl+Z"),
        switch("overlay", "Overlay runs", "Ctrl+Alt+O"),
        switch("median", "Median line", "Ctrl+Alt+M"),
        switch("link_zoom", "Link zoom across cards", "Ctrl+Alt+Z"),
    ]


def open_card_menu(pane: DistributionsPane, card: Card, at: QPoint) -> None:
    """The menu of a card."""
    chart = card.chart
    menu = QMenu(pane)
    menu.addAction("Fit\tDouble click", chart.fit).setEnabled(not chart.view.fitted)
    menu.addAction("Step back\tBackspace", lambda: pane.step_back(card.tag)).setEnabled(bool(chart.view.history))
    limits = menu.addMenu("Type a limit")
    for end, title in (("y1", "Upper end of y"), ("y0", "Lower end of y"), ("x0", "Left end"), ("x1", "Right end")):
        limits.addAction(title, partial(chart.edit_limit, end))
    menu.addSeparator()
    add_card_actions(pane, menu, card)
    keys = pane.shown(card.tag)
    if keys:
        menu.addSeparator()
        menu.addAction("Export percentiles…", lambda: pane.export(keys, card_name(keys)))
        menu.addAction("Save picture…", lambda: pane.save_picture(card)).setEnabled(bool(chart.scene.curves))
    popup(menu, at)


def open_export_menu(pane: DistributionsPane, at: QPoint) -> None:
    """The menu of the tool row's export button."""
    popup(export_menu(pane, "Percentiles", pane.export), at)
