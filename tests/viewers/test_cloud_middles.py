"""Where the names of groups stand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runglass.viewers.cloud.middles import middles_of


@given(st.integers(0, 60), st.integers(1, 6), st.booleans(), st.integers(0, 2**32 - 1))
def test_a_name_stands_among_what_is_seen_of_its_group(n: int, count: int, hiding: bool, seed: int) -> None:
    random = np.random.default_rng(seed)
    space = random.normal(size=(3, n)).astype(np.float32)
    space[:, random.random(n) < 0.2] = np.nan
    groups = random.integers(-1, count + 1, n).astype(np.int8)
    shown = random.random(n) < 0.5 if hiding else None
    found = middles_of(space, groups, shown, count)
    assert found.shape == (3, count)
    for group in range(count):
        own = (groups == group) & np.isfinite(space).all(axis=0)
        if shown is not None:
            own &= shown
        points = space[:, own]
        assert np.isnan(found[:, group]).all() == (not own.any())
        if own.any():
            # Within the box about its points; one point, or several in one place, have it there.
            low, high = points.min(axis=1), points.max(axis=1)
            assert (found[:, group] >= low - 1e-5).all() and (found[:, group] <= high + 1e-5).all()


def test_the_middle_of_a_round_group_is_its_mean() -> None:
    random = np.random.default_rng(0)
    space = random.normal((3.0, -2.0, 1.0), 0.5, (4000, 3)).T.astype(np.float32)
    found = middles_of(space, np.zeros(4000, np.int8), None, 1)
    np.testing.assert_allclose(found[:, 0], [3, -2, 1], atol=0.05)
    same = np.ones((3, 5), np.float32)
    np.testing.assert_array_equal(middles_of(same, np.zeros(5, np.int8), None, 1)[:, 0], [1, 1, 1])


def test_the_name_of_a_group_in_parts_stands_in_one_of_them() -> None:
    random = np.random.default_rng(1)
    parts = np.array([[-1.0, 0, 0], [1, 0, 0], [0, 1.5, 0]])
    which = random.choice(3, 3000, p=[0.5, 0.3, 0.2])
    space = (parts[which] + random.normal(0, 0.1, (3000, 3))).T.astype(np.float32)
    found = middles_of(space, np.zeros(3000, np.int64), None, 1)[:, 0]
    mean = space.mean(axis=1)
    assert np.linalg.norm(parts - mean, axis=1).min() > 0.7
    assert np.linalg.norm(parts - found, axis=1).min() < 0.2


@pytest.mark.parametrize("hiding", [False, True])
def test_among_very_many_points_a_small_group_is_not_lost(hiding: bool) -> None:
    random = np.random.default_rng(0)
    space = random.normal(size=(3, 700_001)).astype(np.float32)
    groups = random.integers(0, 3, 700_001).astype(np.int8)
    few = [5, 70_003, 700_000]
    groups[few] = 3
    groups[:1000:7] = -1
    groups[5] = 3
    shown = None
    if hiding:
        shown = random.random(700_001) < 0.3
        shown[few] = [True, False, True]
    found = middles_of(space, groups, shown, 5)
    points = space[:, few if shown is None else [5, 700_000]]
    assert (found[:, 3] >= points.min(axis=1) - 1e-5).all() and (found[:, 3] <= points.max(axis=1) + 1e-5).all()
    np.testing.assert_allclose(found[:, :3], 0, atol=0.12)
    assert np.isnan(found[:, 4]).all()
