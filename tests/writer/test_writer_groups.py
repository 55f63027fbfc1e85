"""Runs below a run: add_scalars, its export, hyperparameters; and the defaults of use_metadata."""

from __future__ import annotations

import json
import math
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorboardX.summary as theirs
from hypothesis import given
from hypothesis import strategies as st
from reading_back import events_of, ours, points_of, values_of
from tensorboard.backend.event_processing.data_provider import MultiplexerDataProvider
from tensorboard.backend.event_processing.plugin_event_multiplexer import EventMultiplexer
from tensorboard.context import RequestContext
from tensorboard.plugins.base_plugin import TBContext
from tensorboard.plugins.hparams import api_pb2, backend_context, get_experiment, list_session_groups, plugin_data_pb2

from runglass import SummaryWriter
from runglass.reader.api import Kind
from runglass.writer.paths import LONGEST_NAME, folder_name, folder_names


def folders_of(logdir: Path) -> list[str]:
    return sorted({file.parent.relative_to(logdir).as_posix() for file in logdir.rglob("*tfevents*")})


def scalars_of(folder: Path) -> list[tuple[str, int, float]]:
    return [(value.tag, step, value.simple_value) for step, value in points_of(folder)]


# Names of folders


@given(st.text(max_size=300))
def test_a_tag_is_the_name_of_one_folder_on_every_system(tag: str) -> None:
    name = folder_name(tag)
    assert name
    assert name not in (".", "..")
    assert not set(name) & set('<>:"|?*\\/\0\n')
    assert not name.endswith((".", " "))
    assert len(name.encode()) <= LONGEST_NAME


@given(st.lists(st.text(st.sampled_from("%a:25.0/ "), max_size=6), min_size=2, max_size=2, unique=True))
def test_different_tags_have_different_folders(tags: list[str]) -> None:
    assert folder_name(tags[0]) != folder_name(tags[1])


@pytest.mark.parametrize(
    "tag, name",
    [
        ("loss", "loss"),
        ("run 14h, lr=0.1 (ü)", "run 14h, lr=0.1 (ü)"),
        (".", "%2e"),
        ("..", ".%2e"),
        ("", "%00"),
        ("CON", "%43ON"),
        ("nul.txt", "%6eul.txt"),
        ("a/b\\c:d", "a%2fb%5cc%3ad"),
        ("100%", "100%"),
        ("a%3ab", "a%253ab"),
        ("end.", "end%2e"),
    ],
)
def test_what_is_harmless_stays_as_it_is(tag: str, name: str) -> None:
    assert folder_name(tag) == name


def test_nested_folders_never_lead_up() -> None:
    assert folder_names("/etc/passwd") == ("etc", "passwd")
    assert folder_names("a//../b/") == ("a", ".%2e", "b")
    assert folder_names("/") == ("%2f",)


# add_scalars


def test_each_key_is_a_run_where_tensorboardx_puts_it(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path, filename_suffix=".x", strict=True) as writer:
        for step in range(3):
            writer.add_scalars("loss/fold 1", {"train": step, "valid/a": np.float32(step) / 2}, step, 100.0 + step)
        writer.add_scalars("lr", {"train": 0.5})
        writer.add_scalar("own", 1)
    assert folders_of(tmp_path) == [".", "loss/fold 1/train", "loss/fold 1/valid/a", "lr/train"]
    assert scalars_of(tmp_path / "loss/fold 1/valid/a") == [("loss/fold 1", step, step / 2) for step in range(3)]
    assert scalars_of(tmp_path / "lr/train") == [("lr", 0, 0.5)]
    assert scalars_of(tmp_path) == [("own", 0, 1.0)]
    assert all(file.name.endswith(".x") for file in tmp_path.rglob("*tfevents*"))
    assert {event.wall_time for event in events_of(tmp_path / "loss/fold 1/train")[2:]} == {100.0, 101.0, 102.0}
    store = ours(tmp_path).store
    assert {key.run for key in store.series(Kind.SCALAR)} == set(folders_of(tmp_path))


