"""What is known of the pictures of a log, in a file: CSV or JSON, one row a picture. No Qt.

The pixels are no part of it: they are saved as pictures. Format and size are those of the picture's own bytes.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import numpy as np

from ...reader.api import BlobError, BlobRef, BlobView
from ..board.tables import ExportCancelled, cell, json_numbers, replacing_text, texts
from .sniff import BadPicture, format_of

_COLUMNS = ("run", "tag", "sample", "step", "wall_time", "format", "width", "height", "bytes", "problem")


@dataclass(frozen=True, slots=True)
class Row:
    """One picture: ``sample`` counts from 1, ``wall`` in seconds since 1970, ``width`` and ``height`` as logged.

    ``kind`` is the format of its bytes, empty with ``problem`` as the reason where there is none.
    """

    run: str
    tag: str
    sample: int
    step: int
    wall: float
    kind: str
    width: int
    height: int
    length: int
    problem: str


Read = Callable[[BlobRef], bytes]


def rows_of(views: Sequence[tuple[BlobView, int]], read: Read, cancelled: Callable[[], bool]) -> Iterator[Row]:
    """The pictures of some samples (counted from 0) of series, in file order. ExportCancelled on the user's wish."""
    for view, sample in views:
        for index, refs in enumerate(view.samples):
            if cancelled():
                raise ExportCancelled
            if sample >= len(refs):
                continue
            kind, problem = _kind(read, refs[sample])
            yield Row(
                view.key.run,
                view.key.tag,
                sample + 1,
                int(view.step[index]),
                float(view.wall[index]),
                kind,
                int(view.width[index]),
                int(view.height[index]),
                refs[sample].length,
                problem,
            )


def write_csv(path: Path, rows: Iterator[Row]) -> int:
    """Returns the number of rows. The file appears whole or not at all; OSError passes through."""

    def body(out: TextIO) -> int:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(_COLUMNS)
        count = 0
        for row in rows:
            writer.writerow(
                (
                    cell(row.run),
                    cell(row.tag),
                    row.sample,
                    row.step,
                    texts(np.array([row.wall]))[0],
                    row.kind,
                    row.width,
                    row.height,
                    row.length,
                    row.problem,
                )
            )
            count += 1
        return count

    return replacing_text(path, body)


def write_json(path: Path, rows: Iterator[Row]) -> int:
    """A list of pictures with the columns of the CSV file as names. Returns their number."""

    def body(out: TextIO) -> int:
        out.write('{"pictures": [')
        count = 0
        for row in rows:
            text = ", ".join(f'"{name}": {value}' for name, value in zip(_COLUMNS, _values(row), strict=True))
            out.write(f"{',' if count else ''}\n {{{text}}}")
            count += 1
        out.write("\n]}\n")
        return count

    return replacing_text(path, body)


def _values(row: Row) -> tuple[str, ...]:
    wall = json_numbers(np.array([row.wall]))[0]
    words = (json.dumps(row.run), json.dumps(row.tag), str(row.sample), str(row.step), wall, json.dumps(row.kind))
    return (*words, str(row.width), str(row.height), str(row.length), json.dumps(row.problem))


def _kind(read: Read, ref: BlobRef) -> tuple[str, str]:
    try:
        return format_of(read(ref)), ""
    except (BadPicture, BlobError) as error:
        return "", str(error)
