"""Files that the user asks for: names made of tags, dialogs, and writing that leaves a whole file or none."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

#: In bytes: file systems count these, and endings and the mark of an unfinished file come on top.
_LONGEST = 120
#: Windows takes these for devices, with any ending.
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{digit}" for port in ("com", "lpt") for digit in "0123456789")}
)


def file_name(text: str, usual: str) -> str:
    """A tag as a file name without ending that every system takes and that leads nowhere else; ``usual`` for none."""
    kept = "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in text).strip("-. ")
    kept = kept.encode("utf-8", "ignore")[:_LONGEST].decode("utf-8", "ignore").rstrip("-. ")
    if kept.partition(".")[0].lower() in _DEVICES:
        kept = f"_{kept}"
    return kept or usual


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A file beside ``path`` to write to, which takes its place at the end; after an exception nothing is left.

    OSError passes through. What is no file, such as a device, is left alone.
    """
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "this is no file")
    name = str(path.with_name(f".{path.name}.{secrets.token_hex(4)}.part"))
    # Read by whoever may read other files of the user: a temporary file of Python's would be the user's alone.
    os.close(os.open(name, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
    try:
        with suppress(OSError):
            os.chmod(name, stat.S_IMODE(path.stat().st_mode))
        yield Path(name)
        os.replace(name, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise
