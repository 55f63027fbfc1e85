"""Saving pictures: the bytes as logged, as shown, or all steps of a card as PNG files; and the clipboard."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QWidget

from ...reader.api import BlobRef
from ..asking import FileAsker
from ..files import file_name, replacing
from ..jobs import Job
from ..pane import PaneContext
from ..pictures import write_png
from .decoding import decode
from .filling import CardFiller, Shown
from .sniff import BadPicture, format_of
from .view import toned

_ENDINGS = {"png": ".png", "jpeg": ".jpg", "gif": ".gif", "webp": ".webp", "bmp": ".bmp"}
_SHOWN_FILTER = "PNG picture (*.png)"


@dataclass(frozen=True, slots=True)
class Frame:
    """A picture of a sequence: its step and where its bytes are."""

    step: int
    ref: BlobRef


class PictureSaver(QObject):
    """Saves in the pool; what is still running is cancelled by :meth:`close`."""

    def __init__(self, context: PaneContext, filler: CardFiller, window: QWidget) -> None:
        super().__init__(window)
        self._context, self._filler = context, filler
        self._asker = FileAsker(window, "picture")
        self._jobs: set[Job] = set()
        self._closing = threading.Event()

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
        self._run(lambda: _write(path, read(ref)), lambda _done: f"Picture saved to {path}", path)

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
        self._run(lambda: write_png(path, decoded()), lambda _done: f"Picture saved to {path}", path)

    def copy(self, card: str, frame: int) -> None:
        """Put the picture of a card into the clipboard, in full size with brightness and contrast."""
        shown = self._filler.shown(card)
        if shown is not None and shown.ref is not None:
            self._run(self.decoded(shown.ref, frame), _to_clipboard, None)

    def ask_sequence(self, card: str) -> None:
        """Ask for a folder and write every recorded step of a card to it."""
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
        self._run(
            lambda: self._write_all(folder, name, frames),
            lambda bad: _count(len(frames), bad, folder),
            folder,
        )

    def decoded(self, ref: BlobRef, frame: int) -> Callable[[], QImage]:
        """What gives, in the pool, a frame of the picture at ``ref`` in full size with brightness and contrast."""
        now, read = self._filler.settings.now, self._context.session.read_blob
        levels = (now.brightness, now.contrast)

        def work() -> QImage:
            frames = decode(read(ref)).frames
            return toned(frames[min(frame, len(frames) - 1)], levels)

        return work

    def close(self) -> None:
        """Cancel what runs."""
        self._closing.set()
        for job in self._jobs:
            job.cancel()
        self._jobs.clear()

    def _write_all(self, folder: Path, name: str, frames: list[Frame]) -> int:
        """Returns how many pictures could not be decoded."""
        bad = 0
        taken: set[str] = set()
        for frame in frames:
            if self._closing.is_set():
                break
            base = f"{name}-{frame.step:09d}"
            # A restart writes a step again: each has a file of its own.
            unique, number = base, 1
            while unique in taken:
                number += 1
                unique = f"{base}-{number}"
            taken.add(unique)
            try:
                image = decode(self._context.session.read_blob(frame.ref)).frames[0]
            except BadPicture:
                bad += 1
                continue
            write_png(folder / f"{unique}.png", image)
        return bad

    def _run(self, work: Callable[[], object], said: Callable[[object], str], path: Path | None) -> None:
        notify = self._context.notify

        def done(result: object) -> None:
            self._jobs.discard(job)
            notify(said(result), "info", str(path or ""))

        def failed(error: BaseException) -> None:
            self._jobs.discard(job)
            cause = getattr(error, "strerror", None) or str(error)
            notify(f"{path} could not be written: {cause}" if path else cause, "error", str(error))

        job = self._context.jobs.submit(work, done, failed)
        self._jobs.add(job)


def _write(path: Path, data: bytes) -> None:
    format_of(data)
    with replacing(path) as part:
        part.write_bytes(data)


def _to_clipboard(image: object) -> str:
    if isinstance(image, QImage):
        QGuiApplication.clipboard().setImage(image)
    return "Picture copied"


def _count(total: int, bad: object, folder: Path) -> str:
    damaged = bad if isinstance(bad, int) else 0
    said = f"{total - damaged:,} picture{'' if total - damaged == 1 else 's'} saved to {folder}"
    return f"{said}; {damaged:,} could not be decoded" if damaged else said


def _name(shown: Shown) -> str:
    step = int(shown.view.step[shown.index])
    sample = f"-{shown.key.sample + 1}" if shown.key.sample else ""
    return f"{shown.key.tag}-{shown.key.run}{sample}-{step}"
