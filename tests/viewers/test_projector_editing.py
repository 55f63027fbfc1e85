"""Labels that the user gives: what points have afterwards, undo and redo, and the file that is saved."""

from __future__ import annotations

import math
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from projector_columns import column

from runglass.reader.api import MetadataColumn
from runglass.reader.embeddings.metadata import read_metadata
from runglass.reader.embeddings.places import OpenFile, Place
from runglass.viewers.board.tables import ExportCancelled
from runglass.viewers.projector.coloring import by_category
from runglass.viewers.projector.editing import FEWEST_CHANGES, MOST_CHANGES, LabelEdits
from runglass.viewers.projector.labels import Labels
from runglass.viewers.projector.search import Query, find
from runglass.viewers.theme import DARK

LABEL = st.text(alphabet="ab1 -é", max_size=3)


def same(one: Labels, other: Labels) -> None:
    """Two columns are the same to everybody who looks."""
    assert len(one) == len(other) and one.texts() == other.texts()
    assert (one.numbers is None) == (other.numbers is None)
    if one.numbers is not None and other.numbers is not None:
        assert np.array_equal(one.numbers, other.numbers, equal_nan=True)
    assert one.categorical == other.categorical
    if one.codes is not None:
        assert [one.values[code] for code in one.codes] == one.texts()


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("tag"), st.sets(st.integers(0, 5)), LABEL, st.integers(0, 1)),
        st.tuples(st.just("new"), st.sets(st.integers(0, 5)), LABEL, st.sampled_from(["n", "m", "one"])),
        st.tuples(st.just("undo")),
        st.tuples(st.just("redo")),
    ),
    max_size=12,
)


@given(st.lists(LABEL, min_size=6, max_size=6), st.lists(LABEL, min_size=6, max_size=6), STEPS)
def test_edits_are_those_of_a_plain_table(one: list[str], other: list[str], steps: list[tuple[object, ...]]) -> None:
    loaded = (column("one", one), column("two", other))
    edits = LabelEdits(loaded, 6)
    table = [("one", loaded[0].texts()), ("two", loaded[1].texts())]
    done: list[list[tuple[str, list[str]]]] = []
    undone: list[list[tuple[str, list[str]]]] = []
    for step in steps:
        if step[0] == "undo":
            assert edits.undo() == bool(done)
            if done:
                undone.append(table)
                table = done.pop()
        elif step[0] == "redo":
            assert edits.redo() == bool(undone)
            if undone:
                done.append(table)
                table = undone.pop()
        else:
            _kind, points, text, where = step
            assert isinstance(points, set) and isinstance(text, str)
            text = text.strip()
            before = table
            table = [(name, list(cells)) for name, cells in table]
            if isinstance(where, int):
                place = where
            else:
                names = [name for name, _cells in table]
                place = names.index(where) if where in names else len(names)
                if place == len(names):
                    table.append((str(where), [""] * 6))
            changed = sum(table[place][1][point] != text for point in points)
            for point in points:
                table[place][1][point] = text
            indices = np.array(sorted(points), np.int64)
            mask = np.isin(np.arange(6), indices)
            found = edits.tag(mask, text, where) if isinstance(where, int) else edits.tag_new(indices, text, str(where))
            assert found == changed
            if changed:
                done.append(before)
                undone.clear()
            else:
                table = before
        assert [(kept.name, kept.texts()) for kept in edits.columns] == table
        assert bool(edits.undo_text) == bool(done) and bool(edits.redo_text) == bool(undone)
        for kept, (name, cells) in zip(edits.columns, table):
            same(kept, column(name, cells))
            by_category(kept, DARK)
            assert find([kept], Query("a")).indices.tolist() == [i for i, cell in enumerate(cells) if "a" in cell]
    while edits.undo():
        pass
    assert edits.columns == loaded and not edits.unsaved


def test_a_column_of_many_texts_is_edited_too() -> None:
    loaded = column("c", [str(number) for number in range(70_000)])
    assert loaded.codes is None and loaded.numbers is not None
    edits = LabelEdits([loaded], 70_000)
    assert edits.tag(np.array([3, 5]), "7.5", 0) == 2
    edited = edits.columns[0]
    assert edited.codes is None and edited.values == () and not edited.categorical
    assert edited.numbers is not None and edited.numbers[[2, 3, 5]].tolist() == [2, 7.5, 7.5]
    assert edits.tag(np.array([5, 6]), "word", 0) == 2
    assert edits.columns[0].numbers is None
    assert edits.columns[0].texts([4, 5, 6]) == ["4", "word", "word"]
    assert edits.tag(np.array([5, 6]), "word", 0) == 0


