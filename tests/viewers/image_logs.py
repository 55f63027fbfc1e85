"""A real log with images on the disk, and the pane over it as the window has it, for tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from log_writing import value, version, write
from numpy.typing import NDArray
from open_panes import OpenPane
from pytestqt.qtbot import QtBot

from runglass import SummaryWriter
from runglass.reader.wire import events_pb2 as pb
from runglass.viewers.images.card import ImageCard
from runglass.viewers.images.keys import CardKey
from runglass.viewers.images.pane import ImagesPane

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


def log_picture(folder: Path, run: str, tag: str, pixels: NDArray[np.uint8], step: int) -> None:
    """A run writes one picture."""
    with SummaryWriter(str(folder / run)) as writer:
        writer.add_image(tag, pixels, step, dataformats="HWC")


def bad_images(folder: Path, pictures: dict[str, bytes]) -> None:
    """A file with images of these bytes."""
    write(
        folder / "events.out.tfevents.1900000000.other",
        version(),
        *(
            value(1, tag=tag, image=pb.Summary.Image(width=4, height=4, colorspace=3, encoded_image_string=data))
            for tag, data in pictures.items()
        ),
    )


class Viewer(OpenPane[ImagesPane]):
    """The images pane over a log on the disk."""

    def __init__(self, folder: Path, qtbot: QtBot, width: int = 900, height: int = 760) -> None:
        super().__init__(folder, ImagesPane, qtbot, width, height)
        self.take_in()

    def take_in(self, wanted: Callable[[], bool] = lambda: True, seconds: float = 5.0) -> None:
        super().take_in(wanted, seconds)
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
