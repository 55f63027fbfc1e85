"""Frames while a cloud of points is turned, drawn without a graphics card."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

from harness import Benchmark, Row, Settings, fresh, seconds, times

SIZE = (1000, 800)
FRAMES = 40
POINTS = (10_000, 100_000, 1_000_000)
METHOD = """\
Ten clusters of points with a colour each, in a view of 1000 x 800 in a window of its own, turned by 2 degrees a frame,
40 frames; a frame is the time from the new camera to the end of the paint event that shows it, its CPU that of all the
process. Runglass draws with its own renderer in numpy, as by the hand: while the view moves, discs may have hard edges,
and where a frame would take more than some 13 ms, pixels are twice as coarse (and beyond 45 ms every other point is
left out). Order, size, perspective and fading are the same in all. "At rest" is the full anti-aliased picture that
follows, painted over several turns of the event loop, of which the longest is given. pyqtgraph draws squares of 3 px
in a GLViewWidget by Mesa's llvmpipe; a frame ends with glFinish, as nothing is drawn before. The ratio is one of CPU:
llvmpipe keeps all cores busy, which a program that reads logs at the same time does not have."""


def data(points: int) -> tuple[Any, Any]:
    """Positions (n, 3) float32 and the cluster of each point."""
    import numpy as np

    random = np.random.default_rng(1)
    middles = random.normal(0, 0.7, (10, 3))
    cluster = random.integers(0, 10, points)
    return (middles[cluster] + random.normal(0, 0.15, (points, 3))).astype(np.float32), cluster


def measured(show: Callable[[], None]) -> dict[str, Any]:
    """Wall and CPU seconds of frames that ``show()`` paints before it returns."""
    wall, cpu = [], []
    for _ in range(FRAMES + 5):
        began, used = time.perf_counter(), time.process_time()
        show()
        wall.append(time.perf_counter() - began)
        cpu.append(time.process_time() - used)
    wall, cpu = wall[5:], cpu[5:]
    return {"wall": statistics.median(wall), "cpu": statistics.median(cpu), "worst": max(wall)}


def ours(points: int) -> dict[str, Any]:
    """Frames of Runglass' view. Called in a fresh process."""
    from runglass.app import guard

    guard.prepare_interpreter()
    import numpy as np
    from PySide6.QtCore import QEventLoop
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QApplication

    from runglass.viewers.cloud import raster_surface
    from runglass.viewers.cloud.look import rgb
    from runglass.viewers.cloud.view import CloudView, Renderer
    from runglass.viewers.theme import DARK

    app = QApplication([])
    painted: list[float] = []

    class Surface(raster_surface.RasterSurface):
        """Notes its paint events."""

        def paintEvent(self, event: QPaintEvent) -> None:
            super().paintEvent(event)
            painted.append(time.perf_counter())

    view = CloudView(DARK, Renderer.RASTER)
    view.resize(*SIZE)
    surface = Surface(view, view)
    view._put(surface)
    places, cluster = data(points)
    view.set_positions(places)
    view.set_colors(np.array([rgb(color) for color in DARK.series], np.uint8)[cluster])
    view.show()

    def turn() -> None:
        app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)

    while not painted or not surface.resting:
        turn()

    def show() -> None:
        painted.clear()
        view.take_camera(view.camera.orbited(0.035, 0.0))
        while not painted:
            turn()

    found = measured(show)
    detail = surface.drawn_in
    # The full picture that follows when the hand rests, and the longest turn while it is painted.
    rests, turns = [], []
    for _ in range(5):
        show()
        while view.settling:
            turn()
        began = time.perf_counter()
        while not surface.resting:
            at = time.perf_counter()
            turn()
            turns.append(time.perf_counter() - at)
        rests.append(time.perf_counter() - began)
    return {**found, "rest": statistics.median(rests), "longest": max(turns, default=0.0), "detail": str(detail)}


def pyqtgraph(points: int) -> dict[str, Any]:
    """Frames of pyqtgraph's GLScatterPlotItem. Called in a fresh process."""
    import os

    os.environ.setdefault("PYOPENGL_PLATFORM", "glx")
    from PySide6.QtCore import QEventLoop
    from PySide6.QtWidgets import QApplication

    app = QApplication([])
    import numpy as np
    from OpenGL import GL
    from pyqtgraph import hsvColor
    from pyqtgraph import opengl as pg

    painted: list[int] = []

    class View(pg.GLViewWidget):  # type: ignore[misc]
        """Notes its frames."""

        def paintGL(self, *arguments: Any, **named: Any) -> None:
            super().paintGL(*arguments, **named)
            GL.glFinish()
            painted.append(1)

    view = View()
    view.resize(*SIZE)
    view.setCameraPosition(distance=5)
    places, cluster = data(points)
    colors = np.array([hsvColor(number / 10, 0.6, 0.95).getRgbF() for number in range(10)], np.float32)
    view.addItem(pg.GLScatterPlotItem(pos=places, color=colors[cluster], size=3, pxMode=True))
    view.show()

    def show() -> None:
        painted.clear()
        view.orbit(2, 0)
        while not painted:
            app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)

    return measured(show)


def _rows(settings: Settings) -> list[Row]:
    rows = []
    for points in POINTS:
        names = f"Runglass {points:,}", f"pyqtgraph {points:,}"
        takers = {
            names[0]: lambda points=points: fresh("orbit:ours", points=points),
            names[1]: lambda points=points: fresh("orbit:pyqtgraph", points=points),
        }
        found = settings.interleave(takers)
        mine, peer = found[names[0]], found[names[1]]
        wall, cpu = mine.median("wall"), mine.median("cpu")
        other, other_cpu = peer.median("wall"), peer.median("cpu")
        goal = {10_000: 10, 100_000: 10, 1_000_000: 80}[points]
        print(f"  drawn as {mine.taken[-1]['detail']}, slowest frame {mine.spread('worst')} s")
        rows.append(
            Row(
                f"turning a cloud of {points:,} points",
                f"{seconds(wall)}, CPU {seconds(cpu)}",
                f"{seconds(other)}, CPU {seconds(other_cpu)} (pyqtgraph)",
                f"{times(other_cpu / cpu)} (wall {times(other / wall)})",
                f"≥ 5×, ≤ {goal} ms",
                other_cpu / cpu >= 5 and 1000 * wall <= goal,
            )
        )
        longest = mine.median("longest")
        limit = 50 if points > 100_000 else 16
        rows.append(
            Row(
                f"the full picture of {points:,} points at rest",
                f"{seconds(mine.median('rest'))}, turns of at most {seconds(longest)}",
                f"{seconds(other)} (pyqtgraph)",
                times(other / mine.median("rest")),
                f"turns ≤ {limit} ms",
                1000 * longest <= limit,
            )
        )
    return rows


BENCHMARKS = (
    Benchmark("orbit", "a cloud of points turned at 1000 x 800, software rendering", "pyqtgraph", _rows, METHOD),
)
