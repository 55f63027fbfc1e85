"""What colouring, search, editing and export take for a column of labels. No Qt."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Indices = Sequence[int] | NDArray[np.integer[Any]]


#: What turns the direction of writing, of all that stands behind it as well.
_TURNING = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_UNBROKEN = re.compile(r"[^\s\u200b]{24}")
_MOST_NOTE = 600


def short(name: str, most: int = 28) -> str:
    """A name for a list of choices: one line of at most ``most`` letters."""
    line = " ".join(_TURNING.sub("", name[: 8 * most]).split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def breakable(text: str) -> str:
    """A sentence that holds names from a log, cut and with places where a line of it may end."""
    cut = text if len(text) <= _MOST_NOTE else f"{text[:_MOST_NOTE]}…"
    return _UNBROKEN.sub("\\g<0>\u200b", cut)


def told_apart(names: Iterable[str]) -> list[str]:
    """The names of columns so that each has one of its own: of equal ones the later are numbered."""
    found: list[str] = []
    taken: set[str] = set()
    for place, name in enumerate(names, 1):
        plain = name.replace("\x00", "").strip() or f"column {place}"
        own, number = plain, 1
        while own in taken:
            number += 1
            own = f"{plain} ({number})"
        taken.add(own)
        found.append(own)
    return found


class Labels(Protocol):
    """One label a point: a ``MetadataColumn`` that was loaded, or one that was edited.

    ``numbers`` is float64 (n,), NaN where a label is empty, None where one is no number. ``codes`` is int32 (n,) and
    ``values[code]`` the text of a label; not every value need occur. ``codes`` is None, and ``values`` empty, where
    there are too many different texts.
    """

    @property
    def name(self) -> str: ...

    @property
    def numbers(self) -> NDArray[np.float64] | None: ...

    @property
    def codes(self) -> NDArray[np.int32] | None: ...

    @property
    def values(self) -> tuple[str, ...]: ...

    @property
    def categorical(self) -> bool: ...

    def __len__(self) -> int: ...

    def __getitem__(self, index: int, /) -> str: ...

    def texts(self, indices: Indices | None = None) -> list[str]: ...
