"""Which scalar tags there are, in which groups and order, and which of them a filter leaves. No Qt."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ...reader.api import Kind, SeriesKey
from ..board.groups import PINNED, Group, group_of, natural_key


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

    def groups(self, visible: set[str], pattern: re.Pattern[str] | None, pinned: list[str]) -> list[Group]:
        """Groups of the tags that a visible run has and ``pattern`` matches; the pinned ones again as the first."""
        shown: dict[str, list[str]] = {}
        totals: dict[str, int] = {}
        for tag in self.tags():
            if visible.isdisjoint(self._runs[tag]):
                continue
            name = group_of(tag)
            totals[name] = totals.get(name, 0) + 1
            if pattern is None or pattern.search(tag):
                shown.setdefault(name, []).append(tag)
        result = []
        pins = [tag for tag in pinned if tag in self._runs and not visible.isdisjoint(self._runs[tag])]
        kept = tuple(tag for tag in pins if pattern is None or pattern.search(tag))
        if kept:
            result.append(Group(PINNED, kept, len(pins)))
        result.extend(Group(name, tuple(shown[name]), totals[name]) for name in sorted(shown, key=natural_key))
        return result
