"""Where the files that a config names may be, and opening them without being led out of the log.

A config comes with the log, perhaps from a stranger. What it names is opened inside the folders that the user opened,
and elsewhere only after the user agreed to that very path. Links are followed step by step, and a step that leads out
is not taken: nothing outside is opened, and nothing outside is even looked at.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from ..live.logdir import FileStamp, stamp_of
from ..wire.source import FileSource

_MOST_LINKS = 40
_MOST_PATH = 4096
_MOST_PARTS = 256
_NEARBY_PARTS = 8
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]+:")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_DRIVE = re.compile(r"[A-Za-z]:")


class PlaceError(Exception):
    """A file cannot be had. The message is a sentence for users; ``missing``: it may come later."""

    def __init__(self, message: str, *, missing: bool = False) -> None:
        super().__init__(message)
        self.missing = missing


class NeedsPermission(PlaceError):
    """The file lies outside the log: ``path`` is opened as soon as the user allows it."""

    def __init__(self, message: str, path: str) -> None:
        super().__init__(message)
        self.path = path


@dataclass(frozen=True, slots=True)
class Place:
    """A file that may be opened. ``path`` has no links in it; ``root`` is the folder it is confined to.

    ``root`` is empty for a path that the user allowed. ``instead_of`` is what the config names where that is another
    file: one outside the log, in whose stead the file of the same name beside the config serves.
    """

    path: str
    root: str = ""
    instead_of: str = ""


class Permissions:
    """Paths outside the log that the user agreed to, for as long as the log is open. For any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._allowed: frozenset[str] = frozenset()

    def allow(self, path: str) -> None:
        """From now on this very file may be opened."""
        with self._lock:
            self._allowed |= {os.path.normpath(path)}

    def __contains__(self, path: str) -> bool:
        return os.path.normpath(path) in self._allowed


class Places:
    """Resolves what configs name. ``roots`` are the folders that the user opened. For any thread."""

    def __init__(self, roots: Sequence[str], permissions: Permissions) -> None:
        self._permissions = permissions
        self._given = tuple(map(os.path.abspath, roots))

    def spellings(self) -> tuple[tuple[str, str], ...]:
        """Each root as it was given, and without links."""
        return tuple((given, os.path.realpath(given)) for given in self._given)

    def allows(self, path: str) -> bool:
        """True if the user agreed to this path outside the log."""
        return path in self._permissions

    def find(self, name: str, folder: str, *, beside: Sequence[str] = ()) -> Place:
        """The file that ``name``, a path in a config in ``folder``, stands for.

        ``beside``: more folders in which a file of another machine is looked for. Raises PlaceError for what is no path
        of a file or is not there, NeedsPermission for what lies outside the log.
        """
        refused = refusal(name)
        if refused:
            raise PlaceError(refused)
        here = os.path.realpath(folder)
        roots = tuple(dict.fromkeys((*map(os.path.realpath, self._given), here)))
        names = [name]
        if os.sep == "/" and "\\" in name:
            # Written on Windows.
            names.append(name.replace("\\", "/"))
        outside = ""
        missing: OSError | None = None
        for spelled in names:
            if _DRIVE.match(spelled) and os.name != "nt":
                outside = outside or spelled
                continue
            wanted = spelled if os.path.isabs(spelled) else os.path.join(here, spelled)
            try:
                place = self._inside(wanted, roots)
            except OSError as error:
                missing = missing or error
                continue
            if isinstance(place, Place):
                return place
            outside = outside or place
        allowed = bool(outside) and outside in self._permissions
        if allowed and os.path.exists(outside):
            return Place(os.path.realpath(outside))
        if outside or os.path.isabs(name):
            for folder_beside in dict.fromkeys((here, *map(os.path.realpath, beside))):
                nearby = self._nearby(outside or name, folder_beside, roots)
                if nearby is not None:
                    return nearby
        if allowed:
            raise _not_there(outside, None)
        if outside:
            if _DRIVE.match(outside) and os.name != "nt":
                raise PlaceError(
                    f"{outside} is a path of another machine, and no file of that name is here.", missing=True
                )
            raise NeedsPermission(
                f"{outside} lies outside the log folder and is not opened without your consent.", outside
            )
        raise _not_there(name, missing)

    def _inside(self, path: str, roots: Sequence[str]) -> Place | str:
        """The place of a path under one of the roots, or the path at which the way leads out of them. OSError."""
        path = os.path.normpath(path)
        links = 0
        while True:
            root = next((root for root in roots if _below(path, root)), None)
            if root is None:
                given = next((given for given in self._given if _below(path, given)), None)
                if given is None:
                    return path
                # The way to a root itself may lead through links: the user named it.
                root = os.path.realpath(given)
                path = root + path[len(given) :]
            parts = [part for part in os.path.relpath(path, root).split(os.sep) if part not in ("", ".")]
            at = root
            for index, part in enumerate(parts):
                step = os.path.join(at, part)
                if not stat.S_ISLNK(os.lstat(step).st_mode):
                    at = step
                    continue
                links += 1
                if links > _MOST_LINKS:
                    raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
                target = os.readlink(step)
                path = os.path.normpath(os.path.join(at, target, *parts[index + 1 :]))
                break
            else:
                return Place(at, root)

    def _nearby(self, outside: str, folder: str, roots: Sequence[str]) -> Place | None:
        """A file in ``folder`` that ends like a path of elsewhere: with as many of its last names as possible."""
        parts = [part for part in re.split(r"[\\/]", outside) if part not in ("", ".", "..")][-_NEARBY_PARTS:]
        for begin in range(len(parts)):
            try:
                place = self._inside(os.path.join(folder, *parts[begin:]), roots)
            except OSError:
                continue
            if isinstance(place, Place):
                return Place(place.path, place.root, outside)
        return None


