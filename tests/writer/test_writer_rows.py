"""Points encoded many at once are the bytes of points encoded one by one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runglass.writer.scalar_rows import FEW, ScalarTag, record, records

TAGS = [ScalarTag(name) for name in ("loss", "a/very/long/name/of/a/tag" * 6, "ü", "")]

points = st.tuples(
    st.sampled_from(TAGS),
    st.floats() | st.floats(width=32) | st.integers(-(10**12), 10**12).map(float),
    st.integers(-(2**63), 2**63 - 1) | st.integers(0, 20_000) | st.sampled_from([0, 127, 128, 16383, 16384]),
    st.floats(),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(points, min_size=FEW, max_size=120))
def test_many_at_once_are_the_same_bytes(several: list[tuple[ScalarTag, float, int, float]]) -> None:
    assert records(several) == b"".join(map(record, several))


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(TAGS), st.integers(0, 2**62), st.integers(FEW, 400))
def test_a_training_loop_of_one_tag(tag: ScalarTag, first: int, count: int) -> None:
    several = [(tag, 0.5 * step, first + step, 1.7e9 + step) for step in range(count)]
    assert records(several) == b"".join(map(record, several))


@pytest.mark.parametrize("count", [1, FEW + 5])
def test_a_step_beyond_64_bits_is_refused(count: int) -> None:
    with pytest.raises(OverflowError):
        records([(TAGS[0], 1.0, 2**63, 0.0)] * count)
