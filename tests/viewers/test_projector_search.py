"""Searching labels finds what Python's own expressions find, and no pattern keeps the program."""

from __future__ import annotations

import re
import sys
import time
import warnings

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from projector_columns import column

from runglass.viewers.projector.automaton import Automaton, Unsupported
from runglass.viewers.projector.patterns import BadPattern, matcher
from runglass.viewers.projector.search import Query, SearchCancelled, find, mask_of

if sys.version_info >= (3, 11):
    from re import _parser as sre_parse
else:
    import sre_parse

TEXTS = st.text(alphabet="abAB 1_\n-ß", max_size=8)


def nothing() -> None:
    """Never stops a search."""


def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({'|'.join(parts)})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{1,2}", "{2,}", "*?", "+?", "??"])).map(
            lambda pair: f"(?:{pair[0]}){pair[1]}"
        ),
        inner.map(lambda part: f"(?s:{part})"),
        inner.map(lambda part: f"(?-i:{part})"),
    )


LEAVES = st.sampled_from(
    [
        "a",
        "b",
        "B",
        "1",
        " ",
        ".",
        r"\w",
        r"\W",
        r"\d",
        r"\s",
        "[ab]",
        "[^a]",
        "[^b1]",
        "[A-_]",
        "^",
        "$",
        r"\b",
        r"\B",
        r"\A",
        r"\Z",
        "",
    ]
)
PATTERNS = st.recursive(LEAVES, grown, max_leaves=6)


@given(PATTERNS, st.sampled_from(["", "(?m)", "(?a)", "(?s)"]), st.lists(TEXTS, max_size=8))
@example("(a*)*$", "", ["b\n", "", "\n"])
@example("$", "", ["a\n", "a\nb"])
@example("^b", "(?m)", ["a\nb"])
@example(r"\Bb", "", ["ab", "b", ""])
def test_an_automaton_finds_what_backtracking_finds(pattern: str, flags: str, texts: list[str]) -> None:
    whole = flags + pattern
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = re.compile(whole, re.IGNORECASE)
        tree = sre_parse.parse(whole, re.IGNORECASE)
    automaton = Automaton(tree, tree.state.flags, nothing)
    matches = matcher(whole, nothing)
    for text in [*texts, *texts]:
        found = expected.search(text) is not None
        # Python up to 3.13 finds no \B in an empty text; an automaton need not have this.
        if r"\B" not in pattern or text:
            assert automaton.matches(text) == found
        assert matches(text) == found


@given(st.text(max_size=30), st.lists(st.text(max_size=6), max_size=4))
@example("(" * 400 + ")" * 400, ["a"])
@example("((((a{999}){999}){999}){999}){999}", ["a" * 50])
@example("(?:){4000000000}a", ["ba"])
@example("a{99999999999}", ["a"])
@example("[[a]]", ["[]"])
@example(r"\p{L}", ["a"])
def test_any_pattern_is_searched_or_refused_with_a_sentence(pattern: str, texts: list[str]) -> None:
    refused: BadPattern | None = None
    try:
        matches = matcher(pattern, nothing)
    except BadPattern as error:
        refused = error
    else:
        for text in texts:
            matches(text)
    if refused is not None:
        assert str(refused).endswith(".")
        assert refused.position is None or 0 <= refused.position <= len(pattern)


def test_a_wrong_pattern_is_said_with_its_place() -> None:
    with pytest.raises(BadPattern, match="at character 3: ") as caught:
        find([column("c", ["a"])], Query("ab(c", regex=True))
    assert caught.value.position == 2
    with pytest.raises(BadPattern, match="longer than 1,000 characters"):
        matcher("a" * 1001, nothing)


