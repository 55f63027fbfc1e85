"""Where the names of groups stand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runglass.viewers.cloud.middles import middles_of


def literal(space: np.ndarray, groups: np.ndarray, shown: np.ndarray | None, count: int) -> np.ndarray:
    found = np.full((3, count), np.nan)
    for group in range(count):
        own = (groups == group) & np.isfinite(space).all(axis=0)
        if shown is not None:
            own &= shown
        if own.any():
            found[:, group] = space[:, own].mean(axis=1, dtype=np.float64)
    return found


@given(st.integers(0, 60), st.integers(1, 6), st.booleans(), st.integers(0, 2**32 - 1))
def test_a_name_stands_in_the_middle_of_what_is_seen(n: int, count: int, hiding: bool, seed: int) -> None:
    random = np.random.default_rng(seed)
    space = random.normal(size=(3, n)).astype(np.float32)
    space[:, random.random(n) < 0.2] = np.nan
    groups = random.integers(-1, count, n).astype(np.int8)
    shown = random.random(n) < 0.5 if hiding else None
    found = middles_of(space, groups, shown, count)
    np.testing.assert_allclose(found, literal(space, groups, shown, count), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("hiding", [False, True])
def test_among_very_many_points_a_small_group_is_not_lost(hiding: bool) -> None:
    random = np.random.default_rng(0)
    space = random.normal(size=(3, 700_001)).astype(np.float32)
    groups = random.integers(0, 3, 700_001).astype(np.int8)
    groups[[5, 70_003, 700_000]] = 3
    groups[:1000:7] = -1
    space[:, 5:300:9] = np.nan
    shown = random.random(700_001) < 0.001 if hiding else None
    if shown is not None:
        shown[70_003] = True
    found, wanted = middles_of(space, groups, shown, 5), literal(space, groups, shown, 5)
    np.testing.assert_allclose(found[:, 3], wanted[:, 3], rtol=1e-5)
    np.testing.assert_allclose(found[:, :3], wanted[:, :3], atol=1e-5 if hiding else 0.02)
    assert np.isnan(found[:, 4]).all()
