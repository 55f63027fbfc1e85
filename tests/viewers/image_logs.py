"""A real log with images on the disk, and the pane over it as the window has it, for tests."""

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
from runglass.viewers.images.card import ImageCard
from runglass.viewers.images.keys import CardKey
from runglass.viewers.images.pane import ImagesPane
from runglass.viewers.jobs import Jobs
from runglass.viewers.pane import PaneContext, ThemeHolder
from runglass.viewers.runs.model import RunModel
from runglass.viewers.selection import StepCursor
from runglass.viewers.theme import DARK

STEPS = (0, 10, 20, 30, 40)


def flat(level: int, height: int = 12, width: int = 16) -> NDArray[np.uint8]:
    """A picture of one grey, but for its first pixel."""
    pixels = np.full((height, width, 3), level, np.uint8)
    pixels[0, 0] = (1, 2, 3)
    return pixels


def write_log(folder: Path) -> Path:
    """Two runs with a picture that tells its step, three samples of one step's digits, and an animation."""
    for number, run in enumerate(("a", "b")):
        with SummaryWriter(str(folder / run)) as writer:
            for step in STEPS:
                writer.add_image("train/sample", flat(step + number), step, dataformats="HWC")
    with SummaryWriter(str(folder / "a")) as writer:
        frames = np.stack([flat(40 * frame) for frame in range(5)])[None].transpose(0, 1, 4, 2, 3)
        writer.add_video("clip", frames, 7, fps=20)
    return folder


@dataclass
class Viewer:
    """A pane over a log on the disk, on the screen; changes reach it when :meth:`take_in` is called."""

    session: LogSession
    jobs: Jobs
    context: PaneContext
    pane: ImagesPane
    changes: Subscription
    qtbot: QtBot

    def take_in(self, wanted: Callable[[], bool] = lambda: True) -> None:
        """Hand changes of the log to the runs and the pane until ``wanted()``."""

        def turn() -> bool:
            delta = self.changes.drain()
            if delta:
                self.context.runs.update(self.session.store.runs())
                self.pane.apply(delta)
            return wanted()

        self.qtbot.waitUntil(turn, timeout=5_000)
        self.rest()

    def rest(self) -> None:
        """Wait until every picture in view is there and drawn."""
        pane = self.pane
        self.qtbot.waitUntil(
            lambda: (
                not pane._regroup_soon.isActive()
                and not pane._steps_soon.isActive()
                and not pane.board.is_placing
                and not pane.loader.busy
                and not pane.compare.waits
                and pane.frames.idle
            ),
            timeout=5_000,
        )

    def cards(self) -> list[ImageCard]:
        self.rest()
        return self.pane.cards()

    def card(self, tag: str, run: str = "a", sample: int = 0) -> ImageCard:
        text = CardKey(tag, run, sample).text
        return next(card for card in self.cards() if card.tag == text)

    def steps(self) -> dict[str, int]:
        """The step that each card of the pictures that tell theirs shows, by run; the pixels say so as well."""
        found = {}
        for number, run in enumerate(("a", "b")):
            card = self.card("train/sample", run)
            assert card.caption is not None and card.view.picture is not None
            assert card.view.picture.frames[0].pixelColor(5, 5).red() == card.caption.step + number
            found[run] = card.caption.step
        return found

    @property
    def notes(self) -> list[tuple[str, str]]:
        notes = self.context.notify
        assert isinstance(notes, Notes)
        return notes.told


def open_viewer(folder: Path, qtbot: QtBot, width: int = 900, height: int = 760) -> Viewer:
    """Read the log and show the pane; the caller closes with :func:`close_viewer`."""
    session = LogSession([str(folder)])
    changes = session.store.subscribe(lambda: None)
    session.start()
    assert session.wait_loaded(10.0)
    jobs = Jobs()
    runs = RunModel()
    runs.update(session.store.runs())
    context = PaneContext(session.store, session, runs, StepCursor(), jobs, ThemeHolder(DARK), Notes())
    pane = ImagesPane(context)
    qtbot.addWidget(pane)
    qtbot.addWidget(pane.settings_widget())
    pane.resize(width, height)
    pane.show()
    pane.set_active(True)
    qtbot.waitExposed(pane)
    viewer = Viewer(session, jobs, context, pane, changes, qtbot)
    viewer.take_in()
    return viewer


def close_viewer(viewer: Viewer) -> None:
    """As the window closes a log."""
    viewer.pane.close_pane()
    viewer.jobs.close()
    viewer.session.stop()
