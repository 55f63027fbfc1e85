"""Saves a range of the recorded steps of a card as an animated GIF, in the pool."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from ...reader.api import BlobRef
from ..asking import FileAsker
from ..board.exporting import failure
from ..board.tables import ExportCancelled
from ..files import replacing
from ..pane import PaneContext
from ..pictures import SavingError
from ..widgets import Button, Popover, SectionLabel, Switch, TextLabel
from .decoding import FULL, Need, decode, size_of
from .filling import CardFiller
from .geometry import halved
from .long_export import Course, LongExport
from .sniff import BadPicture
from .step_field import StepField
from .steps import rising
from .view import toned

_WIDTH = 270
#: Larger pictures are halved until they have no more pixels than this.
MOST_PIXELS = 4 * 1024 * 1024


class GifPopover(Popover):
    """Chooses the range of steps; ``wanted`` carries the first and the last step, and whether with the tone."""

    wanted = Signal(object, object, bool)

    def __init__(self, steps: NDArray[np.int64], rate: int, is_toned: bool, parent: QWidget) -> None:
        """``steps`` int64 (n,), rising, a step as often as it has pictures; ``rate`` in pictures a second."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._steps, self._rate = steps, rate
        body = self.body()
        body.addWidget(SectionLabel("Animated GIF"))
        once = np.unique(steps)
        self.first, self.last = StepField("From step"), StepField("To step")
        for field, rank in ((self.first, 0), (self.last, len(once) - 1)):
            field.set_steps(once, rank)
            field.setFixedWidth(_WIDTH)
            body.addWidget(field)
        self.first.chosen.connect(lambda rank: self._keep_order(self.last, max(rank, self.last.rank)))
        self.last.chosen.connect(lambda rank: self._keep_order(self.first, min(rank, self.first.rank)))
        self.tone = Switch("With brightness and contrast")
        body.addWidget(self.tone)
        self.tone.setVisible(is_toned)
        self.note = TextLabel("", "dim")
        self.note.setWordWrap(True)
        self.note.setFixedWidth(_WIDTH)
        body.addWidget(self.note)
        self.save = Button("Save…", primary=True)
        self.save.clicked.connect(self._save)
        body.addWidget(self.save)
        self._tell()

    @property
    def count(self) -> int:
        """Pictures in the range."""
        return int(np.count_nonzero((self._steps >= self.first.step) & (self._steps <= self.last.step)))

    def _keep_order(self, other: StepField, rank: int) -> None:
        other.set_rank(rank)
        self._tell()

    def _tell(self) -> None:
        count = self.count
        pictures = "1 picture" if count == 1 else f"{count:,} pictures"
        speed = f"{self._rate} a second" if self._rate > 1 else "one a second"
        self.note.setText(
            f"{pictures}, {speed} as they are played: {count / self._rate:,.3g} s. "
            "Up to 256 colours a picture are kept as they are."
        )

    def _save(self) -> None:
        self.close()
        self.wanted.emit(self.first.step, self.last.step, self.tone.isChecked())


