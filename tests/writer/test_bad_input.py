"""What cannot be written: a warning that names the tag, an exception in strict mode, and never a damaged log."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tensorboard.backend.event_processing.event_file_loader import LegacyEventFileLoader

from runglass import SummaryWriter


def steps(folder: Path) -> list[tuple[str, int]]:
    (file,) = folder.glob("*tfevents*")
    events = LegacyEventFileLoader(str(file)).Load()
    return [(value.tag, event.step) for event in events for value in event.summary.value]


@pytest.mark.parametrize(
    "arguments, words",
    [
        (("loss", "a"), ["add_scalar('loss')", "'a'", "no number"]),
        (("loss", [1, 2]), ["add_scalar('loss')", "2"]),
        (("loss", 1, 2**64), ["add_scalar('loss')", "64 bits"]),
        (("loss", 1, 1, "noon"), ["add_scalar('loss')", "noon"]),
        (("", 1), ["add_scalar('')", "empty"]),
        ((7, 1), ["add_scalar(int)", "string"]),
        (([], 1), ["add_scalar(list)", "string"]),
        (("loss",), ["add_scalar('loss')", "scalar_value"]),
    ],
)
def test_bad_scalars(tmp_path: Path, caplog: pytest.LogCaptureFixture, arguments: Any, words: list[str]) -> None:
    with SummaryWriter(tmp_path) as writer:
        writer.add_scalar("good", 1, 1)
        for _ in range(3):
            writer.add_scalar(*arguments)
        writer.add_scalar("good", 1, 2)
    assert len(caplog.messages) == 1
    assert all(word in caplog.messages[0] for word in words), caplog.messages[0]
    assert steps(tmp_path) == [("good", 1), ("good", 2)]
    with SummaryWriter(tmp_path / "strict", strict=True) as writer, pytest.raises((TypeError, ValueError)):
        writer.add_scalar(*arguments)


def test_a_tag_that_cannot_be_shown_is_written_otherwise_and_said_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with SummaryWriter(tmp_path) as writer:
        for step in range(2):
            writer.add_scalar("a\nb\0", step, step)
    assert steps(tmp_path) == [("a_b_", 0), ("a_b_", 1)]
    (message,) = caplog.messages
    assert r"'a\nb\x00'" in message and "'a_b_'" in message


@pytest.mark.parametrize("tag", ["", "a" * 40_000, [], 7])
def test_no_method_takes_a_tag_that_is_none(tmp_path: Path, caplog: pytest.LogCaptureFixture, tag: Any) -> None:
    picture, rows = np.zeros((3, 2, 2)), [[1.0, 0.0]] * 6
    with SummaryWriter(tmp_path) as writer:
        calls = {
            "add_scalar": (1,),
            "add_scalars": ({"a": 1},),
            "add_histogram": ([1.0],),
            "add_histogram_raw": (0, 1, 1, 1, 1, [1.0], [1]),
            "add_image": (picture,),
            "add_images": ([picture],),
            "add_image_with_boxes": (picture, [[0, 0, 1, 1]]),
            "add_video": (picture[None, None],),
            "add_audio": ([0.0],),
            "add_text": ("x",),
            "add_pr_curve": ([1], [0.5]),
            "add_pr_curve_raw": rows,
            "add_mesh": (np.zeros((1, 3)),),
            "add_tensor": ([1.0],),
        }
        for method, arguments in calls.items():
            getattr(writer, method)(tag, *arguments)
    assert [message.split("(")[0] for message in caplog.messages] == list(calls)
    assert all("not written" in message for message in caplog.messages)
    assert max(map(len, caplog.messages)) < 500
    assert steps(tmp_path) == []
    assert [item.name for item in tmp_path.iterdir() if "tfevents" not in item.name] == []


@pytest.mark.parametrize(
    "method, arguments",
    [
        ("add_text", (7,)),
        ("add_image", (np.zeros((2, 2)), 0, None, None)),
        ("add_image", (None,)),
        ("add_images", (np.zeros((2, 2)),)),
        ("add_image_with_boxes", (np.zeros((3, 2, 2)), "x")),
        ("add_video", (np.zeros((2, 2)),)),
        ("add_histogram", (None,)),
        ("add_mesh", ("x",)),
        ("add_tensor", ("x",)),
        ("add_audio", (object(),)),
        ("add_figure", (None,)),
        ("add_unknown_argument", ()),
    ],
)
def test_what_is_no_input_at_all(tmp_path: Path, caplog: pytest.LogCaptureFixture, method: str, arguments: Any) -> None:
    with SummaryWriter(tmp_path) as writer:
        if method == "add_unknown_argument":
            writer.add_image("t", np.zeros((3, 2, 2)), colour="red")
        else:
            getattr(writer, method)("t", *arguments)
        writer.add_scalar("good", 1)
    (message,) = caplog.messages
    assert "('t'): not written" in message
    assert steps(tmp_path) == [("good", 0)]


def test_points_without_a_step_follow_one_another(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path) as writer:
        for tag in ("a", "b", "a", "a"):
            writer.add_scalar(tag, 1)
        writer.add_text("a", "text")
    assert steps(tmp_path) == [("a", 0), ("b", 0), ("a", 1), ("a", 2), ("a/text_summary", 0)]
