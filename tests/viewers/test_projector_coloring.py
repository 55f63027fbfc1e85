"""Colours of points: what they are in both themes, for any labels and any numbers, and what the legend says."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from projector_columns import column
from pytestqt.qtbot import QtBot

from runglass.viewers.oklab import bytes_of, contrast, hex_of, lab_of, rgb_of, rgb_of_lab
from runglass.viewers.projector.coloring import (
    DIMMED,
    NOTHING,
    REST,
    NumberRange,
    Order,
    by_category,
    by_codes,
    by_density,
    by_number,
    is_categorical,
    one_color,
    range_of,
)
from runglass.viewers.projector.density import density
from runglass.viewers.projector.legend import CategoryLegend, RampLegend
from runglass.viewers.projector.legend_view import LegendView
from runglass.viewers.projector.palette import CONTRAST, categories, ground_of, nothing, ramp, rest
from runglass.viewers.theme import DARK, LIGHT, Theme

THEMES = pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
TEXTS = st.lists(st.one_of(st.sampled_from(["a", "b", "", " ", "10", "9", "-3"]), st.text(max_size=4)), max_size=80)
NUMBERS = npst.arrays(
    np.float64,
    st.integers(0, 60),
    elements=st.one_of(
        st.floats(), st.sampled_from([0.0, 1.0, np.nan, np.inf, -np.inf, 1.7e308, -1.7e308, 5e-324, -5e-324])
    ),
)


def entries_of(legend: object) -> CategoryLegend:
    assert isinstance(legend, CategoryLegend)
    return legend


@given(npst.arrays(np.uint8, (20, 3)))
def test_oklab_there_and_back(colors: np.ndarray) -> None:
    assert (bytes_of(rgb_of_lab(lab_of(colors / 255))) == colors).all()


def test_oklab_of_known_colors() -> None:
    # Values of the paper's table and of CSS Color 4.
    assert np.allclose(lab_of([1, 1, 1]), [1, 0, 0], atol=1e-4)
    assert np.allclose(lab_of([1, 0, 0]), [0.6280, 0.2249, 0.1258], atol=1e-4)
    assert contrast([0, 0, 0], [1, 1, 1]) == pytest.approx(21)
    assert hex_of(bytes_of(rgb_of("#1f77d0"))) == "#1f77d0"


@THEMES
def test_fifty_colors_differ_and_stand_out(theme: Theme) -> None:
    colors = categories(theme)
    ground = rgb_of(ground_of(theme))
    assert colors.shape == (50, 3)
    assert [hex_of(color) for color in colors[:20]] == list(theme.series)
    assert (contrast(colors / 255, ground) >= CONTRAST).all()
    greys = np.stack([nothing(theme), rest(theme)])
    assert (contrast(greys / 255, ground) >= CONTRAST).all()
    labs = lab_of(np.concatenate([colors, greys]) / 255)
    apart = np.linalg.norm(labs[:, None] - labs[None], axis=2) + np.eye(52)
    # No two are closer than the closest two of the series, which people tell apart.
    series = np.linalg.norm(labs[:20, None] - labs[None, :20], axis=2) + np.eye(20)
    assert apart[:50, :50].min() >= min(series.min(), 0.06)
    assert apart.min() > 0.04


@THEMES
def test_a_ramp_is_even_and_stands_out(theme: Theme) -> None:
    stops = ramp(theme)
    assert stops.shape == (256, 3)
    assert (contrast(stops / 255, rgb_of(ground_of(theme))) >= CONTRAST).all()
    labs = lab_of(stops / 255)
    brighter = np.diff(labs[::8, 0])
    assert (brighter > 0).all() if theme.dark else (brighter < 0).all()
    steps = np.linalg.norm(np.diff(labs[::15], axis=0), axis=1)
    assert steps.max() < 1.25 * steps.min()


@given(TEXTS, st.sampled_from(Order), st.sampled_from([DARK, LIGHT]))
def test_every_point_is_counted_once_and_has_the_color_of_its_entry(
    texts: list[str], order: Order, theme: Theme
) -> None:
    labels = column("c", texts)
    found = by_category(labels, theme, order)
    legend = entries_of(found.legend)
    assert found.colors.shape == (len(texts), 4) and found.colors.dtype == np.uint8
    assert found.groups is not None and (found.colors[:, 3] == 255).all()
    assert sum(entry.count for entry in legend.entries) == len(texts)
    assert len({entry.group for entry in legend.entries}) == len(legend.entries)
    assert len({entry.color for entry in legend.entries}) == len(legend.entries)
    counts = Counter(labels.texts())
    for entry in legend.entries:
        points = found.points_of(entry.group)
        assert len(points) == entry.count > 0
        assert {hex_of(color) for color in found.colors[points]} == {entry.color}
        if not entry.plain:
            assert (
                entry.text.strip() and set(labels.texts(points)) == {entry.text} and counts[entry.text] == entry.count
            )
        elif entry.group == NOTHING:
            assert not "".join(labels.texts(points)).strip()
    assert legend.values == sum(1 for text in counts if text.strip())
    plain = [entry.plain for entry in legend.entries]
    assert plain == sorted(plain)
    if order is Order.COUNT:
        sizes = [entry.count for entry in legend.entries if not entry.plain]
        assert sizes == sorted(sizes, reverse=True)


def test_natural_order_and_colors_that_stay() -> None:
    texts = ["10", "9", "9", "-1", "-2", "layer 2", "layer 10", "0.5", "Layer 3", "nan", ""]
    natural = entries_of(by_category(column("c", texts), DARK, Order.NATURAL).legend)
    expected = ["-2", "-1", "0.5", "9", "10", "layer 2", "Layer 3", "layer 10", "nan", "no value"]
    assert [entry.text for entry in natural.entries] == expected
    assert [entry.color for entry in natural.entries[:-1]] == list(DARK.series[:9])
    by_count = entries_of(by_category(column("c", texts), DARK).legend)
    assert by_count.entries[0].text == "9"
    assert {entry.text: entry.color for entry in by_count.entries} == {e.text: e.color for e in natural.entries}
    more = entries_of(by_category(column("c", ["10"] * 99 + texts), DARK).legend)
    assert {entry.text: entry.color for entry in more.entries} == {e.text: e.color for e in natural.entries}


@pytest.mark.parametrize("values", [50, 51, 300])
def test_beyond_fifty_values_the_most_frequent_are_shown(values: int) -> None:
    texts = [f"v{value}" for value in range(values) for _ in range(value + 1)]
    found = by_category(column("c", texts), LIGHT)
    legend = entries_of(found.legend)
    if values == 50:
        assert len(legend.entries) == 50 and not any(entry.plain for entry in legend.entries)
        return
    assert [entry.text for entry in legend.entries[:49]] == [f"v{v}" for v in range(values - 1, values - 50, -1)]
    last = legend.entries[49]
    assert (last.group, last.text, last.plain) == (REST, f"{values - 49} other values", True)
    assert last.count == sum(range(1, values - 48))
    assert legend.values == values


def test_isolated_values_leave_the_others_dimmed() -> None:
    labels = column("c", ["a", "b", "", "a"])
    plain = by_category(labels, DARK)
    found = by_category(labels, DARK, isolated=[0, 77])
    assert found.colors[:, 3].tolist() == [255, DIMMED, DIMMED, 255]
    assert (found.colors[:, :3] == plain.colors[:, :3]).all()
    assert entries_of(found.legend).isolated == {0}
    assert (by_category(labels, DARK, isolated=[77]).colors[:, 3] == 255).all()


@given(npst.arrays(np.int32, st.integers(0, 40), elements=st.integers(-3, 5)))
def test_codes_below_zero_are_no_cluster(codes: np.ndarray) -> None:
    found = by_codes("Clusters", codes, [f"cluster {number}" for number in range(1, 7)], DARK)
    assert found.points_of(NOTHING).tolist() == np.flatnonzero(codes < 0).tolist()
    for entry in entries_of(found.legend).entries:
        if not entry.plain:
            assert (codes[found.points_of(entry.group)] == int(entry.text[8:]) - 1).all()


def test_too_many_values_are_said() -> None:
    labels = column("c", [f"{number:x}" for number in range(70_000)])
    assert labels.codes is None
    found = by_category(labels, DARK)
    assert [entry.text for entry in entries_of(found.legend).entries] == ["more than 65,536 different values"]
    assert len(np.unique(found.colors.view(np.uint32))) == 1 and len(found.points_of(REST)) == 70_000


def test_which_columns_are_categories() -> None:
    few, many, words = column("c", ["1", "2"]), column("c", [str(n) for n in range(60)]), column("c", ["a", "2"])
    assert is_categorical(few) and is_categorical(words) and not is_categorical(many)
    assert is_categorical(many, forced=True)
    assert not is_categorical(column("c", [str(number) for number in range(70_000)]), forced=True)


def test_points_without_a_number_are_counted_below_the_ramp(qtbot: QtBot) -> None:
    view = LegendView()
    qtbot.addWidget(view)
    view.resize(220, 60)
    view.show()
    qtbot.waitExposed(view)
    heights = []
    for values in ([1.0, 2.0, np.nan, np.nan], [1.0, 2.0]):
        legend = by_number("n", np.array(values), DARK).legend
        assert isinstance(legend, RampLegend)
        view.show_legend(legend)
        said = view._ramp.accessibleDescription()
        assert said == ("1 to 2, 2 without a number" if legend.missing else "1 to 2")
        heights.append(view._ramp.height())
        image = view._ramp.grab().toImage()
        seen = {image.pixelColor(x, y).name() for x in range(10) for y in range(30, image.height())}
        assert (legend.missing_color in seen) == bool(legend.missing)
    assert heights[0] > heights[1]


@given(NUMBERS, st.sampled_from([DARK, LIGHT]), st.data())
@example(np.array([-1.7e308, 1.7e308]), DARK, None)
def test_any_numbers_have_colors_in_their_order(values: np.ndarray, theme: Theme, data: st.DataObject | None) -> None:
    span = range_of(values)
    if data is not None:
        ends = st.one_of(st.floats(allow_nan=False), st.sampled_from([0.0, 1.0]))
        if data.draw(st.booleans()):
            span = span.spanning(data.draw(ends), data.draw(ends))
    assert span.least <= span.low <= span.high <= span.most
    found = by_number("n", values, theme, span)
    legend = found.legend
    assert isinstance(legend, RampLegend) and found.groups is None
    stops = {hex_of(color): place for place, color in reversed(list(enumerate(legend.stops)))}
    missing = np.isnan(values)
    assert legend.missing == missing.sum()
    assert {hex_of(color) for color in found.colors[missing]} <= {legend.missing_color}
    order = np.argsort(values[~missing], kind="stable")
    places = [stops[hex_of(color)] for color in found.colors[~missing][order]]
    assert places == sorted(places)
    for value, color in zip(values.tolist(), found.colors):
        if not np.isnan(value) and span.low < span.high:
            expected = 0 if value <= span.low else 255
            assert (value > span.low and value < span.high) or (color[:3] == legend.stops[expected]).all()


@given(NUMBERS)
def test_the_usual_range_is_of_finite_numbers(values: np.ndarray) -> None:
    span = range_of(values)
    finite = values[np.isfinite(values)]
    assert np.isfinite([span.least, span.most, span.low, span.high]).all()
    if len(finite):
        assert (span.least, span.most) == (finite.min(), finite.max())
    legend = by_number("n", values, DARK, span).legend
    assert isinstance(legend, RampLegend)
    for share in (0.0, 0.3, 1.0):
        assert span.least <= legend.value_at(share) <= span.most or not len(finite)
        if span.most / 2 - span.least / 2 > 1e-300:
            assert legend.share_of(legend.value_at(share)) == pytest.approx(share, abs=1e-6)


def test_outliers_do_not_stretch_the_range() -> None:
    values = np.linspace(0, 1, 10_001)
    even = range_of(values)
    assert (even.low, even.high) == (0, 1)
    values[5] = 1e9
    values[6] = np.nan
    span = range_of(values)
    assert span.most == 1e9 and span.low == 0 and 0.95 < span.high < 1 and span.missing == 1
    assert span.spanning(2e9, 5).high == 1e9
    assert range_of(np.full(9, 3.0)) == NumberRange(3, 3, 3, 3, 0)
    assert range_of(np.full(2, np.nan)) == NumberRange(0, 0, 0, 0, 2)


def test_equal_numbers_lie_in_the_middle_of_the_ramp() -> None:
    found = by_number("n", np.array([2.0, 2.0, np.inf]), DARK)
    assert (found.colors[:2, :3] == ramp(DARK)[128]).all()
    assert (found.colors[2, :3] == ramp(DARK)[255]).all()


@given(
    npst.arrays(
        np.float32,
        st.tuples(st.integers(0, 30), st.integers(2, 3)),
        elements=st.one_of(st.floats(width=32), st.sampled_from([0.0, 1.0, 3e38, -3e38])),
    )
)
def test_any_coordinates_have_a_density(points: np.ndarray) -> None:
    found = density(points)
    bad = ~np.isfinite(points).all(axis=1)
    assert found.shape == (len(points),) and (np.isnan(found) == bad).all()
    assert (found[~bad] >= 0).all() and (found[~bad] <= 1).all()
    assert (by_density(points, DARK).colors[:, 3] == 255).all()
    assert (density(points.astype(np.float64))[bad] != 0).all()


@pytest.mark.parametrize("dimensions", [2, 3])
def test_a_cluster_is_denser_than_what_lies_around_it(dimensions: int) -> None:
    rng = np.random.default_rng(3)
    cluster = rng.normal(0, 0.05, (4000, dimensions))
    around = rng.uniform(-2, 2, (4000, dimensions))
    around = around[np.linalg.norm(around, axis=1) > 0.5]
    points = np.concatenate([cluster, around, np.full((1, dimensions), 1e9)]).astype(np.float32)
    found = density(points)
    assert found[:4000].mean() > 0.7 and found[4000:-1].mean() < 0.35 and found[-1] == 0
    # True densities and those found rank alike.
    assert np.percentile(found[:4000], 5) > np.percentile(found[4000:], 95)
    legend = by_density(points, LIGHT).legend
    assert isinstance(legend, RampLegend) and legend.ends == ("sparse", "dense")


def test_one_color() -> None:
    found = one_color(3, DARK)
    assert [hex_of(color) for color in found.colors] == [DARK.accent] * 3 and found.legend is None
    assert found.points_of(0).tolist() == []
