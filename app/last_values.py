"""The last value of each run for the list of runs: of the pinned tag, or of the one that says most of most runs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..reader.api import Delta, RunStore, SeriesKey


class LastValues:
    """Called with a run's name it gives the value or None, in O(1). :meth:`changed` has to be told what is new."""

    def __init__(self, store: RunStore) -> None:
        self._store = store
        self._tag: str | None = None
        self._pinned: str | None = None
        self._keys: dict[str, dict[str, SeriesKey]] = {}
        self._take(store.series())

    @property
    def tag(self) -> str | None:
        """The tag whose values are given."""
        return self._tag

    def catch_up(self) -> None:
        """Take in all that there is, where changes may have been missed."""
        self._take(self._store.series())

    def pin(self, tag: str | None) -> None:
        """Give the values of ``tag`` where it is in the log; None goes back to the one found best."""
        self._pinned = tag
        self._tag = min(self._keys, key=self._rank, default=None)

    def changed(self, delta: Delta) -> None:
        """Take in what changed in the log. Costs as much as is new, for a log may bring thousands of series."""
        if delta.removed_runs or delta.removed_series:
            self._keys.clear()
            self._tag = None
            self._take(self._store.series())
        else:
            self._take(delta.new_series)

    def __call__(self, run: str) -> float | None:
        key = self._keys[self._tag].get(run) if self._tag is not None else None
        if key is None:
            return None
        try:
            values = self._store.scalars(key).value
        except KeyError:
            return None
        return float(values[-1]) if len(values) else None

    def _take(self, keys: Iterable[SeriesKey]) -> None:
        touched = set()
        for key in keys:
            if key.kind.value == "scalars":
                self._keys.setdefault(key.tag, {})[key.run] = key
                touched.add(key.tag)
        if self._tag is not None:
            touched.add(self._tag)
        self._tag = min(touched, key=self._rank, default=None)

    def _rank(self, tag: str) -> tuple[bool, int, str]:
        """The pinned tag first, then the one in most runs; a loss counts double, as it says most of a run."""
        weight = 2 if "loss" in tag.lower() else 1
        return tag != self._pinned, -weight * len(self._keys[tag]), tag
