"""Every real log of the corpus reads as its expected.json says, through `inspect` as a user would call it."""

from __future__ import annotations

import io
import json
import math
from pathlib import Path
from typing import Any

import pytest

from runglass.reader.api import (
    Kind,
    LogSession,
    RestartMode,
    SeriesKey,
    inspect_main,
    load,
)

# Where TensorBoard stops at a damage, expected.json says what *it* reads; Runglass reads on. The log has one scalar tag
# with 100 points in 101 records: (records, points, gap bytes, pending bytes).
DAMAGED = {
    "cut_in_length": (100, 99, 0, 5),
    "cut_in_length_crc": (100, 99, 0, 10),
    "cut_in_payload": (100, 99, 0, 28),
    "cut_in_payload_crc": (100, 99, 0, 47),
    "length_crc_flipped_mid_file": (101, 100, 0, 0),
    "payload_byte_flipped_mid_file": (100, 99, 49, 0),
    "payload_crc_flipped_mid_file": (100, 99, 49, 0),
    "undecodable_proto_record_mid_file": (102, 100, 0, 0),
    "zero_hole_mid_file": (101, 100, 512, 0),
    "zero_tail_4096": (101, 100, 0, 4096),
    "text_tail": (101, 100, 0, 36),
    "huge_length_with_valid_crc": (101, 100, 0, 112),
    "html_error_page": (0, None, 0, 83),
    "lfs_pointer": (0, None, 0, 129),
}
EXACT = ("plugin", "count", "first_step", "last_step", "min_step", "max_step", "steps_increasing", "distinct_steps")
CLOSE = ("first_wall_time", "last_wall_time", "sum", "min", "max", "first", "last", "total_count", "left_of_first")
COUNTED = (
    *("nan", "inf", "images", "bytes", "sizes", "clips", "empty", "bucket_counts"),
    *("description", "display_name", "data_class", "shapes", "encodings", "sha256", "strings", "first_text"),
    *("hparams", "layout", "no_value", "plugin_content_bytes", "dtypes"),
)


@pytest.fixture(scope="module")
def report(corpus: Path) -> dict[str, Any]:
    out = io.StringIO()
    assert inspect_main([str(corpus), "--json"], out) == 0
    return json.loads(out.getvalue(), parse_constant=pytest.fail)  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def expected(corpus: Path) -> dict[str, Any]:
    return json.loads((corpus / "expected.json").read_text())  # type: ignore[no-any-return]


def test_every_run_is_there_and_no_other(report: dict[str, Any], expected: dict[str, Any]) -> None:
    # The folder of the corpus' own licence texts has one whose name holds "tfevents": a text file, and named as one.
    assert report["runs"].keys() - {"LICENSES"} == expected["runs"].keys()


def test_every_byte_is_accounted_for(report: dict[str, Any], expected: dict[str, Any]) -> None:
    for name, run in expected["runs"].items():
        for file, facts in run["files"].items():
            ours = report["runs"][name]["files"][file]
            assert ours["bytes"] == facts["bytes"]
            assert ours["accepted"] + ours["pending"] + ours["gap_bytes"] == facts["bytes"], (name, file)


def test_whole_files_have_every_record(report: dict[str, Any], expected: dict[str, Any]) -> None:
    for name, run in expected["runs"].items():
        for file, facts in run["files"].items():
            if facts["end"] == "end of file":
                assert report["runs"][name]["files"][file]["records"] == facts["records"], (name, file)
                assert report["runs"][name]["files"][file]["pending"] == 0


def _differences(ours: dict[str, Any], theirs: dict[str, Any]) -> list[str]:
    found = []
    for key in (*EXACT, *COUNTED):
        if key == "dtypes" and theirs["plugin"] == "histograms":
            continue  # buckets are float64 in memory, whatever they were on disk
        if key in theirs and ours.get(key) != theirs[key]:
            found.append(f"{key}: {ours.get(key)!r}, expected {theirs[key]!r}")
    for key in CLOSE:
        if key not in theirs or (key == "sum" and theirs["plugin"] != "scalars"):
            continue
        mine, wanted = ours.get(key), theirs[key]
        same = mine == wanted or (
            isinstance(mine, float) and isinstance(wanted, (int, float)) and math.isclose(mine, wanted, rel_tol=1e-6)
        )
        if not same:
            found.append(f"{key}: {mine!r}, expected {wanted!r}")
    return found


def test_every_tag_agrees(report: dict[str, Any], expected: dict[str, Any]) -> None:
    wrong = []
    for name, run in expected["runs"].items():
        if name.split("/")[-1] in DAMAGED and name.startswith("_derived_damage"):
            continue
        tags = report["runs"][name]["tags"]
        assert {tag for tag, entry in run["tags"].items() if entry["count"]} <= tags.keys(), name
        for tag, entry in run["tags"].items():
            wrong += [f"{name} {tag} {text}" for text in _differences(tags[tag], entry)]
    assert not wrong, "\n".join(wrong[:20])


@pytest.mark.parametrize("damage", sorted(DAMAGED))
def test_reading_goes_on_behind_a_damage(report: dict[str, Any], damage: str) -> None:
    records, points, gap_bytes, pending = DAMAGED[damage]
    run = report["runs"][f"_derived_damage/{damage}"]
    (file,) = run["files"].values()
    assert (file["records"], file["gap_bytes"], file["pending"]) == (records, gap_bytes, pending)
    assert (run["tags"]["strict/foo"]["count"] if run["tags"] else None) == points
    named = [problem for problem in report["problems"] if problem["run"] == f"_derived_damage/{damage}"]
    assert named, "a damage is never passed over in silence"
    assert all(problem["cause"] and problem["remedy"] for problem in named)


@pytest.fixture(scope="module")
def session(corpus: Path) -> LogSession:
    return load([str(corpus)])


@pytest.mark.parametrize(
    ("mode", "view"), [(RestartMode.AS_TENSORBOARD, "purged"), (RestartMode.AS_TENSORBOARD_FAST, "server")]
)
def test_the_views_of_both_tensorboards_are_reproduced(
    session: LogSession, expected: dict[str, Any], mode: RestartMode, view: str
) -> None:
    checked = 0
    for name, run in expected["runs"].items():
        if name.split("/")[-1] in DAMAGED and name.startswith("_derived_damage"):
            continue
        for tag, entry in run["tags"].items():
            if entry.get("plugin") != "scalars" or entry.get(view, entry) is None:
                continue
            selection = session.store.selection(SeriesKey(name, tag, Kind.SCALAR), mode)
            wanted = entry.get(view, entry)
            assert len(selection.step) == wanted["count"], (name, tag)
            assert int(selection.step[-1]) == wanted["last_step"], (name, tag)
            checked += 1
    assert checked > 500


def test_a_folder_that_cannot_be_opened_is_one_line_and_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert inspect_main([str(tmp_path / "nothing\x1b[2J")]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "\x1b" not in said
    assert "no such file" in said


def test_the_readable_report_names_runs_tags_and_problems(corpus: Path) -> None:
    out = io.StringIO()
    assert inspect_main([str(corpus / "_derived_damage")], out) == 0
    text = out.getvalue()
    assert "payload_byte_flipped_mid_file" in text
    assert "strict/foo" in text
    assert "49 in 1 gap\n" in text
