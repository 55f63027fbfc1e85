"""Reading logs from disk to memory, every checksum verified, every point kept."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import logs
from harness import Benchmark, Row, Settings, fresh, seconds, times
from rustboard import server_load

METHOD = """\
Ours: a fresh process; from the call of runglass.reader.api.load to its return, when all is committed (imports are
printed beside). The server: from the start of its process, which takes a few milliseconds, to its own message that the
load cycle is finished; with --checksum and all samples kept. EventAccumulator: a fresh process, its Reload of all
runs, imports left out, size limits off. All files are in the page cache."""


def our_load(logdir: str) -> dict[str, Any]:
    """Read ``logdir`` once, as the program does. Called in a fresh process."""
    began = time.perf_counter()
    from runglass.app import guard

    guard.prepare_interpreter()
    from runglass.reader.api import load

    imported = time.perf_counter()
    session = load([logdir])
    took = time.perf_counter() - imported
    health = session.store.health()
    if not all(file.accepted == file.size for file in health.files):
        raise RuntimeError("the log was not read whole")
    return {"seconds": took, "imports": imported - began, "points": session.store.totals().points}


def _rows(make: Callable[[Settings], Path], what: str, least: float, guess: float, settings: Settings) -> list[Row]:
    logdir = str(make(settings))
    size = logs.warm(Path(logdir))
    found = settings.interleave(
        {
            "Runglass": lambda: fresh("load:our_load", logdir=logdir),
            "data server --checksum": lambda: server_load(logdir),
        }
    )
    ours, server = found["Runglass"], found["data server --checksum"]
    rounds = settings.rounds_of(guess)
    slow = settings.interleave(
        {"EventAccumulator": lambda: fresh("rustboard:accumulator_load", logdir=logdir)}, rounds
    )["EventAccumulator"]
    mine, theirs, python = ours.median("seconds"), server.median("seconds"), slow.median("seconds")
    points = ours.median("points")
    print(
        f"  {points:,.0f} points, {size / 1e6:.0f} MB: {points / mine / 1e6:.2f} M points/s, "
        f"{size / mine / 1e6:.0f} MB/s\n"
        f"  seconds: Runglass {ours.spread('seconds')}, its imports {ours.spread('imports')}\n"
        f"  server {server.spread('seconds')}; EventAccumulator {slow.spread('seconds')}"
    )
    ratio, python_ratio = theirs / mine, python / mine
    return [
        Row(what, seconds(mine), f"{seconds(theirs)} (Rust server)", times(ratio), f"≥ {least:g}×", ratio >= least),
        Row(
            f"the same, Python loader ({rounds} rounds)",
            seconds(mine),
            f"{seconds(python)} (EventAccumulator)",
            times(python_ratio),
            "≥ 50×",
            python_ratio >= 50,
        ),
    ]


def _single(settings: Settings) -> Path:
    return logs.single_tag(settings.size(1_000_000, 100_000))


def _many(settings: Settings) -> Path:
    return logs.many_runs(settings.size(100, 5))


def _tf2(settings: Settings) -> Path:
    return logs.tf2_tensors(settings.size(1_000_000, 50_000))


def _mixed(settings: Settings) -> Path:
    return logs.mixed(settings.size(20_000, 2000), settings.size(500, 50), settings.size(500, 50))


def _benchmark(name: str, make: Callable[[Settings], Path], what: str, least: float, guess: float) -> Benchmark:
    run = partial(_rows, make, what, least, guess)
    return Benchmark(name, what, "TensorBoard's Rust data server; its EventAccumulator", run, METHOD)


BENCHMARKS = (
    _benchmark("load_single_tag", _single, "load 1,000,000 scalars of one tag", 5, 20),
    _benchmark("load_many_runs", _many, "load 100 runs × 20 tags × 1,000 steps", 3, 40),
    _benchmark("load_tf2", _tf2, "load 1,000,000 TF2 tensor scalars", 3, 25),
    _benchmark("load_mixed", _mixed, "load 100,000 scalars, 500 histograms, 500 images", 1, 3),
)
