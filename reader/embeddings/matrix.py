"""The vectors of an embedding, from whatever file they are in, to float32 in memory of the caller's choice."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from .columns import column_of
from .model import EmbeddingNote, MetadataColumn
from .places import OpenFile
from .tables import MOST_ELEMENTS, LoadError, Tracker, read_table, sniff

#: ``allocate(rows, columns)`` gives memory for float32 numbers: an array, or anything with a writable buffer.
Allocate = Callable[[int, int], Any]

#: A file of vectors that is longer is not read: 64 GiB.
MOST_BYTES = 64 << 30
_NPY = b"\x93NUMPY"
_MOST_HEADER = 10_000
_PIECE = 1 << 22


class Vectors:
    """The matrix of a file, the columns of labels beside it, and what is to be said."""

    __slots__ = ("columns", "matrix", "notes")

    def __init__(
        self,
        matrix: NDArray[np.float32],
        columns: tuple[MetadataColumn, ...] = (),
        notes: tuple[EmbeddingNote, ...] = (),
    ) -> None:
        self.matrix = matrix
        self.columns = columns
        self.notes = notes


def read_vectors(
    file: OpenFile, shape: tuple[int, ...] = (), allocate: Allocate | None = None, tracker: Tracker | None = None
) -> Vectors:
    """The vectors of a file: NPY by its first bytes, raw little-endian float32 where ``shape`` fits, else a table.

    Raises LoadError with a sentence, LoadCancelled, OSError.
    """
    tracker = tracker or Tracker()
    head = file.read_at(0, 4096)
    if not head:
        raise LoadError("It is empty.")
    if head.startswith(_NPY):
        return _npy(file, allocate, tracker)
    if _is_raw(file, head, shape):
        return _raw(file, shape, allocate, tracker)
    if b"\0" in head:
        raise LoadError("It is no table of numbers: it holds bytes that are no text, and their shape is not given.")
    return _table(file, allocate, tracker)


def matrix_of(array: NDArray[Any], allocate: Allocate | None = None) -> NDArray[np.float32]:
    """An array of numbers as float32 (rows, columns); one of one dimension is a single column. Raises LoadError."""
    if array.dtype.kind not in "fiub":
        raise LoadError(f"Its elements are {array.dtype}: only numbers can be shown.")
    if array.ndim == 1:
        array = array.reshape(-1, 1)
    if array.ndim != 2:
        raise LoadError(f"It has {array.ndim} dimensions; a table of points has two.")
    matrix = memory(allocate, *array.shape)
    with np.errstate(over="ignore"):
        matrix[...] = array
    return matrix


def memory(allocate: Allocate | None, rows: int, columns: int) -> NDArray[np.float32]:
    """Room for a matrix, where the caller wants it. Raises LoadError where there is none or it is too large."""
    if rows * columns > MOST_ELEMENTS:
        raise LoadError(f"It has {rows:,} × {columns:,} numbers; no more than {MOST_ELEMENTS:,} are read.")
    try:
        if allocate is None:
            return np.empty((rows, columns), np.float32)
        given = allocate(rows, columns)
    except MemoryError as error:
        raise LoadError(f"There is no memory for {rows:,} × {columns:,} numbers.") from error
    if isinstance(given, np.ndarray) and given.shape == (rows, columns) and given.dtype == np.float32:
        return given
    return np.frombuffer(given, np.float32, rows * columns).reshape(rows, columns)


def _is_raw(file: OpenFile, head: bytes, shape: tuple[int, ...]) -> bool:
    if file.path.lower().endswith(".bytes"):
        return True
    if len(shape) != 2 or shape[0] * shape[1] * 4 != file.stamp.size:
        return False
    text = bytes(range(32, 127)) + b"\t\r\n"
    return bool(head.translate(None, text))


def _raw(file: OpenFile, shape: tuple[int, ...], allocate: Allocate | None, tracker: Tracker) -> Vectors:
    size = file.stamp.size
    notes: list[EmbeddingNote] = []
    if len(shape) != 2 or not shape[1]:
        raise LoadError("The config gives no tensor_shape of two sides for this file of raw numbers.")
    rows, columns = shape
    there = size // (4 * columns)
    if there * columns * 4 != size or there != rows:
        if there < 1:
            raise LoadError(f"A shape of {rows:,} × {columns:,} needs {rows * columns * 4:,} bytes; it has {size:,}.")
        kept = min(rows, there)
        text = f"The shape says {rows:,} × {columns:,} numbers, the file has {size:,} bytes: {kept:,} points are shown."
        notes.append(EmbeddingNote("embedding-shape", text))
        rows = kept
    matrix = memory(allocate, rows, columns)
    _fill(file, 0, np.dtype("<f4"), matrix, tracker)
    return Vectors(matrix, notes=tuple(notes))


def _npy(file: OpenFile, allocate: Allocate | None, tracker: Tracker) -> Vectors:
    stream = io.BytesIO(file.read_at(0, 1 << 16))
    try:
        version = npy.read_magic(stream)
        reader = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, by_columns, dtype = reader(stream, max_header_size=_MOST_HEADER)
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError) as error:
        raise LoadError("Its header is not that of an NPY file.") from error
    if dtype.hasobject or dtype.kind not in "fiub":
        raise LoadError(f"Its elements are {dtype}: only numbers are read, never Python objects.")
    if len(shape) == 1:
        shape = (shape[0], 1)
    if len(shape) != 2:
        raise LoadError(f"It has {len(shape)} dimensions; a table of points has two.")
    offset = stream.tell()
    rows, columns = shape
    if rows < 0 or columns < 0 or rows * columns * dtype.itemsize != file.stamp.size - offset:
        raise LoadError(
            f"Its header says {rows:,} × {columns:,} elements of {dtype.itemsize} bytes, but it has "
            f"{file.stamp.size - offset:,} bytes of them."
        )
    matrix = memory(allocate, rows, columns)
    _fill(file, offset, dtype, matrix.T if by_columns else matrix, tracker)
    return Vectors(matrix)


def _fill(file: OpenFile, offset: int, dtype: np.dtype[Any], into: NDArray[np.float32], tracker: Tracker) -> None:
    """Read numbers that lie row by row. A map of the file would end the program where the file is cut meanwhile."""
    rows, columns = into.shape
    width = columns * dtype.itemsize
    direct = dtype == np.dtype("<f4") and sys.byteorder == "little" and into.flags.c_contiguous
    step = max(_PIECE // max(width, 1), 1)
    for row in range(0, rows if columns else 0, step):
        some = into[row : row + step]
        tracker.at(offset + row * width, file.stamp.size)
        wanted = len(some) * width
        if direct:
            got = file.read_into(offset + row * width, some.data.cast("B"))
        else:
            data = bytearray(wanted)
            got = file.read_into(offset + row * width, memoryview(data))
            with np.errstate(over="ignore"):
                some[...] = np.frombuffer(data, dtype).reshape(some.shape)
        if got != wanted:
            raise LoadError("It became shorter while it was read.")
    tracker.at(file.stamp.size, file.stamp.size)


def _table(file: OpenFile, allocate: Allocate | None, tracker: Tracker) -> Vectors:
    sniffed = sniff(file)
    table = read_table(file, sniffed, tracker)
    width = len(sniffed.layout.numbers)
    if not table.rows:
        raise LoadError("There are no rows of numbers in it.")
    columns = []
    for place, column in enumerate(sniffed.layout.texts):
        name = sniffed.names[column] if sniffed.names else ""
        texts = [part.texts[place] for part in table.parts]
        columns.append(column_of(name or f"column {column + 1}", texts))
        for part in table.parts:
            part.texts[place].data = part.texts[place].data[:0]
    matrix = memory(allocate, table.rows, width)
    at = 0
    for part in table.parts:
        matrix[at : at + len(part.matrix)] = part.matrix
        at += len(part.matrix)
        # Given back one by one: there is never room for two whole matrices.
        part.matrix = part.matrix[:0]
    notes = []
    odd = table.odd
    if odd.ragged:
        text = f"{count_of(odd.ragged, 'row')} of another length than the first: what is missing is NaN."
        notes.append(EmbeddingNote("embedding-ragged-rows", text))
    if odd.bad:
        notes.append(
            EmbeddingNote("embedding-bad-cells", f"{count_of(odd.bad, 'cell')} of the vectors hold no number.")
        )
    if sniffed.beyond:
        notes.append(
            EmbeddingNote("embedding-columns", f"{count_of(sniffed.beyond, 'column')} of labels were left out.")
        )
    return Vectors(matrix, tuple(columns), tuple(notes))


def count_of(count: int, what: str) -> str:
    """A number of things, for people."""
    return f"1 {what}" if count == 1 else f"{count:,} {what}s"
