"""Writing the points of charts to a file: CSV or JSON, every point, exact. No Qt."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from ...reader.api import ScalarSelection
from ..board.tables import ExportCancelled, cell, json_numbers, replacing_text, texts

_CHUNK = 20_000


@dataclass(frozen=True, slots=True)
class ExportSeries:
    """The points of one series under the names that the file gives them."""

    run: str
    tag: str
    points: ScalarSelection


def write_csv(path: Path, series: Sequence[ExportSeries], cancelled: Callable[[], bool] = lambda: False) -> int:
    """One row a point: run, tag, step, wall_time (seconds since 1970), value. Returns the number of points.

    NaN and infinities stand as ``NaN``, ``Infinity``, ``-Infinity``; single precision values have the fewest digits
    that read back as the same value. Names that a spreadsheet would run as a formula begin with an apostrophe.
    The file appears whole or not at all; OSError passes through.
    """

    def body(out: TextIO) -> int:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(("run", "tag", "step", "wall_time", "value"))
        count = 0
        for one in series:
            run, tag = cell(one.run), cell(one.tag)
            for step, wall, value in _chunks(one.points, cancelled):
                rows = zip(step.tolist(), texts(wall), texts(value), strict=True)
                writer.writerows((run, tag, *row) for row in rows)
                count += len(step)
        return count

    return replacing_text(path, body)


def write_json(path: Path, series: Sequence[ExportSeries], cancelled: Callable[[], bool] = lambda: False) -> int:
    """A list of series, each with run, tag and points [step, wall_time, value]. Returns the number of points.

    Values that JSON has no number for stand as the strings "NaN", "Infinity", "-Infinity".
    """

    def body(out: TextIO) -> int:
        count = 0
        out.write('{"series": [')
        for number, one in enumerate(series):
            out.write(",\n" if number else "\n")
            out.write(f' {{"run": {json.dumps(one.run)}, "tag": {json.dumps(one.tag)},')
            out.write(' "columns": ["step", "wall_time", "value"], "points": [')
            first = True
            for step, wall, value in _chunks(one.points, cancelled):
                rows = zip(step.tolist(), json_numbers(wall), json_numbers(value), strict=True)
                out.write(("" if first else ",") + ",".join(f"\n  [{s}, {w}, {v}]" for s, w, v in rows))
                first = False
                count += len(step)
            out.write("]}")
        out.write("\n]}\n")
        return count

    return replacing_text(path, body)


def _chunks(points: ScalarSelection, cancelled: Callable[[], bool]) -> Any:
    for begin in range(0, len(points.step), _CHUNK):
        if cancelled():
            raise ExportCancelled
        part = slice(begin, begin + _CHUNK)
        yield points.step[part], points.wall[part], points.value[part]
