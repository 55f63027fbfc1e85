"""Which series of histograms there are, in groups and in order, a card for each series or for each tag. No Qt."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ...reader.api import Kind, SeriesKey
from ..board.groups import Group, grouped, natural_key

_BETWEEN = "\x00"


def card_of(key: SeriesKey) -> str:
    """The name of a series' card on the board."""
    return f"{key.tag}{_BETWEEN}{key.run}"


def tag_card(tag: str) -> str:
    """The name of the card that shows all runs of a tag: as that of a series whose run has no name, which none is."""
    return f"{tag}{_BETWEEN}"


def tag_of(card: str) -> str:
    """The tag of a card of either sort."""
    return card.rpartition(_BETWEEN)[0]


class Catalog:
    """Series by the names of their cards. ``by_tag``: a card has all runs of a tag."""

    def __init__(self) -> None:
        self.by_tag = False
        self._keys: dict[str, SeriesKey] = {}
        self._tags: dict[str, dict[str, str]] = {}
        self._order: list[str] | None = None

    def replace(self, keys: Iterable[SeriesKey]) -> None:
        """Take in all series of the log."""
        self._keys, self._tags, self._order = {}, {}, None
        self.add(keys)

    def add(self, keys: Iterable[SeriesKey]) -> bool:
        """Take in further series; True if there is a new one."""
        grown = False
        for key in keys:
            card = card_of(key)
            if key.kind is Kind.HISTOGRAM and card not in self._keys:
                self._keys[card] = key
                if key.tag not in self._tags:
                    self._order = None
                self._tags.setdefault(key.tag, {})[key.run] = card
                grown = True
        return grown

    def tags(self) -> list[str]:
        """All tags in natural order."""
        if self._order is None:
            self._order = sorted(self._tags, key=natural_key)
        return self._order

    def key(self, card: str) -> SeriesKey | None:
        """The series of a card that shows one."""
        return self._keys.get(card)

    def keys(self, card: str, runs: Sequence[str]) -> list[SeriesKey]:
        """The series that a card shows for those of ``runs`` that have its tag, in their order."""
        if not self.by_tag:
            key = self._keys.get(card)
            return [key] if key is not None and key.run in runs else []
        known = self._tags.get(tag_of(card), {})
        return [self._keys[known[run]] for run in runs if run in known]

    def card(self, key: SeriesKey) -> str:
        """The name of the card that shows a series."""
        return tag_card(key.tag) if self.by_tag else card_of(key)

    def cards(self, tag: str, runs: Sequence[str]) -> list[str]:
        """The cards of a tag for those of ``runs`` that have it, in their order."""
        known = self._tags.get(tag, {})
        found = [known[run] for run in runs if run in known]
        return [tag_card(tag)] if self.by_tag and found else found

    def __contains__(self, card: object) -> bool:
        if self.by_tag and isinstance(card, str):
            return card == tag_card(tag_of(card)) and tag_of(card) in self._tags
        return card in self._keys

    def __len__(self) -> int:
        return len(self._keys)

    def groups(self, runs: Sequence[str], pattern: re.Pattern[str] | None, pinned: Sequence[str]) -> list[Group]:
        """Groups of the cards of ``runs`` whose tag ``pattern`` matches; the pinned ones again as the first."""
        pins = ((card, tag_of(card)) for card in pinned if card in self and self.keys(card, runs))
        return grouped(((tag, self.cards(tag, runs)) for tag in self.tags()), pattern, pins)
