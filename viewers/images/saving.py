"""Saving pictures: the bytes as logged, as shown, or all steps of a card as PNG files; and the clipboard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QWidget

from ...reader.api import BlobRef
from ..board.exporting import FileExporter, failure
from ..files import file_name, replacing
from ..pane import PaneContext
from ..pictures import write_png
from .decoding import decode
from .filling import CardFiller, Shown
from .long_export import Course, LongExport
from .sniff import BadPicture, format_of
from .view import toned

_ENDINGS = {"png": ".png", "jpeg": ".jpg", "gif": ".gif", "webp": ".webp", "bmp": ".bmp"}
_SHOWN_FILTER = "PNG picture (*.png)"


@dataclass(frozen=True, slots=True)
class Frame:
    """A picture of a sequence: its step and where its bytes are."""

    step: int
    ref: BlobRef


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a sequence: ``bad`` pictures of those that were tried could not be decoded."""

    count: int
    bad: int
    total: int

    def told(self, folder: Path) -> str:
        """In words."""
        if self.count + self.bad < self.total:
            return f"Cancelled: {self.count:,} of {self.total:,} pictures were saved to {folder}"
        said = f"{self.count:,} picture{'' if self.count == 1 else 's'} saved to {folder}"
        return f"{said}; {self.bad:,} could not be decoded" if self.bad else said


class PictureSaver(FileExporter):
    """Saves in the pool, sequences by ``exports``."""

    def __init__(self, context: PaneContext, filler: CardFiller, exports: LongExport, window: QWidget) -> None:
        super().__init__(context, window, "picture")
        self._filler, self._exports = filler, exports

    def ask_original(self, card: str) -> None:
        """Ask for a file and write the picture of a card to it, byte by byte as logged."""
        shown = self._filler.shown(card)
        if shown is None or shown.ref is None:
            return
        picture = self._filler.loader.peek(shown.ref)
        ending = ".png" if picture is None else _ENDINGS[picture.kind]
        path = self._asker.file("Save picture as logged", _name(shown), f"Picture as logged (*{ending})", ending)
        if path is not None:
            self.save_original(path, shown.ref)

    def save_original(self, path: Path, ref: BlobRef) -> None:
        """Write the bytes of ``ref`` to ``path``."""
        read = self._context.session.read_blob
        self.write(path, lambda _cancelled: _write(path, read(ref)), lambda _done: f"Picture saved to {path}")

    def ask_shown(self, card: str, frame: int) -> None:
        """Ask for a file and write the picture of a card to it as PNG, in full size with brightness and contrast."""
        shown = self._filler.shown(card)
        if shown is not None and shown.ref is not None:
            path = self._asker.file("Save picture as shown", _name(shown), _SHOWN_FILTER, ".png")
            if path is not None:
                self.save_shown(path, shown.ref, frame)

    def save_shown(self, path: Path, ref: BlobRef, frame: int = 0) -> None:
        """Write a frame of the picture at ``ref`` to ``path`` as PNG, in full size with brightness and contrast."""
        decoded = self.decoded(ref, frame)
        self.write(path, lambda _cancelled: write_png(path, decoded()), lambda _done: f"Picture saved to {path}")

    def copy(self, card: str, frame: int) -> None:
        """Put the picture of a card into the clipboard, in full size with brightness and contrast."""
        shown = self._filler.shown(card)
        if shown is not None and shown.ref is not None:
            self.run(self.decoded(shown.ref, frame), self._to_clipboard, self._not_copied)

    def ask_sequence(self, card: str) -> None:
        """Ask for a folder and write every recorded step of a card to it."""
        if self._exports.refuses():
            return
        folder = self._asker.folder("Save all steps as PNG files")
        if folder is not None:
            self.save_sequence(folder, card)

    def save_sequence(self, folder: Path, card: str) -> None:
        """Write every recorded step of a card to ``folder`` as PNG, one file a step, in file order of the log."""
        shown = self._filler.shown(card)
        if shown is None:
            return
        key, view = shown.key, shown.view
        frames = [
            Frame(int(step), samples[key.sample])
            for step, samples in zip(view.step, view.samples, strict=True)
            if key.sample < len(samples)
        ]
        name = file_name(f"{key.tag}-{key.run}" + (f"-{key.sample + 1}" if key.sample else ""), "picture")
        read, notify = self._context.session.read_blob, self._context.notify
        self._exports.start(
            f"Writing to {folder.name or folder}",
            lambda course: _write_all(folder, name, frames, read, course),
            lambda written: notify(written.told(folder), "info", str(folder)),
            lambda error: notify(failure(folder, error, "What was written before is still there"), "error", str(error)),
        )

    def decoded(self, ref: BlobRef, frame: int) -> Callable[[], QImage]:
        """What gives, in the pool, a frame of the picture at ``ref`` in full size with brightness and contrast."""
        now, read = self._filler.settings.now, self._context.session.read_blob
        return lambda: frame_of(read, ref, frame, (now.brightness, now.contrast))

    def _to_clipboard(self, image: QImage) -> None:
        QGuiApplication.clipboard().setImage(image)
        self._context.notify("Picture copied")

    def _not_copied(self, error: BaseException) -> None:
        self._context.notify(str(error) or type(error).__name__, "error")


def frame_of(read: Callable[[BlobRef], bytes], ref: BlobRef, frame: int, levels: tuple[float, float]) -> QImage:
    """A frame of the picture at ``ref`` in full size, with brightness and contrast. BadPicture where it is none."""
    frames = decode(read(ref)).frames
    return toned(frames[min(frame, len(frames) - 1)], levels)


def _write_all(
    folder: Path, name: str, frames: Sequence[Frame], read: Callable[[BlobRef], bytes], course: Course
) -> Written:
    count = bad = 0
    taken: set[str] = set()
    for number, frame in enumerate(frames, 1):
        if course.stopped:
            break
        base = f"{name}-{frame.step:09d}"
        # A restart writes a step again: each has a file of its own.
        unique, again = base, 1
        while unique in taken:
            again += 1
            unique = f"{base}-{again}"
        taken.add(unique)
        try:
            write_png(folder / f"{unique}.png", decode(read(frame.ref)).frames[0])
            count += 1
        except BadPicture:
            bad += 1
        course.advance(number, len(frames))
    return Written(count, bad, len(frames))


def _write(path: Path, data: bytes) -> None:
    format_of(data)
    with replacing(path) as part:
        part.write_bytes(data)


def _name(shown: Shown) -> str:
    step = int(shown.view.step[shown.index])
    sample = f"-{shown.key.sample + 1}" if shown.key.sample else ""
    return f"{shown.key.tag}-{shown.key.run}{sample}-{step}"
