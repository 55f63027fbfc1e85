"""The pane's commands: for menus, palette and shortcuts, and the menus of cards."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from ..lod.scale import ScaleKind
from ..pane import ActionSpec
from ..selection import XAxis
from .settings import LARGEST_WEIGHT

if TYPE_CHECKING:
    from .card import Card
    from .pane import ScalarsPane

_GROUP = "Scalars"
_SMOOTHING_STEP = 0.05


def actions_of(pane: ScalarsPane) -> list[ActionSpec]:
    """Every command of the pane."""
    settings, cursor = pane.settings, pane.context.cursor

    def switch(field: str) -> tuple[Callable[[], None], Callable[[], bool]]:
        return (
            lambda: settings.update(**{field: not getattr(settings.now, field)}),
            lambda: bool(getattr(settings.now, field)),
        )

    def smooth(change: float) -> Callable[[], None]:
        return lambda: settings.update(
            smoothing=round(min(max(settings.now.smoothing + change, 0.0), LARGEST_WEIGHT), 3)
        )

    def axis(which: XAxis) -> tuple[Callable[[], None], Callable[[], bool]]:
        return lambda: cursor.set_axis(which), lambda: cursor.axis is which

    def scale(kind: ScaleKind) -> tuple[Callable[[], None], Callable[[], bool]]:
        return lambda: settings.update(y_scale=kind), lambda: settings.now.y_scale is kind

    def command(id: str, title: str, run: Callable[[], None], shortcut: str = "", icon: str = "") -> ActionSpec:
        return ActionSpec(f"scalars.{id}", title, _GROUP, run, shortcut, icon)

    def choice(id: str, title: str, pair: tuple[Callable[[], None], Callable[[], bool]], shortcut: str) -> ActionSpec:
        return ActionSpec(f"scalars.{id}", title, _GROUP, pair[0], shortcut, checked=pair[1])

    return [
        command(
            "filter",
            "Filter tags",
            partial(pane.tools.search.setFocus, Qt.FocusReason.ShortcutFocusReason),
            "Ctrl+F",
            "search",
        ),
        command("fit", "Fit all charts", pane.fit_all, "Ctrl+0", "zoom-fit"),
        command("back", "Step back in zoom", pane.step_back, "Ctrl+Z"),
        command("smoother", "More smoothing", smooth(_SMOOTHING_STEP), "Ctrl+]"),
        command("rougher", "Less smoothing", smooth(-_SMOOTHING_STEP), "Ctrl+["),
        choice("x-step", "X axis: step", axis(XAxis.STEP), "Ctrl+Alt+S"),
        choice("x-relative", "X axis: relative time", axis(XAxis.RELATIVE), "Ctrl+Alt+R"),
        choice("x-wall", "X axis: wall time", axis(XAxis.WALL), "Ctrl+Alt+W"),
        choice("y-linear", "Y axis: linear", scale(ScaleKind.LINEAR), "Ctrl+Alt+N"),
        choice("y-log", "Y axis: logarithmic", scale(ScaleKind.LOG), "Ctrl+Alt+L"),
        choice("y-symlog", "Y axis: symmetric logarithmic", scale(ScaleKind.SYMLOG), "Ctrl+Alt+Y"),
        choice("x-log", "X axis: logarithmic", switch("x_log"), "Ctrl+Alt+X"),
        choice("outliers", "Ignore outliers", switch("ignore_outliers"), "Ctrl+Alt+O"),
        choice("raw", "Show raw behind smoothed", switch("show_raw"), "Ctrl+Alt+A"),
        choice("link", "Link zoom across charts", switch("link_zoom"), "Ctrl+Alt+Z"),
        choice("pinned", "Show pinned charts on top", switch("show_pinned"), "Ctrl+Alt+P"),
        command("collapse", "Close all groups", lambda: pane.set_all_collapsed(True), "Ctrl+Alt+Up"),
        command("expand", "Open all groups", lambda: pane.set_all_collapsed(False), "Ctrl+Alt+Down"),
        command("export", "Export points of all charts…", lambda: export_all(pane), "Ctrl+E", "export"),
    ]


def export_all(pane: ScalarsPane) -> None:
    """Ask for a file and export the points of all charts on the board."""
    pane.exporter.ask_data(pane.shown_tags(), "scalars")


def open_export_menu(pane: ScalarsPane, at: QPoint) -> None:
    """The menu of the tool row's export button."""
    menu = QMenu(pane)
    tags = pane.shown_tags()
    unit = "chart" if len(tags) == 1 else "charts"
    menu.addAction(f"Points of {len(tags):,} {unit}…", lambda: export_all(pane)).setEnabled(bool(tags))
    if pane.pins:
        menu.addAction("Points of the pinned charts…", lambda: pane.exporter.ask_data(pane.pins, "pinned"))
    _open(menu, at)


def open_card_menu(pane: ScalarsPane, card: Card, at: QPoint) -> None:
    """The menu of a card."""
    tag, chart = card.tag, card.chart
    menu = QMenu(pane)
    menu.addAction("Fit\tDouble click", chart.fit).setEnabled(not chart.view.fitted)
    menu.addAction("Step back\tBackspace", lambda: pane.step_back(tag)).setEnabled(bool(chart.view.history))
    limits = menu.addMenu("Type a limit")
    for end, title in (("y1", "Upper end of y"), ("y0", "Lower end of y"), ("x0", "Left end"), ("x1", "Right end")):
        limits.addAction(title, partial(chart.edit_limit, end))
    log = menu.addAction("Logarithmic y axis\tL", lambda: pane.toggle_log(tag))
    log.setCheckable(True)
    log.setChecked(pane.is_log(tag))
    menu.addSeparator()
    menu.addAction("Take the pin off\tP" if tag in pane.pins else "Pin to the top\tP", lambda: pane.toggle_pin(tag))
    alone = "Back to all charts\tEsc" if pane.board.expanded == tag else "Show alone\tF"
    menu.addAction(alone, lambda: pane.toggle_expanded(tag))
    menu.addAction("Copy tag", lambda: QGuiApplication.clipboard().setText(tag))
    menu.addSeparator()
    menu.addAction("Export points…", lambda: pane.exporter.ask_data([tag], tag))
    menu.addAction("Save picture…", lambda: pane.exporter.ask_picture(card))
    _open(menu, at)


def _open(menu: QMenu, at: QPoint) -> None:
    menu.aboutToHide.connect(menu.deleteLater)
    menu.popup(at)
