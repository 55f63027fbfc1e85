"""The labels of an embedding: a TSV with a header where, and only where, its first line has a tab."""

from __future__ import annotations

import numpy as np

from .cells import TAB, Layout, TextPart
from .columns import column_of
from .matrix import count_of
from .model import EmbeddingNote, MetadataColumn
from .places import OpenFile
from .tables import BOM, MOST_COLUMNS, Sniffed, Table, Tracker, first_lines, read_table

#: A longer file of labels is not read: 1 GiB.
MOST_BYTES = 1 << 30


def read_metadata(
    file: OpenFile, points: int, tracker: Tracker | None = None
) -> tuple[tuple[MetadataColumn, ...], tuple[EmbeddingNote, ...]]:
    """Columns of ``points`` cells, and what is to be said. No columns where the rows are not as many as the points.

    An empty line is a label without text; where the rows are as many as the points without the empty ones, these are
    left out. Raises LoadError for what is no text table, LoadCancelled, OSError.
    """
    sniffed = _sniff(file)
    table = read_table(file, sniffed, tracker or Tracker())
    kept: np.ndarray[tuple[int], np.dtype[np.bool_]] | None = None
    if table.rows != points:
        filled = _filled(table)
        if int(filled.sum()) != points:
            return (), (_mismatch(sniffed, table.rows, points),)
        kept = filled
    columns = []
    for place in range(len(sniffed.layout.texts)):
        parts = [part.texts[place] for part in table.parts]
        if kept is not None:
            # An empty row has no bytes in any column, so that only the lengths change.
            parts = [_without_empty(parts, kept)]
        columns.append(column_of(_name(sniffed, place), parts))
        for part in table.parts:
            part.texts[place] = TextPart(np.empty(0, np.uint8), np.empty(0, np.int64))
    return tuple(columns), tuple(_notes(sniffed, table))


def _sniff(file: OpenFile) -> Sniffed:
    head = first_lines(file)
    skip = len(BOM) if head.startswith(BOM) else 0
    old = b"\n" not in head and b"\r" in head
    newline = b"\r" if old else b"\n"
    first, _newline, _rest = head[skip:].partition(newline)
    names = first.rstrip(b"\r").decode("utf-8", "replace").split("\t")
    count = len(names)
    header = count > 1
    if header:
        skip += len(first) + 1
    texts = tuple(range(min(count, MOST_COLUMNS)))
    layout = Layout(TAB, count, (), texts, keep_blank=True)
    return Sniffed(layout, skip, tuple(names) if header else (), False, old, count - len(texts))


def _filled(table: Table) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which rows hold anything."""
    filled = np.zeros(table.rows, bool)
    at = 0
    for part in table.parts:
        for text in part.texts:
            filled[at : at + len(text.lengths)] |= text.lengths > 0
        at += len(part.matrix)
    return filled


def _without_empty(parts: list[TextPart], kept: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> TextPart:
    lengths = np.concatenate([part.lengths for part in parts])
    return TextPart(np.concatenate([part.data for part in parts]), lengths[kept])


def _name(sniffed: Sniffed, place: int) -> str:
    return sniffed.names[place].strip() or f"column {place + 1}" if sniffed.names else "label"


def _mismatch(sniffed: Sniffed, rows: int, points: int) -> EmbeddingNote:
    hint = ""
    if not sniffed.names and rows == points + 1:
        hint = " A file of one column has no header: its first line is a label."
    elif sniffed.names and rows == points - 1:
        hint = " The first line of a file of several columns is their names."
    text = (
        f"The labels have {count_of(rows, 'row')} and the embedding {count_of(points, 'point')}: shown without labels."
    )
    return EmbeddingNote("embedding-metadata-rows", text + hint)


def _notes(sniffed: Sniffed, table: Table) -> list[EmbeddingNote]:
    notes = []
    odd = table.odd
    if odd.ragged:
        text = f"{count_of(odd.ragged, 'row')} of labels of another length than the first: what is missing is empty."
        notes.append(EmbeddingNote("embedding-metadata-ragged", text))
    if odd.cut:
        text = f"{count_of(odd.cut, 'label')} of more than 65,536 bytes: the rest of them is left out."
        notes.append(EmbeddingNote("embedding-metadata-cut", text))
    if sniffed.beyond:
        text = f"{count_of(sniffed.beyond, 'column')} of labels beyond the first {MOST_COLUMNS:,} are left out."
        notes.append(EmbeddingNote("embedding-metadata-columns", text))
    return notes