class GifExporter(QObject):
    """Asks for range and file, and has it written by ``exports``."""

    def __init__(self, context: PaneContext, filler: CardFiller, exports: LongExport, window: QWidget) -> None:
        super().__init__(window)
        self._context, self._filler, self._exports, self._window = context, filler, exports, window
        self._asker = FileAsker(window, "picture")

    def ask(self, card: str, at: QPoint) -> None:
        """Ask for the range of steps of a card at a point of the screen, then for the file, and write it."""
        pictures = self._pictures(card)
        if pictures and not self._exports.refuses():
            now = self._filler.settings.now
            is_toned = (now.brightness, now.contrast) != (1.0, 1.0)
            steps = np.array([step for step, _ref in pictures], np.int64)
            popover = GifPopover(steps, now.rate, is_toned, self._window)
            popover.wanted.connect(lambda first, last, tone: self._ask_file(card, first, last, tone))
            popover.show_at(at)

    def _ask_file(self, card: str, first: int, last: int, tone: bool) -> None:
        shown = self._filler.shown(card)
        if shown is None:
            return
        sample = f"-{shown.key.sample + 1}" if shown.key.sample else ""
        name = f"{shown.key.tag}-{shown.key.run}{sample}"
        path = self._asker.file("Save steps as animated GIF", name, "Animated GIF (*.gif)", ".gif")
        if path is not None:
            self.save(path, card, first, last, tone)

    def save(self, path: Path, card: str, first: int, last: int, tone: bool = False) -> None:
        """Write the pictures of a card from step ``first`` to ``last``, in rising order, at the rate of playing.

        ``tone``: with brightness and contrast; else as logged.
        """
        now, read = self._filler.settings.now, self._context.session.read_blob
        refs = [ref for step, ref in self._pictures(card) if first <= step <= last]
        levels = (now.brightness, now.contrast) if tone else (1.0, 1.0)

        def work(course: Course) -> tuple[int, bool]:
            return _write(path, refs, read, now.rate, levels, course)

        self._exports.start(
            f"Writing {path.name}",
            work,
            lambda result: self._done(path, len(refs), *result),
            lambda error: self._failed(path, error),
        )

    def _pictures(self, card: str) -> list[tuple[int, BlobRef]]:
        shown = self._filler.shown(card)
        if shown is None:
            return []
        sample, view = shown.key.sample, shown.view
        return [
            (int(view.step[index]), view.samples[index][sample])
            for index in rising(view.step).tolist()
            if sample < len(view.samples[index])
        ]

    def _done(self, path: Path, total: int, written: int, was_reduced: bool) -> None:
        said = f"{written:,} picture{'' if written == 1 else 's'} saved to {path}"
        if written < total:
            said += f"; {total - written:,} could not be decoded"
        if was_reduced:
            said += f"; they were made smaller, to {MOST_PIXELS // 1024**2} million pixels at most"
        self._context.notify(said, "info", str(path))

    def _failed(self, path: Path, error: BaseException) -> None:
        if isinstance(error, ExportCancelled):
            self._context.notify(f"{path.name} was cancelled. Nothing was left there.")
            return
        self._context.notify(failure(path, error), "error", str(error))


def _write(
    path: Path,
    refs: Sequence[BlobRef],
    read: Callable[[BlobRef], bytes],
    rate: float,
    levels: tuple[float, float],
    course: Course,
) -> tuple[int, bool]:
    """Returns how many pictures were written, and whether some were made smaller."""
    # Here, so that Pillow is loaded in the pool and only by those who need it.
    from .gif import GifWriter

    sizes: dict[int, tuple[int, int]] = {}
    clear = False
    for number, ref in enumerate(refs):
        if course.stopped:
            raise ExportCancelled
        with suppress(BadPicture):
            *size, alpha = size_of(read(ref))
            sizes[number] = (size[0], size[1])
            clear = clear or alpha
    if not sizes:
        raise SavingError("none of the pictures could be decoded")
    levels_of = {number: _level(*size) for number, size in sizes.items()}
    columns = max(halved(size[0], levels_of[number]) for number, size in sizes.items())
    rows = max(halved(size[1], levels_of[number]) for number, size in sizes.items())
    with replacing(path) as part, part.open("wb") as out:
        writer = GifWriter(out, rate, columns, rows, clear or len(set(sizes.values())) > 1)
        for number, ref in enumerate(refs):
            if course.stopped:
                raise ExportCancelled
            if number in sizes:
                with suppress(BadPicture):
                    writer.add(_values(toned(_decoded(read(ref), sizes[number], levels_of[number]), levels)))
            course.advance(number + 1, len(refs))
        if not writer.count:
            raise SavingError("none of the pictures could be decoded")
        writer.finish()
    return writer.count, any(levels_of.values())


def _level(columns: int, rows: int) -> int:
    """How often a picture has to be halved to have no more than :data:`MOST_PIXELS`."""
    level = 0
    while halved(columns, level) * halved(rows, level) > MOST_PIXELS:
        level += 1
    return level


def _decoded(data: bytes, size: tuple[int, int], level: int) -> QImage:
    """The first frame of a picture, of ``size`` as logged, halved ``level`` times."""
    need = Need(halved(size[0], level), halved(size[1], level)) if level else FULL
    picture = decode(data, need)
    frame = picture.frames[0]
    wanted = QSize(halved(size[0], level), halved(size[1], level))
    if frame.size() == wanted:
        return frame
    return frame.scaled(wanted, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)


def _values(image: QImage) -> NDArray[np.uint8]:
    """Red, green, blue, alpha: uint8 (rows, columns, 4)."""
    plain = image.convertToFormat(QImage.Format.Format_RGBA8888)
    values: NDArray[np.uint8] = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), plain.width(), 4)
    copied: NDArray[np.uint8] = values.copy()
    return copied
