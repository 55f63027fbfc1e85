"""Tables of numbers and labels as text: how the lines are cut, and reading them block by block in several threads."""

from __future__ import annotations

import csv
import io
import os
import re
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from .cells import COMMA, MOST_CELL, SEMICOLON, SPACE, TAB, Layout, Oddities, Part, TextPart, cells_of, parse
from .digits import one
from .places import OpenFile

#: So many columns are kept; more are counted.
MOST_COLUMNS = 1000
#: A longer line is none.
MOST_LINE = 64 << 20
#: float32 elements of a matrix: 4 GiB.
MOST_ELEMENTS = 1 << 30
BOM = b"\xef\xbb\xbf"
_HEAD = 1 << 18
_SAMPLE_ROWS = 100
_BLOCK = 1 << 19
_ARRAYS = 16 << 20
_MOST_THREADS = 4
_QUOTED_ROWS = 4096
_DECIMAL_COMMA = re.compile(rb"\s*[+-]?\d*,\d+(?:[eE][+-]?\d+)?\s*")

ProgressCall = Callable[[int, int], None]
CancelCall = Callable[[], bool]


class LoadError(Exception):
    """The data cannot be had; the message is a sentence for users."""


class LoadCancelled(Exception):
    """Loading was given up because the caller asked for it."""


@dataclass(frozen=True, slots=True)
class Tracker:
    """How far a load is, and whether to go on: ``progress(done, total)`` in bytes, ``cancelled()``."""

    progress: ProgressCall | None = None
    cancelled: CancelCall | None = None

    def at(self, done: int, total: int) -> None:
        """Say how far it is. Raises LoadCancelled where the caller wants no more."""
        if self.cancelled is not None and self.cancelled():
            raise LoadCancelled
        if self.progress is not None:
            self.progress(done, total)


@dataclass(frozen=True, slots=True)
class Sniffed:
    """What the first lines of a table say. ``skip``: bytes before the first row; ``names``: those of a header."""

    layout: Layout
    skip: int = 0
    names: tuple[str, ...] = ()
    quoted: bool = False
    old_newlines: bool = False
    beyond: int = 0


@dataclass(slots=True)
class Table:
    """A table that was read: parts in order, each with its own matrix, and what was odd about it."""

    sniffed: Sniffed
    parts: list[Part] = field(default_factory=list)
    odd: Oddities = field(default_factory=Oddities)
    rows: int = 0


def sniff(file: OpenFile) -> Sniffed:
    """How a table of vectors is cut: delimiter, columns that are numbers or labels, header. Raises LoadError.

    The delimiter is a tab where the first line has one, else a comma or semicolon, else blanks. A column is one of
    labels where most of its first hundred cells are no numbers. A first line without a number over numbers is a header.
    """
    head = first_lines(file)
    skip = 3 if head.startswith(BOM) else 0
    old = b"\n" not in head and b"\r" in head
    text = head[skip:].replace(b"\r", b"\n") if old else head[skip:]
    lines = [line for line in (piece.rstrip(b"\r") for piece in text.split(b"\n")) if line.strip()]
    if not lines:
        raise LoadError("It is empty: there are no rows of numbers.")
    if _has_decimal_commas(lines[1] if len(lines) > 1 else lines[0]):
        raise LoadError("Its numbers have commas for decimal points, as 0,5 has: they are read with points alone.")
    delimiter = _delimiter(lines[0])
    quoted = delimiter != SPACE and any(b'"' in line for line in lines[: _SAMPLE_ROWS + 1])
    if quoted:
        rows = _quoted_rows(text, delimiter)
        if not rows:
            raise LoadError("It is empty: there are no rows of numbers.")
    else:
        rows = [cells_of(line, delimiter) for line in lines[: _SAMPLE_ROWS + 1]]
    columns = len(rows[0])
    if columns > 1 and len(rows) > 1 and not rows[0][-1] and all(len(r) < columns or not r[-1] for r in rows):
        columns -= 1
    is_number = [[one(cell) is not None for cell in row[:columns]] for row in rows]
    body = is_number[1:]
    names: tuple[str, ...] = ()
    if body and not any(is_number[0]) and any(map(any, body)):
        names = tuple(cell.decode("utf-8", "replace") for cell in rows[0][:columns])
        rows, is_number = rows[1:], body
    numeric = [_mostly(rows, is_number, column) for column in range(columns)]
    which = tuple(column for column in range(columns) if numeric[column])
    texts = tuple(column for column in range(columns) if not numeric[column])[:MOST_COLUMNS]
    if not which:
        raise LoadError("There are no columns of numbers in it.")
    if names:
        skip += _line_end(text)
    beyond = columns - len(which) - len(texts)
    return Sniffed(Layout(delimiter, columns, which, texts), skip, names, quoted, old, beyond)


