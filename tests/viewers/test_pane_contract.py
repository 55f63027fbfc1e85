"""What every pane of the registry has to stand: nothing in the log, a log that grows, being hidden, both themes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from bins_fakes import bell, put_histograms
from filled_store import Feed
from log_writing import value, version
from pytestqt.qtbot import QtBot

from runglass.reader.api import (
    Change,
    Delta,
    EmbeddingKey,
    EmbeddingSource,
    Kind,
    LogSession,
    RunInfo,
    RunStore,
    SeriesKey,
)
from runglass.reader.embeddings.config import EmbeddingEntry
from runglass.reader.wire import events_pb2 as pb
from runglass.viewers.jobs import Jobs
from runglass.viewers.pane import Pane, PaneContext, PaneSpec, ThemeHolder
from runglass.viewers.registry import PANES
from runglass.viewers.runs.model import RunModel
from runglass.viewers.selection import StepCursor
from runglass.viewers.theme import DARK, LIGHT


def picture(step: int) -> bytes:
    """A record with an image, which stays on a disk that there is not."""
    return value(step, tag="train/sample", image=pb.Summary.Image(width=2, height=1, encoded_image_string=b"?"))


class Bench:
    """A pane's surroundings, real but for the disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.session = LogSession([str(folder)])
        self.store: RunStore = self.session.store
        self.runs = RunModel()
        self.jobs = Jobs()
        self.theme = ThemeHolder(DARK)
        self.said: list[str] = []
        self._images: dict[str, Feed] = {}
        self.context = PaneContext(
            store=self.store,
            session=self.session,
            runs=self.runs,
            cursor=StepCursor(),
            jobs=self.jobs,
            theme=self.theme,
            notify=lambda text, kind="info", detail="": self.said.append(text),
        )

    def grow(self, points: int = 50) -> Delta:
        """Two runs write scalars and images; returns what changed."""
        delta = Delta(generation=1)
        known = set(self.store.series())
        for run in ("a", "b/c"):
            if run not in self._images:
                self.store.ensure_run(RunInfo(run, run, "", len(self._images), None))
                self._images[run] = Feed(self.store, "images", run)
            self._images[run].read(b"".join([version(), *(picture(step) for step in range(points))]))
            steps = np.arange(points)
            keys = (
                self.store.put_scalars(run, "train/loss", steps, steps, np.sin(steps)),
                put_histograms(self.store, run, "layer/weight", [bell(0.1 * step) for step in steps], steps.tolist()),
                SeriesKey(run, "train/sample", Kind.IMAGE),
            )
            delta.changed_series.update(dict.fromkeys(keys, Change.APPENDED))
            delta.changed_embeddings |= self._embed(run)
            delta.new_runs.add(run)
            delta.new_series.update(key for key in keys if key not in known)
        self.runs.update(self.store.runs())
        return delta

    def _embed(self, run: str) -> set[EmbeddingKey]:
        """A config of a run names a file of vectors."""
        np.savetxt(self.folder / "vectors.tsv", np.eye(9, 4) + 0.1, delimiter="\t")
        key = EmbeddingKey(run, "layer")
        entry = EmbeddingEntry("layer", "vectors.tsv")
        self.store.put_embeddings(run, [EmbeddingSource(key, None, "layer", str(self.folder), entry)])
        return {key}


@pytest.fixture
def bench(qapp: object, tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    bench.jobs.close()


@pytest.fixture(params=PANES, ids=lambda spec: spec.id)
def spec(request: pytest.FixtureRequest) -> PaneSpec:
    found: PaneSpec = request.param
    return found


@pytest.fixture
def pane(spec: PaneSpec, bench: Bench, qtbot: QtBot) -> Iterator[Pane]:
    pane = spec.create(bench.context)
    qtbot.addWidget(pane)
    pane.resize(900, 600)
    settings = pane.settings_widget()
    qtbot.addWidget(settings)
    yield pane
    pane.close_pane()


def test_an_empty_log_is_drawn_without_a_word_of_complaint(pane: Pane, bench: Bench, qtbot: QtBot) -> None:
    pane.show()
    pane.set_active(True)
    pane.apply(Delta())
    qtbot.wait(50)
    assert not pane.grab().isNull()
    assert bench.said == []


def test_what_is_written_appears(pane: Pane, bench: Bench, qtbot: QtBot) -> None:
    pane.show()
    pane.set_active(True)
    before = pane.grab().toImage()
    pane.apply(bench.grow())
    qtbot.waitUntil(lambda: pane.grab().toImage() != before, timeout=3000)
    pane.apply(bench.grow())
    qtbot.wait(50)
    assert bench.said == []


def test_a_hidden_pane_catches_up_when_it_is_shown(pane: Pane, bench: Bench, qtbot: QtBot) -> None:
    pane.show()
    pane.set_active(True)
    empty = pane.grab().toImage()
    pane.set_active(False)
    pane.hide()
    delta = bench.grow()
    pane.show()
    pane.set_active(True)
    pane.apply(delta)
    qtbot.waitUntil(lambda: pane.grab().toImage() != empty, timeout=3000)


def test_the_state_survives_json(pane: Pane, bench: Bench) -> None:
    pane.apply(bench.grow())
    state = json.loads(json.dumps(pane.save_state()))
    pane.restore_state(state)
    assert json.loads(json.dumps(pane.save_state())) == state


@pytest.mark.parametrize("damaged", [{}, {"nonsense": 1}, {"filter": 5, "zoom": "x", "pins": {"a": None}}])
def test_a_damaged_state_is_ignored(pane: Pane, damaged: dict[str, object]) -> None:
    before = pane.save_state()
    pane.restore_state(damaged)
    assert json.loads(json.dumps(pane.save_state())) == json.loads(json.dumps(before))


def test_both_themes_look_different_and_back_again(pane: Pane, bench: Bench, qtbot: QtBot) -> None:
    pane.show()
    pane.set_active(True)
    pane.apply(bench.grow())
    qtbot.wait(200)
    dark = pane.grab().toImage()
    bench.theme.set(LIGHT)
    qtbot.waitUntil(lambda: pane.grab().toImage() != dark, timeout=3000)


def test_every_command_has_a_title_and_a_unique_name(pane: Pane) -> None:
    actions = list(pane.commands())
    assert len({action.id for action in actions}) == len(actions)
    assert all(action.title and action.group for action in actions)
