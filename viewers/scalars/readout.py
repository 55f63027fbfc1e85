"""What all runs say of a scalar at the cursor, as rows of the docked table."""

from __future__ import annotations

from collections.abc import Sequence

from ..board.run_table import RunRow, RunTable
from ..lod import ticks
from .values import Reading


class ReadOut(RunTable):
    """One row a run: the value on its line, and below step, time since the start, clock, and the value as logged."""

    def set_rows(self, rows: Sequence[Reading], smoothed: bool) -> None:
        """Show other values; ``smoothed``: they are those of smoothed lines."""
        self.show_rows(rows, row_of, "Smoothed / value" if smoothed else "Value")


def row_of(reading: Reading) -> RunRow:
    """A reading as a row."""
    parts = (ticks.step_label(reading.step), ticks.stopwatch(reading.relative), ticks.clock(reading.wall)[11:])
    logged = "" if reading.smoothed is None else ticks.number(reading.value)
    return RunRow(reading.run, reading.label, ticks.number(reading.line), ((parts, logged),), described(reading))


def described(reading: Reading) -> str:
    """A reading in full, as plain text: all figures, date and time."""
    lines = [reading.label, f"Value {reading.value!r}"]
    if reading.smoothed is not None:
        lines.append(f"Smoothed {reading.smoothed!r}")
    lines += [
        f"Step {reading.step:,}",
        f"Since the start {ticks.duration(reading.relative)}",
        ticks.clock(reading.wall),
    ]
    return "\n".join(lines)
