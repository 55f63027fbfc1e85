"""Writing numbers to a text file: exact, safe in a spreadsheet, whole or not at all. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

import numpy as np
from numpy.typing import NDArray

from ..files import replacing

#: A spreadsheet takes a cell that begins so for a formula, and a log may name a run or a tag anything.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class ExportCancelled(Exception):
    """The user gave up waiting; nothing was left on the disk."""


def texts(values: NDArray[np.floating[Any]]) -> list[str]:
    """Shortest texts that read back as the same value of the same precision."""
    found: list[str] = values.astype(str).tolist()
    if not np.isfinite(values).all():
        for index in np.flatnonzero(~np.isfinite(values)).tolist():
            value = float(values[index])
            found[index] = "NaN" if value != value else ("Infinity" if value > 0 else "-Infinity")
    return found


def json_numbers(values: NDArray[np.floating[Any]]) -> list[str]:
    """The same for JSON, which has no number for NaN and infinities: they stand in quotes."""
    found = texts(values)
    if not np.isfinite(values).all():
        return [f'"{text}"' if text[-1] in "Ny" else text for text in found]
    return found


def cell(text: str) -> str:
    """A name for a cell: one that a spreadsheet would run as a formula begins with an apostrophe."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def replacing_text(path: Path, body: Callable[[TextIO], int]) -> int:
    """Write a text file that appears whole or not at all; returns what ``body`` does. OSError passes through."""
    with replacing(path) as part, part.open("w", encoding="utf-8", newline="", errors="backslashreplace") as out:
        return body(out)
