"""Benchmarks: `python3 dev.py bench [NAMES...] [--quick] [--rounds N] [--list]`.

Each prints our figure, the peer's and the ratio, measured in the same run; at the end stands a table for the README,
and everything that was measured is kept in benchmarks/results/.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from importlib.metadata import version
from pathlib import Path

import board
import buckets
import busy
import embeddings
import load
import memory
import orbit
import panzoom
import pictures
import projections
import responsive
import start
import writing
from harness import HERE, Benchmark, Row, Settings

ALL: tuple[Benchmark, ...] = (
    *load.BENCHMARKS,
    *embeddings.BENCHMARKS,
    *memory.BENCHMARKS,
    *start.BENCHMARKS,
    *panzoom.BENCHMARKS,
    *board.BENCHMARKS,
    *pictures.BENCHMARKS,
    *buckets.BENCHMARKS,
    *orbit.BENCHMARKS,
    *responsive.BENCHMARKS,
    *writing.BENCHMARKS,
    *projections.BENCHMARKS,
    *busy.BENCHMARKS,
)
PACKAGES = ("numpy", "PySide6-Essentials", "pyqtgraph", "tensorboard", "tensorboard-data-server", "tensorboardX")
PEERS_OF_THE_PROJECTOR = ("scipy", "scikit-learn", "umap-learn")


def main() -> int:
    """Run what is asked for, everything without names; returns the exit code."""
    parser = argparse.ArgumentParser(prog="dev.py bench", description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="benchmarks, or beginnings of their names")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of each (%(default)s)")
    parser.add_argument("--quick", action="store_true", help="small logs, one round: only to see that all of them run")
    parser.add_argument("--list", action="store_true", help="say what there is and how it is measured")
    asked = parser.parse_args()
    chosen = [one for one in ALL if not asked.names or one.name.startswith(tuple(asked.names))]
    unknown = [name for name in asked.names if not any(one.name.startswith(name) for one in ALL)]
    if unknown:
        parser.error(f"no benchmark is called {', '.join(unknown)}; there are {', '.join(one.name for one in ALL)}")
    if asked.list:
        for one in chosen:
            print(f"{one.name}: {one.what}, against {one.peer}\n{one.method}\n")
        return 0
    settings = Settings(asked.rounds, asked.quick)
    rows: list[Row] = []
    failed: list[str] = []
    print(machine())
    for one in chosen:
        print(f"\n{one.name}: {one.what}, against {one.peer}; load {_load_average()}", flush=True)
        began = time.monotonic()
        try:
            found = one.run(settings)
        except RuntimeError as error:
            failed.append(one.name)
            print(f"  {one.name} failed: {error}")
            continue
        for row in found:
            print(f"  {row.what}: {row.ours} against {row.peer}, {row.ratio} (goal {row.goal}: {_verdict(row)})")
        print(f"  took {time.monotonic() - began:.0f} s")
        rows += found
    print(f"\n{table(rows)}")
    print(f"\nkept in {keep(rows, settings)}")
    return 1 if failed else 0


def table(rows: list[Row]) -> str:
    """The rows in Markdown."""
    lines = ["| | Runglass | other | ratio | goal | met |", "|---|---|---|---|---|---|"]
    lines += [f"| {r.what} | {r.ours} | {r.peer} | {r.ratio} | {r.goal} | {_verdict(r)} |" for r in rows]
    return "\n".join(lines)


def machine() -> str:
    """What it was measured on."""
    packages = ", ".join(f"{name} {version(name)}" for name in (*PACKAGES, *PEERS_OF_THE_PROJECTOR))
    system = f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    return f"{system}; a loop of a million turns takes {1000 * _pace():.0f} ms; {packages}"


def _pace() -> float:
    """Seconds that the interpreter takes for a plain loop: machines differ, and one machine by the hour."""
    best = float("inf")
    for _ in range(5):
        began, total = time.perf_counter(), 0
        for number in range(1_000_000):
            total += number * number
        best = min(best, time.perf_counter() - began)
    return best


def keep(rows: list[Row], settings: Settings) -> Path:
    """Write rows and all single measurements to a file of their own; returns its path."""
    folder = HERE / "results"
    folder.mkdir(exist_ok=True)
    path = folder / f"{time.strftime('%Y%m%d-%H%M%S')}{'-quick' if settings.quick else ''}.json"
    content = {
        "machine": machine(),
        "loop_seconds": _pace(),
        "load_average": _load_average(),
        "rounds": settings.rounds,
        "quick": settings.quick,
        "rows": [vars(row) for row in rows],
        "samples": settings.samples,
    }
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False), encoding="utf-8")
    return path


def _verdict(row: Row) -> str:
    return {True: "yes", False: "no", None: "–"}[row.met]


def _load_average() -> str:
    return " ".join(f"{value:.2f}" for value in os.getloadavg()) if hasattr(os, "getloadavg") else "unknown"


if __name__ == "__main__":
    sys.exit(main())
