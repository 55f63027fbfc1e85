"""`runglass inspect` as a shell sees it: any terminal, any log, and a code that scripts can rely on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from log_writing import metadata, scalar, start, value, version, write

from runglass.reader.api import inspect_logdir
from runglass.reader.wire import events_pb2 as pb

NAME = "events.out.tfevents.1"


def command(*arguments: str) -> list[str]:
    program = "import sys; from runglass.reader.api import inspect_main; sys.exit(inspect_main(sys.argv[1:]))"
    return [sys.executable, "-c", program, *arguments]


def environment(encoding: str = "utf-8") -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONIOENCODING": encoding}


def run(*arguments: str, encoding: str = "utf-8") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(command(*arguments), capture_output=True, env=environment(encoding))


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_names_that_the_terminal_has_no_characters_for_are_escaped(tmp_path: Path, encoding: str) -> None:
    write(tmp_path / "lauf-ü" / NAME, version(), scalar("tag-漢\x1b]0;title\x07\x9b31m\u202e", 0, 1.0))
    done = run(str(tmp_path), encoding=encoding)
    assert (done.returncode, done.stderr) == (0, b"")
    text = done.stdout.decode(encoding)
    assert "\\x1b]0;title\\x07\\x9b31m\\u202e" in text
    assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(text)


def test_a_reader_that_leaves_early_is_no_error(tmp_path: Path) -> None:
    write(tmp_path / NAME, version(), *(scalar(f"tag/{index}", 0, 1.0) for index in range(20_000)))
    pipe = subprocess.PIPE
    with subprocess.Popen(command(str(tmp_path)), stdout=pipe, stderr=pipe, env=environment()) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_json_is_strict_and_a_tag_of_two_kinds_has_two_entries(tmp_path: Path) -> None:
    histogram = pb.HistogramProto(min=0, max=1, num=4, bucket_limit=[1], bucket=[4])
    records = [scalar("x", 0, float("inf")), value(1, tag="x", histo=histogram), scalar("x", 2, float("nan"))]
    write(tmp_path / NAME, version(), *records, scalar("wall", 0, 1.0, float("nan")))
    done = run(str(tmp_path), "--json")
    report = json.loads(done.stdout, parse_constant=pytest.fail)
    tags = report["runs"]["."]["tags"]
    assert tags.keys() == {"x", "x (histograms)", "wall"}
    assert (tags["x"]["first"], tags["x"]["last"], tags["x"]["nan"], tags["x"]["inf"]) == ("Infinity", "NaN", 1, 1)
    assert tags["x (histograms)"]["total_count"] == 4
    assert tags["wall"]["first_wall_time"] == "NaN"
    assert {problem["code"] for problem in report["problems"]} == {"two-kinds", "bad-wall-time"}


def test_superseded_points_are_counted_and_all_points_are_in_the_figures(tmp_path: Path) -> None:
    write(tmp_path / f"{NAME}.a", version(), *(scalar("x", step, 1.0) for step in range(10)))
    write(tmp_path / f"{NAME}.b", version(), start(5), *(scalar("x", step, 2.0) for step in range(5, 8)))
    tag = inspect_logdir(str(tmp_path))["runs"]["."]["tags"]["x"]
    assert (tag["count"], tag["superseded"], tag["sum"], tag["last_step"]) == (13, 5, 16.0, 7)


def test_contents_are_told_without_a_look_at_the_files_by_hand(tmp_path: Path) -> None:
    started = pb.HParamsPluginData(session_start_info=pb.SessionStartInfo(group_name="g"))
    started.session_start_info.hparams["lr"].number_value = 0.5
    plugin = pb.SummaryMetadata.PluginData(plugin_name="hparams", content=started.SerializeToString())
    text = pb.TensorProto(dtype=7, tensor_shape=pb.TensorShapeProto(), string_val=[b"hello"])
    image = pb.Summary.Image(width=2, height=1, encoded_image_string=b"\x89PNG")
    write(
        tmp_path / NAME,
        version(),
        value(0, tag="_hparams_/session_start_info", metadata=pb.SummaryMetadata(plugin_data=plugin)),
        value(0, tag="note", tensor=text, metadata=metadata("text")),
        value(0, tag="picture", image=image),
    )
    tags = inspect_logdir(str(tmp_path))["runs"]["."]["tags"]
    assert tags["_hparams_/session_start_info"]["hparams"] == {"session_start": {"lr": 0.5}, "group": "g"}
    assert (tags["note"]["strings"], tags["note"]["first_text"]) == (1, "hello")
    assert tags["picture"] | {"sizes": {"2x1": 1}, "encodings": {"png": 1}, "bytes": 4} == tags["picture"]
