"""Notes when the charts of the program paint, without changing what they do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QTimer

from runglass.viewers.charts.chart import Chart

Painted = Callable[[Chart], None]


def on_painted(callback: Painted) -> None:
    """Call ``callback(chart)`` after every paint of a chart's picture. Before the first chart is made."""
    original = Chart.paintEvent

    def paint_event(chart: Chart, event: Any) -> None:
        original(chart, event)
        callback(chart)

    Chart.paintEvent = paint_event  # type: ignore[method-assign]


def on_first_curve(callback: Callable[[], None]) -> None:
    """Call ``callback`` once a chart with a curve was painted and the window has handed the picture to the display."""
    done = []

    def painted(chart: Chart) -> None:
        if not done and chart.scene.curves and chart.geometry_now is not None:
            done.append(chart)
            QTimer.singleShot(0, callback)

    on_painted(painted)
