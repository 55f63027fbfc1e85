"""A log of a thousand tags: showing its tab, jumping about in it, and what it costs in memory."""

from __future__ import annotations

import gc
import statistics
import tempfile
import time
from typing import Any

import logs
from harness import Benchmark, Row, Settings, fresh, resident, seconds, times

JUMPS = 60
METHOD = """\
1,000 tags in 50 groups, 5 runs, 100 points each, in a window of 1440 x 900. Ours, tab shown: the log is read, another
tab is in front; from the click on Scalars to the moment when every chart in view shows its lines, the pane being made
on the way. Jump-scroll: the scroll bar set to a place at random, until every chart in view shows its lines. Memory:
resident memory after that and a scroll through everything, less that of the same process with the demo-sized log of one
tag open (the panes' code is in both). pyqtgraph: one PlotWidget a tag in a scroll area of three columns, of 100 tags,
because 1,000 take half a minute and more than a gigabyte; times (tab shown) and memory are scaled by ten, and its data
are in memory before."""


def ours(logdir: str) -> dict[str, Any]:
    """Time to show the tab and to jump. Called in a fresh process."""
    from driving import Program
    from PySide6.QtWidgets import QWidget

    from runglass.reader.api import Kind
    from runglass.viewers.pane import Pane, PaneSpec
    from runglass.viewers.registry import PANES

    class Blank(Pane):
        """A tab that shows nothing."""

        def __init__(self, _context: Any) -> None:
            super().__init__()

        def settings_widget(self) -> QWidget:
            return QWidget()

        def apply(self, _delta: Any) -> None:
            """Nothing to take in."""

    program = Program()
    program.window.use_specs([PaneSpec("blank", "Blank", "text", frozenset({Kind.SCALAR}), Blank), *PANES])
    program.open(logdir)
    began = time.perf_counter()
    program.window.show_pane("scalars")
    program.until(lambda: bool(program.pane.board.cards()) and program.settled())
    shown = time.perf_counter() - began
    program.rest()
    return {"shown": shown, "cards": len(program.pane.board.cards()), **_jumps(program), "points": _points(program)}


def _points(program: Any) -> int:
    return int(program.store.totals().points)


def _jumps(program: Any) -> dict[str, Any]:
    import random

    places = random.Random(3)
    bar = program.pane.board.verticalScrollBar()
    wall, cpu = [], []
    for _ in range(JUMPS):
        began, used = time.perf_counter(), time.process_time()
        bar.setValue(places.randrange(bar.maximum()))
        program.until(program.settled)
        program.app.processEvents()
        wall.append(time.perf_counter() - began)
        cpu.append(time.process_time() - used)
        program.until(lambda: False, 0.05)
    return {"jump": statistics.median(wall), "jump_cpu": statistics.median(cpu), "jump_worst": max(wall)}


def our_memory(logdir: str, small: str) -> dict[str, Any]:
    """Resident memory with the log open and scrolled through, beyond that with a small one. In a fresh process."""
    from driving import Program

    program = Program()
    program.open(small)
    gc.collect()
    before = resident()
    program.open(logdir)
    bar = program.pane.board.verticalScrollBar()
    opened = resident()
    for place in range(0, bar.maximum(), max(1, bar.pageStep())):
        bar.setValue(place)
        program.until(program.settled)
    program.rest()
    return {"before": before / 1e6, "opened": (opened - before) / 1e6, "scrolled": (resident() - before) / 1e6}