@pytest.mark.parametrize(
    "pattern", ["(a+)+$", "(a|a)*e", "(a|b)*a(a|b){300}c", "(?:a?){60}a{60}c", "(.*)*,(.*)*x", "a.*b.*c.*d", "(x+x+)+y"]
)
def test_patterns_that_backtrack_without_end_are_searched_all_the_same(pattern: str) -> None:
    labels = column("c", ["a" * 5000 + "!", "a" * 40 + "!", "x" * 300, "abcd"])
    began = time.monotonic()
    found = find([labels], Query(pattern, regex=True))
    # Backtracking would take longer than the universe has been there.
    assert time.monotonic() - began < 20
    assert found.indices.tolist() == ([3] if pattern == "a.*b.*c.*d" else [])


@pytest.mark.parametrize("pattern", [r"(a*)*\1c", "(?=(a+)+c)b", "(?<=a)(b+)+c(?!d)"])
def test_what_no_automaton_can_do_is_refused_where_it_could_take_long(pattern: str) -> None:
    with pytest.raises(BadPattern, match="could take very long"):
        matcher(pattern, nothing)


def test_look_arounds_and_references_without_repetitions_work() -> None:
    labels = column("c", ["abab", "abac", "zebra!", "zebra"])
    assert find([labels], Query(r"(ab)\1", regex=True)).indices.tolist() == [0]
    assert find([labels], Query(r"zebra(?!!)", regex=True)).indices.tolist() == [3]


@given(st.lists(st.text(alphabet="aAbß ", max_size=5), max_size=20), st.text(alphabet="aAbßs", max_size=2))
def test_text_is_found_whatever_its_case_in_any_column(texts: list[str], wanted: str) -> None:
    one, other = column("one", texts), column("other", list(reversed(texts)))
    found = find([one, other], Query(wanted))
    expected = [
        index
        for index, pair in enumerate(zip(one.texts(), other.texts()))
        if wanted and any(wanted.casefold() in text.casefold() for text in pair)
    ]
    assert found.indices.tolist() == expected and found.indices.dtype == np.int64
    if wanted:
        assert [name for name, _count in found.counts] == ["one", "other"]
        assert found.counts[0][1] == mask_of(one, Query(wanted)).sum()
    assert found.note == "" and len(found) == len(expected)


def test_a_column_of_many_texts_is_searched_too() -> None:
    labels = column("c", [f"word {number}" for number in range(70_000)])
    assert labels.codes is None
    assert find([labels], Query("WORD 1234")).indices.tolist() == [1234, *range(12340, 12350)]
    assert find([labels], Query("d 6[67]{4}$", regex=True)).indices.tolist() == [
        number for number in range(60_000, 70_000) if set(str(number)[1:]) <= {"6", "7"}
    ]


def test_a_search_is_given_up() -> None:
    calls: list[bool] = []

    def cancelled() -> bool:
        calls.append(True)
        return len(calls) > 3

    labels = column("c", [f"{number}" for number in range(70_000)])
    with pytest.raises(SearchCancelled):
        find([labels], Query("7"), cancelled)
    with pytest.raises(SearchCancelled):
        find([column("c", ["ab" * 5000])], Query("(a|b)*a(a|b){200}c", regex=True), lambda: True)


def test_a_search_that_takes_too_long_says_what_it_has() -> None:
    labels = column("c", [f"{number}" for number in range(70_000)])
    found = find([column("d", ["x"] * 70_000), labels], Query("0"), budget=0)
    assert found.note == "The search was ended after 0 seconds, with 0% of the labels looked at."
    hard = column("c", ["ab" * 30_000, "c"])
    began = time.monotonic()
    found = find([hard], Query("(a|b)*a(a|b){900}c", regex=True), budget=0.2)
    assert "ended after 0.2 seconds" in found.note or time.monotonic() - began < 5


def test_automata_are_of_bounded_size() -> None:
    tree = sre_parse.parse("((a|b){500}){500}")
    with pytest.raises(Unsupported, match="very long repetitions"):
        Automaton(tree, 0, nothing)


def test_nothing_to_look_for_finds_nothing() -> None:
    assert len(find([], Query("a"))) == 0
    assert len(find([column("c", ["a"])], Query(""))) == 0
