"""Notifications of the system about changed files: a hint that saves waiting, never the truth."""

from __future__ import annotations

import errno
import logging
import os
import threading
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from .hints import Hints

if TYPE_CHECKING:
    from watchdog.events import FileSystemEvent
    from watchdog.observers.api import BaseObserver

_LIMIT_FILE = "/proc/sys/fs/inotify/max_user_watches"
_SUGGESTED_LIMIT = 524_288


class Watcher(Protocol):
    """Something that fills :class:`Hints` until it is stopped."""

    @property
    def active(self) -> bool:
        """True while hints may be expected."""
        ...

    @property
    def message(self) -> str:
        """Why there are no hints, or not all, and what to do; empty where all is well."""
        ...

    def start(self) -> None:
        """Begin in the background."""
        ...

    def grown(self, folders: int) -> None:
        """There are so many folders now."""
        ...

    def stop(self) -> None:
        """End, and join every thread."""
        ...


class DeafWatcher:
    """Hears nothing: for logs that are polled."""

    def __init__(self, message: str = "") -> None:
        self.message = message
        self.active = False

    def start(self) -> None:
        """Nothing to begin."""

    def grown(self, folders: int) -> None:
        """Nothing to hear in them."""

    def stop(self) -> None:
        """Nothing to end."""


class FolderWatcher:
    """One recursive watchdog observer over all roots.

    Setting it up walks the tree (some 100 ms for 1,000 folders), so it happens in a thread that ends with it.
    ``folders`` is how many folders there are to watch; more than the system allows is refused at once, because the
    observer would go on with a part of them and say nothing.
    """

    def __init__(self, roots: Sequence[str], hints: Hints, folders: int, limit_file: str = _LIMIT_FILE) -> None:
        self._roots = list(roots)
        self._hints = hints
        self._folders = folders
        self._limit_file = limit_file
        self._observer: BaseObserver | None = None
        self._setup: threading.Thread | None = None
        self._lost = _LostEvents(hints)
        self.active = False
        self.message = ""

    def start(self) -> None:
        """See :class:`Watcher`."""
        self.message = limit_message(self._folders, self._limit_file)
        if self.message:
            return
        self._setup = threading.Thread(target=self._set_up, name="runglass-watch-setup", daemon=True)
        self._setup.start()

    def grown(self, folders: int) -> None:
        """See :class:`Watcher`. New folders beyond the system's limit would go unheard without an error."""
        self.message = self.message or limit_message(folders, self._limit_file)

    def stop(self) -> None:
        """See :class:`Watcher`."""
        if self._setup is not None:
            self._setup.join()
        observer, self._observer = self._observer, None
        if observer is not None:
            observer.stop()
            observer.join()
        self._lost.detach()
        self.active = False

    def _set_up(self) -> None:
        try:
            from watchdog.observers import Observer
        except ImportError:
            self.message = "The package watchdog is not installed: changes are looked for every second instead."
            self._hints.wake()
            return
        # A folder that is found twice, by its own event and by the walk of its parent, is watched once all the same;
        # the warning would print the addresses of all watches.
        warnings.filterwarnings("ignore", "Callback with id", RuntimeWarning)
        logging.getLogger("watchdog.observers.inotify").addFilter(_tells_more_than_the_end)
        before = count_watches()
        observer: BaseObserver | None = None
        try:
            observer = Observer()
            self._lost.attach()
            for root in self._roots:
                # A root that is a link would be watched as a link, without its contents.
                real = os.path.realpath(root)
                observer.schedule(_handler(self._hints, real, root), real, recursive=True, event_filter=_event_filter())
            observer.start()
        except OSError as error:
            self.message = failure_message(error)
        except RuntimeError as error:
            # A system without room for another thread.
            self.message = f"Notifications of changes could not be set up ({error}): polling instead."
        if self.message:
            if observer is not None:
                observer.stop()
                if observer.is_alive():
                    observer.join()
            self._hints.wake()
            return
        self._observer = observer
        after = count_watches()
        if before is not None and after is not None and after - before < self._folders * 0.98:
            self.message = _limit_text(
                f"only {after - before:,} of {self._folders:,} folders could be watched", self._limit_file
            )
        self.active = True
        # Whatever changed before the watch was set was not heard.
        self._hints.rescan()


