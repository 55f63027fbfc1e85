"""The pane's commands: for menus, palette and shortcuts, and the menus of cards."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu

from ..board.commands import Commands, add_card_actions, add_copy_tag
from ..charts.menus import add_zoom_actions
from ..lod.scale import ScaleKind
from ..pane import ActionSpec
from ..widgets.menus import popup
from .settings import LARGEST_WEIGHT

if TYPE_CHECKING:
    from .card import Card
    from .pane import ScalarsPane

_SMOOTHING_STEP = 0.05


def actions_of(pane: ScalarsPane) -> list[ActionSpec]:
    """Every command of the pane."""
    settings = pane.settings
    commands = Commands("scalars", "Scalars", settings)
    command, switch, choice = commands.plain, commands.switch, commands.choice

    def smooth(change: float) -> Callable[[], None]:
        return lambda: settings.update(
            smoothing=round(min(max(settings.now.smoothing + change, 0.0), LARGEST_WEIGHT), 3)
        )

    return [
        commands.filter(pane),
        command("fit", "Fit all charts", pane.fit_all, "Ctrl+0", "zoom-fit"),
        command("back", "Step back in zoom", pane.step_back, "Ctrl+Z"),
        command("smoother", "More smoothing", smooth(_SMOOTHING_STEP), "Ctrl+]"),
        command("rougher", "Less smoothing", smooth(-_SMOOTHING_STEP), "Ctrl+["),
        *commands.axes(pane.context.cursor, "X axis"),
        choice("y-linear", "Y axis: linear", "y_scale", ScaleKind.LINEAR, "Ctrl+Alt+N"),
        choice("y-log", "Y axis: logarithmic", "y_scale", ScaleKind.LOG, "Ctrl+Alt+L"),
        choice("y-symlog", "Y axis: symmetric logarithmic", "y_scale", ScaleKind.SYMLOG, "Ctrl+Alt+Y"),
        switch("x-log", "X axis: logarithmic", "x_log", "Ctrl+Alt+X"),
        switch("outliers", "Ignore outliers", "ignore_outliers", "Ctrl+Alt+O"),
        switch("raw", "Show raw behind smoothed", "show_raw", "Ctrl+Alt+A"),
        switch("link", "Link zoom across charts", "link_zoom", "Ctrl+Alt+Z"),
        switch("pinned", "Show pinned charts on top", "show_pinned", "Ctrl+Alt+P"),
        *commands.groups(pane),
        command("export", "Export points of all charts…", lambda: export_all(pane), "Ctrl+E", "export"),
    ]


def export_all(pane: ScalarsPane) -> None:
    """Ask for a file and export the points of all charts on the board."""
    pane.exporter.ask_data(pane.shown_cards(), "scalars")


def open_export_menu(pane: ScalarsPane, at: QPoint) -> None:
    """The menu of the tool row's export button."""
    menu = QMenu(pane)
    tags = pane.shown_cards()
    unit = "chart" if len(tags) == 1 else "charts"
    menu.addAction(f"Points of {len(tags):,} {unit}…", lambda: export_all(pane)).setEnabled(bool(tags))
    if pane.pins:
        menu.addAction("Points of the pinned charts…", lambda: pane.exporter.ask_data(pane.pins, "pinned"))
    popup(menu, at)


def open_card_menu(pane: ScalarsPane, card: Card, at: QPoint) -> None:
    """The menu of a card."""
    tag = card.tag
    menu = QMenu(pane)
    add_zoom_actions(menu, card.chart, lambda: pane.step_back(tag))
    log = menu.addAction("Logarithmic y axis\tL", lambda: pane.toggle_log(tag))
    log.setCheckable(True)
    log.setChecked(pane.is_log(tag))
    menu.addSeparator()
    add_card_actions(pane, menu, tag, "chart")
    add_copy_tag(menu, tag)
    menu.addSeparator()
    menu.addAction("Export points…", lambda: pane.exporter.ask_data([tag], tag))
    menu.addAction("Save picture…", lambda: pane.exporter.ask_picture(card))
    popup(menu, at)
