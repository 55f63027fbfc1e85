"""Frames while a chart of very many points is panned and zoomed."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

from harness import Benchmark, Row, Settings, fresh, seconds, times

SIZE = (1200, 800)
WEIGHT = 0.9
WIDTH = 1.8
METHOD = """\
One chart of 1200 x 800 in a window of its own, every curve with a faint raw line and its smoothed line of 1.8 px over
it (smoothing 0.9, computed beforehand for both sides). 30 pans of 1 % of the view at half the x range, then 30 zooms; a
frame is the time from the new x limits to the end of the paint event that shows them, its CPU that of the whole
process. Ours is driven as by the hand: while the view moves, slow charts leave out antialiasing and may draw columns of
two to four pixels; the rows "at rest" are of full quality, antialiased. pyqtgraph: PlotWidget, automatic downsampling
by "peak", clipToView, fixed y range, no grid, no antialiasing (its defaults), which is less than ours draws at rest."""


def data(curves: int, points: int) -> Iterator[tuple[Any, Any, Any]]:
    """Steps int64, values float32 and smoothed values of each curve."""
    import numpy as np

    from runglass.viewers.lod.smoothing import smooth

    random = np.random.default_rng(7)
    steps = np.arange(points, dtype=np.int64)
    for number in range(curves):
        clean = 0.15 + 0.01 * number + 2.2 * np.exp(-np.linspace(0, 6, points) * random.uniform(0.6, 1.6))
        values = (clean + random.normal(0, 0.08, points)).astype(np.float32)
        yield steps, values, smooth(values, WEIGHT)


def views(points: int) -> list[tuple[float, float]]:
    """The x limits of all frames; the first two are for warming up."""
    whole = points - 1.0
    found = [(0.0, whole), (0.1 * whole, 0.6 * whole)]
    for number in range(30):
        shift = 0.01 * 0.5 * whole * number
        found.append((0.1 * whole + shift, 0.6 * whole + shift))
    for number in range(30):
        half = 0.5 * whole * 0.9**number
        found.append((0.5 * whole - half, 0.5 * whole + half))
    return found


def measure(frames: list[tuple[float, float]], show: Callable[[tuple[float, float]], None]) -> dict[str, Any]:
    """Wall and CPU seconds of the frames that ``show(limits)`` paints before it returns."""
    wall, cpu = [], []
    for limits in frames:
        began, used = time.perf_counter(), time.process_time()
        show(limits)
        wall.append(time.perf_counter() - began)
        cpu.append(time.process_time() - used)
    wall, cpu = wall[2:], cpu[2:]
    return {"wall": statistics.median(wall), "cpu": statistics.median(cpu), "worst": max(wall)}


def ours(curves: int, points: int) -> dict[str, Any]:
    """Frames of Runglass' chart: moving and at rest. Called in a fresh process."""
    from runglass.app import guard

    guard.prepare_interpreter()
    from PySide6.QtCore import QEventLoop
    from PySide6.QtGui import QColor
    from PySide6.QtWidgets import QApplication
    from watching import Frame, on_frame

    from runglass.viewers.charts.chart import Chart
    from runglass.viewers.charts.curve import ChartCurve
    from runglass.viewers.charts.frames import FrameScheduler
    from runglass.viewers.charts.style import ChartStyle
    from runglass.viewers.lod.series import LodSeries
    from runglass.viewers.lod.xindex import XIndex
    from runglass.viewers.theme import DARK

    app = QApplication([])
    shown: list[Frame] = []
    on_frame(shown.append)
    chart = Chart(FrameScheduler(app), ChartStyle.of(DARK, app.font()))
    lines = []
    for number, (steps, values, smoothed) in enumerate(data(curves, points)):
        index = XIndex(steps)
        color = QColor.fromHsvF(number / curves, 0.6, 0.95)
        lines.append(ChartCurve(f"run-{number}", LodSeries(index, values), LodSeries(index, smoothed), color))
    chart.resize(*SIZE)
    began = time.perf_counter()
    chart.set_data(lines, (0.0, points - 1.0), (-0.2, 2.8))
    chart.show()

    def wait_for(fits: Callable[[Frame], bool]) -> None:
        while not (shown and fits(shown[-1])):
            app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)

    wait_for(lambda _frame: True)
    first = time.perf_counter() - began

    def at_rest(limits: tuple[float, float]) -> None:
        chart.view.x = limits
        chart.set_view(chart.view)
        wait_for(lambda frame: frame.limits.x0 == limits[0] and frame.limits.x1 == limits[1] and not frame.fast)

    def moving(limits: tuple[float, float]) -> None:
        chart.view.x = limits
        chart.moved()
        wait_for(lambda frame: frame.limits.x0 == limits[0] and frame.limits.x1 == limits[1])

    rest = measure(views(points), at_rest)
    found = measure(views(points), moving)
    return {**found, **{f"rest_{key}": value for key, value in rest.items()}, "first": first, "fast": shown[-1].fast}


