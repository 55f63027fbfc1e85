"""Folders that the program died on are not opened again by themselves.

While a window loads a log a small file with the process id and the folders stands in the user's state folder. Whoever
starts and finds such a file of a process that is gone knows that it died while loading.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from . import jsonfile
from .places import Places

VERSION = 1


class CrashGuard:
    """The guard file of a window of this process; ``number`` tells its windows apart."""

    def __init__(self, places: Places, number: int = 0) -> None:
        self._folder = places.guards
        self._name = f"{os.getpid()}-{number}.json"

    def crashed(self) -> list[tuple[str, ...]]:
        """Sets of roots that processes now gone died on; their guard files are removed."""
        found: list[tuple[str, ...]] = []
        if self._folder is None or not self._folder.is_dir():
            return found
        for path in sorted(self._folder.glob("*.json")):
            pid = path.stem.partition("-")[0]
            if pid.isdigit() and process_runs(int(pid)):
                continue
            try:
                value = jsonfile.read(path, VERSION) or {}
            except jsonfile.Unreadable:
                value = {}
            roots = value.get("roots")
            if isinstance(roots, list) and roots and all(isinstance(root, str) for root in roots):
                found.append(tuple(roots))
            path.unlink(missing_ok=True)
        return found

    def begin(self, roots: Sequence[str]) -> None:
        """Loading starts; OSError where the file cannot be written."""
        path = self._own()
        if path is not None:
            jsonfile.write(path, {"roots": list(roots)}, VERSION)

    def end(self) -> None:
        """Loading went well, or the program is closed in order."""
        path = self._own()
        if path is not None:
            # Where it could not be written there is none to remove.
            with suppress(OSError):
                path.unlink()

    def _own(self) -> Path | None:
        return self._folder and self._folder / self._name


def process_runs(pid: int) -> bool:
    """True if a process of this number exists."""
    if pid <= 0:
        return False
    if sys.platform == "win32":
        import ctypes

        synchronize, timeout = 0x00100000, 0x102
        kernel = ctypes.windll.kernel32
        handle = kernel.OpenProcess(synchronize, False, pid)
        if not handle:
            return False
        alive = kernel.WaitForSingleObject(handle, 0) == timeout
        kernel.CloseHandle(handle)
        return bool(alive)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