def refusal(name: str) -> str:
    """Why ``name`` is no path of a file that is opened at all, as a sentence; empty for one that may be looked for."""
    shown = name[:200] if name.isprintable() else repr(name[:200])
    if not name.strip():
        return "The config names a file without a name."
    if _CONTROL.search(name):
        return f"{shown} is no name of a file."
    if len(name) > _MOST_PATH or name.count("/") + name.count("\\") > _MOST_PARTS:
        return f"{shown}… is too long for the name of a file."
    if name.startswith(("\\\\", "//")):
        return f"{shown} is a file of another computer: nothing is fetched from the network."
    if _SCHEME.match(name):
        return f"{shown} is an address: nothing is fetched from the network. Download the file into the log folder."
    if name.startswith("~"):
        return f"{shown} stands for a home folder, which differs from machine to machine."
    return ""


class OpenFile(FileSource):
    """A regular file of a place, opened for reading; ``stamp`` is its state when it was opened."""

    def __init__(self, place: Place, most: int) -> None:
        """Raises PlaceError with a sentence where it is no regular file, has more than ``most`` bytes, or is gone."""
        super().__init__(place.path)
        name = os.path.basename(place.path)
        try:
            self._descriptor = _open(place)
        except OSError as error:
            raise _not_there(place.path, error) from error
        info = os.fstat(self._descriptor)
        if not stat.S_ISREG(info.st_mode):
            self.close()
            raise PlaceError(f"{name} is no regular file (a pipe, a device or a folder) and is not read.")
        if info.st_size > most:
            self.close()
            raise PlaceError(f"{name} has {info.st_size:,} bytes; no more than {most:,} are read.")
        self.stamp: FileStamp = stamp_of(info)

    def __enter__(self) -> OpenFile:
        return self

    def unchanged(self) -> bool:
        """Whether the file, and what lies under its name now, are as they were when it was opened."""
        try:
            return stamp_of(os.fstat(self.descriptor())) == self.stamp == stamp_of(os.lstat(self.path))
        except OSError:
            return False

    def read_into(self, offset: int, buffer: memoryview) -> int:
        """Fill ``buffer`` from ``offset``; returns the number of bytes, fewer only where the file ends. OSError."""
        done = 0
        while done < len(buffer):
            data = self.read_at(offset + done, min(len(buffer) - done, 1 << 24))
            if not data:
                break
            buffer[done : done + len(data)] = data
            done += len(data)
        return done


def _open(place: Place) -> int:
    """Open a place for reading, folder by folder, so that a link made meanwhile leads nowhere. OSError."""
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOINHERIT", 0)
    flags |= getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)
    if not place.root or os.open not in os.supports_dir_fd or not hasattr(os, "O_NOFOLLOW"):
        return os.open(place.path, flags)
    *folders, name = os.path.relpath(place.path, place.root).split(os.sep)
    at = os.open(place.root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for folder in folders:
            inner = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NOFOLLOW, dir_fd=at)
            os.close(at)
            at = inner
        return os.open(name, flags | os.O_NOFOLLOW, dir_fd=at)
    finally:
        os.close(at)


def _below(path: str, root: str) -> bool:
    return path == root or path.startswith(root.rstrip(os.sep) + os.sep)


def _not_there(name: str, error: OSError | None) -> PlaceError:
    if error is None or error.errno in (errno.ENOENT, errno.ENOTDIR):
        return PlaceError(f"{name} is not there.", missing=True)
    if error.errno == errno.ELOOP:
        return PlaceError(f"{name} is a link that leads back to itself.")
    return PlaceError(f"{name} cannot be read: {error.strerror or error}.", missing=True)
