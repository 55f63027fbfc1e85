"""What every benchmark is made of: rounds in which ours and the peers' take turns, medians, and rows of the table."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
CHILD_SECONDS = 1200
Sample = Mapping[str, Any]


@dataclass(frozen=True)
class Row:
    """A line of the table. ``met`` is None where the figure has no goal of its own."""

    what: str
    ours: str
    peer: str
    ratio: str
    goal: str
    met: bool | None


@dataclass(frozen=True)
class Benchmark:
    """A subject: ``run(settings)`` measures it and returns its rows; ``method`` says how."""

    name: str
    what: str
    peer: str
    run: Callable[[Settings], list[Row]]
    method: str


@dataclass
class Settings:
    """How thoroughly to measure. ``quick`` is for trying the benchmarks out: small logs, one round."""

    rounds: int = 5
    quick: bool = False
    samples: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def size(self, full: int, small: int) -> int:
        """``full``, or ``small`` when quick."""
        return small if self.quick else full

    def rounds_of(self, seconds: float) -> int:
        """Rounds for something that takes so many seconds: fewer than usual for what is very slow."""
        return 1 if self.quick else min(self.rounds, 3 if seconds > 10 else self.rounds)

    def interleave(self, takers: Mapping[str, Callable[[], Sample]], rounds: int | None = None) -> dict[str, Samples]:
        """Call each of ``takers`` once a round, in turn, and collect what they return."""
        found: dict[str, Samples] = {name: Samples(name) for name in takers}
        count = 1 if self.quick else rounds or self.rounds
        for number in range(count):
            order = list(takers) if number % 2 == 0 else list(takers)[::-1]
            for name in order:
                sample = dict(takers[name]())
                found[name].taken.append(sample)
                shown = ", ".join(f"{key} {value:.4g}" for key, value in sample.items() if isinstance(value, float))
                print(f"  {number + 1}/{count} {name:<28} {shown}", flush=True)
        for name, samples in found.items():
            self.samples.setdefault(name, []).extend(samples.taken)
        return found


@dataclass
class Samples:
    """What one taker returned in all rounds."""

    name: str
    taken: list[dict[str, Any]] = field(default_factory=list)

    def median(self, key: str) -> float:
        """Median over the rounds."""
        return float(statistics.median(float(sample[key]) for sample in self.taken))

    def spread(self, key: str) -> str:
        """The median with the smallest and the greatest, for the text above the table."""
        values = sorted(float(sample[key]) for sample in self.taken)
        return f"{statistics.median(values):.4g} ({values[0]:.4g} to {values[-1]:.4g}, {len(values)} rounds)"


def fresh(function: str, starter: Sequence[str] = (), **arguments: Any) -> dict[str, Any]:
    """Run ``function`` ("module:name" of this folder) in a process of its own and return the mapping it returns.

    ``starter``: the beginning of the command, where it is not this Python with child.py. The child knows in
    ``RUNGLASS_BENCH_T0`` when it was started, by the clock of ``time.time()``.
    """
    with tempfile.TemporaryDirectory(prefix="runglass-bench-") as home:
        answer = Path(home) / "answer.json"
        words = [*(starter or (sys.executable, str(HERE / "child.py"))), function, json.dumps(arguments), str(answer)]
        variables = {**environment(home), "RUNGLASS_BENCH_T0": repr(time.time())}
        done = subprocess.run(words, env=variables, timeout=CHILD_SECONDS, check=False)
        if done.returncode != 0 or not answer.is_file():
            raise RuntimeError(f"{function} ended with {done.returncode}")
        result: dict[str, Any] = json.loads(answer.read_text())
        return result


def environment(home: str) -> dict[str, str]:
    """The variables of a child: the user's own settings neither matter nor change, compiled modules are kept."""
    return {
        **os.environ,
        "XDG_CONFIG_HOME": home,
        "XDG_STATE_HOME": home,
        "PYTHONDONTWRITEBYTECODE": "",
        # dev.py keeps the folder of a script out of its path, and children of children import from here as well.
        "PYTHONPATH": str(HERE),
    }


def times(ratio: float) -> str:
    """A ratio for the table."""
    return f"{ratio:.1f}×" if ratio < 100 else f"{ratio:.0f}×"


def seconds(value: float) -> str:
    """A time for the table."""
    if value < 0.1:
        return f"{1000 * value:.1f} ms"
    return f"{value:.2f} s" if value < 100 else f"{value:.0f} s"


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that is at least as great as ``share`` (0 to 1) of all."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, int(-(-share * len(ordered) // 1)) - 1))]


def resident(pid: int | str = "self") -> int:
    """Resident bytes of a process."""
    import psutil

    return int(psutil.Process(None if pid == "self" else int(pid)).memory_info().rss)
