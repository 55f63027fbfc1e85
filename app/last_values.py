"""The last value of each run for the list of runs: of the pinned tag, or of the first scalar tag there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..reader.api import Delta, RunStore, SeriesKey


class LastValues:
    """Called with a run's name it gives the value or None, in O(1). :meth:`changed` has to be told what is new."""

    def __init__(self, store: RunStore) -> None:
        self._store = store
        self._tag: str | None = None
        self._keys: dict[str, SeriesKey] = {}
        self._pinned: str | None = None

    @property
    def tag(self) -> str | None:
        """The tag whose values are given."""
        return self._tag

    def pin(self, tag: str | None) -> None:
        """Give the values of ``tag`` where it is in the log; None goes back to the first scalar."""
        self._pinned = tag
        self._choose()

    def changed(self, delta: Delta) -> None:
        """Take in what changed in the log. Costs as much as is new, for a log may bring thousands of series."""
        fresh = [key for key in delta.new_series if key.kind.value == "scalars"]
        better = fresh and (self._tag is None or min(self._rank(key.tag) for key in fresh) < self._rank(self._tag))
        if delta.removed_runs or better:
            self._choose()
        else:
            self._keys.update((key.run, key) for key in fresh if key.tag == self._tag)

    def __call__(self, run: str) -> float | None:
        key = self._keys.get(run)
        if key is None:
            return None
        try:
            values = self._store.scalars(key).value
        except KeyError:
            return None
        return float(values[-1]) if len(values) else None

    def _choose(self) -> None:
        from ..reader.api import Kind

        keys = self._store.series(Kind.SCALAR)
        self._tag = min({key.tag for key in keys}, key=self._rank, default=None)
        self._keys = {key.run: key for key in keys if key.tag == self._tag}

    def _rank(self, tag: str) -> tuple[bool, bool, str]:
        """The pinned tag first; then a loss, which says more of a run than whatever comes first in the alphabet."""
        return tag != self._pinned, "loss" not in tag.lower(), tag