def pyqtgraph(tags: int, runs: int, points: int) -> dict[str, Any]:
    """One PlotWidget a tag: time to build and show, to jump, memory. Called in a fresh process."""
    import numpy as np
    from PySide6.QtWidgets import QApplication, QGridLayout, QScrollArea, QWidget

    app = QApplication([])
    import pyqtgraph as pg

    random = np.random.default_rng(1)
    steps = np.arange(points, dtype=float)
    values = [[logs.falling(points, random) for _ in range(runs)] for _ in range(tags)]
    colors = [pg.mkPen(pg.hsvColor(number / runs)) for number in range(runs)]
    area = QScrollArea()
    area.resize(1440, 900)
    area.show()
    app.processEvents()
    painted: list[int] = []

    class Plot(pg.PlotWidget):  # type: ignore[misc]
        """Notes its paint events."""

        def paintEvent(self, event: Any) -> None:
            super().paintEvent(event)
            painted.append(1)

    gc.collect()
    before = resident()
    began = time.perf_counter()
    inside = QWidget()
    grid = QGridLayout(inside)
    for number in range(tags):
        plot = Plot(title=f"tag {number}")
        plot.setMinimumHeight(240)
        for run, pen in enumerate(colors):
            plot.plot(steps, values[number][run], pen=pen)
        grid.addWidget(plot, number // 3, number % 3)
    area.setWidgetResizable(True)
    area.setWidget(inside)
    while not painted:
        app.processEvents()
    app.processEvents()
    shown = time.perf_counter() - began
    bar = area.verticalScrollBar()
    places = random.integers(0, bar.maximum(), JUMPS).tolist()
    wall = []
    for place in places:
        began = time.perf_counter()
        bar.setValue(place)
        painted.clear()
        end = time.perf_counter() + 1
        while not painted and time.perf_counter() < end:
            app.processEvents()
        wall.append(time.perf_counter() - began)
    for place in range(0, bar.maximum(), bar.pageStep()):
        bar.setValue(place)
        app.processEvents()
    return {"shown": shown, "jump": statistics.median(wall), "memory": (resident() - before) / 1e6}


def _rows(settings: Settings) -> list[Row]:
    tags = settings.size(1000, 100)
    logdir = str(logs.thousand_tags(tags))
    peer_tags = settings.size(100, 30)
    with tempfile.TemporaryDirectory() as folder:
        small = logs.write_small(folder)
        found = settings.interleave(
            {
                "Runglass, tab and jumps": lambda: fresh("tags:ours", logdir=logdir),
                "Runglass, memory": lambda: fresh("tags:our_memory", logdir=logdir, small=small),
                "a PlotWidget a tag": lambda: fresh("tags:pyqtgraph", tags=peer_tags, runs=5, points=100),
            }
        )
    mine, memory, peer = found.values()
    scale = tags / peer_tags
    shown, jump, grown = mine.median("shown"), mine.median("jump"), memory.median("scrolled")
    their_shown, their_jump, their_memory = (
        scale * peer.median("shown"),
        peer.median("jump"),
        scale * peer.median("memory"),
    )
    print(
        f"  {mine.median('points'):,.0f} points; jumps: CPU {mine.spread('jump_cpu')} s, slowest"
        f" {mine.spread('jump_worst')} s; memory before {memory.spread('before')} MB, opened"
        f" +{memory.spread('opened')} MB, scrolled through +{memory.spread('scrolled')} MB"
    )
    name = f"{tags:,} tags"
    scaled = f"(a PlotWidget a tag; {peer_tags} tags × {scale:g})"
    return [
        Row(f"{name}: tab shown", seconds(shown), f"{seconds(their_shown)} {scaled}", times(their_shown / shown),
            "≤ 0.5 s", shown <= 0.5),
        Row(f"{name}: jump-scroll, median", seconds(jump), f"{seconds(their_jump)} ({peer_tags} PlotWidgets)",
            times(their_jump / jump), "≤ 16 ms", jump <= 0.016),
        Row(f"{name}: memory over the empty window", f"{grown:.0f} MB", f"{their_memory:.0f} MB {scaled}",
            times(their_memory / grown), "≤ 60 MB", grown <= 60),
    ]  # fmt: skip


BENCHMARKS = (Benchmark("thousand_tags", "1,000 tags: tab, jumps, memory", "one PlotWidget a tag", _rows, METHOD),)
