"""Exported points are all there, exact, and harmless to a spreadsheet."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from runglass.reader.model import ScalarSelection
from runglass.viewers.board.tables import ExportCancelled
from runglass.viewers.scalars.export import ExportSeries, write_csv, write_json


def points() -> ScalarSelection:
    return ScalarSelection(
        np.array([-(2**63), 2**53 + 1, 2**63 - 1, 4]),
        np.array([1.7e9 + 0.123456, 1.0, 2.0, 3.0]),
        np.array([0.1, np.nan, np.inf, -np.inf], np.float32),
        (0,),
    )


def rows_of(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_csv_is_exact_and_says_what_is_not_finite(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    assert write_csv(path, [ExportSeries("run,1", 'tag"x"', points())]) == 4
    rows = rows_of(path)
    assert rows[0] == ["run", "tag", "step", "wall_time", "value"]
    assert [row[2] for row in rows[1:]] == [str(-(2**63)), str(2**53 + 1), str(2**63 - 1), "4"]
    assert [row[4] for row in rows[1:]] == ["0.1", "NaN", "Infinity", "-Infinity"]
    assert float(rows[1][3]) == 1.7e9 + 0.123456
    assert rows[1][:2] == ["run,1", 'tag"x"']


@pytest.mark.parametrize("name", ["=1+1", "+x", "-x", "@sum", "\tx"])
def test_a_name_cannot_become_a_formula(tmp_path: Path, name: str) -> None:
    path = tmp_path / "out.csv"
    write_csv(path, [ExportSeries(name, name, points())])
    row = rows_of(path)[1]
    assert row[0] == row[1] == "'" + name


def test_json_reads_back(tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    assert write_json(path, [ExportSeries("a", "t", points()), ExportSeries("b\n", "t", points())]) == 8
    series = json.loads(path.read_text(encoding="utf-8"))["series"]
    assert [one["run"] for one in series] == ["a", "b\n"]
    assert series[0]["points"][1] == [2**53 + 1, 1.0, "NaN"]
    assert series[0]["points"][0] == [-(2**63), 1.7e9 + 0.123456, 0.1]


def test_an_export_that_is_cancelled_or_fails_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("before")
    with pytest.raises(ExportCancelled):
        write_csv(path, [ExportSeries("a", "t", points())], cancelled=lambda: True)
    assert path.read_text() == "before" and [entry.name for entry in tmp_path.iterdir()] == ["out.csv"]
    with pytest.raises(OSError):
        write_json(tmp_path / "missing" / "out.json", [])


def test_a_name_that_is_not_text_is_written_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    write_csv(path, [ExportSeries("run\udcff", "t", points())])
    assert "run\\udcff" in path.read_text(encoding="utf-8")
