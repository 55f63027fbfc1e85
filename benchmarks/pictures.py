"""The images pane: the first picture of a large grid, dragging the step slider, memory."""

from __future__ import annotations

import statistics
import time
from pathlib import Path
from typing import Any

import logs
from board import places
from browser import clicked
from harness import Benchmark, Row, Settings, fresh, percentile, resident, seconds, times

SIZE = (1440, 900)
JUMPS = 40
GRID_METHOD = """\
2,000 image tags of one run, one step of 96 x 96 pixels each, read beforehand; the window of 1440 x 900 stands at its
scalars. First picture: from the click on the tab, with the pane not made yet, to the paint event of the first picture;
all: to that of the last picture in view. Jump-scroll: the scroll bar is set to 40 places at random; from the call to
the complete view, every picture in it decoded and drawn; a turn: the CPU time of the whole process in one turn of the
event loop meanwhile. Peer: TensorBoard's page in a headless Chromium of the same size on the same log, from the click
on its tab to the first picture drawn; its server has read the log before, and the pane is made by the click as well."""
DRAG_METHOD = """\
12 image tags of 100 steps, 256 x 256 pixels, all in view. The step slider goes from step to step as fast as all twelve
cards show the new one; nothing of it is in the cache at first. From the slider's move to the paint event that completes
the twelfth picture. TensorBoard has no slider for all cards and keeps 10 steps of an image, so there is no peer."""
MEMORY_METHOD = """\
Resident memory of the whole program with 10,000 images of 100 tags (64 x 64 pixels) open and their pane shown, less
that with a log of 12 images, less what the pictures in the cache take; then the same after scrolling and stepping
through all of them. Peer: TensorBoard's page keeps 10 steps of an image and has no bound; not measured."""


def our_grid(logdir: str, jumps: int) -> dict[str, Any]:
    """The tab shown, then scrolled. Called in a fresh process."""
    from driving import Program, drawn

    program = Program(*SIZE)
    program.open(logdir)
    began = time.perf_counter()
    pane = program.show("images")
    program.until(lambda: any(_painted(card) for card in pane.cards()))
    program.app.processEvents()
    first = time.perf_counter() - began
    program.until(lambda: bool(pane.cards()) and drawn(pane))
    program.app.processEvents()
    complete = time.perf_counter() - began
    program.rest()
    bar, wall, turns = pane.board.verticalScrollBar(), [], []
    for place in places(bar.maximum(), jumps):
        began = time.perf_counter()
        bar.setValue(place)
        while not drawn(pane):
            turn = time.process_time()
            program.app.processEvents()
            turns.append(time.process_time() - turn)
        program.app.processEvents()
        wall.append(time.perf_counter() - began)
    return {
        "first": first,
        "complete": complete,
        "jump": statistics.median(wall),
        "turn": percentile(turns, 0.99),
        "cards": len(pane.cards()),
    }


def our_drag(logdir: str) -> dict[str, Any]:
    """The step slider over all steps. Called in a fresh process."""
    from driving import Program, drawn

    program = Program(*SIZE)
    program.open(logdir)
    pane = program.show("images")
    program.rest()
    if len(pane.cards()) != 12 or any(card.visibleRegion().isEmpty() for card in pane.cards()):
        raise RuntimeError(f"{len(pane.cards())} cards, or not all of them in view")
    wall, cpu = [], []
    for rank in range(len(pane.position.steps)):
        began, used = time.perf_counter(), time.process_time()
        pane.position.choose(rank)
        program.app.processEvents()
        program.until(lambda: drawn(pane))
        program.app.processEvents()
        wall.append(time.perf_counter() - began)
        cpu.append(time.process_time() - used)
        step = int(pane.position.steps[rank])
        if any(card.caption.step != step for card in pane.cards()):
            raise RuntimeError("a card shows another step")
    return {"wall": statistics.median(wall), "p95": percentile(wall, 0.95), "cpu": statistics.median(cpu)}


