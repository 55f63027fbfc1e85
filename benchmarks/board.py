"""A board of very many charts, and a cursor through all of them."""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from collections.abc import Callable
from typing import Any

import logs
from harness import Benchmark, Row, Settings, fresh, resident, seconds, times

SIZE = (1440, 900)
#: What is left of it for the charts.
BOARD = (908, 780)
RUNS = 5
JUMPS = 40
MOVES = 100
TAGS_METHOD = """\
1,000 tags of 5 runs, 100 points each, read beforehand; the program's window of 1440 x 900. Shown: its scalars pane is
thrown away and made anew, from the call to the paint event that completes the picture, all charts in view drawn.
Jump-scroll: the scroll bar is set to 40 places at random; from the call to the complete picture, every chart in view
drawn at full quality.
Memory: resident memory of the whole program with this log open and all of these jumps made, less that of the program
with a log of one tag and ten points; the points themselves count. Peer: one pyqtgraph PlotWidget a tag, of the same
height, as many side by side, in a QScrollArea, every curve given its data; memory less that of the process before they
are made."""
CURSOR_METHOD = """\
Ten charts of ten runs with 1,000 points each in a window of 1440 x 900; the mouse is moved to 100 places of the first
chart. Drawn: from the mouse event to the last paint event of all ten charts; CPU: of the whole process from the mouse
event until the read-out has followed as well, which it does 12 ms later. Peer: ten PlotWidgets with an InfiniteLine
each, to the last of their paint events, no read-out."""


