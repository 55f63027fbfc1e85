"""Logs that tensorboardX and TensorBoard's own writer make at test time, read as TensorBoard's loader reads them."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from runglass.reader.api import Kind, LogSession, SeriesKey, load


def by_tensorboardx(folder: Path) -> None:
    from tensorboardX import SummaryWriter

    random = np.random.default_rng(0)
    with SummaryWriter(str(folder)) as writer:
        for step in range(300):
            writer.add_scalar("train/loss", float(random.random()), step)
            writer.add_scalar("train/lr", 0.1 / (step + 1), step)
            if step % 50 == 0:
                writer.add_histogram("weights", random.standard_normal(500), step)
                writer.add_image("picture", random.random((3, 8, 12)), step)
                writer.add_text("note", f"step **{step}**", step)


def by_tensorboard(folder: Path) -> None:
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.summary.writer.event_file_writer import EventFileWriter

    writer = EventFileWriter(str(folder), max_queue_size=10, flush_secs=1)
    for step in range(300):
        values = [Summary.Value(tag=tag, simple_value=step * 0.5) for tag in ("a", "b/c")]
        writer.add_event(Event(step=step, wall_time=1.7e9 + step, summary=Summary(value=values)))
    writer.close()


def unsampled(folder: Path) -> Any:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    everything = {"scalars": 0, "histograms": 0, "images": 0, "tensors": 0}
    accumulator = EventAccumulator(str(folder), size_guidance=everything)
    accumulator.Reload()
    return accumulator


@pytest.fixture(params=[by_tensorboardx, by_tensorboard])
def log(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        request.param(tmp_path)
    return tmp_path


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_every_value_is_the_one_that_tensorboard_reads(log: Path) -> None:
    theirs = unsampled(log)
    session: LogSession = load([str(log)])
    tags = theirs.Tags()
    assert {key.tag for key in session.store.series(Kind.SCALAR)} == set(tags["scalars"])
    for tag in tags["scalars"]:
        view = session.store.scalars(SeriesKey(".", tag, Kind.SCALAR))
        points = theirs.Scalars(tag)
        assert view.step.tolist() == [point.step for point in points]
        assert view.wall.tolist() == [point.wall_time for point in points]
        assert np.array_equal(view.value, np.array([point.value for point in points], np.float32), equal_nan=True)
    for tag in tags["histograms"]:
        histograms = session.store.histograms(SeriesKey(".", tag, Kind.HISTOGRAM))
        assert histograms.stats[:, 2].tolist() == [point.histogram_value.num for point in theirs.Histograms(tag)]
    for tag in tags["images"]:
        blobs = session.store.blobs(SeriesKey(".", tag, Kind.IMAGE))
        pictures = [session.read_blob(samples[0]) for samples in blobs.samples]
        assert pictures == [point.encoded_image_string for point in theirs.Images(tag)]
    assert not [row for row in session.store.health().problems if row.severity.value != "info"]
    assert all(file.accepted == file.size for file in session.store.health().files)