def _quoted_rows(text: bytes, delimiter: int) -> list[list[bytes]]:
    rows: list[list[bytes]] = []
    try:
        for row in csv.reader(io.StringIO(text.decode("utf-8", "replace"), newline=""), delimiter=chr(delimiter)):
            if any(cell.strip() for cell in row):
                rows.append([cell.strip().encode() for cell in row])
            if len(rows) > _SAMPLE_ROWS:
                break
    except csv.Error as error:
        raise LoadError(f"It is no table: {error}.") from error
    return rows


def first_lines(file: OpenFile) -> bytes:
    """The beginning of a file, up to the end of a line where it is not the whole file. LoadError for endless lines."""
    head = file.read_at(0, _HEAD)
    while len(head) < file.stamp.size:
        end = max(head.rfind(b"\n"), head.rfind(b"\r"))
        if end >= 0:
            return head[: end + 1]
        if len(head) > MOST_LINE:
            raise LoadError(f"A line is longer than {MOST_LINE:,} bytes: this is no table.")
        more = file.read_at(len(head), 1 << 23)
        if not more:
            break
        head += more
    return head


def read_table(file: OpenFile, sniffed: Sniffed, tracker: Tracker) -> Table:
    """All rows of a table. Raises LoadError, LoadCancelled, OSError.

    ``parts[i].matrix`` are float32 (rows, columns of numbers) with NaN where a cell is missing or no number.
    """
    table = Table(sniffed)
    layout = sniffed.layout
    blocks = _quoted_blocks(file, sniffed) if sniffed.quoted else _plain_blocks(file, sniffed)
    waiting: deque[tuple[Future[Part], int]] = deque()
    threads = min(_MOST_THREADS, os.cpu_count() or 1)
    total = file.stamp.size

    def collect() -> None:
        future, done = waiting.popleft()
        part = future.result()
        table.parts.append(part)
        table.rows += len(part.matrix)
        table.odd.add(part.odd)
        if table.rows * max(len(layout.numbers), 1) > MOST_ELEMENTS:
            raise LoadError(f"It has more than {MOST_ELEMENTS:,} numbers; no more are read.")
        tracker.at(done, total)

    tracker.at(0, total)
    _prepare_memory()
    with ThreadPoolExecutor(threads, "runglass-table") as pool:
        try:
            for work, done in blocks:
                waiting.append((pool.submit(work), done))
                if len(waiting) > 2 * threads:
                    collect()
            while waiting:
                collect()
        finally:
            for future, _done in waiting:
                future.cancel()
    return table


def _prepare_memory() -> None:
    """Let the allocator of the C library keep what the blocks give back.

    It asks the system for each array above a limit, and the system hands out zeroed pages one by one: half of the time.
    The limit rises to the size of the largest array that was ever given back.
    """
    np.empty(_ARRAYS, np.uint8)


def _plain_blocks(file: OpenFile, sniffed: Sniffed) -> Iterator[tuple[Callable[[], Part], int]]:
    """The work on some hundred kilobytes of whole lines, and where they end in the file."""
    at = sniffed.skip
    size = file.stamp.size
    rest = b""
    newline = b"\r" if sniffed.old_newlines else b"\n"
    while at < size:
        data = file.read_at(at, min(_BLOCK, size - at))
        if not data:
            break
        if data.endswith(b"\r") and 1 < len(data) < size - at:
            # A newline of two bytes stays together.
            data = data[:-1]
        at += len(data)
        cut = data.rfind(newline) + 1
        if not cut:
            rest += data
            if len(rest) > MOST_LINE:
                raise LoadError(f"A line is longer than {MOST_LINE:,} bytes: this is no table.")
            continue
        lines = _lines(memoryview(data)[:cut], sniffed.old_newlines) if b"\r" in data else memoryview(data)[:cut]
        yield partial(parse, lines, sniffed.layout, rest), at
        rest = data[cut:]
    if rest:
        yield partial(parse, _lines(rest, sniffed.old_newlines) + b"\n", sniffed.layout), size


