"""Finding points by their labels: a text or a regular expression, in one column or in all. No Qt.

Runs in any thread. Where a column knows its different texts, each of them is looked at once.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from .labels import Labels
from .patterns import BadPattern, matcher

__all__ = ["BadPattern", "Found", "Query", "SearchCancelled", "find", "mask_of"]

#: Seconds after which a search ends with what it has.
BUDGET = 10.0
_CHUNK = 4096


class SearchCancelled(Exception):
    """The user looks for something else by now."""


class _OutOfTime(Exception):
    pass


@dataclass(frozen=True, slots=True)
class Query:
    """What to look for. ``text`` counts upper and lower case alike; ``regex`` takes it for a regular expression."""

    text: str
    regex: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """What was found. ``indices`` int64, rising; ``counts`` how many points each of the columns brought, by name.

    ``note`` is a sentence for users where the time was over before everything was looked at, else empty.
    """

    indices: NDArray[np.int64]
    counts: tuple[tuple[str, int], ...] = ()
    note: str = ""

    def __len__(self) -> int:
        return len(self.indices)


@dataclass(slots=True)
class _Clock:
    """Says when to stop; asked every few milliseconds."""

    cancelled: Callable[[], bool]
    end: float
    now: Callable[[], float] = field(default=time.monotonic)

    def check(self) -> None:
        if self.cancelled():
            raise SearchCancelled
        if self.now() > self.end:
            raise _OutOfTime


def find(
    columns: Sequence[Labels],
    query: Query,
    cancelled: Callable[[], bool] = lambda: False,
    budget: float = BUDGET,
) -> Found:
    """The points that have ``query`` in any of ``columns``, which are equally long. An empty text finds nothing.

    Raises BadPattern, SearchCancelled.
    """
    if not columns or not query.text:
        return Found(np.empty(0, np.int64))
    clock = _Clock(cancelled, time.monotonic() + budget)
    matches = _matches(query, clock)
    hits = np.zeros(len(columns[0]), bool)
    counts: list[tuple[str, int]] = []
    note = ""
    for column in columns:
        found, seen = _mask(column, matches, clock)
        hits |= found
        counts.append((column.name, int(np.count_nonzero(found))))
        if seen < 1:
            share = (len(counts) - 1 + seen) / len(columns)
            note = f"The search was ended after {budget:g} seconds, with {share:.0%} of the labels looked at."
            break
    return Found(np.flatnonzero(hits), tuple(counts), note)


def mask_of(column: Labels, query: Query, cancelled: Callable[[], bool] = lambda: False) -> NDArray[np.bool_]:
    """Which points have ``query`` in one column: bool (n,); as far as the time of :func:`find` goes."""
    hits = np.zeros(len(column), bool)
    hits[find((column,), query, cancelled).indices] = True
    return hits


def _matches(query: Query, clock: _Clock) -> Callable[[str], bool]:
    if query.regex:
        return matcher(query.text, clock.check)
    wanted = query.text.casefold()
    return lambda text: wanted in text.casefold()


def _mask(column: Labels, matches: Callable[[str], bool], clock: _Clock) -> tuple[NDArray[np.bool_], float]:
    """Which points match, and the share of the texts that there was time for."""
    if column.codes is not None:
        values = column.values
        # The place behind the last is for points without a code.
        fits = np.zeros(len(values) + 1, bool)
        seen = _look(fits, len(values), lambda first, last: values[first:last], matches, clock)
        return fits[column.codes], seen
    fits = np.zeros(len(column), bool)
    seen = _look(fits, len(column), lambda first, last: column.texts(range(first, last)), matches, clock)
    return fits, seen


def _look(
    fits: NDArray[np.bool_],
    count: int,
    texts: Callable[[int, int], Sequence[str]],
    matches: Callable[[str], bool],
    clock: _Clock,
) -> float:
    for first in range(0, count, _CHUNK):
        try:
            clock.check()
            for place, text in enumerate(texts(first, min(first + _CHUNK, count)), first):
                if matches(text):
                    fits[place] = True
        except _OutOfTime:
            return first / count
    return 1.0
