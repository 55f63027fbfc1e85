"""Whether notifications can be trusted just now: sets the watcher up, checks what it hears, and says so."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..model import WatchStatus
from .hints import Hints
from .logdir import FolderId, LogDir
from .watch import DeafWatcher, FolderWatcher, Watcher

MakeWatcher = Callable[[Sequence[str], Hints, int], Watcher]

_GRACE = 2.0
_MISSES = 3


def watch_folders(roots: Sequence[str], hints: Hints, folders: int) -> Watcher:
    """The watcher of this system."""
    return FolderWatcher(roots, hints, folders)


class Listening:
    """Owns the watcher. Used by the ingest thread alone.

    A watcher that is set up without an error may still hear nothing (containers, virtual machines, shared drives):
    changes that looking found and that were not heard of within two seconds count against it.
    """

    def __init__(self, logdirs: Sequence[LogDir], hints: Hints, make: MakeWatcher | None) -> None:
        self._logdirs = logdirs
        self._hints = hints
        self._make = make
        self._watcher: Watcher | None = None
        self._watched: dict[str, FolderId] = {}
        self._found: dict[str, float] = {}
        self._misses = 0

    @property
    def deaf(self) -> bool:
        """True after changes went unheard."""
        return self._misses >= _MISSES

    @property
    def trusted(self) -> bool:
        """True while changes are heard of, so that looking is only the safety net."""
        watcher = self._watcher
        return watcher is not None and watcher.active and not watcher.message and not self.deaf

    @property
    def status(self) -> WatchStatus:
        """What to tell users."""
        watcher = self._watcher
        remote = sorted({logdir.profile.kind for logdir in self._logdirs if logdir.profile.remote})
        if self._make is None:
            return WatchStatus("polling", "Notifications are switched off: changes are looked for every second.")
        if watcher is None:
            if remote:
                return WatchStatus("polling", f"Network drive ({', '.join(remote)}): changes are looked for.")
            return WatchStatus("polling", "")
        if watcher.message:
            return WatchStatus("polling", watcher.message)
        if self.deaf:
            return WatchStatus("polling", "This drive does not report changes: they are looked for every second.")
        if not watcher.active:
            return WatchStatus("polling", "")
        if remote:
            return WatchStatus("notified", f"Except on network drives ({', '.join(remote)}), which are polled.")
        return WatchStatus("notified")

    def update(self, folders: int) -> None:
        """After a walk that met so many folders: watch what is there now, anew where a root was exchanged."""
        if self._make is None:
            return
        there: dict[str, FolderId] = {}
        for logdir in self._logdirs:
            path = logdir.watch_path
            if path is None:
                continue
            try:
                there[path] = logdir.stat(path).identity
            except OSError:
                # Gone since it was asked for: the next walk tells.
                continue
        if there == self._watched:
            if self._watcher is not None:
                self._watcher.grown(folders)
            return
        self.stop()
        self._watched = there
        if there:
            self._watcher = self._make(tuple(there), self._hints, folders)
            self._watcher.start()

    def heard(self, path: str) -> None:
        """A change was notified."""
        self._misses = 0
        self._found.pop(path, None)

    def found(self, path: str, now: float) -> None:
        """A change was found by looking: it ought to be heard of, too."""
        if self._watcher is not None and self._watcher.active and len(self._found) < 1000:
            self._found.setdefault(path, now)

    def judge(self, now: float) -> None:
        """Count what was found and never heard of."""
        late = [path for path, when in self._found.items() if now - when > _GRACE]
        for path in late:
            del self._found[path]
        self._misses += len(late)

    def stop(self) -> None:
        """Stop the watcher and join its threads."""
        watcher, self._watcher = self._watcher, None
        self._watched = {}
        if watcher is not None:
            watcher.stop()


def deaf(message: str = "") -> MakeWatcher:
    """A maker of watchers that hear nothing."""

    def make(_roots: Sequence[str], _hints: Hints, _folders: int) -> Watcher:
        return DeafWatcher(message)

    return make
