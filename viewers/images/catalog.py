"""Which series of images there are, how many samples each has, and which cards a filter leaves. No Qt."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...reader.api import BlobView, Kind, SeriesKey
from ..board.groups import Group, grouped, natural_key
from .keys import CardKey
from .steps import union


class Catalog:
    """``load(key)`` gives the present view of a series and raises KeyError where it is gone."""

    def __init__(self, load: Callable[[SeriesKey], BlobView]) -> None:
        self._load = load
        self._runs: dict[str, dict[str, SeriesKey]] = {}
        self._views: dict[SeriesKey, BlobView] = {}
        self._cards: dict[SeriesKey, tuple[str, ...]] = {}
        self._sorting: dict[str, object] = {}
        self._unread: dict[SeriesKey, None] = {}
        self._order: list[str] | None = None

    def replace(self, keys: Iterable[SeriesKey]) -> None:
        """Take in all series of the log."""
        self._runs, self._order = {}, None
        for made in (self._views, self._cards, self._sorting, self._unread):
            made.clear()
        self.add(keys)

    def add(self, keys: Iterable[SeriesKey]) -> bool:
        """Take in further series; True if there is a new one."""
        grown = False
        for key in keys:
            runs = self._runs.setdefault(key.tag, {}) if key.kind is Kind.IMAGE else None
            if runs is not None and key.run not in runs:
                runs[key.run] = key
                self._unread[key] = None
                grown = True
                self._order = None if len(runs) == 1 else self._order
        return grown

    def grew(self, key: SeriesKey) -> bool:
        """A series changed; True if it has another number of samples than before."""
        before = self._views.pop(key, None)
        if before is not None and before.samples.most == self.samples(key):
            return False
        self._cards.pop(key, None)
        return True

    def prepare(self, deadline: float) -> bool:
        """Look at series that were not looked at yet until ``time.perf_counter()`` reaches ``deadline``.

        False where that was too little time. The other methods look at the rest themselves.
        """
        while self._unread:
            key, _ = self._unread.popitem()
            self._texts(key)
            self._sort_key(key.tag)
            if time.perf_counter() >= deadline:
                break
        return not self._unread

    def view(self, key: SeriesKey) -> BlobView | None:
        """The pictures of a series; None where it is gone."""
        view = self._views.get(key)
        if view is None:
            try:
                view = self._views[key] = self._load(key)
            except KeyError:
                return None
        return view

    def samples(self, key: SeriesKey) -> int:
        """The most pictures that a step of the series has."""
        view = self.view(key)
        return 0 if view is None else view.samples.most

    def tags(self) -> list[str]:
        """All tags in natural order."""
        if self._order is None:
            self._order = sorted(self._runs, key=self._sort_key)
        return self._order

    def _sort_key(self, tag: str) -> Any:
        key = self._sorting.get(tag)
        if key is None:
            key = self._sorting[tag] = natural_key(tag)
        return key

    def _texts(self, key: SeriesKey) -> tuple[str, ...]:
        texts = self._cards.get(key)
        if texts is None:
            made = (CardKey(key.tag, key.run, sample).text for sample in range(self.samples(key)))
            texts = self._cards[key] = tuple(made)
        return texts

    def keys(self, tag: str) -> dict[str, SeriesKey]:
        """The series of ``tag`` by run; empty for an unknown tag."""
        return self._runs.get(tag, {})

    def __len__(self) -> int:
        return len(self._runs)

    def __contains__(self, text: object) -> bool:
        """True if there is a card of this name."""
        key = CardKey.parse(text) if isinstance(text, str) else None
        return key is not None and key.run in self.keys(key.tag) and key.sample < self.samples(key.series)

    def cards(self, tag: str, visible: Sequence[str]) -> list[str]:
        """The cards of a tag: one a sample, run by run in the order of ``visible``."""
        runs = self.keys(tag)
        return [text for run in visible if run in runs for text in self._texts(runs[run])]

    def groups(self, visible: Sequence[str], pattern: re.Pattern[str] | None, pinned: Sequence[str]) -> list[Group]:
        """Groups of the cards of visible runs whose tags ``pattern`` finds; the pinned ones again as the first."""
        runs = set(visible)
        keys = [(text, CardKey.parse(text)) for text in pinned if text in self]
        pins = ((text, key.tag) for text, key in keys if key is not None and key.run in runs)
        return grouped(((tag, self.cards(tag, visible)) for tag in self.tags()), pattern, pins)

    def steps(self, visible: Sequence[str], pattern: re.Pattern[str] | None) -> NDArray[np.int64]:
        """All steps of the series of visible runs whose tags ``pattern`` finds, each once, rising: int64 (n,)."""
        runs = set(visible)
        views = (
            self.view(key)
            for tag, keys in self._runs.items()
            if pattern is None or pattern.search(tag)
            for run, key in keys.items()
            if run in runs
        )
        return union(view.step for view in views if view is not None)

    def steps_of(self, keys: Iterable[SeriesKey]) -> NDArray[np.int64]:
        """All steps of these series, each once, rising: int64 (n,)."""
        return union(view.step for view in map(self.view, keys) if view is not None)
