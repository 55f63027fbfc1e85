"""How free the window stays while much is read, and how soon a new point is painted."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import logs
from harness import HERE, Benchmark, Row, Settings, fresh, percentile, seconds

GAP_METHOD = """\
The window is open; a timer of 5 ms runs in its thread while a log of 2,000,000 points in 100 runs is opened, read and
drawn, and for a second more. A gap is the time between two calls of the timer."""
APPEND_METHOD = """\
A second process appends a point a second to each of 50 runs, spread over the second, the moment of writing as the wall
time. The window shows the chart of all 50; for each new point, the time from writing to the end of the paint event of
the first picture that holds it. TensorBoard: its 5 s poll and 30 s reload, by its settings and not measured."""


def loop_gaps(logdir: str) -> dict[str, Any]:
    """Gaps of the event loop in seconds. Called in a fresh process."""
    from driving import Program
    from PySide6.QtCore import Qt, QTimer

    program = Program()
    program.until(lambda: False, 1.0)
    ticks: list[float] = []
    timer = QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(lambda: ticks.append(time.perf_counter()))
    timer.start(5)
    program.controller.open([logdir])
    program.until(lambda: program.controller.workspace is not None)
    program.until(lambda: not program.store.progress().loading)
    points = program.store.totals().points
    program.until(lambda: False, 1.0)
    timer.stop()
    gaps = [after - before for before, after in zip(ticks, ticks[1:], strict=False)]
    return {"p999": percentile(gaps, 0.999), "p99": percentile(gaps, 0.99), "longest": max(gaps), "points": points}


def write_live(folder: str, runs: int, points: int) -> None:
    """Append ``points`` points to each run, one a second. Run as a process of its own."""
    from runglass.reader.wire.frame import pack_record

    files = []
    for number in range(runs):
        (path,) = (Path(folder) / f"run-{number:02d}").iterdir()
        files.append(path.open("ab", buffering=0))
    began = time.time()
    for step in range(points):
        for number, file in enumerate(files):
            time.sleep(max(0.0, began + step + number / runs - time.time()))
            file.write(pack_record(logs.scalar("loss", 100 + step, time.time(), float(number))))


def append_to_painted(runs: int, points: int) -> dict[str, Any]:
    """Seconds from writing a point to its being painted. Called in a fresh process."""
    from watching import on_frame

    late: list[float] = []
    seen: dict[str, int] = {}
    with tempfile.TemporaryDirectory(prefix="runglass-live-") as folder:
        for number in range(runs):
            before = (logs.scalar("loss", step, 1.7e9 + step, step / 100 + number) for step in range(100))
            logs.write(Path(folder) / f"run-{number:02d}", before)
        from driving import Program

        from runglass.reader.api import Kind, SeriesKey

        program: Any = None

        def painted(frame: Any) -> None:
            now = time.time()
            for run, count in frame.points.items():
                known = seen.get(run)
                seen[run] = count
                if known is not None and count > known:
                    wall = program.store.scalars(SeriesKey(run, "loss", Kind.SCALAR)).wall[known:count]
                    late.extend((now - wall).tolist())

        on_frame(painted)
        program = Program()
        program.controller.open([folder])
        program.until(lambda: program.controller.workspace is not None)
        program.until(lambda: not program.store.progress().loading)
        program.until(lambda: len(seen) == runs, 20.0)
        program.until(lambda: False, 1.0)
        writer = subprocess.Popen([sys.executable, str(HERE / "responsive.py"), json.dumps([folder, runs, points])])
        program.until(lambda: writer.poll() is not None, points + 20.0)
        program.until(lambda: False, 1.0)
        writer.wait(10)
    return {
        "p99": percentile(late, 0.99),
        "median": percentile(late, 0.5),
        "longest": max(late),
        "points": len(late),
    }


def _gap_rows(settings: Settings) -> list[Row]:
    logdir = str(logs.many_runs(settings.size(100, 5)))
    logs.warm(Path(logdir))
    found = settings.interleave({"Runglass": lambda: fresh("responsive:loop_gaps", logdir=logdir)})["Runglass"]
    gap = found.median("p999")
    print(f"  longest gap {found.spread('longest')} s, p99 {found.spread('p99')} s")
    what = "gap of the event loop while 2,000,000 points load, p99.9"
    return [Row(what, seconds(gap), "", "", "≤ 50 ms", gap <= 0.05)]


def _append_rows(settings: Settings) -> list[Row]:
    runs, points = 50, settings.size(20, 3)
    taker = {"Runglass": lambda: fresh("responsive:append_to_painted", runs=runs, points=points)}
    found = settings.interleave(taker, settings.rounds_of(20))["Runglass"]
    late = found.median("p99")
    print(f"  median {found.spread('median')} s, longest {found.spread('longest')} s of {found.median('points'):.0f}")
    peer = "5 to 35 s (TensorBoard, by its settings)"
    return [Row("append to painted, 50 live runs, p99", seconds(late), peer, "", "≤ 0.25 s", late <= 0.25)]


BENCHMARKS = (
    Benchmark("loop_gap", "gaps of the event loop while loading", "", _gap_rows, GAP_METHOD),
    Benchmark("append_to_painted", "from disk to screen", "TensorBoard's poll and reload", _append_rows, APPEND_METHOD),
)

if __name__ == "__main__":
    write_live(*json.loads(sys.argv[1]))
