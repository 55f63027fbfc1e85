"""The panes of histograms: a board of ridges, scrolling it, and bands over very many steps."""

from __future__ import annotations

import statistics
import time
from typing import Any

import logs
from browser import clicked
from harness import Benchmark, Row, Settings, fresh, percentile, seconds
from pictures import page_row

SIZE = (1440, 900)
FRAMES = 60
BOARD_METHOD = """\
50 tags of 500 histograms with 64 buckets, one run, read beforehand; the window of 1440 x 900 stands at its scalars.
Shown: from the click on the tab, with the pane not made yet, to the paint event that completes the last card in view.
Scroll: the scroll bar goes on by 60 pixels, 60 times; from the call to the paint event that completes the view, cards
that came into it included. Peer: TensorBoard's page in a headless Chromium of the same size on the same log, from the
click on its tab to the first chart drawn, as its server keeps at most 500 histograms of a tag."""
BANDS_METHOD = """\
One tag of 10,000 histograms, its card alone on the board. The chart's range changes 60 times by the keys + and -; from
the key to the paint event of the frame that draws all percentiles and bands. Shown: from the click on the tab, with
10,000 times nine percentiles to be worked out. Peer: TensorBoard's page as above; its server thins this series to 500
histograms."""


def our_board(logdir: str, pane_id: str) -> dict[str, Any]:
    """The tab shown, then scrolled through. Called in a fresh process."""
    from driving import Program, drawn

    program = Program(*SIZE)
    program.open(logdir)
    began = time.perf_counter()
    pane = program.show(pane_id)
    program.until(lambda: bool(pane.cards()) and all(map(_filled, pane.cards())) and _complete(program, pane))
    program.app.processEvents()
    shown = time.perf_counter() - began
    program.rest()
    bar, wall, cpu = pane.board.verticalScrollBar(), [], []
    for frame in range(FRAMES):
        began, used = time.perf_counter(), time.process_time()
        bar.setValue(60 * (frame + 1))
        program.until(lambda: drawn(pane))
        program.app.processEvents()
        wall.append(time.perf_counter() - began)
        cpu.append(time.process_time() - used)
        # What a person does not wait for either: cards before they come into view.
        program.until(lambda: _complete(program, pane))
    return {
        "shown": shown,
        "scroll": statistics.median(wall),
        "scroll_p95": percentile(wall, 0.95),
        "cpu": statistics.median(cpu),
        "cards": len(pane.cards()),
    }


def our_bands(logdir: str) -> dict[str, Any]:
    """One card of very many steps, shown alone and zoomed. Called in a fresh process."""
    from driving import Program, drawn
    from PySide6.QtCore import QEvent, Qt
    from PySide6.QtGui import QKeyEvent

    program = Program(*SIZE)
    program.open(logdir)
    began = time.perf_counter()
    pane = program.show("distributions")
    program.until(lambda: bool(pane.cards()) and _complete(program, pane) and pane.cards()[0].chart.scene.curves)
    program.app.processEvents()
    shown = time.perf_counter() - began
    card = pane.cards()[0]
    pane.toggle_expanded(card.tag)
    program.rest()
    chart = pane.cards()[0].chart
    wall, cpu = [], []
    for frame in range(FRAMES):
        began, used = time.perf_counter(), time.process_time()
        key = Qt.Key.Key_Plus if frame % 20 < 10 else Qt.Key.Key_Minus
        program.app.sendEvent(chart, QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier))
        program.until(lambda: drawn(pane))
        program.app.processEvents()
        wall.append(time.perf_counter() - began)
        cpu.append(time.process_time() - used)
    return {
        "shown": shown,
        "wall": statistics.median(wall),
        "p95": percentile(wall, 0.95),
        "cpu": statistics.median(cpu),
    }


def _filled(card: Any) -> bool:
    return card.plot.scene is not None if hasattr(card, "plot") else bool(card.chart.scene.curves)


def _complete(program: Any, pane: Any) -> bool:
    from driving import drawn

    return drawn(pane) and not program.controller.jobs.busy


def _board_rows(settings: Settings) -> list[Row]:
    tags, steps = settings.size(50, 20), settings.size(500, 50)
    logdir = logs.weights(tags, steps)
    logs.warm(logdir)
    rows = []
    for tab in ("histograms", "distributions"):
        found = settings.interleave(
            {f"Runglass {tab}": lambda tab=tab: fresh("buckets:our_board", logdir=str(logdir), pane_id=tab)}
        )
        ours = next(iter(found.values()))
        taken = settings.interleave(
            {f"TensorBoard {tab}": lambda tab=tab: clicked(str(logdir), tab)}, settings.rounds_of(20)
        )
        peer = next(iter(taken.values())).median("seconds")
        shown, scroll = ours.median("shown"), ours.median("scroll")
        print(
            f"  scroll p95 {ours.spread('scroll_p95')} s, CPU {ours.spread('cpu')} s, {ours.median('cards'):.0f} cards"
        )
        rows += [
            page_row(f"{tags} {tab} x {steps} steps: tab shown", shown, peer, "≤ 0.3 s", 0.3),
            Row("the same, scroll frame, median", seconds(scroll), "–", "–", "≤ 16 ms", scroll <= 0.016),
        ]
    return rows


def _bands_rows(settings: Settings) -> list[Row]:
    steps = settings.size(10_000, 1000)
    logdir = logs.weights(1, steps)
    logs.warm(logdir)
    ours = settings.interleave({"Runglass": lambda: fresh("buckets:our_bands", logdir=str(logdir))})["Runglass"]
    taken = settings.interleave({"TensorBoard": lambda: clicked(str(logdir), "distributions")}, settings.rounds_of(20))
    peer = taken["TensorBoard"].median("seconds")
    wall, shown = ours.median("wall"), ours.median("shown")
    print(f"  redraw p95 {ours.spread('p95')} s, CPU {ours.spread('cpu')} s")
    return [
        page_row(f"distribution of {steps:,} steps: tab shown", shown, peer, "none set", float("inf")),
        Row("the same, redraw while zooming, median", seconds(wall), "–", "–", "≤ 16 ms", wall <= 0.016),
    ]


BENCHMARKS = (
    Benchmark("histogram_board", "50 cards of 500 histograms", "TensorBoard's page", _board_rows, BOARD_METHOD),
    Benchmark("distribution_bands", "a distribution of 10,000 steps", "TensorBoard's page", _bands_rows, BANDS_METHOD),
)
