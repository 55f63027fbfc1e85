"""Which scalar tags there are, in which groups and order, and which of them a filter leaves. No Qt."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from ...reader.api import Kind, SeriesKey
from ..board.groups import Group, grouped, natural_key


class Catalog:
    """Scalar tags and the runs that have them."""

    def __init__(self) -> None:
        self._runs: dict[str, dict[str, SeriesKey]] = {}
        self._order: list[str] | None = None

    def replace(self, keys: Iterable[SeriesKey]) -> None:
        """Take in all scalar series of the log."""
        self._runs = {}
        self._order = None
        self.add(keys)

    def add(self, keys: Iterable[SeriesKey]) -> bool:
        """Take in further series; True if there is a new one."""
        grown = False
        for key in keys:
            if key.kind is Kind.SCALAR:
                runs = self._runs.setdefault(key.tag, {})
                if key.run not in runs:
                    runs[key.run] = key
                    grown = True
                    self._order = None if len(runs) == 1 else self._order
        return grown

    def tags(self) -> list[str]:
        """All tags in natural order."""
        if self._order is None:
            self._order = sorted(self._runs, key=natural_key)
        return self._order

    def keys(self, tag: str) -> dict[str, SeriesKey]:
        """The series of ``tag`` by run; empty for an unknown tag."""
        return self._runs.get(tag, {})

    def __contains__(self, tag: object) -> bool:
        return tag in self._runs

    def __len__(self) -> int:
        return len(self._runs)

    def cards(self, tag: str, visible: Collection[str]) -> list[str]:
        """The card of a tag, which has its name, if a visible run has the tag."""
        return [] if self.keys(tag).keys().isdisjoint(visible) else [tag]

    def groups(self, visible: Collection[str], pattern: re.Pattern[str] | None, pinned: Sequence[str]) -> list[Group]:
        """Groups of the tags that a visible run has and ``pattern`` finds; the pinned ones again as the first."""
        runs = frozenset(visible)
        pins = ((tag, tag) for tag in pinned if self.cards(tag, runs))
        return grouped(((tag, self.cards(tag, runs)) for tag in self.tags()), pattern, pins)