def _painted_all(widgets: list[Any]) -> Callable[[], bool]:
    """True once each of the widgets has had a paint event since this was called."""
    from PySide6.QtCore import QEvent, QObject

    class Paints(QObject):
        """Notes who was painted."""

        def __init__(self) -> None:
            super().__init__()
            self.waiting = set(widgets)

        def eventFilter(self, watched: Any, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint:
                self.waiting.discard(watched)
            return False

    paints = Paints()
    for widget in widgets:
        widget.installEventFilter(paints)
    return lambda: not paints.waiting


def our_board(logdir: str, jumps: int) -> dict[str, Any]:
    """The pane of the program made anew over its open log, and scrolled. Called in a fresh process."""
    from driving import Program, drawn

    program = Program(*SIZE)
    program.open(logdir)
    host = program.window.bench.panes
    program.pane.close_pane()
    program.app.processEvents()
    began, used = time.perf_counter(), time.process_time()
    # As the button does under the error of a pane that failed: the old one goes, another is made.
    host._retry("scalars")
    program.until(lambda: bool(program.pane.board.cards()) and drawn(program.pane))
    program.app.processEvents()
    shown, shown_cpu = time.perf_counter() - began, time.process_time() - used
    program.rest()
    pane = program.pane
    bar = pane.board.verticalScrollBar()
    wall, cpu, cards = [], [], []
    for place in places(bar.maximum(), jumps):
        began, used = time.perf_counter(), time.process_time()
        bar.setValue(place)
        program.until(lambda: drawn(pane))
        program.app.processEvents()
        wall.append(time.perf_counter() - began)
        cpu.append(time.process_time() - used)
        cards.append(len(pane.board.cards()))
    return {
        "shown": shown,
        "shown_cpu": shown_cpu,
        "jump": statistics.median(wall),
        "jump_cpu": statistics.median(cpu),
        "jump_worst": max(wall),
        "cards": statistics.median(cards),
        "columns": pane.board.columns,
        "tags": len(pane.catalog),
    }


def our_memory(logdir: str, jumps: int) -> dict[str, Any]:
    """Resident bytes of the program with a log open and scrolled through. Called in a fresh process."""
    from driving import Program

    program = Program(*SIZE)
    program.open(logdir)
    bar = program.pane.board.verticalScrollBar()
    for place in places(bar.maximum(), jumps):
        bar.setValue(place)
        program.until(program.settled)
    program.rest()
    return {"rss": resident()}


def places(most: int, jumps: int) -> list[int]:
    """Where to scroll to; always the same."""
    dice = random.Random(3)
    return [dice.randint(0, most) for _ in range(jumps)]


def pyqtgraph_board(tags: int, points: int, jumps: int, columns: int) -> dict[str, Any]:
    """One PlotWidget a tag in a QScrollArea. Called in a fresh process."""
    import numpy as np
    from PySide6.QtWidgets import QApplication, QGridLayout, QScrollArea, QWidget

    app = QApplication([])
    import pyqtgraph as pg

    steps = np.arange(points, dtype=float)
    dice = np.random.default_rng(1)
    values = [[logs.falling(points, dice) for _ in range(RUNS)] for _ in range(tags)]
    before = resident()
    began = time.perf_counter()
    area, inside = QScrollArea(), QWidget()
    grid = QGridLayout(inside)
    plots = []
    for number, curves in enumerate(values):
        plot = pg.PlotWidget(title=f"metric {number}")
        plot.setMinimumHeight(240)
        for run, curve in enumerate(curves):
            plot.plot(steps, curve, pen=pg.intColor(run))
        grid.addWidget(plot, number // columns, number % columns)
        plots.append(plot)
    area.setWidget(inside)
    area.setWidgetResizable(True)
    area.resize(*BOARD)
    area.show()
    _pump(app, _painted_all([plot.viewport() for plot in plots[:columns]]))
    shown = time.perf_counter() - began
    wall = []
    bar = area.verticalScrollBar()
    for place in places(bar.maximum(), jumps):
        began = time.perf_counter()
        bar.setValue(place)
        inner = range(place, place + area.viewport().height())
        seen = [plot.viewport() for plot in plots if plot.y() in inner or plot.y() + plot.height() - 1 in inner]
        _pump(app, _painted_all(seen))
        wall.append(time.perf_counter() - began)
    return {"shown": shown, "jump": statistics.median(wall), "rss": float(resident() - before)}


def our_cursor(logdir: str, moves: int) -> dict[str, Any]:
    """The mouse over the first of ten charts of the program. Called in a fresh process."""
    from driving import Program
    from PySide6.QtCore import QEvent, QPointF, Qt
    from PySide6.QtGui import QMouseEvent

    program = Program(*SIZE)
    program.open(logdir)
    pane = program.pane
    pane.board.set_size(pane.settings.now.size.SMALL, 4)
    program.rest()
    charts = [card.chart for card in pane.board.cards()]
    if len(charts) != 10 or any(chart.visibleRegion().isEmpty() for chart in charts):
        raise RuntimeError(f"{len(charts)} charts on the board, or not all of them in view")
    first = min(charts, key=lambda chart: (chart.mapTo(pane, chart.rect().topLeft()).y(), chart.parent().x()))
    left = first.geometry_now.left + 5
    room = first.geometry_now.width - 10
    wall, cpu = [], []
    for move in range(moves):
        at = QPointF(left + room * ((move * 37) % moves) / moves, first.height() / 2)
        done = _painted_all(charts)
        began, used = time.perf_counter(), time.process_time()
        event = QMouseEvent(
            QEvent.Type.MouseMove,
            at,
            first.mapToGlobal(at),
            Qt.MouseButton.NoButton,
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
        )
        program.app.sendEvent(first, event)
        program.until(done)
        wall.append(time.perf_counter() - began)
        program.until(lambda: not pane.feed._timer.isActive())
        program.app.processEvents()
        cpu.append(time.process_time() - used)
    return {
        "wall": statistics.median(wall),
        "cpu": statistics.median(cpu),
        "worst": max(wall),
        "charts": len(charts),
        "rows": len(pane.readout.rows),
    }


def pyqtgraph_cursor(moves: int) -> dict[str, Any]:
    """An InfiniteLine in each of ten PlotWidgets. Called in a fresh process."""
    import numpy as np
    from PySide6.QtWidgets import QApplication, QGridLayout, QWidget

    app = QApplication([])
    import pyqtgraph as pg

    window = QWidget()
    grid = QGridLayout(window)
    steps = np.arange(1000, dtype=float)
    dice = np.random.default_rng(1)
    plots, lines = [], []
    for number in range(10):
        plot = pg.PlotWidget()
        for run in range(10):
            plot.plot(steps, logs.falling(1000, dice), pen=pg.intColor(run))
        line = pg.InfiniteLine(0.0)
        plot.addItem(line)
        grid.addWidget(plot, number // 4, number % 4)
        plots.append(plot.viewport())
        lines.append(line)
    window.resize(*SIZE)
    window.show()
    _pump(app, _painted_all(plots))
    wall, cpu = [], []
    for move in range(moves):
        done = _painted_all(plots)
        began, used = time.perf_counter(), time.process_time()
        for line in lines:
            line.setValue(1000.0 * ((move * 37) % moves + 1) / moves)
        _pump(app, done)
        wall.append(time.perf_counter() - began)
        cpu.append(time.process_time() - used)
    return {"wall": statistics.median(wall), "cpu": statistics.median(cpu)}


def _pump(app: Any, true: Callable[[], bool]) -> None:
    end = time.monotonic() + 120
    while not true():
        if time.monotonic() > end:
            raise RuntimeError("pyqtgraph did not paint")
        app.processEvents()


def _tags_rows(settings: Settings) -> list[Row]:
    tags, jumps = settings.size(1000, 200), settings.size(JUMPS, 5)
    logdir = logs.many_tags(tags, RUNS, 100)
    logs.warm(logdir)
    folder = str(logdir)
    with tempfile.TemporaryDirectory(prefix="runglass-bench-") as small:
        logs.write_small(small)
        takers = {
            "Runglass": lambda: fresh("board:our_board", logdir=folder, jumps=jumps),
            "Runglass' memory": lambda: {
                "rss": float(
                    fresh("board:our_memory", logdir=folder, jumps=jumps)["rss"]
                    - fresh("board:our_memory", logdir=small, jumps=1)["rss"]
                )
            },
        }
        found = settings.interleave(takers)
        peer = settings.interleave(
            {
                "pyqtgraph": lambda: fresh(
                    "board:pyqtgraph_board", tags=tags, points=100, jumps=settings.size(8, 3), columns=2
                )
            },
            settings.rounds_of(30),
        )["pyqtgraph"]
    ours, memory = found["Runglass"], found["Runglass' memory"]
    print(
        f"  shown {ours.spread('shown')} s, jump {ours.spread('jump')} s, its CPU {ours.spread('jump_cpu')} s, "
        f"slowest {ours.spread('jump_worst')} s, {ours.median('cards'):.0f} charts in view"
    )
    shown, jump, grown = ours.median("shown"), ours.median("jump"), memory.median("rss")
    return [
        _row(f"{tags:,} tags × {RUNS} runs: tab shown", shown, peer.median("shown"), "≤ 0.5 s", 0.5),
        _row(f"{tags:,} tags: jump-scroll, median", jump, peer.median("jump"), "≤ 16 ms", 0.016),
        Row(
            f"{tags:,} tags: memory over the empty window",
            f"{grown / 1e6:.0f} MB",
            f"{peer.median('rss') / 1e6:.0f} MB (a PlotWidget a tag)",
            times(peer.median("rss") / grown),
            "≤ 60 MB",
            grown <= 60e6,
        ),
    ]


def _row(what: str, ours: float, peer: float, goal: str, most: float) -> Row:
    return Row(what, seconds(ours), f"{seconds(peer)} (a PlotWidget a tag)", times(peer / ours), goal, ours <= most)


def _cursor_rows(settings: Settings) -> list[Row]:
    logdir = logs.many_tags(10, 10, 1000)
    logs.warm(logdir)
    moves = settings.size(MOVES, 10)
    found = settings.interleave(
        {
            "Runglass": lambda: fresh("board:our_cursor", logdir=str(logdir), moves=moves),
            "pyqtgraph": lambda: fresh("board:pyqtgraph_cursor", moves=moves),
        }
    )
    ours, theirs = found["Runglass"], found["pyqtgraph"]
    wall, cpu = ours.median("wall"), ours.median("cpu")
    print(f"  drawn {ours.spread('wall')} s, slowest {ours.spread('worst')} s")
    print(f"  CPU with read-out {ours.spread('cpu')} s")
    other, other_cpu = theirs.median("wall"), theirs.median("cpu")
    return [
        Row(
            "cursor move over 10 charts of 10 runs, drawn",
            seconds(wall),
            f"{seconds(other)} (pyqtgraph)",
            times(other / wall),
            "≤ 5 ms",
            wall <= 0.005,
        ),
        Row(
            "the same, CPU, the read-out behind it included",
            seconds(cpu),
            f"{seconds(other_cpu)} (pyqtgraph, no read-out)",
            times(other_cpu / cpu),
            "≤ 5 ms",
            cpu <= 0.005,
        ),
    ]


BENCHMARKS = (
    Benchmark("thousand_tags", "a board of 1,000 charts", "one PlotWidget a tag", _tags_rows, TAGS_METHOD),
    Benchmark("cursor", "the cursor through ten charts", "pyqtgraph's InfiniteLine", _cursor_rows, CURSOR_METHOD),
)
