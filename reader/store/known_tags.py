"""Which metadata is in force for a value that brings none, or another than the values before it."""

from __future__ import annotations

from collections.abc import Callable

from ..decode.compat import KINDS
from ..model import SeriesMetadata, Severity
from .staging import Problems
from .store import RunStore


class KnownTags:
    """What a run knows of its tags across its files, and what one file says otherwise."""

    def __init__(self, store: RunStore, run: str, problems: Problems, changes: Callable[[], None]) -> None:
        """``changes()`` is called before a tag comes to mean something else in the file."""
        self._store, self._run = store, run
        self._problems, self._changes = problems, changes
        self._own: dict[str, SeriesMetadata] = {}

    def known(self, tag: str, own: SeriesMetadata | None) -> SeriesMetadata | None:
        """The metadata in force for a value: its own if that names a plug-in, else its file's, else its run's."""
        first = self._of_run().get(tag)
        if own is None:
            return self._own.get(tag, first)
        if first is None or (not first.plugin and own.plugin):
            self._of_run()[tag] = own
            return own
        if not own.plugin:
            return self._own.get(tag, first)
        if tag not in self._own:
            # Rows without metadata of their own may mean something else from now on.
            self._changes()
            self._own[tag] = own
        if own.plugin == first.plugin:
            return first
        if KINDS.get(own.plugin, own.plugin) == KINDS.get(first.plugin, first.plugin):
            self._problems.add(
                "conflicting-metadata",
                Severity.INFO,
                f"Tag {tag!r} was first written for {first.plugin!r} and later for {own.plugin!r}.",
                "All values are shown in one series. Use different tags for different kinds of data.",
            )
        return own

    def learn(self, tag: str, metadata: SeriesMetadata) -> None:
        """What a value without metadata turned out to be goes for the later ones of its tag."""
        table = self._of_run()
        if metadata.plugin and (tag not in table or not table[tag].plugin):
            table[tag] = metadata

    def _of_run(self) -> dict[str, SeriesMetadata]:
        try:
            return self._store.run(self._run).metadata
        except KeyError:
            return {}