@pytest.mark.parametrize("main", ["..", "/outside", "a/../../..", "x\0y", "NUL", "C:\\x", "a" * 300])
@pytest.mark.parametrize("key", ["..", "/", "b"])
def test_nothing_is_written_outside_the_folder(
    main: str, key: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    run = tmp_path / "log" / "run"
    with SummaryWriter(run) as writer:
        writer.add_scalars(main, {key: 1.0}, 1)
    assert [item.name for item in tmp_path.iterdir()] == ["log"]
    assert [item.name for item in (tmp_path / "log").iterdir()] == ["run"]
    (written,) = set(folders_of(run)) - {"."}
    assert ".." not in written.split("/")
    assert scalars_of(run / written) == [(main.replace("\0", "_"), 1, 1.0)]


def test_a_number_that_cannot_be_written_leaves_the_others(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with SummaryWriter(tmp_path) as writer:
        for step in range(2):
            writer.add_scalars("loss", {"a": 1.0, "b": "no", 3: 1.0, "": 2.0, "c": math.nan}, step)
        writer.add_scalars("loss", [1, 2])
        writer.add_scalars("loss", {"a": 1.0}, global_step="now")
    assert folders_of(tmp_path) == [".", "loss/%00", "loss/a", "loss/c"]
    assert len(values_of(tmp_path / "loss/a")) == 2
    assert [message.split(":")[0] for message in caplog.messages] == [
        "add_scalars('loss/b')",
        "add_scalars('loss/3')",
        "add_scalars('loss')",
    ]
    with SummaryWriter(tmp_path / "strict", strict=True) as writer, pytest.raises(TypeError, match="no number"):
        writer.add_scalars("loss", {"b": "no"})


def test_flush_and_close_reach_the_runs_below(tmp_path: Path) -> None:
    writer = SummaryWriter(tmp_path, flush_secs=1000)
    writer.add_scalars("m", {"a": 1.0}, 1, summary_description="why")
    writer.flush()
    (value,) = values_of(tmp_path / "m/a")
    assert value.metadata.summary_description == "why"
    writer.add_scalars("m", {"a": 2.0}, 2)
    writer.close()
    writer.close()
    assert len(values_of(tmp_path / "m/a")) == 2


def test_threads_share_the_runs_below(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path, strict=True) as writer:

        def work(thread: int) -> None:
            for step in range(50):
                writer.add_scalars("m", {f"k{step % 5}": thread}, step)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    files = [file.parent.name for file in (tmp_path / "m").rglob("*tfevents*")]
    assert sorted(files) == [f"k{number}" for number in range(5)]
    assert all(len(values_of(tmp_path / "m" / name)) == 80 for name in files)


def test_what_comes_after_closing_goes_to_other_files_of_the_same_runs(tmp_path: Path) -> None:
    writer = SummaryWriter(tmp_path)
    writer.add_scalars("m", {"a": 1.0}, 1)
    writer.close()
    writer.add_scalars("m", {"a": 2.0}, 2)
    writer.add_scalars("m", {"b": 2.0}, 2)
    writer.close()
    assert folders_of(tmp_path) == [".", "m/a", "m/b"]
    assert len(list((tmp_path / "m/a").iterdir())) == 2


def test_a_resumed_run_supersedes_below_as_well(tmp_path: Path) -> None:
    for purge in (None, 5):
        with SummaryWriter(tmp_path, purge_step=purge) as writer:
            writer.add_scalars("m", {"a": 1.0}, purge or 9)
    starts = [event.step for event in events_of(tmp_path / "m/a") if event.HasField("session_log")]
    assert starts == [0, 5]


# export_scalars_to_json


def test_an_export_holds_what_came_since_the_last(tmp_path: Path) -> None:
    logdir = tmp_path / "log"
    with SummaryWriter(logdir) as writer:
        writer.add_scalars("old", {"a": 1.0}, 0)
    with SummaryWriter(logdir, strict=True) as writer:
        for step in range(1000):
            writer.add_scalars("m", {"a": step, "b": -step}, step, 100.0 + step)
        writer.add_scalars("old", {"a": 0.5}, 7, 1.0, summary_description="text")
        writer.add_scalar("other", 1)
        writer.export_scalars_to_json(tmp_path / "first.json")
        writer.export_scalars_to_json(str(tmp_path / "second.json"))
        writer.add_scalars("m", {"a": math.inf}, 2**40, 5.0)
        writer.export_scalars_to_json(tmp_path / "third.json")
    first, second, third = (
        json.loads((tmp_path / f"{name}.json").read_text()) for name in ("first", "second", "third")
    )
    assert first == {
        str(logdir / "m" / "a"): [[100.0 + step, step, step] for step in range(1000)],
        str(logdir / "m" / "b"): [[100.0 + step, step, -step] for step in range(1000)],
        str(logdir / "old" / "a"): [[1.0, 7, 0.5]],
    }
    assert second == {}
    assert third == {str(logdir / "m" / "a"): [[5.0, 2**40, math.inf]]}


def test_an_export_that_cannot_be_written(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with SummaryWriter(tmp_path) as writer:
        writer.export_scalars_to_json(tmp_path / "no" / "folder.json")
    (message,) = caplog.messages
    assert message.startswith("export_scalars_to_json: not written")


# add_hparams


def plugin_data(value: Any) -> Any:
    return plugin_data_pb2.HParamsPluginData.FromString(value.metadata.plugin_data.content)


HPARAMS = {"lr": 0.1, "layers": 3, "net": "cnn", "norm": True, "none": None, "act": math.tanh}


def test_a_session_is_that_of_tensorboardx(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path, strict=True) as writer:
        writer.add_hparams(HPARAMS, {"hparam/accuracy": 0.5, "hparam/loss": np.array([2.0])}, "trial", 4)
    *session, accuracy, loss = points_of(tmp_path / "trial")
    others = theirs.hparams(HPARAMS, {"hparam/accuracy": 0.5, "hparam/loss": 2.0})
    for (step, value), other in zip(session, others):
        (expected,) = other.value
        assert (step, value.tag) == (0, expected.tag)
        assert plugin_data(value) == plugin_data(expected)
    assert [(step, value.tag, value.simple_value) for step, value in (accuracy, loss)] == [
        (4, "hparam/accuracy", 0.5),
        (4, "hparam/loss", 2.0),
    ]


def test_tensorboards_plugin_lists_the_sessions(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path, strict=True) as writer:
        for number in range(3):
            writer.add_hparams(
                {"lr": 0.1 * number, "net": "cnn"},
                {"hparam/loss": number},
                hparam_domain_discrete={"net": ["cnn", "vit"]},
                run_name=f"trial/{number}",
            )
    multiplexer = EventMultiplexer().AddRunsFromDirectory(str(tmp_path))
    multiplexer.Reload()
    provider = MultiplexerDataProvider(multiplexer, str(tmp_path))
    context = backend_context.Context(TBContext(logdir=str(tmp_path), data_provider=provider))
    asked = RequestContext()
    wanted = api_pb2.GetExperimentRequest(include_metrics=True)
    experiment = get_experiment.Handler(asked, context, "", wanted).run()
    assert {info.name for info in experiment.hparam_infos} == {"lr", "net"}
    assert {info.name.tag for info in experiment.metric_infos} == {"hparam/loss"}
    request = api_pb2.ListSessionGroupsRequest(
        start_index=0, slice_size=10, allowed_statuses=[api_pb2.STATUS_SUCCESS], include_metrics=True
    )
    groups = list_session_groups.Handler(asked, context, "", request).run().session_groups
    found = {group.hparams["lr"].number_value: group.metric_values[0].value for group in groups}
    assert found == {0.0: 0.0, 0.1: 1.0, 0.2: 2.0}


def test_names_and_steps_as_both_libraries_take_them(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path, strict=True) as writer:
        writer.add_hparams({}, {"m": 1}, "third", 1)
        writer.add_hparams({}, {"m": 1}, None, "fourth", 2)
        writer.add_hparams({}, {"m": 1}, name="keyword", global_step=3)
        writer.add_hparams({}, {"m": 1}, {}, run_name="domain")
        writer.add_hparams({}, {"m": 1}, None, 5)
        writer.add_hparams({}, {"m": 1}, run_name="../../out")
        writer.add_hparams({}, {"m": 1}, run_name=".", global_step=7)
        writer.add_hparams({}, {"n": 1}, run_name=str(tmp_path.absolute()), global_step=8)
    *named, unnamed = sorted(folders_of(tmp_path), key=lambda name: name.replace(".", "").isdigit() and name != ".")
    assert named == [".", ".%2e/.%2e/out", "domain", "fourth", "keyword", "third"]
    assert abs(float(unnamed) - time.time()) < 100
    steps = {name: points_of(tmp_path / name)[-1][0] for name in [*named, unnamed]}
    assert list(steps.values()) == [8, 0, 0, 2, 3, 1, 5]
    assert [step for step, value in points_of(tmp_path) if value.tag == "m"] == [7]


def test_settings_of_every_type(tmp_path: Path) -> None:
    settings = {"n": np.int64(3), "b": np.bool_(True), "t": (0.9, 0.99), "p": Path("x"), "one": np.array([2.5])}
    with SummaryWriter(tmp_path, strict=True) as writer:
        writer.add_hparams(settings, {}, "run")
    start = plugin_data(values_of(tmp_path / "run")[1]).session_start_info.hparams
    assert (start["n"].number_value, start["b"].bool_value, start["one"].number_value) == (3, True, 2.5)
    assert (start["t"].string_value, start["p"].string_value) == ("(0.9, 0.99)", "x")


@pytest.mark.parametrize(
    "arguments, words",
    [
        (([], {}), "hparam_dict is a dict"),
        (({}, [1]), "metric_dict is a dict"),
        (({}, {"m": "high"}), "the metric 'm'"),
        (({"a": 1}, {}, {"b": [1]}), "'b'"),
        (({"a": 1}, {}, {"a": 3}), "is a list"),
        (({"": 1}, {}), "empty"),
    ],
)
def test_sessions_that_cannot_be(arguments: Any, words: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with SummaryWriter(tmp_path) as writer:
        writer.add_hparams(*arguments, run_name="run")
    (message,) = caplog.messages
    assert message.startswith("add_hparams: not written") and words in message
    assert folders_of(tmp_path) == ["."]


# use_metadata


def test_inside_use_metadata_everything_has_its_step_and_time(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path, strict=True) as writer:
        with writer.use_metadata(global_step=10, walltime=5.0) as same:
            assert same is writer
            writer.add_scalar("s", 1)
            writer.add_scalar("s", 2, 3, 4.0)
            writer.add_text("t", "x")
            writer.add_histogram("h", [1.0])
            writer.add_image("i", np.zeros((1, 1)), dataformats="HW")
            writer.add_scalars("m", {"a": 1.0})
            writer.add_hparams({}, {"m": 1}, "run")
            writer.add_embedding(np.eye(2))
            with writer.use_metadata(global_step=11):
                writer.add_scalar("s", 3)
        writer.add_scalar("s", 4)
    found = [(value.tag, event.step, event.wall_time) for event in events_of(tmp_path) for value in event.summary.value]
    assert found[:-1] == [
        ("s", 10, 5.0),
        ("s", 3, 4.0),
        ("t/text_summary", 10, 5.0),
        ("h", 10, 5.0),
        ("i", 10, 5.0),
        ("s", 11, 5.0),
    ]
    assert found[-1][1] == 0 and found[-1][2] > 1e9
    for folder in ("m/a", "run"):
        last = events_of(tmp_path / folder)[-1]
        assert (last.step, last.wall_time) == (10, 5.0)
    assert (tmp_path / "00010" / "default" / "tensors.tsv").is_file()
