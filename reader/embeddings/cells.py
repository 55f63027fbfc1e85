"""The cells of a block of lines: where each begins and ends, which row and column it is, and its numbers or texts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .digits import MARGIN, Block, Positions, numbers

TAB, NEWLINE, SPACE, COMMA, POINT, SEMICOLON = 9, 10, 32, 44, 46, 59
#: What goes beyond so many bytes of one cell is left out.
MOST_CELL = 1 << 16
_MOST_TRIMS = 64


@dataclass(frozen=True, slots=True)
class Layout:
    """How the lines of a table are cut. ``delimiter``: one of the bytes above; SPACE stands for any run of blanks.

    ``columns`` is the number of cells of a row, ``numbers`` which of them are numbers, ``texts`` which stay text.
    ``keep_blank``: an empty line is a row.
    """

    delimiter: int
    columns: int
    numbers: tuple[int, ...]
    texts: tuple[int, ...] = ()
    keep_blank: bool = False


@dataclass(slots=True)
class TextPart:
    """Cells of one column, one behind the other: UTF-8 bytes, and how many belong to each cell."""

    data: NDArray[np.uint8]
    lengths: NDArray[np.int64]


@dataclass(slots=True)
class Oddities:
    """What was met that is not as it should be: rows of another length, cells that are no numbers, cells cut short."""

    ragged: int = 0
    bad: int = 0
    cut: int = 0

    def add(self, other: Oddities) -> None:
        """Count together."""
        self.ragged += other.ragged
        self.bad += other.bad
        self.cut += other.cut


@dataclass(slots=True)
class Part:
    """The rows of one block: ``matrix`` float32 (rows, numbers), NaN where a cell is missing or no number."""

    matrix: NDArray[np.float32]
    texts: list[TextPart] = field(default_factory=list)
    odd: Oddities = field(default_factory=Oddities)


@dataclass(slots=True)
class _Cells:
    """All cells of some lines, in order; ``count[r]`` cells belong to row r."""

    start: Positions
    end: Positions
    row: Positions
    column: Positions
    count: Positions


def parse(text: bytes | memoryview, layout: Layout, before: bytes | memoryview = b"") -> Part:
    """Take whole lines apart. Every line, also the last one, ends with a newline; ``before`` begins the first one."""
    block = Block(before, text)
    if not layout.texts and len(layout.numbers) == layout.columns:
        values = _regular(block, layout)
        if values is not None:
            return values
    return _general(block, layout)


def cells_of(line: bytes, delimiter: int) -> list[bytes]:
    """The cells of one line without its newline, blanks around them left out (not those of text between tabs)."""
    if delimiter == SPACE:
        return line.split()
    return [cell.strip(b" ") for cell in line.split(bytes([delimiter]))]


def _regular(block: Block, layout: Layout) -> Part | None:
    """The quick way for rows of numbers that are all of one length with one byte between cells; None for others."""
    text = block.data[: block.end]
    separators = text <= SPACE
    if layout.delimiter > SPACE:
        separators |= text == layout.delimiter
    marked = separators | (text == POINT)
    marks = np.flatnonzero(marked)[MARGIN:]
    kinds = block.data.take(marks, mode="clip")
    cells = _with_points(marks, kinds, layout) or _with_any(block, marks, kinds, layout)
    if cells is None:
        return None
    end, dots = cells
    start = np.empty_like(end)
    start[0] = MARGIN
    np.add(end[:-1], 1, out=start[1:])
    if dots is None:
        if not (start < end).all():
            return None
    elif (dots < start).any():
        return None
    values, bad = numbers(block, start, end, dots)
    odd = Oddities(bad=0 if bad is None else int(bad.sum()))
    return Part(_float32(values).reshape(-1, layout.columns), odd=odd)


def _with_points(marks: Positions, kinds: NDArray[np.uint8], layout: Layout) -> tuple[Positions, Positions] | None:
    """Ends and points of cells where points and separators take turns: each number has one point."""
    if len(marks) % 2 or not len(marks):
        return None
    pairs = kinds.view("<u2")
    rows = int(np.count_nonzero(pairs == (NEWLINE << 8 | POINT)))
    inside = int(np.count_nonzero(pairs == (layout.delimiter << 8 | POINT)))
    if inside != rows * (layout.columns - 1) or rows + inside != len(pairs):
        return None
    if (kinds[2 * layout.columns - 1 :: 2 * layout.columns] != NEWLINE).any():
        return None
    return np.ascontiguousarray(marks[1::2]), np.ascontiguousarray(marks[::2])


def _with_any(
    block: Block, marks: Positions, kinds: NDArray[np.uint8], layout: Layout
) -> tuple[Positions, None] | None:
    """Ends of cells where numbers may do without a point."""
    end = np.compress(kinds != POINT, marks)
    rows = int(np.count_nonzero(kinds == NEWLINE))
    inside = int(np.count_nonzero(kinds == layout.delimiter))
    if not rows or inside != rows * (layout.columns - 1) or len(end) != rows + inside:
        return None
    # As many newlines as there are rows, and each at the end of one.
    if (block.data[end[layout.columns - 1 :: layout.columns]] != NEWLINE).any():
        return None
    return end, None


def _general(block: Block, layout: Layout) -> Part:
    cells = _split(block, layout.delimiter)
    odd = Oddities()
    filled = np.zeros(len(cells.count), bool)
    filled[cells.row[cells.start < cells.end]] = True
    if layout.keep_blank:
        kept = np.ones(len(filled), bool)
    else:
        kept = filled
    rows = int(kept.sum())
    place = np.cumsum(kept) - 1
    # Delimiters at the end of a line, as some programs write them, are no cells.
    surplus = (cells.column >= layout.columns) & (cells.start < cells.end)
    ragged = cells.count < layout.columns
    ragged[cells.row[surplus]] = True
    odd.ragged = int((ragged & kept & filled).sum()) if layout.columns > 1 else int((ragged & kept).sum())
    matrix = np.full((rows, len(layout.numbers)), np.nan, np.float32)
    slots = np.full(max(layout.columns, 1), -1)
    slots[list(layout.numbers)] = np.arange(len(layout.numbers))
    chosen = (cells.column < layout.columns) & kept[cells.row]
    chosen &= slots[np.minimum(cells.column, layout.columns - 1)] >= 0
    if layout.numbers:
        start, end = cells.start[chosen], cells.end[chosen]
        values, bad = numbers(block, start, end)
        matrix[place[cells.row[chosen]], slots[cells.column[chosen]]] = _float32(values)
        odd.bad = 0 if bad is None else int(bad.sum())
    texts = [_texts(block, cells, column, kept, place, rows, odd) for column in layout.texts]
    return Part(matrix, texts, odd)


def _split(block: Block, delimiter: int) -> _Cells:
    text = block.data[MARGIN : block.end]
    lines = np.flatnonzero(text == NEWLINE) + MARGIN
    if delimiter == SPACE:
        word = block.data > 32
        edges = np.flatnonzero(word[1:] != word[:-1]) + 1
        start, end = edges[::2], edges[1::2]
        row = np.searchsorted(lines, start)
    else:
        marks = np.flatnonzero((text == delimiter) | (text == NEWLINE)) + MARGIN
        end = marks
        start = np.empty_like(end)
        if len(end):
            start[0] = MARGIN
            np.add(end[:-1], 1, out=start[1:])
        over = block.data[marks] == NEWLINE
        row = np.cumsum(over) - over
        start, end = _trimmed(block, start, end)
    count = np.bincount(row, minlength=len(lines))
    first = np.cumsum(count) - count
    column = np.arange(len(row)) - first[row]
    return _Cells(start, end, row, column, count)


def _trimmed(block: Block, start: Positions, end: Positions) -> tuple[Positions, Positions]:
    """Without blanks on both sides; what has very many keeps some, which numbers do not mind."""
    end = end.copy()
    for _ in range(_MOST_TRIMS):
        front = (start < end) & (block.data[start] == SPACE)
        start += front
        back = (start < end) & (block.data[end - 1] == SPACE)
        end -= back
        if not front.any() and not back.any():
            break
    return start, end


def _texts(
    block: Block, cells: _Cells, column: int, kept: NDArray[np.bool_], place: Positions, rows: int, odd: Oddities
) -> TextPart:
    chosen = (cells.column == column) & kept[cells.row]
    start, end = cells.start[chosen], cells.end[chosen]
    lengths = end - start
    long = lengths > MOST_CELL
    if long.any():
        odd.cut += int(long.sum())
        lengths = np.minimum(lengths, MOST_CELL)
    of_row = np.zeros(rows, np.int64)
    of_row[place[cells.row[chosen]]] = lengths
    before = np.cumsum(lengths) - lengths
    index = np.repeat(start - before, lengths)
    index += np.arange(len(index))
    return TextPart(block.data[index], of_row)


def _float32(values: NDArray[np.float64]) -> NDArray[np.float32]:
    with np.errstate(over="ignore"):
        result: NDArray[np.float32] = values.astype(np.float32)
    return result


def joined(parts: list[TextPart]) -> tuple[NDArray[np.uint8], NDArray[Any]]:
    """The bytes of all parts behind one another, and where each cell ends: int64 (rows,)."""
    if not parts:
        return np.empty(0, np.uint8), np.empty(0, np.int64)
    return np.concatenate([part.data for part in parts]), np.cumsum(np.concatenate([part.lengths for part in parts]))