def our_memory(logdir: str) -> dict[str, Any]:
    """Resident bytes less those of cached pictures: shown, and after all was looked at. Called in a fresh process."""
    from driving import Program, drawn

    program = Program(*SIZE)
    program.open(logdir)
    pane = program.show("images")
    program.rest()
    shown = resident() - pane.loader.nbytes
    bar = pane.board.verticalScrollBar()
    for place in places(bar.maximum(), 20):
        bar.setValue(place)
        program.until(lambda: drawn(pane))
        for rank in range(len(pane.position.steps)):
            pane.position.choose(rank)
            program.app.processEvents()
            program.until(lambda: drawn(pane))
    program.rest()
    return {"shown": shown, "used": resident() - pane.loader.nbytes, "cache": pane.loader.nbytes}


def _painted(card: Any) -> bool:
    return card.view.isVisible() and card.view._drawn is not None


def _grid_rows(settings: Settings) -> list[Row]:
    tags = settings.size(2000, 200)
    logdir = _ready(logs.gallery(tags, 1, 96))
    jumps = settings.size(JUMPS, 5)
    ours = settings.interleave({"Runglass": lambda: fresh("pictures:our_grid", logdir=logdir, jumps=jumps)})["Runglass"]
    peer = _page(settings, logdir, "images")
    print(
        f"  all in view {ours.spread('complete')} s, {ours.median('cards'):.0f} cards; first {ours.spread('first')} s"
    )
    first, jump = ours.median("first"), ours.median("jump")
    return [
        page_row(f"{tags:,} images: first picture after the click", first, peer, "≤ 150 ms", 0.15),
        Row(f"{tags:,} images: jump-scroll, complete", seconds(jump), "–", "–", "none set", None),
        Row(
            "the same, CPU of a turn of the event loop, p99",
            seconds(ours.median("turn")),
            "–",
            "–",
            "≤ 16 ms",
            ours.median("turn") <= 0.016,
        ),
    ]


def _drag_rows(settings: Settings) -> list[Row]:
    logdir = _ready(logs.gallery(12, settings.size(100, 10), 256))
    ours = settings.interleave({"Runglass": lambda: fresh("pictures:our_drag", logdir=logdir)})["Runglass"]
    wall = ours.median("wall")
    print(f"  a step {ours.spread('wall')} s, p95 {ours.spread('p95')} s, CPU {ours.spread('cpu')} s")
    return [
        Row(
            "step slider over 12 images of 256 x 256",
            f"{1 / wall:.0f} steps/s",
            "– (no such slider)",
            "–",
            "≥ 30 steps/s",
            wall <= 1 / 30,
        )
    ]


def _memory_rows(settings: Settings) -> list[Row]:
    logdir = _ready(logs.gallery(100, settings.size(100, 10), 64))
    small = _ready(logs.gallery(12, 1, 64))
    found = settings.interleave(
        {
            "Runglass": lambda: fresh("pictures:our_memory", logdir=logdir),
            "a small log": lambda: fresh("pictures:our_memory", logdir=small),
        },
        settings.rounds_of(30),
    )
    ours, less = found["Runglass"], found["a small log"]
    grown = [ours.median(key) - less.median(key) for key in ("shown", "used")]
    print(f"  cached pictures {ours.median('cache') / 1e6:.0f} MB")
    return [
        Row(what, f"{value / 1e6:.1f} MB", "–", "–", "≤ 5 MB", value <= 5e6)
        for what, value in zip(
            ("10,000 images: memory beyond the cache, shown", "the same, all of them looked at"), grown, strict=True
        )
    ]


def _ready(logdir: Path) -> str:
    logs.warm(logdir)
    return str(logdir)


def _page(settings: Settings, logdir: str, tab: str) -> float:
    taken = settings.interleave({f"TensorBoard {tab}": lambda: clicked(logdir, tab)}, settings.rounds_of(20))
    return next(iter(taken.values())).median("seconds")


def page_row(what: str, ours: float, peer: float, goal: str, most: float) -> Row:
    """A row against TensorBoard's page."""
    return Row(what, seconds(ours), f"{seconds(peer)} (TensorBoard's page)", times(peer / ours), goal, ours <= most)


BENCHMARKS = (
    Benchmark("image_grid", "a grid of 2,000 images", "TensorBoard's page", _grid_rows, GRID_METHOD),
    Benchmark("image_steps", "the step slider over 12 images", "nothing", _drag_rows, DRAG_METHOD),
    Benchmark("image_memory", "memory for 10,000 images", "a small log", _memory_rows, MEMORY_METHOD),
)
