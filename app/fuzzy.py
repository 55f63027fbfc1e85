"""Fuzzy search: the letters of a query in their order, best where they start words or stand together."""

from __future__ import annotations

from collections.abc import Sequence

LIMIT = 200
_SEPARATORS = frozenset(" /_-.:,()[]")


def match(query: str, text: str) -> tuple[int, tuple[int, ...]] | None:
    """Score and the matched places of ``query`` in ``text``, or None where a letter is missing.

    Spaces part the query into words that may stand in any order. Cost is linear in the text, whatever it holds.
    """
    low = text.lower()
    if len(low) != len(text):
        low = text
    total = 0
    places: set[int] = set()
    for word in query.lower().split():
        found = _word(word, low, text)
        if found is None:
            return None
        total += found[0]
        places.update(found[1])
    return total - len(text) // 8, tuple(sorted(places))


def rank(query: str, texts: Sequence[str], limit: int = LIMIT) -> list[tuple[int, tuple[int, ...]]]:
    """Indices into ``texts`` and matched places of the best matches, best first; the first ones for an empty query."""
    if not query.strip():
        return [(index, ()) for index in range(min(limit, len(texts)))]
    scored = []
    for index, text in enumerate(texts):
        found = match(query, text)
        if found is not None:
            scored.append((-found[0], index, found[1]))
    scored.sort()
    return [(index, places) for _score, index, places in scored[:limit]]


def _word(word: str, low: str, text: str) -> tuple[int, list[int]] | None:
    at = _substring(word, low, text)
    if at is not None:
        bonus = 40 if at == 0 else 20 if _starts_word(text, at) else 0
        return 12 * len(word) + bonus, list(range(at, at + len(word)))
    places: list[int] = []
    score = 0
    position = 0
    for letter in word:
        found = low.find(letter, position)
        if found < 0:
            return None
        score += 8 if _starts_word(text, found) else 4 if places and found == places[-1] + 1 else 1
        places.append(found)
        position = found + 1
    return score, places


def _substring(word: str, low: str, text: str) -> int | None:
    """Where ``word`` stands whole: at the start of a word if it does so anywhere, else its first place."""
    first = at = low.find(word)
    while at >= 0:
        if _starts_word(text, at):
            return at
        at = low.find(word, at + 1)
    return first if first >= 0 else None


def _starts_word(text: str, at: int) -> bool:
    if at == 0 or text[at - 1] in _SEPARATORS:
        return True
    return text[at].isupper() and text[at - 1].islower()
