"""The entries that the menus of all charts have."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QMenu

from .chart import Chart

_ENDS = (("y1", "Upper end of y"), ("y0", "Lower end of y"), ("x0", "Left end"), ("x1", "Right end"))


def add_zoom_actions(menu: QMenu, chart: Chart, step_back: Callable[[], object]) -> None:
    """Fit the data, undo the last zoom, and type a limit."""
    menu.addAction("Fit\tDouble click", chart.fit).setEnabled(not chart.view.fitted)
    menu.addAction("Step back\tBackspace", step_back).setEnabled(bool(chart.view.history))
    limits = menu.addMenu("Type a limit")
    for end, title in _ENDS:
        limits.addAction(title, partial(chart.edit_limit, end))