def test_columns_become_numbers_and_words_as_they_are_edited() -> None:
    edits = LabelEdits([column("c", ["1", "x", "", "2"])], 4)
    assert edits.columns[0].numbers is None
    edits.tag(np.array([1]), "3", 0)
    numbers = edits.columns[0].numbers
    assert numbers is not None and math.isnan(numbers[2]) and numbers[[0, 1, 3]].tolist() == [1, 3, 2]
    edits.tag(np.arange(4), "", 0)
    assert edits.columns[0].numbers is None


def test_texts_are_one_line_and_names_are_needed() -> None:
    edits = LabelEdits([], 2)
    assert edits.tag_new(np.array([True, False]), " a\tb\r\nc ", " my\tcolumn ") == 1
    assert (edits.columns[0].name, edits.columns[0].texts()) == ("my column", ["a b c", ""])
    assert edits.undo_text == "1 label in “my column”"
    for name in ("", " \n"):
        with pytest.raises(ValueError, match="needs a name"):
            edits.tag_new(np.array([0]), "a", name)


def test_points_and_columns_that_there_are_not() -> None:
    edits = LabelEdits([column("c", ["a", "b"])], 2)
    for points in (np.array([2]), np.array([-1]), np.array([True])):
        with pytest.raises(IndexError):
            edits.tag(points, "x", 0)
    for place in (-1, 1):
        with pytest.raises(IndexError):
            edits.tag(np.array([0]), "x", place)
    for index in (-1, 2):
        edits.tag(np.array([0]), "x", 0)
        with pytest.raises(IndexError):
            edits.columns[0][index]
    assert edits.tag(np.empty(0, np.int64), "y", 0) == 0 and edits.columns[0].texts() == ["x", "b"]


def test_undo_has_bounds() -> None:
    edits = LabelEdits([column("c", ["a"])], 1)
    for number in range(MOST_CHANGES + 5):
        edits.tag(np.array([0]), str(number), 0)
    taken = 0
    while edits.undo():
        taken += 1
    assert taken == MOST_CHANGES and edits.columns[0][0] == "4"
    many = LabelEdits([], 10_000_000)
    assert many._done.maxlen == FEWEST_CHANGES


def read(path: Path, points: int) -> tuple[MetadataColumn, ...]:
    with OpenFile(Place(os.path.realpath(path)), 1 << 30) as file:
        columns, notes = read_metadata(file, points)
    assert not notes
    return columns


CELL = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\x00\ufeff"), max_size=4)


@given(data=st.data(), count=st.integers(1, 5), width=st.integers(1, 3))
def test_what_is_saved_reads_back(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, count: int, width: int
) -> None:
    path = tmp_path_factory.mktemp("saved") / "metadata.tsv"
    cells = st.lists(CELL, min_size=count, max_size=count)
    edits = LabelEdits([column(f"c{place}", data.draw(cells)) for place in range(width)], count)
    edits.tag_new(np.array([0]), data.draw(CELL), data.draw(CELL.filter(str.strip)))
    assert edits.save(path) == count and not edits.unsaved
    text = path.read_text(encoding="utf-8")
    lines = text.split("\n")
    assert lines.pop() == "" and all(line.strip() for line in lines)
    expected = [[" ".join(cell.split("\t")) for cell in kept.texts()] for kept in edits.columns]
    found = read(path, count)
    # Blanks around a label, and what breaks lines in it, are blanks.
    for kept, back in zip(expected, found):
        assert ["".join(cell.split()) for cell in back.texts()] == ["".join(cell.split()) for cell in kept]
    if len(found) > len(expected):
        assert [back.name for back in found][-1] == "__index__"
        assert found[-1].texts() == [str(point) for point in range(count)]
        assert any(not "".join(row).strip() for row in zip(*expected))
    assert len(lines) == count + (len(found) > 1)


def test_a_header_where_and_only_where_there_are_several_columns(tmp_path: Path) -> None:
    path = tmp_path / "m.tsv"
    edits = LabelEdits([column("one", ["a", "b"])], 2)
    edits.save(path)
    assert path.read_bytes() == b"a\nb\n"
    edits.tag_new(np.array([1]), "x\ty", "two")
    assert edits.unsaved
    edits.save(path)
    assert path.read_bytes() == b"one\ttwo\na\t\nb\tx y\n"
    edits.undo()
    assert edits.unsaved
    edits.tag(np.array([0]), "", 0)
    edits.save(path)
    assert path.read_bytes() == b"one\t__index__\n\t0\nb\t1\n"


def test_a_save_that_is_given_up_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "m.tsv"
    edits = LabelEdits([column("one", ["a", "b"])], 2)
    edits.save(path)
    edits.tag(np.array([0]), "new", 0)
    with pytest.raises(ExportCancelled):
        edits.save(path, lambda: True)
    with pytest.raises(OSError):
        edits.save(tmp_path / "no" / "m.tsv")
    assert edits.unsaved and path.read_bytes() == b"a\nb\n" and list(tmp_path.iterdir()) == [path]
    with pytest.raises(ValueError, match="no labels"):
        LabelEdits([], 2).save(path)
