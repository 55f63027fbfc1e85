"""Notes when the charts of the program have painted what, without changing what they do.

The program has no use for such notes, so this looks behind its doors: a picture is finished in ``Chart._finish`` and
reaches the screen with the next paint event.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QTimer

from runglass.viewers.charts.chart import Chart
from runglass.viewers.charts.curve import ChartCurve


class Frame:
    """A picture of a chart: its curves, and how many points of each were there when it was begun."""

    def __init__(self, chart: Chart, curves: Sequence[ChartCurve], fast: int) -> None:
        self.chart = chart
        self.limits = chart.scene.limits
        self.points = {curve.run: len(curve.raw.values) for curve in curves}
        self.fast = fast


def on_frame(callback: Callable[[Frame], None]) -> None:
    """Call ``callback(frame)`` whenever a new picture was painted. Call this before the first chart is made."""
    begin, finish, paint = Chart._begin, Chart._finish, Chart.paintEvent
    begun: dict[Chart, Frame] = {}
    ready: dict[Chart, Frame] = {}

    def begin_noting(chart: Chart) -> None:
        begin(chart)
        assert chart._painting is not None
        begun[chart] = Frame(chart, chart.scene.curves, chart._painting.fast)

    def finish_noting(chart: Chart) -> None:
        finish(chart)
        ready[chart] = begun.pop(chart)

    def paint_noting(chart: Chart, event: Any) -> None:
        paint(chart, event)
        frame = ready.pop(chart, None)
        if frame is not None:
            callback(frame)

    Chart._begin = begin_noting  # type: ignore[method-assign]
    Chart._finish = finish_noting  # type: ignore[method-assign]
    Chart.paintEvent = paint_noting  # type: ignore[method-assign]


def on_first_curve(callback: Callable[[], None]) -> None:
    """Call ``callback`` once a picture with a curve was painted and the window has handed it to the display."""
    done = []

    def painted(frame: Frame) -> None:
        if not done and any(frame.points.values()):
            done.append(frame)
            # The window flushes at the end of the update that this paint is a part of; the timer comes after it.
            QTimer.singleShot(0, callback)

    on_frame(painted)
