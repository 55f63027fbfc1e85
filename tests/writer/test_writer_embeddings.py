"""The files of an embedding, as TensorBoard's projector reads them."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from google.protobuf import text_format
from PIL import Image
from tensorboard.plugins.projector.projector_config_pb2 import ProjectorConfig

from runglass import SummaryWriter


def config_of(folder: Path) -> Any:
    text = (folder / "projector_config.pbtxt").read_text(encoding="utf-8")
    return text_format.Parse(text, ProjectorConfig())


def test_points_labels_and_thumbnails_are_found_through_the_config(tmp_path: Path) -> None:
    matrix = np.random.default_rng(3).normal(size=(5, 4)).astype(np.float32)
    pictures = np.random.default_rng(4).random((5, 3, 2, 2))
    with SummaryWriter(tmp_path) as writer:
        writer.add_embedding(matrix, [f"label {n}" for n in range(5)], pictures, global_step=7, tag="x/y")
        writer.add_embedding(matrix, [("a", "b\tc\nd")] * 5, metadata_header=["one", "two"])
    first, second = config_of(tmp_path).embeddings
    assert (first.tensor_name, first.tensor_path) == ("x/y:00007", "00007/x%2fy/tensors.tsv")
    read = np.loadtxt(tmp_path / first.tensor_path, delimiter="\t")
    np.testing.assert_array_equal(read.astype(np.float32), matrix)
    labels = (tmp_path / first.metadata_path).read_text(encoding="utf-8")
    assert labels.splitlines() == [f"label {n}" for n in range(5)]
    assert list(first.sprite.single_image_dim) == [2, 2]
    sheet = np.asarray(Image.open(io.BytesIO((tmp_path / first.sprite.image_path).read_bytes())))
    np.testing.assert_array_equal(sheet[2:4, 2:4], (pictures[4] * 255).astype(np.uint8).transpose(1, 2, 0))
    assert (second.tensor_name, second.tensor_path) == ("default:00000", "00000/default/tensors.tsv")
    table = (tmp_path / second.metadata_path).read_text(encoding="utf-8").splitlines()
    assert table == ["one\ttwo"] + ["a\tb c d"] * 5


@pytest.mark.parametrize("tag", ["..", ".", "../../out", "a\\b:c", "", "ü \n\"'", "C:\\x"])
def test_a_tag_never_leads_out_of_the_folder(tmp_path: Path, tag: str) -> None:
    run = tmp_path / "log" / "run"
    with SummaryWriter(run) as writer:
        writer.add_embedding(np.eye(2), ["a", "b"], tag=tag)
    (entry,) = config_of(run).embeddings
    assert entry.tensor_name == f"{tag}:00000"
    assert (run / entry.tensor_path).resolve().parent.parent == (run / "00000").resolve()
    assert (run / entry.tensor_path).is_file()
    assert sorted(item.name for item in tmp_path.iterdir()) == ["log"]


def test_what_does_not_fit_is_refused(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path, strict=True) as writer:
        with pytest.raises(ValueError, match="3 labels do not fit 2 points"):
            writer.add_embedding(np.eye(2), ["a", "b", "c"])
        with pytest.raises(ValueError, match="1 thumbnails do not fit 2 points"):
            writer.add_embedding(np.eye(2), label_img=np.zeros((1, 3, 2, 2)))
        with pytest.raises(ValueError, match="1-dimensional"):
            writer.add_embedding(np.zeros(3))
        with pytest.raises(ValueError, match="a row of 1 cells does not fit a header of 2"):
            writer.add_embedding(np.eye(2), [("a", "b"), ("c",)], metadata_header=["one", "two"])
        for pictures in (
            np.zeros((2, 5, 2, 2)),
            np.zeros((2, 3, 0, 2)),
            np.zeros((2, 3, 2)),
            np.zeros((2, 3, 5000, 1)),
        ):
            with pytest.raises(ValueError, match="thumbnails"):
                writer.add_embedding(np.eye(2), label_img=pictures)
        with pytest.raises(TypeError, match="string"):
            writer.add_embedding(np.eye(2), tag=None)
    assert [file.name for file in tmp_path.iterdir() if "tfevents" not in file.name] == []


def test_thumbnails_need_not_be_square_and_labels_may_be_any_iterable(tmp_path: Path) -> None:
    pictures = np.random.default_rng(1).integers(0, 256, (3, 1, 2, 5), dtype=np.uint8)
    with SummaryWriter(tmp_path, strict=True) as writer:
        writer.add_embedding(np.eye(3), (str(n) for n in range(3)), pictures)
        writer.add_embedding(
            np.eye(3), np.array([["a", 1], ["b", 2], ["c", 3]]), metadata_header=["name", "n"], tag="t"
        )
    first, second = config_of(tmp_path).embeddings
    assert list(first.sprite.single_image_dim) == [5, 2]
    sheet = np.asarray(Image.open(tmp_path / first.sprite.image_path))
    assert sheet.shape == (4, 10)
    np.testing.assert_array_equal(sheet[2:4, 0:5], pictures[2, 0])
    assert (tmp_path / second.metadata_path).read_text(encoding="utf-8").splitlines()[1] == "a\t1"


def test_entries_of_others_stay_in_the_config(tmp_path: Path) -> None:
    from tensorboardX.embedding import append_pbtxt

    config = tmp_path / "projector_config.pbtxt"
    with SummaryWriter(tmp_path) as one, SummaryWriter(tmp_path) as two:
        one.add_embedding(np.eye(2), global_step=1)
        append_pbtxt(None, None, str(tmp_path), "00002/theirs", 2, "theirs")
        two.add_embedding(np.eye(2), global_step=3)
        one.add_embedding(np.eye(2), global_step=1)
    names = [entry.tensor_name for entry in config_of(tmp_path).embeddings]
    assert names == ["default:00001", "theirs:00002", "default:00003"]
    script = """
import sys
import numpy
from runglass import SummaryWriter
with SummaryWriter(sys.argv[1]) as writer:
    for step in range(20):
        writer.add_embedding(numpy.eye(2), global_step=step, tag=sys.argv[2])
"""
    processes = [subprocess.Popen([sys.executable, "-c", script, str(tmp_path), name]) for name in "ab"]
    assert [process.wait(60) for process in processes] == [0, 0]
    assert len(config_of(tmp_path).embeddings) == 43
    assert config.read_bytes().endswith(b"}\n")


def test_an_entry_that_does_not_fit_on_the_disk_is_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from runglass.writer import embeddings

    def short(file: int, data: bytes) -> int:
        return os.write(file, data[:7])

    with SummaryWriter(tmp_path) as writer:
        writer.add_embedding(np.eye(2), tag="whole")
        with monkeypatch.context() as patch:
            patch.setattr(embeddings, "os", SimpleNamespace(**{**vars(os), "write": short}))
            writer.add_embedding(np.eye(2), tag="cut")
    assert [entry.tensor_name for entry in config_of(tmp_path).embeddings] == ["whole:00000"]
    (message,) = caplog.messages
    assert "add_embedding('cut')" in message
