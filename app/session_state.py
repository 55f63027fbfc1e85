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
    """Sets of roots, latest first, and the set that was open when the program was last closed."""

    def __init__(self, places: Places) -> None:
        self._path = places.recent_file
        self._sets: list[Roots] = []
        self.last: Roots = ()
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

    def opened(self, roots: Sequence[str]) -> None:
        """Put ``roots`` first."""
        new = tuple(roots)
        self._sets = [new, *(old for old in self._sets if sorted(old) != sorted(new))][:RECENT_MAX]
        self.last = new

    def still_open(self, roots: Sequence[str]) -> None:
        """``roots`` were open when a window was closed: the next start opens those of the last one."""
        self.last = tuple(roots)

    def closed(self) -> None:
        """Nothing is open any more: the next start shows the welcome page."""
        self.last = ()

    def clear(self) -> None:
        """Forget all of them."""
        self._sets = []

    def save(self) -> None:
        """Write the file; OSError where the disk does not take it."""
        if self._path is not None:
            value = {"sets": [list(roots) for roots in self._sets], "last": list(self.last), "window": self.window}
            jsonfile.write(self._path, value, VERSION)

    def _take(self, found: Mapping[str, Any]) -> None:
        sets = found.get("sets")
        if isinstance(sets, list):
            self._sets = [roots for roots in map(_roots, sets) if roots][:RECENT_MAX]
        self.last = _roots(found.get("last"))
        window = found.get("window")
        self.window = dict(window) if isinstance(window, dict) else {}


def _roots(value: object) -> Roots:
    if isinstance(value, list) and all(isinstance(root, str) for root in value):
        return tuple(value)
    return ()