def pyqtgraph(curves: int, points: int) -> dict[str, Any]:
    """Frames of pyqtgraph's PlotWidget. Called in a fresh process."""
    from PySide6.QtCore import QEventLoop
    from PySide6.QtWidgets import QApplication

    app = QApplication([])
    import pyqtgraph as pg

    painted = []

    class Plot(pg.PlotWidget):  # type: ignore[misc]
        """Notes its paint events."""

        def paintEvent(self, event: Any) -> None:
            super().paintEvent(event)
            painted.append(1)

    plot = Plot()
    plot.resize(*SIZE)
    plot.setXRange(0, points - 1.0, padding=0)
    plot.setYRange(-0.2, 2.8, padding=0)
    made = []
    for number, (steps, values, smoothed) in enumerate(data(curves, points)):
        color = pg.hsvColor(number / curves, 0.6, 0.95)
        made.append((steps, values, pg.mkPen(color.darker(300), width=1)))
        made.append((steps, smoothed, pg.mkPen(color, width=WIDTH)))
    for steps, values, pen in sorted(made, key=lambda one: one[2].widthF()):
        curve = plot.plot(pen=pen, skipFiniteCheck=True)
        curve.setClipToView(True)
        curve.setDownsampling(auto=True, method="peak")
        curve.setData(steps.astype(float), values)
    plot.show()

    def wait() -> None:
        while not painted:
            app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)

    wait()

    def show(limits: tuple[float, float]) -> None:
        painted.clear()
        plot.setXRange(*limits, padding=0)
        wait()

    return measure(views(points), show)


def _rows(settings: Settings) -> list[Row]:
    rows = []
    for curves, points, goal in ((10, settings.size(1_000_000, 100_000), 16), (settings.size(100, 20), 100_000, 45)):
        case = {"curves": curves, "points": points}
        names = f"Runglass {curves} x {points:,}", f"pyqtgraph {curves} x {points:,}"
        takers = {
            names[0]: lambda case=case: fresh("panzoom:ours", **case),
            names[1]: lambda case=case: fresh("panzoom:pyqtgraph", **case),
        }
        found = settings.interleave(takers)
        mine, peer = found[names[0]], found[names[1]]
        print(f"  first paint {mine.spread('first')} s, slowest moving frame {mine.spread('worst')} s")
        for what, key in (("pan and zoom", ""), ("the same at rest, antialiased", "rest_")):
            wall, cpu = mine.median(f"{key}wall"), mine.median(f"{key}cpu")
            other, other_cpu = peer.median("wall"), peer.median("cpu")
            rows.append(
                Row(
                    f"{what}, {curves} × {points:,} points",
                    f"{seconds(wall)}, CPU {seconds(cpu)}",
                    f"{seconds(other)}, CPU {seconds(other_cpu)} (pyqtgraph)",
                    times(other / wall),
                    f"≥ 4×, CPU ≤ {goal} ms",
                    other / wall >= 4 and 1000 * cpu <= goal,
                )
            )
    return rows


BENCHMARKS = (
    Benchmark("pan_zoom", "frames at 1200 x 800, raw and smoothed lines", "pyqtgraph, own downsampling", _rows, METHOD),
)