def _lines(text: bytes | memoryview, old_newlines: bool) -> bytes:
    data = bytes(text)
    return data.replace(b"\r", b"\n") if old_newlines else data.replace(b"\r\n", b"\n").replace(b"\r", b" ")


def _quoted_blocks(file: OpenFile, sniffed: Sniffed) -> Iterator[tuple[Callable[[], Part], int]]:
    """The same of a table with quotes, in which a cell may hold delimiters and newlines: one by one, so slower."""
    raw = _Raw(file)
    stream = io.TextIOWrapper(io.BufferedReader(raw, _BLOCK), "utf-8-sig", "replace", newline="")
    reader = csv.reader(stream, delimiter=chr(sniffed.layout.delimiter))
    rows: list[list[str]] = []
    header = bool(sniffed.names)
    try:
        for row in reader:
            if not any(cell.strip() for cell in row):
                continue
            if header:
                header = False
                continue
            rows.append(row)
            if len(rows) >= _QUOTED_ROWS:
                yield partial(_quoted_part, rows, sniffed.layout), raw.at
                rows = []
    except csv.Error as error:
        raise LoadError(f"It is no table: {error}.") from error
    if rows:
        yield partial(_quoted_part, rows, sniffed.layout), file.stamp.size


class _Raw(io.RawIOBase):
    """A place's file as the standard library reads files."""

    def __init__(self, file: OpenFile) -> None:
        self._file = file
        self.at = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._file.read_at(self.at, len(buffer))
        buffer[: len(data)] = data
        self.at += len(data)
        return len(data)


def _quoted_part(rows: list[list[str]], layout: Layout) -> Part:
    matrix = np.full((len(rows), len(layout.numbers)), np.nan, np.float32)
    odd = Oddities()
    texts: list[list[bytes]] = [[] for _ in layout.texts]
    with np.errstate(over="ignore"):
        for number, row in enumerate(rows):
            while len(row) > layout.columns and not row[-1].strip():
                row.pop()
            odd.ragged += len(row) != layout.columns
            for place, column in enumerate(layout.numbers):
                value = one(row[column].strip().encode()) if column < len(row) else None
                odd.bad += value is None and column < len(row)
                if value is not None:
                    matrix[number, place] = np.float32(value)
            for kept, column in zip(texts, layout.texts, strict=True):
                cell = row[column].strip().encode("utf-8", "replace") if column < len(row) else b""
                odd.cut += len(cell) > MOST_CELL
                kept.append(cell[:MOST_CELL])
    parts = [
        TextPart(np.frombuffer(b"".join(cells), np.uint8), np.array([len(cell) for cell in cells], np.int64))
        for cells in texts
    ]
    return Part(matrix, parts, odd)


def _has_decimal_commas(line: bytes) -> bool:
    """Spreadsheets write so in half of the world. Cut at its commas it would be a table, of other numbers."""
    cells = line.split(b"\t" if TAB in line else b";")
    return len(cells) > 1 and 2 * sum(map(bool, map(_DECIMAL_COMMA.fullmatch, cells))) > len(cells)


def _delimiter(line: bytes) -> int:
    for delimiter in (TAB, COMMA, SEMICOLON):
        if delimiter in line:
            return delimiter
    return SPACE


def _mostly(rows: list[list[bytes]], is_number: list[list[bool]], column: int) -> bool:
    """Whether at least half of the cells of a column that hold anything are numbers."""
    filled = numbers = 0
    for cells, flags in zip(rows, is_number, strict=True):
        if column < len(flags) and cells[column]:
            filled += 1
            numbers += flags[column]
    return 0 < filled <= 2 * numbers


def _line_end(text: bytes) -> int:
    """Where the line behind the first line that holds anything begins."""
    at = 0
    while True:
        end = text.find(b"\n", at)
        if end < 0:
            return len(text)
        if text[at:end].strip():
            return end + 1
        at = end + 1
