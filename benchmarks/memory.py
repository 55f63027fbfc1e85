"""Memory that a scalar point costs."""

from __future__ import annotations

import gc
import tempfile
from typing import Any

import logs
from harness import Benchmark, Row, Settings, fresh, resident, times
from rustboard import server_empty, server_load

METHOD = """\
Resident memory of a fresh process with the log loaded, less that of the same process before, when it has loaded an
empty folder; everything that loading leaves behind counts, buffers too. The server: resident memory when it has loaded
the log with all samples kept, less that of a server over an empty folder."""


def our_memory(logdir: str) -> dict[str, Any]:
    """Resident bytes before and after loading ``logdir``. Called in a fresh process."""
    from runglass.app import guard

    guard.prepare_interpreter()
    from runglass.reader.api import load

    with tempfile.TemporaryDirectory() as empty:
        load([empty])
    gc.collect()
    before = resident()
    session = load([logdir])
    after = resident()
    points = session.store.totals().points
    return {"bytes_a_point": (after - before) / points, "before": before, "after": after, "points": points}


def _run(settings: Settings) -> list[Row]:
    rows = []
    for what, logdir in (
        ("memory for each point, 1,000,000 of one tag", logs.single_tag(settings.size(1_000_000, 100_000))),
        ("memory for each point, 2,000,000 in 2,000 series", logs.many_runs(settings.size(100, 5))),
    ):
        folder = str(logdir)
        logs.warm(logdir)

        def server(folder: str = folder) -> dict[str, Any]:
            return {"beyond_empty": float(server_load(folder)["rss"] - server_empty())}

        found = settings.interleave(
            {
                "Runglass": lambda folder=folder: fresh("memory:our_memory", logdir=folder),
                "data server, all kept": server,
            }
        )
        ours, theirs = found["Runglass"], found["data server, all kept"]
        mine = ours.median("bytes_a_point")
        other = theirs.median("beyond_empty") / ours.median("points")
        rows.append(
            Row(what, f"{mine:.0f} B", f"{other:.0f} B (Rust server)", times(other / mine), "≤ 32 B", mine <= 32)
        )
        print(f"  the program with an empty folder: {ours.median('before') / 1e6:.0f} MB")
    return rows


BENCHMARKS = (
    Benchmark(
        "memory_per_point", "memory for each scalar point", "TensorBoard's Rust data server, all kept", _run, METHOD
    ),
)
