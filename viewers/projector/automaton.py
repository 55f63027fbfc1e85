"""Regular expressions run as an automaton: one step a character, whatever the pattern. No Qt.

All states that a pattern can be in are followed at once (K. Thompson, "Regular expression search algorithm", 1968), and
sets of them that were met before are remembered with what comes next, which makes the usual step one look-up. Whether
a single character fits is asked of ``re``, so that classes and upper and lower case mean here what they mean there.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

#: A pattern with more states than this is refused.
MOST_STATES = 4000
#: What is remembered is forgotten when there are so many states in it.
_MOST_REMEMBERED = 1_000_000
#: So many steps that were not remembered are made without asking whether to go on.
_PATIENCE = 64
_MAXIMUM = 0xFFFFFFFF
_CATEGORIES = {
    "CATEGORY_DIGIT": r"\d",
    "CATEGORY_NOT_DIGIT": r"\D",
    "CATEGORY_SPACE": r"\s",
    "CATEGORY_NOT_SPACE": r"\S",
    "CATEGORY_WORD": r"\w",
    "CATEGORY_NOT_WORD": r"\W",
}
_REPEATS = ("MAX_REPEAT", "MIN_REPEAT")
#: The newline that ends a text: an ``$`` matches before it.
_LAST_NEWLINE = "\n$"
_CHARACTER_FLAGS = re.IGNORECASE | re.ASCII | re.DOTALL | re.UNICODE

#: What lies around a place: the character before ("" at the start) and the one behind ("" at the end).
_Test = Callable[[str, str], bool]


class Unsupported(Exception):
    """The pattern uses what no automaton can do; ``str(error)`` names it."""


class Automaton:
    """Tells whether a text has a match anywhere. ``tree`` is what the parser of ``re`` makes of a pattern.

    ``check`` is called every few milliseconds; what it raises ends a search.
    """

    def __init__(self, tree: Any, flags: int, check: Callable[[], None]) -> None:
        self._check = check
        #: By state: the test of a character, of a place, or None, and where it goes on.
        self._fits: list[re.Pattern[str] | None] = []
        self._tests: list[_Test | None] = []
        self._next: list[list[int]] = []
        self._sees_around = False
        self._end = self._state()
        self._start = self._sequence(tree, flags, self._end)
        self._known: dict[tuple[frozenset[int], str], dict[str, tuple[frozenset[int], bool]]] = {}
        self._remembered = 0
        self._made = 0

    def matches(self, text: str) -> bool:
        """Whether any part of ``text`` matches."""
        states: frozenset[int] = frozenset((self._start,))
        before = ""
        last = len(text) - 1
        for place, character in enumerate(text):
            symbol = _LAST_NEWLINE if place == last and character == "\n" else character
            states, done = self._step(states, before, symbol)
            if done:
                return True
            if self._sees_around:
                before = character
        return self._end in self._reached(states, before, "")

    def _step(self, states: frozenset[int], before: str, symbol: str) -> tuple[frozenset[int], bool]:
        known = self._known.setdefault((states, before), {})
        found = known.get(symbol)
        if found is None:
            self._made += 1
            if not self._made % _PATIENCE:
                self._check()
            if self._remembered > _MOST_REMEMBERED:
                self._known = {(states, before): known}
                known.clear()
                self._remembered = 0
            reached = self._reached(states, before, symbol)
            onward = {self._start}
            for state in reached:
                fits = self._fits[state]
                if fits is not None and fits.fullmatch(symbol[0]):
                    onward.update(self._next[state])
            found = known[symbol] = frozenset(onward), self._end in reached
            self._remembered += len(onward) + 8
        return found

    def _reached(self, states: frozenset[int], before: str, behind: str) -> set[int]:
        """All states that are come to without a character."""
        reached = set(states)
        waiting = list(states)
        while waiting:
            state = waiting.pop()
            test = self._tests[state]
            if self._fits[state] is not None or (test is not None and not test(before, behind)):
                continue
            for other in self._next[state]:
                if other not in reached:
                    reached.add(other)
                    waiting.append(other)
        return reached

    def _state(
        self, onward: list[int] | None = None, fits: re.Pattern[str] | None = None, test: _Test | None = None
    ) -> int:
        if len(self._next) >= MOST_STATES:
            raise Unsupported("very long repetitions")
        self._next.append(onward or [])
        self._fits.append(fits)
        self._tests.append(test)
        return len(self._next) - 1

    def _sequence(self, tree: Any, flags: int, end: int) -> int:
        """The state from which ``tree`` leads to ``end``."""
        for code, value in reversed(list(tree)):
            end = self._node(str(code), value, flags, end)
        return end

    def _node(self, code: str, value: Any, flags: int, end: int) -> int:
        if code in _REPEATS:
            least, most, body = value
            return self._repeat(int(least), int(most), body, flags, end)
        if code == "BRANCH":
            return self._state([self._sequence(branch, flags, end) for branch in value[1]])
        if code == "SUBPATTERN":
            _group, added, removed, body = value
            return self._sequence(body, (flags | added) & ~removed, end)
        if code == "AT":
            self._sees_around = True
            return self._state([end], test=_place_test(str(value), flags))
        source = _source(code, value)
        return self._state([end], fits=_character(source, int(flags & _CHARACTER_FLAGS)))

    def _repeat(self, least: int, most: int, body: Any, flags: int, end: int) -> int:
        if most >= _MAXIMUM:
            loop = self._state([end])
            self._next[loop].append(self._sequence(body, flags, loop))
            end = loop
        else:
            last = end
            for _ in range(most - least):
                end = self._state([last, self._sequence(body, flags, end)])
        for _ in range(least):
            first = self._sequence(body, flags, end)
            if first == end:  # an empty body, maybe billions of times
                break
            end = first
        return end


@lru_cache(maxsize=512)
def _character(source: str, flags: int) -> re.Pattern[str]:
    return re.compile(source, flags)


def _source(code: str, value: Any) -> str:
    """What matches one character, written as a pattern."""
    if code == "LITERAL":
        return _escaped(value)
    if code == "NOT_LITERAL":
        return f"[^{_escaped(value)}]"
    if code == "ANY":
        return "."
    if code == "IN":
        return f"[{''.join(_member(str(kind), what) for kind, what in value)}]"
    names = {
        "GROUPREF": "references to a group",
        "GROUPREF_EXISTS": "references to a group",
        "ASSERT": "look-arounds",
        "ASSERT_NOT": "look-arounds",
        "ATOMIC_GROUP": "atomic groups",
        "POSSESSIVE_REPEAT": "possessive repetitions",
    }
    raise Unsupported(names.get(code, "a rare construct"))


def _member(kind: str, what: Any) -> str:
    if kind == "NEGATE":
        return "^"
    if kind == "LITERAL":
        return _escaped(what)
    if kind == "RANGE":
        return f"{_escaped(what[0])}-{_escaped(what[1])}"
    if kind == "CATEGORY":
        return _CATEGORIES[str(what)]
    raise Unsupported("a rare construct")


def _escaped(code: int) -> str:
    return f"\\U{code:08x}"


def _place_test(name: str, flags: int) -> _Test:
    lines = bool(flags & re.MULTILINE)
    word = _character(r"\w", int(flags & _CHARACTER_FLAGS))

    def beginning(before: str, _behind: str) -> bool:
        return before == "" or (lines and before == "\n")

    def end(_before: str, behind: str) -> bool:
        return behind in ("", _LAST_NEWLINE) or (lines and behind == "\n")

    def boundary(before: str, behind: str) -> bool:
        return (word.match(before) is not None) != (word.match(behind) is not None)

    def inside(before: str, behind: str) -> bool:
        return not boundary(before, behind)

    tests: dict[str, _Test] = {
        "AT_BEGINNING": beginning,
        "AT_BEGINNING_STRING": lambda before, _behind: before == "",
        "AT_END": end,
        "AT_END_STRING": lambda _before, behind: behind == "",
        "AT_BOUNDARY": boundary,
        "AT_NON_BOUNDARY": inside,
    }
    if name not in tests:
        raise Unsupported("a rare construct")
    return tests[name]
