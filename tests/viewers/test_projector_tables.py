"""Exported coordinates and labels are all there, exact, and harmless to a spreadsheet."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from projector_columns import column

from runglass.viewers.board.tables import ExportCancelled
from runglass.viewers.projector.tables import one_line, write_metadata, write_points

CELL = st.text(alphabet=st.characters(codec="utf-8"), max_size=5)


def rows_of(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file, strict=True))


@st.composite
def tables(draw: st.DrawFn) -> tuple[np.ndarray, list[list[str]], np.ndarray | None]:
    kind = draw(st.sampled_from([np.float32, np.float64]))
    width = 32 if kind is np.float32 else 64
    shape = st.tuples(st.integers(1, 6), st.integers(2, 3))
    points = draw(npst.arrays(kind, shape, elements=st.floats(width=width)))
    cells = [draw(st.lists(CELL, min_size=len(points), max_size=len(points))) for _ in range(draw(st.integers(0, 2)))]
    some = draw(st.one_of(st.none(), st.lists(st.integers(0, len(points) - 1), max_size=4)))
    return points, cells, None if some is None else np.array(some, np.int64)


@given(tables(), st.sampled_from([".csv", ".tsv", ".CSV"]))
def test_what_is_exported_reads_back(
    tmp_path_factory: pytest.TempPathFactory, table: tuple[np.ndarray, list[list[str]], np.ndarray | None], ending: str
) -> None:
    points, cells, some = table
    path = tmp_path_factory.mktemp("out") / f"points{ending}"
    columns = [column(f"c{place}", texts) for place, texts in enumerate(cells)]
    chosen = np.arange(len(points)) if some is None else some
    assert write_points(path, points, columns, some) == len(chosen)
    if ending == ".tsv":
        lines = path.read_bytes().decode().split("\n")
        assert lines.pop() == ""
        rows = [line.split("\t") for line in lines]
    else:
        rows = rows_of(path)
        assert path.read_bytes().endswith(b"\r\n")
    axes = ["x", "y", "z"][: points.shape[1]]
    assert rows[0] == ["point", *axes, *(kept.name for kept in columns)]
    assert [row[0] for row in rows[1:]] == [str(point) for point in chosen]
    back = np.array([row[1 : 1 + len(axes)] for row in rows[1:]], points.dtype).reshape(-1, len(axes))
    assert np.array_equal(back, points[chosen], equal_nan=True)
    for place, kept in enumerate(columns):
        for row, point in zip(rows[1:], chosen):
            text = kept[int(point)]
            found = row[1 + len(axes) + place]
            if ending == ".tsv":
                assert found == one_line(text)
            elif kept.numbers is not None:
                assert found == text
            else:
                assert found == text or (found == "'" + text and text[0] in "=+-@\t\r")
                assert not found.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_numbers_below_zero_are_no_formulas(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    columns = [column("n", ["-1", "+2"]), column("=w", ["-1", "=cmd()"])]
    write_points(path, np.array([[-0.1, 2.0]] * 2, np.float32), columns, axes=("pca 1", "pca 2"))
    assert rows_of(path) == [
        ["point", "pca 1", "pca 2", "n", "'=w"],
        ["0", "-0.1", "2.0", "-1", "'-1"],
        ["1", "-0.1", "2.0", "+2", "'=cmd()"],
    ]


@given(tables())
def test_arrays_read_back(
    tmp_path_factory: pytest.TempPathFactory, table: tuple[np.ndarray, list[list[str]], np.ndarray | None]
) -> None:
    points, _cells, some = table
    path = tmp_path_factory.mktemp("out") / "points.npy"
    for given_points in (points, np.asfortranarray(points)):
        write_points(path, given_points, (), some)
        back = np.load(path, allow_pickle=False)
        with np.errstate(over="ignore"):
            expected = (points if some is None else points[some]).astype(np.float32)
        assert back.dtype == np.float32 and back.shape == expected.shape and back.flags.c_contiguous
        assert np.array_equal(back, expected, equal_nan=True)


def test_labels_of_some_points(tmp_path: Path) -> None:
    path = tmp_path / "m.tsv"
    assert write_metadata(path, [column("a", ["x", "y", "z"]), column("", ["1", "", "3"])], np.array([2, 1])) == 2
    assert path.read_text() == "a\tcolumn 2\nz\t3\ny\t\n"


@pytest.mark.parametrize("ending", [".csv", ".tsv", ".npy"])
def test_an_export_that_is_given_up_or_fails_leaves_nothing(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"p{ending}"
    points = np.zeros((50_000, 3), np.float32)
    labels = [column("c", [str(number) for number in range(len(points))])]
    calls: list[bool] = []

    def cancelled() -> bool:
        calls.append(True)
        return len(calls) > 2

    with pytest.raises(ExportCancelled):
        write_points(path, points, labels, cancelled=cancelled)
    assert len(calls) == 3
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(IndexError):
        write_points(path, points, labels, np.array([50_000]))
    assert list(tmp_path.iterdir()) == []
    assert write_points(path, points, labels) == 50_000
