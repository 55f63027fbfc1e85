"""Reads the pixel under the mouse from every compared picture, in full size and as logged."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..decoding import Picture
from ..loading import PictureLoader
from ..readout import Pixel, pixel_of
from .readout import ComparedReadOut, Line
from .resolving import Entry
from .slots import MOST


class ComparedProbe:
    """``entries()`` are those shown; ``pair()`` the two that are subtracted; ``frame()`` is that of animations."""

    def __init__(
        self,
        loader: PictureLoader,
        readout: ComparedReadOut,
        entries: Callable[[], Sequence[Entry]],
        pair: Callable[[], tuple[int, int]],
        frame: Callable[[], int],
    ) -> None:
        self._loader, self._readout = loader, readout
        self._entries, self._pair, self._frame = entries, pair, frame
        self._owners = [object() for _each in range(MOST)]
        self._at: tuple[int, int] | None = None

    def point(self, at: tuple[int, int] | None) -> None:
        """The mouse is over pixel ``at`` (column, row), or over none."""
        self._at = at
        self.refresh()

    def refresh(self) -> None:
        """Read the pixels anew: other pictures may be there."""
        at, entries = self._at, self._entries()
        lines = [] if at is None else [self._line(index, entry, at) for index, entry in enumerate(entries)]
        for owner in self._owners[len(lines) :]:
            self._loader.release(owner)
        self._readout.show_lines(at, lines, self._pair())

    def _line(self, index: int, entry: Entry, at: tuple[int, int]) -> Line:
        if entry.picture is None or entry.shown is None or entry.shown.ref is None:
            self._loader.release(self._owners[index])
            return Line(entry.letter, None)
        found = self._loader.want(self._owners[index], entry.shown.ref)
        if not isinstance(found, Picture) or (found.level and not found.finest):
            return Line(entry.letter, None, found is None or isinstance(found, Picture))
        return Line(entry.letter, None if found.level else _pixel(found, self._frame(), at))


def _pixel(picture: Picture, number: int, at: tuple[int, int]) -> Pixel | None:
    frame = picture.frames[min(number, len(picture.frames) - 1)]
    return pixel_of(frame, *at) if at[0] < frame.width() and at[1] < frame.height() else None
