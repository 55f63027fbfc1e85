"""A real log with embeddings on the disk, and the pane over it as the window has it, for tests."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from open_panes import OpenPane
from pytestqt.qtbot import QtBot

from runglass import SummaryWriter
from runglass.viewers.projector.pane import ProjectorPane
from runglass.viewers.projector.panel import ProjectorPanel
from runglass.viewers.projector.settings import Method

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


class Viewer(OpenPane[ProjectorPane]):
    """The projector over a log on the disk, and its panel beside it."""

    def __init__(self, folder: Path, qtbot: QtBot, watch: bool = False) -> None:
        super().__init__(folder, ProjectorPane, qtbot, watch=watch)
        self.panel.resize(260, 760)
        self.panel.show()
        store = self.session.store
        self.take_in(lambda: self.pane.shelf.wanted is not None or not store.progress().loading)

    @property
    def panel(self) -> ProjectorPanel:
        """The settings of the pane."""
        panel = self.pane.settings_widget()
        assert isinstance(panel, ProjectorPanel)
        return panel

    def shown(self) -> bool:
        """True once the current view shows a layout."""
        return self.pane.stages.current.places is not None and self.pane.pages.kind == "views"

    def choose(self, method: Method) -> None:
        """Show another method and wait for its first frame."""
        self.pane.stages.choose_method(method)
        stage = self.pane.stages.current
        self.until(lambda: self.pane.stages.layout_of(stage) is not None)
