"""Lines through points: each point is joined to its next once, whatever the labels hold."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from projector_columns import column

from runglass.viewers.projector.polylines import Polylines, polylines

CELL = st.one_of(
    st.integers(-2, 12).map(str),
    st.sampled_from(["", " ", "x", "1.5", "nan", "inf", "-inf", "1e400", "3.0", "9" * 30, "0x1", "²"]),
)


def lines(texts: list[str], name: str = "__next__") -> Polylines:
    found = polylines([column("label", ["a"] * len(texts)), column(name, texts)], len(texts))
    assert found is not None
    return found


def told(text: str, count: int, point: int) -> int | str | None:
    """What a label says: the next point, what is wrong, or nothing."""
    if not text.strip():
        return None
    try:
        number = float(text)
    except ValueError:
        return "strange"
    if number != number or (np.isfinite(number) and number != int(number)):
        return "strange"
    if not 0 <= number < count:
        return "outside"
    return "own" if number == point else int(number)


@given(st.lists(CELL, max_size=13))
@example(["1", "2", "0"])
@example(["1", "2", "1", "2"])
@example(["0"])
def test_each_pair_is_drawn_once_and_all_else_is_counted(texts: list[str]) -> None:
    found = lines(texts)
    saying = [told(text, len(texts), point) for point, text in enumerate(texts)]
    expected = Counter((point, after) for point, after in enumerate(saying) if isinstance(after, int))
    drawn = Counter((int(a), int(b)) for line in found for a, b in zip(line, line[1:]))
    assert drawn == expected
    assert Counter((int(a), int(b)) for a, b in found.segments()) == expected
    counts = Counter(after for after in saying if isinstance(after, str))
    assert (found.outside, found.strange, found.own) == (counts["outside"], counts["strange"], counts["own"])
    assert bool(found.note) == bool(counts)
    assert all(len(line) >= 2 for line in found)
    assert found.closed == sum(1 for line in found if line[0] == line[-1])


def test_lines_that_end_meet_and_go_round() -> None:
    #        0    1    2   3    4    5    6    7
    found = lines(["1", "2", "", "1", "5", "6", "4", ""])
    assert [line.tolist() for line in found] == [[0, 1, 2], [3, 1], [4, 5, 6, 4]]
    assert found.closed == 1 and found.note == ""
    with pytest.raises(IndexError):
        found[3]


def test_what_is_wrong_is_said() -> None:
    found = lines(["9", "x", "2", "-1"])
    assert len(found) == 0 and found.segments().shape == (0, 2)
    assert found.note == (
        "Of the numbers of next points, 2 are beyond the last point, 1 is no whole number, 1 is the point itself: "
        "there no line is drawn."
    )


def test_both_names_are_known_and_the_first_goes_before() -> None:
    assert [line.tolist() for line in lines(["1", ""], "__seq_next__")] == [[0, 1]]
    both = polylines([column("__seq_next__", ["2", "2", ""]), column("__next__", ["1", "", ""])], 3)
    assert both is not None and [line.tolist() for line in both] == [[0, 1, 2]]
    assert polylines([column("next", ["1", "2"])], 2) is None
    assert polylines([], 2) is None


def test_columns_of_very_many_texts() -> None:
    count = 70_000
    texts = [str(number + 1) for number in range(count)]
    found = lines(texts)
    assert len(found) == 1 and found[0].tolist() == list(range(count)) and found.outside == 1
    texts[10] = "end"
    found = lines(texts)
    assert [len(line) for line in found] == [11, count - 11] and found.strange == 1
    texts[10] = "nan"
    assert lines(texts).strange == 1
