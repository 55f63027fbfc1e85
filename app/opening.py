"""What is meant by what the user named: paths of the command line, drops, dialogs. Touches the disk."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Meant:
    """Folders to open, in order and each once, and what the user should know about the choice.

    ``table``: a file of vectors that the projector is to show, empty for none.
    """

    roots: tuple[str, ...]
    notes: tuple[str, ...] = ()
    table: str = ""


#: Ends of the names of files that hold vectors, a row a point.
TABLES = (".tsv", ".csv", ".npy")


def is_table(path: str) -> bool:
    """True if the name says that this is a file of vectors; the disk is not asked."""
    return path.lower().endswith(TABLES)


def absolute(paths: Sequence[str]) -> tuple[str, ...]:
    """Absolute spellings without asking the disk; each once. Addresses with a scheme stay as they are."""
    found = [path if "://" in path else os.path.abspath(os.path.expanduser(path)) for path in paths if path]
    return tuple(dict.fromkeys(found))


def meant(paths: Sequence[str]) -> Meant:
    """Folders stay; an event file stands for its folder; what does not exist stays and is waited for. Of files of
    vectors the last one is shown.

    A folder inside another one of the list is left out, as it would be read twice. Runs in a pool thread: a dead
    network drive keeps whoever asks it waiting.
    """
    roots: list[str] = []
    notes: list[str] = []
    table = ""
    for path in absolute(paths):
        if "://" not in path and os.path.isfile(path):
            folder, name = os.path.split(path)
            if is_table(path):
                if table:
                    notes.append(f"{os.path.basename(table)} is left out: the projector shows one file at a time.")
                table = path
                continue
            notes.append(f"{name} is a file: its folder {folder} is opened.")
            path = folder
        if path not in roots:
            roots.append(path)
    kept = []
    for root in roots:
        outer = next((other for other in roots if other != root and _inside(root, other)), None)
        if outer is None:
            kept.append(root)
        else:
            notes.append(f"{root} is part of {outer} and is shown there.")
    return Meant(tuple(kept), tuple(notes), table)


def _inside(path: str, folder: str) -> bool:
    try:
        return os.path.commonpath([path, folder]) == folder
    except ValueError:
        return False
