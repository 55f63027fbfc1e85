"""What is drawn of a series: every pixel column shows its true extrema, and the newest point is there."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from runglass.viewers.lod import pyramid, xindex
from runglass.viewers.lod.pyramid import Pyramid
from runglass.viewers.lod.series import LodSeries
from runglass.viewers.lod.xindex import XIndex

VALUES = st.one_of(
    st.floats(-1e6, 1e6, width=32), st.sampled_from([float("nan"), float("inf"), float("-inf"), 0.0, -0.0])
)
NEAR = st.integers(-50, 400)
FAR = st.integers(0, 60).map(lambda step: 2**60 + step)


@st.composite
def series(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Steps in rising or any order, near 0 or beyond 2**53, and values of any kind."""
    steps = draw(st.lists(draw(st.sampled_from([NEAR, FAR])), min_size=1, max_size=300))
    order = draw(st.sampled_from(["rising", "restart", "any"]))
    if order == "rising":
        steps.sort()
    elif order == "restart":
        cut = draw(st.integers(0, len(steps)))
        steps = sorted(steps[:cut]) + sorted(steps[cut:])
    values = draw(st.lists(VALUES, min_size=len(steps), max_size=len(steps)))
    return np.array(steps, np.int64), np.array(values, draw(st.sampled_from([np.float32, np.float64])))


def view(draw: st.DrawFn, steps: np.ndarray, origin: int) -> np.ndarray:
    """Edges of some columns over some part of the steps."""
    low, high = int(steps.min()) - origin, int(steps.max()) - origin
    start = draw(st.floats(low - 3, high + 3))
    length = draw(st.floats(0.5, high - low + 6))
    width = draw(st.integers(1, 40))
    return np.linspace(start, start + length, width + 1)


def brute(x: np.ndarray, y: np.ndarray, edges: np.ndarray) -> dict[int, tuple[float, float]]:
    """Extrema of the finite values of each column, point by point."""
    found: dict[int, tuple[float, float]] = {}
    for place, value in zip(x.tolist(), y.tolist(), strict=True):
        if not np.isfinite(value) or not edges[0] <= place <= edges[-1]:
            continue
        column = min(int(np.searchsorted(edges, place, "right")) - 1, len(edges) - 2)
        # Edges beyond the reach of float64 can fall together; the point then belongs to the last that it reaches.
        low, high = found.get(column, (value, value))
        found[column] = min(low, value), max(high, value)
    return found


def shown(lod: LodSeries, edges: np.ndarray) -> dict[int, tuple[float, float]]:
    """Extrema of each column as drawn."""
    found: dict[int, tuple[float, float]] = {}
    for columns in lod.columns(edges):
        for column, low, high in zip(columns.column.tolist(), columns.low.tolist(), columns.high.tolist(), strict=True):
            if 0 <= column < len(edges) - 1 and not np.isnan(low):
                before = found.get(column, (low, high))
                found[column] = min(before[0], low), max(before[1], high)
    return found


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_every_column_shows_its_true_extrema_and_the_newest_point(data: st.DataObject) -> None:
    steps, values = data.draw(series())
    origin = int(steps[0]) if abs(int(steps[0])) > 2**53 else 0
    edges = view(data.draw, steps, origin)
    lod = LodSeries(XIndex(steps, origin), values)
    offsets = np.array([int(step) - origin for step in steps.tolist()], np.float64)
    assert shown(lod, edges) == brute(offsets, values, edges)
    newest = offsets[-1]
    if edges[0] <= newest <= edges[-1] and np.isfinite(values[-1]):
        last = [(x, y) for c in lod.columns(edges) for x, y in zip(c.last_x().tolist(), c.last().tolist(), strict=True)]
        in_order = lod.index.order is not None
        assert in_order or (newest, float(values[-1])) in last


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_growing_point_by_point_gives_what_all_at_once_gives(data: st.DataObject) -> None:
    steps, values = data.draw(series())
    cuts = sorted(data.draw(st.lists(st.integers(1, len(steps)), max_size=4)))
    first = cuts[0] if cuts else len(steps)
    index = XIndex(steps[:first])
    lod = LodSeries(index, values[:first])
    for end in [*cuts[1:], len(steps)]:
        lod.extend(values[:end], index.extend(steps[:end]))
    whole = LodSeries(XIndex(steps), values)
    if abs(int(steps[0])) < 2**53:
        edges = view(data.draw, steps, 0)
        assert shown(lod, edges) == shown(whole, edges)
        assert {k: v.tolist() for k, v in lod.not_finite(edges).items()} == {
            k: v.tolist() for k, v in whole.not_finite(edges).items()
        }
    assert index.limits() == whole.index.limits()


