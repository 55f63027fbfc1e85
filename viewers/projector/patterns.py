"""Regular expressions that cannot keep the program: what backtracking would take long for goes another way. No Qt.

Python's ``re`` tries one way of matching after the other, holds the interpreter meanwhile and cannot be stopped:
``(a+)+$`` on thirty letters takes minutes, ``a.*b`` on a label of 64 KiB many seconds. So the number of ways is bounded
from the parsed pattern, and where it may be large the text goes through :mod:`.automaton`, whose time grows with the
length of the text alone.
"""

from __future__ import annotations

import re
import sys
import warnings
from collections.abc import Callable
from typing import Any

from .automaton import Automaton, Unsupported

if sys.version_info >= (3, 11):
    from re import _parser as sre_parse
else:
    import sre_parse

#: Longer patterns are refused.
MOST_CHARACTERS = 1000
#: As many steps of ``re`` are a few milliseconds.
_MOST_STEPS = 600_000
_LONGEST = 1 << 17
_LONG_ENOUGH = 200
_ENDLESS = 1 << 60
_REPEATS = {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}


class BadPattern(Exception):
    """``str(error)`` is a sentence for users; ``position`` the character it is about, from 0, or None."""

    def __init__(self, sentence: str, position: int | None = None) -> None:
        super().__init__(sentence)
        self.position = position


def matcher(pattern: str, check: Callable[[], None]) -> Callable[[str], bool]:
    """A function that tells whether a text has a match of ``pattern`` anywhere, upper and lower case being alike.

    It takes some milliseconds at most, or calls ``check`` every few milliseconds, which may raise. Raises BadPattern,
    also for what can neither be bounded nor run as an automaton: references, look-arounds and the like combined with
    repetitions; where these are harmless up to some hundred characters, only so much of a longer text is searched.
    """
    if len(pattern) > MOST_CHARACTERS:
        raise BadPattern(f"The pattern is longer than {MOST_CHARACTERS:,} characters.", MOST_CHARACTERS)
    try:
        return _matcher(pattern, check)
    except re.error as error:
        place = "" if error.pos is None else f" at character {error.pos + 1}"
        raise BadPattern(f"The pattern cannot be read{place}: {error.msg}.", error.pos) from error
    except (RecursionError, OverflowError, MemoryError) as error:
        raise BadPattern("The pattern is nested too deeply or repeats too often.") from error


def _matcher(pattern: str, check: Callable[[], None]) -> Callable[[str], bool]:
    with warnings.catch_warnings():
        # Sets that another version of Python may read otherwise are no concern of users.
        warnings.simplefilter("ignore")
        compiled = re.compile(pattern, re.IGNORECASE)
        tree = sre_parse.parse(pattern, re.IGNORECASE)
    longest = _longest_for(tree)
    automaton: Automaton | None = None
    if longest < _LONGEST:
        try:
            automaton = Automaton(tree, tree.state.flags, check)
        except Unsupported as error:
            if longest < _LONG_ENOUGH:
                raise BadPattern(f"The pattern could take very long because of {error}.") from error

    def matches(text: str) -> bool:
        if automaton is None or len(text) <= longest:
            return compiled.search(text, 0, longest) is not None
        return automaton.matches(text)

    return matches


def _longest_for(tree: Any) -> int:
    """The length up to which texts are matched in a bounded number of steps, whatever they are; -1 for not even empty.

    A step of a single character is much quicker than one of a group: 64 of them count as one.
    """
    low, high = -1, _LONGEST
    weight = 1 + _least_work(tree) // 64
    while low < high:
        middle = (low + high + 1) // 2
        if _ways(tree, middle) * max(middle, 1) * weight <= _MOST_STEPS:
            low = middle
        else:
            high = middle - 1
    return low


def _least_work(tree: Any) -> int:
    """How many steps the shortest match takes; repetitions of nothing count, as they are made one by one."""
    total = 0
    for code, value in tree:
        name = str(code)
        if name in _REPEATS:
            total += int(value[0]) * max(_least_work(value[2]), 1)
        elif name == "SUBPATTERN":
            total += _least_work(value[3])
        elif name == "BRANCH":
            total += max(_least_work(branch) for branch in value[1])
        elif name in ("ATOMIC_GROUP", "ASSERT", "ASSERT_NOT"):
            total += _least_work(value if name == "ATOMIC_GROUP" else value[1])
        elif name == "GROUPREF_EXISTS":
            total += max(_least_work(branch) for branch in value[1:] if branch is not None)
        else:
            total += 1
        total = min(total, _ENDLESS)
    return total


def _ways(tree: Any, length: int) -> int:
    """An upper bound of the ways that ``re`` tries from one place in a text of ``length``."""
    total = 1
    for code, value in tree:
        total = min(total * _ways_of(str(code), value, length), _ENDLESS)
    return total


def _ways_of(code: str, value: Any, length: int) -> int:
    if code in _REPEATS:
        least, most, body = value
        each = _ways(body, length)
        least, most = int(least), min(int(most), max(length, int(least)))
        if each == 1:
            return most - least + 1
        if most * (each.bit_length() - 1) > 60:
            return _ENDLESS
        return int(sum(each**count for count in range(least, most + 1)))
    if code == "BRANCH":
        return sum(_ways(branch, length) for branch in value[1])
    if code == "SUBPATTERN":
        return _ways(value[3], length)
    if code == "ATOMIC_GROUP":
        return _ways(value, length)
    if code in ("ASSERT", "ASSERT_NOT"):
        return _ways(value[1], length)
    if code == "GROUPREF_EXISTS":
        return _ways(value[1], length) + (_ways(value[2], length) if value[2] is not None else 1)
    return length if code == "GROUPREF" else 1