def limit_message(folders: int, limit_file: str = _LIMIT_FILE) -> str:
    """What to say where the system does not allow to watch so many folders; empty where it does."""
    limit = _read_limit(limit_file)
    if limit is None or folders < limit * 0.95:
        return ""
    return _limit_text(f"{folders:,} folders are more than the {limit:,} that may be watched", limit_file)


def failure_message(error: OSError) -> str:
    """What to say where the system refuses to watch."""
    if error.errno == errno.ENOSPC:
        return _limit_text("the limit of watched folders is reached", _LIMIT_FILE)
    if error.errno == errno.EMFILE:
        return (
            "Polling every second: the limit of watching programs is reached. "
            "Raise it with: sudo sysctl fs.inotify.max_user_instances=1024"
        )
    return f"Polling every second: notifications of changes could not be set up ({error.strerror or error})."


def _limit_text(why: str, limit_file: str) -> str:
    wanted = max(_SUGGESTED_LIMIT, 2 * (_read_limit(limit_file) or 0))
    return f"Polling every second: {why}. Raise the limit with: sudo sysctl fs.inotify.max_user_watches={wanted}"


def _read_limit(path: str) -> int | None:
    try:
        return int(Path(path).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def count_watches() -> int | None:
    """How many inotify watches this process holds; None where the system does not tell."""
    total = 0
    try:
        for name in os.listdir("/proc/self/fd"):
            try:
                if os.readlink(f"/proc/self/fd/{name}") != "anon_inode:inotify":
                    continue
                info = Path(f"/proc/self/fdinfo/{name}").read_bytes()
                total += sum(line.startswith(b"inotify") for line in info.splitlines())
            except FileNotFoundError:
                # Closed since it was listed.
                continue
    except OSError:
        return None
    return total


def _event_filter() -> list[type[FileSystemEvent]]:
    # Opening and closing are left out: the reader's own would otherwise wake it again and again.
    from watchdog import events

    return [
        events.FileModifiedEvent,
        events.FileCreatedEvent,
        events.FileMovedEvent,
        events.FileDeletedEvent,
        events.DirCreatedEvent,
        events.DirMovedEvent,
        events.DirDeletedEvent,
    ]


def _handler(hints: Hints, real: str, root: str) -> FileSystemEventHandlerType:
    from watchdog.events import FileSystemEventHandler

    class Handler(FileSystemEventHandler):
        def on_any_event(self, event: FileSystemEvent) -> None:
            for raw in (event.src_path, event.dest_path):
                path = os.fsdecode(raw)
                if not path:
                    continue
                if real != root and path.startswith(real):
                    path = root + path[len(real) :]
                if event.is_directory:
                    hints.folder(path)
                elif hints.wanted(path):
                    hints.file(path)

    return Handler()


def _tells_more_than_the_end(record: logging.LogRecord) -> bool:
    """False for what watchdog says when it is stopped between two events: an error in name only."""
    return "when the thread is inactive" not in record.getMessage()


class _LostEvents(logging.Handler):
    """Turns watchdog's log line about lost events into a rescan; it has no other way to say so."""

    _LOGGER = "watchdog.observers.inotify_c"

    def __init__(self, hints: Hints) -> None:
        super().__init__(logging.WARNING)
        self._hints = hints

    def emit(self, record: logging.LogRecord) -> None:
        if "overflow" in record.getMessage():
            self._hints.rescan()

    def attach(self) -> None:
        logging.getLogger(self._LOGGER).addHandler(self)

    def detach(self) -> None:
        logging.getLogger(self._LOGGER).removeHandler(self)
        self.close()


if TYPE_CHECKING:
    from watchdog.events import FileSystemEventHandler as FileSystemEventHandlerType
