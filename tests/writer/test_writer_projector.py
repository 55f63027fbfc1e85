"""TensorBoard's own projector plug-in lists and serves what add_embedding wrote."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tensorboard.backend.event_processing import data_provider, plugin_event_multiplexer
from tensorboard.plugins import base_plugin
from tensorboard.plugins.projector import projector_plugin
from werkzeug.test import Client
from werkzeug.wrappers import Request

from runglass import SummaryWriter

POINTS, DIMENSIONS, SIDE = 30, 5, 6


class Projector:
    """The plug-in's pages over a folder of runs."""

    def __init__(self, logdir: Path) -> None:
        multiplexer = plugin_event_multiplexer.EventMultiplexer()
        multiplexer.AddRunsFromDirectory(str(logdir))
        multiplexer.Reload()
        provider = data_provider.MultiplexerDataProvider(multiplexer, str(logdir))
        context = base_plugin.TBContext(logdir=str(logdir), data_provider=provider)
        self._apps = projector_plugin.ProjectorPlugin(context).get_plugin_apps()

    def get(self, page: str, **query: Any) -> Any:
        """The answer to a request for ``page``."""
        answer = Client(Request.application(lambda request: self._apps[f"/{page}"])).get("/", query_string=query)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return answer


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_what_was_written_is_listed_and_served(tmp_path: Path) -> None:
    random = np.random.default_rng(2)
    points = random.normal(size=(POINTS, DIMENSIONS)).astype(np.float32)
    labels = [(f"digit {number % 10}", "train" if number % 3 else "valid") for number in range(POINTS)]
    thumbnails = random.integers(0, 256, (POINTS, 3, SIDE, SIDE), dtype=np.uint8)
    for run in ("one", "two/three"):
        with SummaryWriter(tmp_path / run) as writer:
            writer.add_embedding(points, labels, thumbnails, 40, "digits/last", ["digit", "split"])
            writer.add_embedding(points[:, :3], tag="plain")
    projector = Projector(tmp_path)
    assert sorted(json.loads(projector.get("runs").data)) == ["one", "two/three"]
    info = json.loads(projector.get("info", run="two/three").data)
    listed = {entry["tensorName"]: entry for entry in info["embeddings"]}
    assert listed["digits/last:00040"]["tensorShape"] == [POINTS, DIMENSIONS]
    assert listed["digits/last:00040"]["sprite"]["singleImageDim"] == [SIDE, SIDE]
    assert listed["plain:00000"]["tensorShape"] == [POINTS, 3]
    name = {"run": "two/three", "name": "digits/last:00040"}
    served = np.frombuffer(projector.get("tensor", **name).data, np.float32).reshape(POINTS, DIMENSIONS)
    np.testing.assert_array_equal(served, points)
    table = projector.get("metadata", **name).get_data(as_text=True).splitlines()
    assert [tuple(row.split("\t")) for row in table] == [("digit", "split"), *labels]
    sheet = np.asarray(Image.open(io.BytesIO(projector.get("sprite_image", **name).data)).convert("RGB"))
    across = sheet.shape[1] // SIDE
    for number in range(POINTS):
        row, column = divmod(number, across)
        cell = sheet[row * SIDE : (row + 1) * SIDE, column * SIDE : (column + 1) * SIDE]
        np.testing.assert_array_equal(cell, thumbnails[number].transpose(1, 2, 0))
