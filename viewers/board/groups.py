"""The groups of a board: by the first part of a tag, in natural order. No Qt."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
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


def grouped(
    tags: Iterable[tuple[str, Sequence[str]]],
    pattern: re.Pattern[str] | None,
    pins: Iterable[tuple[str, str]],
) -> list[Group]:
    """Groups of the cards whose tag ``pattern`` finds, the pinned ones again as the first.

    ``tags`` are tags in order, each with the names of its cards; ``pins`` the pinned cards that there are, each with
    its tag.
    """
    shown: dict[str, list[str]] = {}
    totals: dict[str, int] = {}
    for tag, cards in tags:
        if cards:
            name = group_of(tag)
            totals[name] = totals.get(name, 0) + len(cards)
            if pattern is None or pattern.search(tag):
                shown.setdefault(name, []).extend(cards)
    pinned = list(pins)
    kept = tuple(card for card, tag in pinned if pattern is None or pattern.search(tag))
    first = [Group(PINNED, kept, len(pinned))] if kept else []
    return first + [Group(name, tuple(shown[name]), totals[name]) for name in sorted(shown, key=natural_key)]


def compile_filter(text: str) -> tuple[re.Pattern[str] | None, str | None]:
    """The pattern of a filter, without regard to case, and what is wrong with it; (None, None) for an empty text."""
    if not text.strip():
        return None, None
    try:
        return re.compile(text.strip(), re.IGNORECASE), None
    except (re.error, RecursionError, OverflowError) as error:
        return None, f"Not a regular expression: {error}"
