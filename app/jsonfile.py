"""Small JSON files with a version: written whole or not at all, read with suspicion."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

MAX_BYTES = 16 * 1024 * 1024


class Unreadable(Exception):
    """A file that cannot be used; its text says why and what happens instead."""


def read(path: Path, version: int) -> dict[str, Any] | None:
    """The object in ``path``, or None where there is no such file.

    Raises :class:`Unreadable` for a damaged file, one above 16 MiB, or one of a newer version of the program.
    """
    try:
        with open(path, "rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Unreadable(f"{path} cannot be read ({error.strerror or error})") from error
    if len(raw) > MAX_BYTES:
        raise Unreadable(f"{path} is larger than {MAX_BYTES} bytes")
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"{path} is damaged") from error
    if not isinstance(value, dict):
        raise Unreadable(f"{path} is damaged")
    found = value.get("version")
    if type(found) is not int or found < 1:
        raise Unreadable(f"{path} is damaged")
    if found > version:
        raise Unreadable(f"{path} was written by a newer Runglass")
    return value


def write(path: Path, value: dict[str, Any], version: int) -> None:
    """Put ``value`` into ``path`` by way of a temporary file, so that a reader finds the old or the new whole.

    Raises OSError where the disk does not take it.
    """
    text = json.dumps({"version": version, **value}, ensure_ascii=True, indent=1, allow_nan=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def set_aside(path: Path) -> str:
    """Keep an unusable file under another name, so that writing anew destroys nothing of the user's.

    Returns a sentence on where it is kept, empty where it cannot be renamed.
    """
    kept = path.with_name(path.name + ".unused")
    try:
        os.replace(path, kept)
    except OSError:
        return ""
    return f"It is kept as {kept.name}."
