"""TensorBoard's Python loader, its data server and our own reader read the same from what the SummaryWriter writes."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from runglass import SummaryWriter
from runglass.app.demo_tutorial import write_tutorial
from runglass.reader.api import Kind, SeriesKey, load

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("tensorboard_data_server") is None, reason="TensorBoard's data server is not installed"
)


def read_by_peers(logdir: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    words = [sys.executable, "-W", "ignore", str(Path(__file__).with_name("peers.py")), str(logdir)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    answer = json.loads(done.stdout.splitlines()[-1])
    return answer["python"], answer["server"]


def test_every_kind_of_summary_is_read_alike(tmp_path: Path) -> None:
    write_tutorial(tmp_path, 1.7e9, 0.1)
    python, server = read_by_peers(tmp_path)
    assert set(python) >= {"scalars", "histograms", "text", "images", "audio", "pr_curves", "mesh", "hparams"}
    assert python == server
    store = load([tmp_path]).store
    assert not [problem for problem in store.health().problems if problem.severity.value != "info"]
    ours: dict[str, dict[str, Any]] = {}
    for key in store.series(Kind.SCALAR):
        view = store.scalars(key)
        rows = zip(view.step.tolist(), view.wall.tolist(), map(repr, map(float, view.value)), strict=True)
        ours.setdefault(key.run, {})[key.tag] = [list(row) for row in rows]
    assert ours == python["scalars"]
    session = load([tmp_path])
    for plugin, kind in (("images", Kind.IMAGE), ("audio", Kind.AUDIO)):
        for run, tags in python[plugin].items():
            for tag, points in tags.items():
                view = session.store.blobs(SeriesKey(run, tag, kind))
                assert view.step.tolist() == [step for step, _, _ in points]
                for samples, (_, _, digests) in zip(view.samples, points, strict=True):
                    found = [hashlib.sha256(session.read_blob(ref)).hexdigest() for ref in samples]
                    # TensorBoard puts width and height in front of the pictures.
                    assert found == digests[-len(found) :]
    for run, tags in python["histograms"].items():
        for tag, points in tags.items():
            histograms = session.store.histograms(SeriesKey(run, tag, Kind.HISTOGRAM))
            assert histograms.step.tolist() == [step for step, _, _ in points]


def test_both_loaders_agree_on_a_restart(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path / "run") as writer:
        for step in range(10):
            writer.add_scalar("x", float(step), step)
    with SummaryWriter(tmp_path / "run", purge_step=5) as writer:
        for step in range(5, 12):
            writer.add_scalar("x", 100.0 + step, step)
    python, server = read_by_peers(tmp_path)
    assert python == server
    points = [(step, float(value)) for step, _, value in python["scalars"]["run"]["x"]]
    assert points == [(step, float(step)) for step in range(5)] + [(step, 100.0 + step) for step in range(5, 12)]
    view = load([tmp_path]).store.selection(SeriesKey("run", "x", Kind.SCALAR), _latest())
    assert list(zip(view.step.tolist(), view.value.tolist(), strict=True)) == points


def _latest() -> Any:
    from runglass.reader.api import RestartMode

    return RestartMode.LATEST_WINS
