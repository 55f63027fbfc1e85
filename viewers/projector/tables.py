"""Writing coordinates and labels of points to files: exact, whole or not at all. No Qt.

All functions take ``cancelled``, asked every some ten thousand rows, and raise ExportCancelled with nothing left on the
disk. OSError passes through. They run in any thread.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TextIO

import numpy as np
from numpy.typing import NDArray

from ..board.tables import ExportCancelled, cell, replacing_text, texts
from ..files import replacing
from .labels import Labels

_CHUNK = 20_000
#: What splits a line, to any program, or a cell; one blank for a row of them.
_SPLITS = re.compile("[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]+")
_AXES = ("x", "y", "z")
#: TensorBoard's own name for the number of a point.
INDEX = "__index__"

Cancelled = Callable[[], bool]
Points = NDArray[np.integer[Any]]


def never() -> bool:
    """Nobody gives up waiting."""
    return False


def one_line(text: str) -> str:
    """A text as a cell of a TSV, which has no way to write tabs and line breaks: they become a blank."""
    return _SPLITS.sub(" ", text)


def write_metadata(
    path: Path, columns: Sequence[Labels], points: Points | None = None, cancelled: Cancelled = never
) -> int:
    """Labels as TensorBoard reads them, TSV: names in the first line only where there are several columns.

    TensorBoard skips lines without text, which would shift all labels behind them: where a point has none, the column
    ``__index__`` is added. ``points``: indices, None for all. Returns the number of rows. ValueError without a column.
    """
    if not columns:
        raise ValueError("there are no labels to write")
    chosen = np.arange(len(columns[0])) if points is None else points
    numbered = any(
        not all(map("".join, cells))
        for _part, cells in _rows(columns, chosen, cancelled, lambda _c, text: text.strip())
    )
    names = [one_line(column.name).strip() or f"column {place}" for place, column in enumerate(columns, 1)]

    def body(out: TextIO) -> int:
        if numbered:
            names.append(INDEX)
        if len(names) > 1:
            out.write("\t".join(names) + "\n")
        for part, cells in _rows(columns, chosen, cancelled, lambda _column, text: one_line(text)):
            rows = [(*row, str(point)) for row, point in zip(cells, part.tolist())] if numbered else cells
            out.writelines("\t".join(row) + "\n" for row in rows)
        return len(chosen)

    return replacing_text(path, body)


def write_points(
    path: Path,
    coordinates: NDArray[np.floating[Any]],
    columns: Sequence[Labels] = (),
    points: Points | None = None,
    axes: Sequence[str] = _AXES,
    cancelled: Cancelled = never,
) -> int:
    """Coordinates (n, 2) or (n, 3) and labels as CSV, TSV or, without labels, NPY, by the ending of ``path``.

    ``points``: indices, None for all; ``axes``: names of the coordinates. Returns the number of points. Tables have a
    first line of names and the number of each point, from 0; coordinates have the fewest digits that read back as the
    same value, NaN stands as ``NaN``. CSV is that of RFC 4180, and labels that a spreadsheet would run as a formula
    begin with an apostrophe; in a TSV tabs and line breaks are blanks. NPY is float32 (k, 2) or (k, 3).
    """
    chosen = np.arange(len(coordinates)) if points is None else points
    kind = path.suffix.lower()
    if kind == ".npy":
        return _write_array(path, coordinates, chosen, cancelled)
    names = ["point", *axes[: coordinates.shape[1]], *(column.name for column in columns)]
    if kind == ".csv":
        return _write_csv(path, names, coordinates, columns, chosen, cancelled)
    return _write_tsv(path, names, coordinates, columns, chosen, cancelled)


def _write_csv(
    path: Path,
    names: list[str],
    coordinates: NDArray[np.floating[Any]],
    columns: Sequence[Labels],
    chosen: Points,
    cancelled: Cancelled,
) -> int:
    def body(out: TextIO) -> int:
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(map(cell, names))
        for rows in _table(coordinates, columns, chosen, cancelled, _safe):
            writer.writerows(rows)
        return len(chosen)

    return replacing_text(path, body)


def _write_tsv(
    path: Path,
    names: list[str],
    coordinates: NDArray[np.floating[Any]],
    columns: Sequence[Labels],
    chosen: Points,
    cancelled: Cancelled,
) -> int:
    def body(out: TextIO) -> int:
        out.write("\t".join(map(one_line, names)) + "\n")
        for rows in _table(coordinates, columns, chosen, cancelled, lambda _column, text: one_line(text)):
            out.writelines("\t".join(row) + "\n" for row in rows)
        return len(chosen)

    return replacing_text(path, body)


def _write_array(path: Path, coordinates: NDArray[np.floating[Any]], chosen: Points, cancelled: Cancelled) -> int:
    with replacing(path) as part, part.open("wb") as out:
        shape = (len(chosen), coordinates.shape[1])
        np.lib.format.write_array_header_1_0(out, {"descr": "<f4", "fortran_order": False, "shape": shape})
        for some in _parts(chosen, cancelled):
            with np.errstate(over="ignore"):
                out.write(np.ascontiguousarray(coordinates[some], "<f4").tobytes())
    return len(chosen)


def _table(
    coordinates: NDArray[np.floating[Any]],
    columns: Sequence[Labels],
    chosen: Points,
    cancelled: Cancelled,
    written: Callable[[Labels, str], str],
) -> Iterator[Iterator[tuple[str, ...]]]:
    """Rows of all cells, some thousand at once."""
    for part, cells in _rows(columns, chosen, cancelled, written):
        numbers = [texts(axis) for axis in coordinates[part].T]
        yield ((str(point), *xyz, *row) for point, xyz, row in zip(part.tolist(), zip(*numbers), cells))


def _rows(
    columns: Sequence[Labels], chosen: Points, cancelled: Cancelled, written: Callable[[Labels, str], str]
) -> Iterator[tuple[Points, list[tuple[str, ...]]]]:
    """Points, some thousand at once, and the cells of their labels; ``written`` makes a cell of a label."""
    # A text that many points have is made a cell once.
    values = [[written(column, text) for text in column.values] for column in columns]
    for part in _parts(chosen, cancelled):
        cells: list[list[str]] = []
        for column, known in zip(columns, values):
            if column.codes is None:
                cells.append([written(column, text) for text in column.texts(part)])
            else:
                cells.append([known[code] for code in column.codes[part].tolist()])
        yield part, list(zip(*cells)) if cells else [()] * len(part)


def _parts(chosen: Points, cancelled: Cancelled) -> Iterator[Points]:
    for begin in range(0, len(chosen), _CHUNK):
        if cancelled():
            raise ExportCancelled
        yield chosen[begin : begin + _CHUNK]


def _safe(column: Labels, text: str) -> str:
    """Numbers below zero begin like formulas, and are none."""
    return text if column.numbers is not None else cell(text)
