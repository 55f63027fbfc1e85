"""Saves what is compared as one picture, in the pool."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtGui import QFont, QImage
from PySide6.QtWidgets import QWidget

from ....reader.api import BlobRef
from ...board.exporting import FileExporter
from ...charts.style import ChartStyle
from ...pictures import SavingError
from ...theme import Theme
from ..decoding import decode
from ..filling import CardFiller
from ..saving import frame_of
from ..view import toned
from .captions import Mark, full_words, in_words, scale_ends
from .making import Request, make
from .plate import Plate, Scale, Tile, swiped, write_plate
from .resolving import Entry
from .settings import PAIRED, TITLES, CompareSettings, Way


@dataclass(frozen=True, slots=True)
class Compared:
    """What one sees of a comparison: ``entries``, of which two are the ``pair``, and the frame of animations."""

    entries: Sequence[Entry]
    pair: tuple[int, int]
    frame: int
    settings: CompareSettings

    @property
    def seen(self) -> list[Entry]:
        """The entries that the way in force shows."""
        if self.settings.way in PAIRED:
            return [self.entries[at] for at in self.pair if at < len(self.entries)]
        return list(self.entries)

    @property
    def whole(self) -> bool:
        """True if every picture that is seen is there."""
        return bool(self.entries) and all(entry.picture is not None for entry in self.seen)

    @property
    def name(self) -> str:
        """Which tags are compared."""
        tags = dict.fromkeys(entry.slot.card.tag for entry in self.seen)
        return ", ".join(tags)


class ComparisonSaver(FileExporter):
    """Whole pictures in full size go to the file, whatever part of them is zoomed in on.

    Pictures that alternate are put beside one another.
    """

    def __init__(self, filler: CardFiller, window: QWidget) -> None:
        super().__init__(filler.context, window, "comparison")
        self._filler = filler
        self._font: Callable[[], QFont] = window.font

    def ask(self, compared: Compared) -> None:
        """Ask for a file and save a comparison to it."""
        if not compared.whole:
            self._context.notify("A comparison can be saved when all of its pictures are there")
            return
        path = self.ask_picture_path(f"{compared.name}-{compared.settings.way.value}")
        if path is not None:
            self.save_comparison(path, compared)

    def save_comparison(self, path: Path, compared: Compared) -> None:
        """Save a comparison as PNG, or as SVG if the name ends so."""
        theme, now = self._context.theme.theme, self._filler.settings.now
        style = ChartStyle.of(theme, self._font())
        read = self._context.session.read_blob
        refs = [entry.shown.ref for entry in compared.seen if entry.shown is not None and entry.shown.ref is not None]
        maker = _Maker(compared, refs, read, (now.brightness, now.contrast), theme, style)
        self.write(
            path,
            lambda cancelled: write_plate(path, maker.plate(cancelled)),
            lambda _done: f"Comparison of {compared.name} saved to {path}",
        )


@dataclass(frozen=True, slots=True)
class _Maker:
    """Makes the plate of a comparison, away from the GUI thread."""

    compared: Compared
    refs: Sequence[BlobRef]
    read: Callable[[BlobRef], bytes]
    levels: tuple[float, float]
    theme: Theme
    style: ChartStyle

    def plate(self, cancelled: Callable[[], bool]) -> Plate:
        """Decode the pictures and put them together."""
        compared, scale = self.compared, None
        seen, way = compared.seen, compared.settings.way
        letters = [entry.letter for entry in seen]
        if way is Way.DIFFERENCE:
            image, scale = self._difference(cancelled)
            tiles = [Tile(image, f"{letters[0]} − {letters[1]}")]
        elif way is Way.SWIPE:
            line = self.theme.accent
            image = swiped(self._frame(0), self._frame(1), compared.settings.split, line)
            tiles = [Tile(image, f"{letters[0]} | {letters[1]}")]
        else:
            tiles = [Tile(self._frame(index), letter) for index, letter in enumerate(letters)]
        title = f"{compared.name} · {TITLES[way].lower()}"
        labels = [(f"{mark.letter} · {mark.text}", mark.color) for mark in map(Mark.of, seen)]
        return Plate(tiles, title, labels, self.style, self.theme, scale)

    def _frame(self, index: int) -> QImage:
        return frame_of(self.read, self.refs[index], self.compared.frame, self.levels)

    def _difference(self, cancelled: Callable[[], bool]) -> tuple[QImage, Scale]:
        first, second = (decode(self.read(ref)) for ref in self.refs)
        for entry, picture in zip(self.compared.seen, (first, second), strict=True):
            if picture.level:
                raise SavingError(f"{entry.letter} is an animation too large for memory in full size")
        now = self.compared.settings
        made = make(Request(first, second, self.compared.frame, now.signed, now.gain, self.theme), cancelled)
        numbers = made.statistics
        ends = scale_ends(now.signed, full_words(numbers, now.gain))
        return toned(made.picture.frames[0], self.levels), Scale(in_words(numbers)[0], ends, now.signed)
