"""What is remembered of each set of log folders, and which folders were opened lately."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from . import jsonfile
from .places import Places

VERSION = 1
RECENT_MAX = 12
Roots = tuple[str, ...]


def session_file(places: Places, roots: Sequence[str]) -> Path | None:
    """The file of a set of roots; None where nothing is kept. The order of the roots does not matter."""
    if places.sessions is None:
        return None
    name = hashlib.sha256("\n".join(sorted(roots)).encode("utf-8", "surrogatepass")).hexdigest()[:24]
    return places.sessions / f"{name}.json"


class SessionStore:
    """Reads and writes the session of one set of roots. ``message`` says what could not be used."""

    def __init__(self, places: Places, roots: Sequence[str]) -> None:
        self._path = session_file(places, roots)
        self._roots = list(roots)
        self.message = ""

    def load(self) -> dict[str, Any]:
        """The remembered state, or an empty one. A damaged or newer file is set aside and named in ``message``."""
        if self._path is None:
            return {}
        try:
            found = jsonfile.read(self._path, VERSION)
        except jsonfile.Unreadable as error:
            self.message = f"The remembered view was left out: {error}. {jsonfile.set_aside(self._path)}".strip()
            return {}
        state = (found or {}).get("state")
        return dict(state) if isinstance(state, Mapping) else {}

    def save(self, state: Mapping[str, Any]) -> None:
        """Remember ``state``; OSError where the disk does not take it."""
        if self._path is not None:
            value = {"roots": self._roots, "saved": time.time(), "state": dict(state)}
            jsonfile.write(self._path, value, VERSION)


class RecentFolders:
    """Sets of roots, latest first, and those that the windows show, each known by a number.

    :attr:`last`: what the windows of the program before showed and is not open again yet, the one used last first.
    """

    def __init__(self, places: Places) -> None:
        self._path = places.recent_file
        self._sets: list[Roots] = []
        self._shown: dict[int, Roots] = {}
        self.last: tuple[Roots, ...] = ()
        self.window: dict[str, Any] = {}
        self.message = ""
        if self._path is not None:
            try:
                self._take(jsonfile.read(self._path, VERSION) or {})
            except jsonfile.Unreadable as error:
                kept = jsonfile.set_aside(self._path)
                self.message = f"The list of recent folders was left out: {error}. {kept}".strip()

    @property
    def sets(self) -> tuple[Roots, ...]:
        """Recent sets of roots, latest first."""
        return tuple(self._sets)

    def opened(self, roots: Sequence[str], window: int = 0) -> None:
        """A window shows ``roots`` now, which are put first."""
        new = tuple(roots)
        self._sets = [new, *(old for old in self._sets if not same(old, new))][:RECENT_MAX]
        self.opening(new, window)
        self.used(window)

    def opening(self, roots: Sequence[str], window: int = 0) -> None:
        """A window is about to show ``roots``: the next start opens them, whatever becomes of it this time."""
        new = tuple(roots)
        self._shown[window] = new
        self.last = tuple(old for old in self.last if not same(old, new))

    def used(self, window: int) -> None:
        """The user has turned to this window: the next start opens its folders first."""
        if window in self._shown:
            self._shown = {window: self._shown.pop(window), **self._shown}

    def closed(self, window: int = 0) -> None:
        """A window shows nothing any more: the next start does not open what it had."""
        self._shown.pop(window, None)

    def forget_last(self) -> None:
        """What earlier windows showed is not to be opened again."""
        self.last = ()

    def clear(self) -> None:
        """Forget all of them."""
        self._sets = []

    def save(self) -> None:
        """Write the file; OSError where the disk does not take it."""
        if self._path is not None:
            value = {
                "sets": [list(roots) for roots in self._sets],
                "shown": [list(roots) for roots in (*self._shown.values(), *self.last)],
                "window": self.window,
            }
            jsonfile.write(self._path, value, VERSION)

    def _take(self, found: Mapping[str, Any]) -> None:
        self._sets = _sets(found.get("sets"))
        self.last = tuple(_sets(found.get("shown")))
        window = found.get("window")
        self.window = dict(window) if isinstance(window, dict) else {}


def same(one: Sequence[str], other: Sequence[str]) -> bool:
    """True for the same roots in any order."""
    return sorted(one) == sorted(other)


def _sets(value: object) -> list[Roots]:
    return [roots for roots in map(_roots, value) if roots][:RECENT_MAX] if isinstance(value, list) else []


def _roots(value: object) -> Roots:
    if isinstance(value, list) and all(isinstance(root, str) for root in value):
        return tuple(value)
    return ()
