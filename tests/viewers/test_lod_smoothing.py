"""Smoothing is TensorBoard's, on all points, however they arrive."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runglass.viewers.lod.smoothing import BLOCK, Smoother, smooth


def naive(values: list[float], weight: float) -> list[float]:
    """The recurrence as TensorBoard has it, one value after the other."""
    if all(value == values[0] for value in values):
        return list(values)
    last, count, out = 0.0, 0, []
    for value in values:
        if not math.isfinite(value):
            out.append(value)
            continue
        last = last * weight + (1 - weight) * value
        count += 1
        bias = 1.0 if weight == 1.0 else 1.0 - weight**count
        out.append(last / bias)
    return out


def close(got: np.ndarray, wanted: list[float]) -> None:
    scale = max([abs(value) for value in wanted if math.isfinite(value)], default=1.0) or 1.0
    for one, other in zip(got.tolist(), wanted, strict=True):
        if math.isfinite(other):
            assert abs(one - other) <= 1e-9 * scale
        else:
            assert one == other or (math.isnan(one) and math.isnan(other))


def test_golden_values() -> None:
    np.testing.assert_allclose(smooth(np.array([1.0, 2, 3, 10]), 0.6), [1, 1.625, 2.32653061, 5.85294118], rtol=1e-8)
    assert smooth(np.full(200, 0.1), 0.9).tolist() == [0.1] * 200
    assert smooth(np.array([1.0, 2.0, 3.0]), 1.0).tolist() == [0.0, 0.0, 0.0]
    assert smooth(np.array([1.0, 2.0, 3.0]), 0.0).tolist() == [1.0, 2.0, 3.0]
    assert smooth(np.empty(0), 0.5).tolist() == []


@pytest.mark.parametrize("weight", [0.1, 0.6, 0.9, 0.99, 0.999])
def test_long_series_agree_with_the_loop(weight: float) -> None:
    values = np.random.default_rng(1).normal(size=BLOCK * BLOCK * 2 + 17)
    close(smooth(values, weight), naive(values.tolist(), weight))


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.floats(-1e12, 1e12) | st.sampled_from([math.nan, math.inf, -math.inf]), min_size=1, max_size=400),
    st.floats(0.0, 0.999),
    st.lists(st.integers(0, 400), max_size=4),
)
def test_any_cut_of_any_series_agrees_with_the_loop(values: list[float], weight: float, cuts: list[int]) -> None:
    smoother, array = Smoother(weight), np.array(values)
    bounds = [0, *sorted(min(cut, len(values)) for cut in cuts), len(values)]
    pieces = [smoother.feed(array[a:b]) for a, b in pairwise(bounds)]
    wanted = list(values) if weight == 0.0 else naive(values, weight)
    close(np.concatenate(pieces), wanted)


def test_values_that_are_not_finite_leave_the_state_alone() -> None:
    with_gap = smooth(np.array([1.0, np.nan, 2.0, np.inf, 3.0, 10.0]), 0.6)
    assert math.isnan(with_gap[1]) and with_gap[3] == math.inf
    np.testing.assert_allclose(with_gap[[0, 2, 4, 5]], smooth(np.array([1.0, 2, 3, 10]), 0.6))
