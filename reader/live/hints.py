"""What was heard to have changed: gathered by the watcher's thread, taken by the ingest thread."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass, field

from .logdir import PROJECTOR_CONFIG

_MOST = 20_000


@dataclass(slots=True)
class Heard:
    """Paths since the last look. ``rescan``: something was lost, so that only a walk over everything tells."""

    files: set[str] = field(default_factory=set)
    folders: set[str] = field(default_factory=set)
    rescan: bool = False

    def __bool__(self) -> bool:
        return bool(self.files or self.folders or self.rescan)


class Hints:
    """A mailbox with room for some thousand paths, each at most once; what does not fit becomes one rescan."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._heard = Heard()
        self._wake = threading.Event()
        #: Paths of other files than event files of which it is worth hearing. Replaced as a whole, from any thread.
        self.also: frozenset[str] = frozenset()

    def wanted(self, path: str) -> bool:
        """Whether changes of a file matter: event files, configs of projectors, and files that these name."""
        name = os.path.basename(path)
        return "tfevents" in name or name == PROJECTOR_CONFIG or path in self.also

    def file(self, path: str) -> None:
        """A file that :meth:`wanted` names was written, made, moved or deleted."""
        with self._lock:
            self._heard.files.add(path)
            self._bound()
        self._wake.set()

    def folder(self, path: str) -> None:
        """A folder was made, moved or deleted."""
        with self._lock:
            self._heard.folders.add(path)
            self._bound()
        self._wake.set()

    def rescan(self) -> None:
        """Notifications were lost."""
        with self._lock:
            self._heard.rescan = True
        self._wake.set()

    def wake(self) -> None:
        """End the current :meth:`wait` early."""
        self._wake.set()

    def take(self) -> Heard:
        """All that was heard since the last call."""
        with self._lock:
            heard, self._heard = self._heard, Heard()
            return heard

    def wait(self, seconds: float) -> None:
        """Sleep until something is heard, at most ``seconds``."""
        self._wake.wait(seconds)
        self._wake.clear()

    def _bound(self) -> None:
        if len(self._heard.files) + len(self._heard.folders) > _MOST:
            self._heard = Heard(rescan=True)
