"""Series of histograms in a file: CSV or JSON, every point, exact. No Qt."""

from __future__ import annotations

import csv
import json
from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol, TextIO

import numpy as np

from ...reader.api import HistogramView
from ..board.tables import ExportCancelled, cell, json_numbers, replacing_text, texts
from .buckets import buckets_of
from .percentiles import BASIS_POINTS, compress

_CHUNK = 1000


class Layout(Protocol):
    """What stands in a file beside run, tag, step and wall time: columns of numbers, in some rows a point."""

    columns: tuple[str, ...]

    @abstractmethod
    def table(self, view: HistogramView, begin: int, end: int) -> tuple[np.ndarray, np.ndarray]:
        """Rows of the points begin..end: how many each has, int64, and their numbers, float64 (rows, columns)."""


class BucketLayout:
    """The buckets as logged, a row each."""

    columns: tuple[str, ...] = ("left", "right", "count")

    def table(self, view: HistogramView, begin: int, end: int) -> tuple[np.ndarray, np.ndarray]:
        """Source of the rows: the view's own buckets."""
        part = slice(int(view.start[begin]), int(view.start[end]))
        return np.diff(view.start[begin : end + 1]), np.stack([view.left[part], view.right[part], view.count[part]], 1)


class PercentileLayout:
    """The nine percentiles, a row a point; columns are named after their basis points."""

    columns: tuple[str, ...] = tuple(f"p{point / 100:g}" for point in BASIS_POINTS)

    def table(self, view: HistogramView, begin: int, end: int) -> tuple[np.ndarray, np.ndarray]:
        """Source of the rows: :func:`.percentiles.compress`."""
        return np.ones(end - begin, np.int64), compress(buckets_of(view, begin=begin, end=end))


def write_csv(path: Path, views: Sequence[HistogramView], layout: Layout, cancelled: Callable[[], bool]) -> int:
    """One row a bucket or point: run, tag, step, wall_time (seconds since 1970) and the layout's columns.

    Returns the number of points. NaN and infinities stand as ``NaN``, ``Infinity``, ``-Infinity``. The file appears
    whole or not at all; OSError passes through.
    """

    def body(out: TextIO) -> int:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(("run", "tag", "step", "wall_time", *layout.columns))
        count = 0
        for view in views:
            run, tag = cell(view.key.run), cell(view.key.tag)
            for begin, end in _chunks(view, cancelled):
                lengths, table = layout.table(view, begin, end)
                step = np.repeat(view.step[begin:end], lengths).tolist()
                wall = texts(np.repeat(view.wall[begin:end], lengths))
                columns = [texts(table[:, index]) for index in range(len(layout.columns))]
                writer.writerows((run, tag, *row) for row in zip(step, wall, *columns, strict=True))
                count += end - begin
        return count

    return replacing_text(path, body)


def write_json(path: Path, views: Sequence[HistogramView], layout: Layout, cancelled: Callable[[], bool]) -> int:
    """A list of series, each with run, tag and points: step, wall_time and rows of the layout's columns.

    Returns the number of points. Values that JSON has no number for stand as "NaN", "Infinity", "-Infinity".
    """

    def body(out: TextIO) -> int:
        count = 0
        out.write('{"series": [')
        for number, view in enumerate(views):
            out.write(",\n" if number else "\n")
            out.write(f' {{"run": {json.dumps(view.key.run)}, "tag": {json.dumps(view.key.tag)},')
            out.write(f' "columns": {json.dumps(list(layout.columns))}, "points": [')
            for begin, end in _chunks(view, cancelled):
                lengths, table = layout.table(view, begin, end)
                numbers = json_numbers(table.reshape(-1))
                walls, at, width = json_numbers(view.wall[begin:end]), 0, len(layout.columns)
                for point, length in enumerate(lengths.tolist()):
                    rows = (", ".join(numbers[at + row * width : at + (row + 1) * width]) for row in range(length))
                    told = ", ".join(f"[{row}]" for row in rows)
                    out.write("," if begin + point else "")
                    out.write(f'\n  {{"step": {int(view.step[begin + point])}, "wall_time": {walls[point]}, ')
                    out.write(f'"rows": [{told}]}}')
                    at += length * width
                count += end - begin
            out.write("]}")
        out.write("\n]}\n")
        return count

    return replacing_text(path, body)


def _chunks(view: HistogramView, cancelled: Callable[[], bool]) -> Iterator[tuple[int, int]]:
    for begin in range(0, len(view.step), _CHUNK):
        if cancelled():
            raise ExportCancelled
        yield begin, min(begin + _CHUNK, len(view.step))