@settings(max_examples=150, deadline=None)
@given(
    st.lists(VALUES, min_size=1, max_size=3000),
    st.lists(st.integers(0, 2999), min_size=2, max_size=30, unique=True),
    st.booleans(),
)
def test_range_extrema_through_blocks_are_exact(values: list[float], bounds: list[int], touching: bool) -> None:
    array = np.array(values * 3, np.float32)
    array[np.isinf(array)] = np.nan
    array += 0.0  # Of 0 and -0 either is the smaller one.
    edges = np.array(sorted({min(bound, len(array)) for bound in bounds}), np.intp)
    start, stop = edges[:-1], edges[1:]
    if not touching:
        start, stop = start[::2], stop[::2]
    if not len(start):
        return
    before = pyramid.DIRECT_LIMIT
    pyramid.DIRECT_LIMIT = 16
    try:
        grown = Pyramid(array[: len(array) // 2])
        grown.extend(array)
        low, high = grown.ranges(start, stop)
        through_low, through_high = grown._through_blocks(start, stop) if grown._levels else (low, high)
    finally:
        pyramid.DIRECT_LIMIT = before
    with np.errstate(all="ignore"):
        for i, (a, b) in enumerate(zip(start.tolist(), stop.tolist(), strict=True)):
            for got_low, got_high in ((low[i], high[i]), (through_low[i], through_high[i])):
                np.testing.assert_equal(got_low, np.fmin.reduce(array[a:b]))
                np.testing.assert_equal(got_high, np.fmax.reduce(array[a:b]))


def test_a_short_series_costs_no_memory_and_a_long_one_little() -> None:
    assert Pyramid(np.zeros(1000, np.float32)).nbytes == 0
    long = np.zeros(pyramid.DIRECT_LIMIT * 2, np.float32)
    assert Pyramid(long).nbytes < long.nbytes / 6


def test_steps_beyond_2_to_the_53_are_told_apart() -> None:
    base = 2**62
    steps = np.array([base + i for i in range(10)], np.int64)
    lod = LodSeries(XIndex(steps, base), np.arange(10.0))
    (columns,) = lod.columns(np.linspace(0.0, 10.0, 11))
    assert columns.first_x().tolist() == list(range(10))
    assert lod.index.nearest(7.2) == 7


def test_nearest_prefers_the_latest_of_equals_and_survives_the_ends() -> None:
    index = XIndex(np.array([5, 5, 5, 9]))
    assert index.nearest(5.0) == 2
    assert index.nearest(-1e300) == 0
    assert index.nearest(1e300) == 3
    assert XIndex(np.empty(0, np.int64)).nearest(0.0) is None


def test_many_falls_in_x_are_brought_into_order() -> None:
    rng = np.random.default_rng(0)
    walls = 1.7e9 + rng.permutation(500).astype(float)
    index = XIndex(walls)
    assert index.order is not None and len(index.stretches()) == 1
    lod = LodSeries(index, np.arange(500.0))
    assert index.source_index(0) == int(np.argmin(walls))
    assert lod.value_at(0) == float(np.argmin(walls))


def test_points_without_a_finite_time_are_left_out() -> None:
    index = XIndex(np.array([1.0, np.nan, 3.0, np.inf]))
    lod = LodSeries(index, np.array([1.0, 2.0, 3.0, 4.0]))
    assert index.limits() == (1.0, 3.0)
    assert shown(lod, np.linspace(0, 4, 5)) == {1: (1.0, 1.0), 3: (3.0, 3.0)}
    assert index.source_index(1) == 2


def test_where_values_are_not_finite_is_known_once_a_column() -> None:
    values = np.array([1.0, np.nan, np.nan, np.inf, -np.inf, 2.0])
    lod = LodSeries(XIndex(np.arange(6)), values)
    marks = lod.not_finite(np.linspace(0, 6, 3))
    assert {kind: len(xs) for kind, xs in marks.items()} == {"nan": 1, "+inf": 1, "-inf": 1}


def test_few_restarts_are_stretches_that_no_line_joins() -> None:
    steps = np.concatenate([np.arange(100), np.arange(50, 150)])
    lod = LodSeries(XIndex(steps), steps.astype(float))
    assert len(lod.columns(np.linspace(0, 150, 1001))) == 2
    assert len(lod.index.stretches()) <= xindex.MAX_STRETCHES


def test_the_largest_and_smallest_steps_are_places_like_others() -> None:
    steps = np.array([-(2**63), 2**63 - 1], np.int64)
    lod = LodSeries(XIndex(steps), np.array([1.0, 2.0]))
    (columns,) = lod.columns(np.linspace(-1e19, 1e19, 5))
    assert columns.low.tolist() == [1.0, 2.0]
    even = XIndex(np.array([2**63 - 3, 2**63 - 2, 2**63 - 1], np.int64), 2**63 - 3)
    assert even.bounds(0, 3, np.array([0.0, 1.0, 2.0])).tolist() == [0, 1, 3]
    assert even.bounds(0, 3, np.array([0.0, 1.0, 1e30])).tolist() == [0, 1, 3]
