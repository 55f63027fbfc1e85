"""A real log with embeddings on the disk, and the pane over it as the window has it, for tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pytestqt.qtbot import QtBot
from scalar_fakes import Notes

from runglass import SummaryWriter
from runglass.reader.api import LogSession, Subscription
from runglass.viewers.jobs import Jobs
from runglass.viewers.pane import PaneContext, ThemeHolder
from runglass.viewers.projector.pane import ProjectorPane
from runglass.viewers.projector.panel import ProjectorPanel
from runglass.viewers.projector.settings import Method
from runglass.viewers.runs.model import RunModel
from runglass.viewers.selection import StepCursor
from runglass.viewers.theme import DARK

POINTS, DIMENSIONS = 90, 8


def blobs(points: int = POINTS, seed: int = 0) -> tuple[NDArray[np.float32], list[str]]:
    """Three clouds of points and what each is called."""
    random = np.random.default_rng(seed)
    kinds = np.arange(points) % 3
    middles = np.eye(3, DIMENSIONS) * 6
    matrix = (middles[kinds] + random.normal(size=(points, DIMENSIONS))).astype(np.float32)
    return matrix, [("cat", "dog", "fox")[kind] for kind in kinds]


def thumbnails(points: int = POINTS) -> NDArray[np.float32]:
    """A grey picture for each point, NCHW from 0 to 1."""
    shades = np.linspace(0.1, 1.0, points, dtype=np.float32)
    return np.broadcast_to(shades[:, None, None, None], (points, 3, 6, 6)).copy()


def write_log(folder: Path, step: int = 0) -> Path:
    """A run with an embedding of kinds and weights, and thumbnails."""
    matrix, kinds = blobs(seed=step)
    rows = [[kind, f"{index / 10:g}"] for index, kind in enumerate(kinds)]
    with SummaryWriter(str(folder / "run")) as writer:
        writer.add_embedding(
            matrix, rows, thumbnails(), global_step=step, tag="animals", metadata_header=["kind", "weight"]
        )
    return folder


@dataclass
class Viewer:
    """A pane over a log on the disk, on the screen; changes reach it when :meth:`take_in` is called."""

    session: LogSession
    jobs: Jobs
    context: PaneContext
    pane: ProjectorPane
    panel: ProjectorPanel
    changes: Subscription
    qtbot: QtBot

    def take_in(self, wanted: Callable[[], bool]) -> None:
        """Hand changes of the log to the runs and the pane until ``wanted()``."""

        def turn() -> bool:
            delta = self.changes.drain()
            if delta:
                self.context.runs.update(self.session.store.runs())
                self.pane.apply(delta)
            return wanted()

        self.qtbot.waitUntil(turn, timeout=15_000)

    def until(self, true: Callable[[], bool], seconds: float = 20.0) -> None:
        """Wait for something."""
        self.qtbot.waitUntil(true, timeout=round(seconds * 1000))

    def shown(self) -> bool:
        """True once the current view shows a layout."""
        return self.pane.stages.current.places is not None and self.pane.pages.kind == "views"

    def choose(self, method: Method) -> None:
        """Show another method and wait for its first frame."""
        self.pane.stages.choose_method(method)
        stage = self.pane.stages.current
        self.until(lambda: self.pane.stages.layout_of(stage) is not None)

    @property
    def notes(self) -> list[tuple[str, str]]:
        notes = self.context.notify
        assert isinstance(notes, Notes)
        return notes.told


def open_viewer(folder: Path, qtbot: QtBot, *, watch: bool = False) -> Viewer:
    """Read the log and show the pane; the caller closes with :func:`close_viewer`."""
    session = LogSession([str(folder)], watch=watch)
    changes = session.store.subscribe(lambda: None)
    session.start()
    assert session.wait_loaded(10.0)
    jobs = Jobs()
    runs = RunModel()
    runs.update(session.store.runs())
    context = PaneContext(session.store, session, runs, StepCursor(), jobs, ThemeHolder(DARK), Notes())
    pane = ProjectorPane(context)
    qtbot.addWidget(pane)
    panel = pane.settings_widget()
    assert isinstance(panel, ProjectorPanel)
    qtbot.addWidget(panel)
    pane.resize(900, 760)
    pane.show()
    panel.resize(260, 760)
    panel.show()
    pane.set_active(True)
    qtbot.waitExposed(pane)
    viewer = Viewer(session, jobs, context, pane, panel, changes, qtbot)
    viewer.take_in(lambda: pane.shelf.wanted is not None or bool(session.store.progress().loading) is False)
    return viewer


def close_viewer(viewer: Viewer) -> None:
    """As the window closes a log."""
    viewer.pane.close_pane()
    viewer.jobs.close()
    viewer.session.stop()
