"""Colouring runs by what they have in common: the folder they lie in, or what a regular expression finds in them."""

from __future__ import annotations

import enum
import re
from collections.abc import Callable


class ColorBy(enum.Enum):
    """What decides a run's colour."""

    RUN = "run"
    FOLDER = "folder"
    REGEX = "regex"


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """A case-insensitive expression; ValueError with a sentence for the user if it is none."""
    try:
        return re.compile(pattern, re.IGNORECASE)
    except re.error as error:
        message = error.msg[:1].upper() + error.msg[1:]
        where = "" if error.pos is None else f" (at position {error.pos + 1})"
        raise ValueError(f"{message}{where}") from None
    except (OverflowError, RecursionError) as error:
        raise ValueError("The expression is too large") from error


def group_of(by: ColorBy, pattern: str) -> Callable[[str], str | None]:
    """A function from a run's name to its group, None for a run in no group.

    With an expression the group is what its capturing groups matched, joined; without capturing groups all that match
    make one group. An invalid or empty expression has no groups.
    """
    if by is ColorBy.FOLDER:
        return lambda name: name.rpartition("/")[0]
    try:
        compiled = compile_pattern(pattern) if pattern else None
    except ValueError:
        compiled = None

    def match(name: str) -> str | None:
        found = compiled.search(name) if compiled is not None else None
        if found is None:
            return None
        return "/".join(part or "" for part in found.groups())

    return match
