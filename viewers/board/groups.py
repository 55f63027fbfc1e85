"""The groups of a board: by the first part of a tag, in natural order. No Qt."""

from __future__ import annotations

import re
from dataclasses import dataclass

PINNED = "\x00pinned"
UNGROUPED = ""
_DIGITS = re.compile("([0-9]+)")


def natural_key(tag: str) -> tuple[tuple[int, int, str], ...]:
    """Sorts as TensorBoard does: figures by their number, a slash before any other character, case aside."""
    parts = []
    for part in _DIGITS.split(tag.replace("/", "\x00")):
        if part[:1].isdigit() and part.isascii():
            plain = part.lstrip("0")
            parts.append((0, len(plain), plain))
        elif part:
            parts.append((1, 0, part.casefold()))
    return tuple(parts)


def group_of(tag: str) -> str:
    """The part of a tag before its first slash; tags without one share the group ``UNGROUPED``."""
    head, slash, _ = tag.partition("/")
    return head if slash else UNGROUPED


@dataclass(frozen=True, slots=True)
class Group:
    """A group's tags, in order. ``total`` counts those that a filter hides as well."""

    name: str
    tags: tuple[str, ...]
    total: int


def compile_filter(text: str) -> tuple[re.Pattern[str] | None, str | None]:
    """The pattern of a filter, without regard to case, and what is wrong with it; (None, None) for an empty text."""
    if not text.strip():
        return None, None
    try:
        return re.compile(text.strip(), re.IGNORECASE), None
    except (re.error, RecursionError, OverflowError) as error:
        return None, f"Not a regular expression: {error}"
