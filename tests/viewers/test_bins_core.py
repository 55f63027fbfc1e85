"""Re-binning and percentiles against slow and foreign implementations of the same formulas."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runglass.reader.api import HistogramView, Kind, SeriesKey, load
from runglass.viewers.bins.buckets import Buckets, buckets_of
from runglass.viewers.bins.percentiles import BASIS_POINTS, Percentiles, compress
from runglass.viewers.bins.points import evenly, latest_by_step, places_of
from runglass.viewers.bins.rebin import density, drawn_range, edges_of, extent_of, rebin, totals_of
from runglass.viewers.bins.stats import estimates, stats_of
from runglass.viewers.selection import XAxis

Rows = list[tuple[float, float, float]]


def view_of(histograms: list[Rows], steps: list[int] | None = None, stats: object = None) -> HistogramView:
    table = np.array([row for rows in histograms for row in rows], np.float64).reshape(-1, 3)
    start = np.concatenate([[0], np.cumsum([len(rows) for rows in histograms])]).astype(np.int64)
    step = np.arange(len(histograms)) if steps is None else np.array(steps)
    left, right, count = (np.ascontiguousarray(table[:, index]) for index in range(3))
    told = np.full((len(histograms), 5), np.nan) if stats is None else np.array(stats, np.float64)
    key = SeriesKey("run", "tag", Kind.HISTOGRAM)
    return HistogramView(key, step.astype(np.int64), 1.7e9 + step * 2.0, start, left, right, count, told, 0)


def one(rows: Rows) -> Buckets:
    return buckets_of(view_of([rows]))


def literal(rows: Rows, edges: np.ndarray) -> np.ndarray:
    """The rule as it is written down, bucket by bucket and bin by bin."""
    out = np.zeros(len(edges) - 1)
    for left, right, count in rows:
        for index in range(len(out)):
            low, high = edges[index], edges[index + 1]
            if left == right:
                closed = index == len(out) - 1
                out[index] += count if low <= left and (left <= high if closed else left < high) else 0.0
            else:
                out[index] += count * max(0.0, min(right, high) - max(left, low)) / (right - left)
    return out


@st.composite
def histograms(draw: st.DrawFn) -> Rows:
    """Buckets that follow one another, some without width, some empty, counts whole or not."""
    count = draw(st.integers(1, 12))
    edges = sorted(draw(st.lists(st.floats(-1e4, 1e4), min_size=count + 1, max_size=count + 1)))
    sizes = st.one_of(st.integers(0, 1000).map(float), st.floats(0, 1e6))
    return [(edges[i], edges[i + 1], draw(sizes)) for i in range(count)]


@given(st.lists(histograms(), min_size=1, max_size=4), st.integers(1, 60))
def test_rebinning_is_the_literal_rule_and_loses_nothing(many: list[Rows], bins: int) -> None:
    buckets = buckets_of(view_of(many))
    extent = extent_of(buckets)
    assert extent is not None
    edges = edges_of(*drawn_range(*extent), bins)
    counts = rebin(buckets, edges)
    scale = max(1.0, float(buckets.count.max()))
    for found, rows in zip(counts, many, strict=True):
        assert np.allclose(found, literal(rows, edges), atol=1e-6 * scale)
    assert np.allclose(counts.sum(axis=1), totals_of(buckets), rtol=1e-9, atol=1e-6 * scale)


@given(histograms(), st.floats(-100, 100), st.floats(0.1, 100))
def test_a_chosen_range_shows_what_lies_in_it(rows: Rows, low: float, width: float) -> None:
    edges = edges_of(low, low + width, 7)
    scale = max(1.0, *(row[2] for row in rows))
    assert np.allclose(rebin(one(rows), edges)[0], literal(rows, edges), atol=1e-6 * scale)


def test_the_range_of_a_single_value() -> None:
    for value in (0.0, 1.0, 250.0, -3.0):
        assert drawn_range(value, value) == (value / 1.1 - 1, value * 1.1 + 1)
    for value in (-10.0, -20.0, -1e6):
        low, high = drawn_range(value, value)
        assert low < value < high
    assert drawn_range(-1.0, 2.0) == (-1.0, 2.0)


def test_a_bucket_without_width_goes_whole_into_one_bin() -> None:
    edges = edges_of(0.0, 3.0, 3)
    assert rebin(one([(1.0, 1.0, 5.0)]), edges).tolist() == [[0, 5, 0]]
    assert rebin(one([(3.0, 3.0, 5.0)]), edges).tolist() == [[0, 0, 5]]
    assert rebin(one([(3.1, 3.1, 5.0), (-0.1, -0.1, 2.0)]), edges).tolist() == [[0, 0, 0]]


def test_the_area_under_a_density_is_one() -> None:
    buckets = one([(0.0, 1.0, 3.0), (1.0, 4.0, 5.0)])
    edges = edges_of(0.0, 4.0, 8)
    assert (density(rebin(buckets, edges), edges, totals_of(buckets)) * 0.5).sum() == pytest.approx(1.0)


def test_golden_percentiles() -> None:
    found = dict(zip(BASIS_POINTS, compress(one([(0, 1, 1), (1, 2, 1)]))[0].tolist(), strict=True))
    assert found[0] == 0 and found[5000] == 1.0 and found[10000] == 2.0
    assert found[9332] == pytest.approx(1.8664, abs=1e-12)


def test_no_buckets_are_zeros_and_damaged_ones_a_gap() -> None:
    nan = float("nan")
    buckets = buckets_of(view_of([[], [(nan, 1, 1)], [(0, 0, 4)], [(2, 1, 3), (0, 1, -2), (5, 6, 2)]]))
    values = compress(buckets)
    assert values[0].tolist() == [0] * 9 and np.isnan(values[1]).all() and values[2].tolist() == [0] * 9
    assert values[3, 0] == 5 and values[3, -1] == 6
    assert buckets.dropped == 3
    assert buckets.damaged.tolist() == [False, True, False, False]


def foreign(rows: Rows) -> list[float]:
    compressor = pytest.importorskip("tensorboard.plugins.distribution.compressor")
    return [value for _point, value in compressor.compress_histogram(rows)]


@given(st.lists(st.one_of(histograms(), st.just([])), min_size=1, max_size=5))
def test_percentiles_are_those_of_tensorboard(many: list[Rows]) -> None:
    values = compress(buckets_of(view_of(many)))
    for found, rows in zip(values, many, strict=True):
        assert np.allclose(found, foreign(rows), rtol=1e-9, atol=1e-9)


def test_percentiles_of_real_logs_are_those_of_tensorboard(corpus: Path) -> None:
    pytest.importorskip("tensorboard.plugins.distribution.compressor")
    compared = 0
    with load([str(corpus)]) as session:
        for key in session.store.series(Kind.HISTOGRAM):
            view = session.store.histograms(key)
            values = Percentiles.of(view).values
            for point in range(len(view.step)):
                part = slice(int(view.start[point]), int(view.start[point + 1]))
                rows = np.stack([view.left[part], view.right[part], view.count[part]], 1)
                if np.isfinite(rows).all() and (rows[:, 0] <= rows[:, 1]).all():
                    assert np.allclose(values[point], foreign(rows.tolist()), rtol=1e-9, atol=1e-9)
                    compared += 1
    assert compared > 100


@given(st.lists(histograms(), min_size=2, max_size=8), st.integers(0, 8))
def test_a_grown_series_has_the_percentiles_of_a_whole_one(many: list[Rows], done: int) -> None:
    early = Percentiles.of(view_of(many[: min(done, len(many))]))
    assert np.array_equal(Percentiles.of(view_of(many), early).values, Percentiles.of(view_of(many)).values)


@given(st.lists(st.integers(0, 20), min_size=1, max_size=30))
def test_each_step_is_shown_once_as_it_was_written_last(steps: list[int]) -> None:
    points = latest_by_step(np.array(steps))
    assert [steps[i] for i in points.index] == sorted(set(steps))
    assert all(max(at for at, step in enumerate(steps) if step == steps[i]) == i for i in points.index)
    assert points.repeated == len(steps) - len(set(steps))


@given(st.integers(0, 5000), st.integers(1, 100))
def test_an_even_choice_has_the_first_and_the_newest(count: int, most: int) -> None:
    chosen = evenly(count, most)
    assert len(chosen) == min(count, most) and len(set(chosen.tolist())) == len(chosen)
    if count:
        assert chosen[-1] == count - 1
        assert most == 1 or chosen[0] == 0
    if count > most > 1:
        gaps = np.diff(chosen)
        assert gaps.max() - gaps.min() <= 1


def test_places_on_all_axes() -> None:
    view = view_of([[(0, 1, 1)]] * 3, [10, 20, 40])
    index = latest_by_step(view.step).index
    assert places_of(view, index, XAxis.STEP).tolist() == [10, 20, 40]
    assert places_of(view, index, XAxis.RELATIVE).tolist() == [0, 20, 60]
    assert places_of(view, index, XAxis.WALL)[0] == 1.7e9 + 20


def test_statistics_come_from_the_record() -> None:
    view = view_of([[(0, 4, 4)], [(1, 3, 2)]], stats=[[0.5, 3.5, 4, 8, 20], [np.nan, np.nan, 2, np.nan, np.nan]])
    told = stats_of(view, 0)
    assert (told.number, told.mean, told.deviation, told.least, told.greatest) == (4, 2, 1, 0.5, 3.5)
    assert not told.estimated


def test_a_record_without_sums_gets_an_estimate_from_its_buckets() -> None:
    nothing = [np.nan, np.nan, 2, np.nan, np.nan]
    view = view_of([[(1, 3, 2), (3, 5, 2)], [], [(np.nan, 1, 2)]], stats=[nothing] * 3)
    told = stats_of(view, 0)
    assert told.estimated and (told.number, told.least, told.greatest) == (2, 1, 5)
    assert (told.mean, told.deviation) == (3, 1)
    assert np.isnan(stats_of(view, 1).mean) and not stats_of(view, 1).estimated
    assert np.isnan(stats_of(view, 2).mean) and not stats_of(view, 2).estimated


@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=200), st.integers(1, 40))
def test_estimates_are_as_near_as_the_buckets_are_narrow(values: list[float], bins: int) -> None:
    numbers = np.array(values)
    counts, edges = np.histogram(numbers, bins)
    rows = [(float(a), float(b), float(c)) for a, b, c in zip(edges[:-1], edges[1:], counts, strict=True)]
    mean, deviation = estimates(buckets_of(view_of([rows, rows[:0], rows])))
    half = float(edges[1] - edges[0]) / 2
    assert np.isnan(mean[1]) and mean[0] == mean[2] and deviation[0] == deviation[2]
    assert abs(mean[0] - numbers.mean()) <= half * 1.0001 + 1e-9
    assert abs(deviation[0] - numbers.std()) <= half * 1.0001 + 1e-9


@given(st.lists(st.lists(st.tuples(st.floats(), st.floats(), st.floats()), max_size=5), min_size=1, max_size=5))
def test_estimates_of_anything_are_finite_where_there_is_a_value(many: list[Rows]) -> None:
    buckets = buckets_of(view_of(many))
    mean, deviation = estimates(buckets)
    filled = totals_of(buckets) > 0
    assert np.isfinite(mean[filled]).all() and np.isfinite(deviation[filled]).all() and (deviation[filled] >= 0).all()
    assert np.isnan(mean[~filled]).all() and np.isnan(deviation[~filled]).all()
