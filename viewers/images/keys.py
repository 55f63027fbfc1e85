"""The name of a card: which sample of which run's series of a tag it shows. No Qt."""

from __future__ import annotations

from dataclasses import dataclass

from ...reader.api import Kind, SeriesKey


@dataclass(frozen=True, slots=True)
class CardKey:
    """``sample`` counts from 0."""

    tag: str
    run: str
    sample: int

    @property
    def text(self) -> str:
        """The key as the board of cards, pins and sessions know it."""
        return f"{self.tag}\x00{self.run}\x00{self.sample}"

    @property
    def series(self) -> SeriesKey:
        """The series whose pictures the card shows."""
        return SeriesKey(self.run, self.tag, Kind.IMAGE)

    @staticmethod
    def parse(text: str) -> CardKey | None:
        """The key of a text made by :attr:`text`; None for any other text."""
        head, mark, sample = text.rpartition("\x00")
        # From the right: neither a run nor a number holds the mark, while a tag may hold anything.
        tag, second, run = head.rpartition("\x00")
        if not mark or not second or not (sample.isascii() and sample.isdigit()):
            return None
        return CardKey(tag, run, int(sample))
