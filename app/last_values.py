"""The last value of each run for the list of runs: of the pinned tag, or of the first scalar tag there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..reader.api import Delta, RunStore, SeriesKey


class LastValues:
    """Called with a run's name it gives the value or None. O(1) a call after :meth:`changed` was told what is new."""

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
        """Give the values of ``tag``; None goes back to the first scalar."""
        self._pinned = tag
        self._choose()

    def changed(self, delta: Delta) -> None:
        """Take in what changed in the log."""
        if delta.new_series or delta.removed_runs or self._tag is None:
            self._choose()

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
        tags = {key.tag for key in keys}
        if self._pinned in tags:
            self._tag = self._pinned
        elif self._tag not in tags:
            # A loss says more of a run than whatever tag comes first in the alphabet.
            self._tag = min(tags, key=lambda tag: ("loss" not in tag.lower(), tag), default=None)
        self._keys = {key.run: key for key in keys if key.tag == self._tag}
