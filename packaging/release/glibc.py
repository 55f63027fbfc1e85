"""Which version of the C library a program for Linux needs: the newest that any of its files was linked with.

Qt's wheels want 2.34 and, on ARM, 2.39; the Python that froze the program may want a newer one.
"""

from __future__ import annotations

import re
from pathlib import Path

Version = tuple[int, int]

_WANTED = re.compile(rb"\0GLIBC_(\d+)\.(\d+)(?:\.\d+)?(?=\0)")


def needed(folder: Path) -> Version:
    """The version that the programs and libraries below ``folder`` need; (0, 0) where there are none."""
    found = (0, 0)
    for file in folder.rglob("*"):
        if file.is_symlink() or not file.is_file():
            continue
        with file.open("rb") as stream:
            if stream.read(4) == b"\x7fELF":
                names = _WANTED.findall(stream.read())
                found = max([found, *((int(major), int(minor)) for major, minor in names)])
    return found


def written(version: Version) -> str:
    """As people write it: 2.34."""
    return ".".join(map(str, version))
