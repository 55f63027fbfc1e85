"""Natural order of run names: by path component, with numbers (also 0.03 and 3e-4) by value."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)")

ComponentKey = tuple[tuple[tuple[int, float, str], ...], str]
NaturalKey = tuple[ComponentKey, ...]


def component_key(text: str) -> ComponentKey:
    """Sort key of one path component; upper and lower case count alike, and differ only between equals."""
    pieces: list[tuple[int, float, str]] = []
    for index, piece in enumerate(_NUMBER.split(text)):
        if index % 2:
            pieces.append((0, float(piece), ""))
        elif piece:
            pieces.append((1, 0.0, piece.casefold()))
    return tuple(pieces), text


def natural_key(name: str) -> NaturalKey:
    """Sort key of a run's name: a folder's runs stand together, a folder's own run before those below it."""
    return tuple(component_key(part) for part in name.split("/"))
