"""From points to pixels: nothing that was logged is missing from what is drawn."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from runglass.viewers.charts.canvas import polygon
from runglass.viewers.charts.geometry import Geometry, Limits
from runglass.viewers.charts.lines import batched, dashed, join, raw_strokes, smooth_strokes, thinned
from runglass.viewers.charts.view import ChartView, panned, usable, zoomed
from runglass.viewers.lod.scale import Scale, ScaleKind
from runglass.viewers.lod.series import LodSeries
from runglass.viewers.lod.xindex import XIndex


def geometry(points: int, low: float = -2.0, high: float = 2.0, width: int = 50, stride: int = 1) -> Geometry:
    return Geometry(10, 5, width, 100, Limits(0, max(points - 1, 1), low, high), Scale(), Scale(), stride)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.floats(-1.5, 1.5) | st.just(float("nan")), min_size=1, max_size=40),
    st.integers(400, 900),
    st.sampled_from([1, 2, 3]),
)
def test_bars_of_a_dense_line_reach_every_extremum(values: list[float], count: int, stride: int) -> None:
    array = np.resize(np.array(values), count)
    place = geometry(len(array), stride=stride)
    (columns,) = LodSeries(XIndex(np.arange(len(array))), array).columns(place.edges())
    bars = {column: (top, bottom) for column, top, bottom in raw_strokes(columns, place).bars.tolist()}
    for column, low, high in zip(columns.column.tolist(), columns.low.tolist(), columns.high.tolist(), strict=True):
        if np.isnan(low):
            continue
        top, bottom = bars[10 + column * stride]
        assert top <= place.py(np.array([high]))[0] and bottom + 1 >= place.py(np.array([low]))[0]


def test_a_line_closes_at_the_newest_point() -> None:
    values = np.linspace(-1, 1, 5000)
    place = geometry(5000)
    (columns,) = LodSeries(XIndex(np.arange(5000)), values).columns(place.edges())
    segments = smooth_strokes(columns, place, 1.8, thin=True).segments
    np.testing.assert_allclose(segments[-1, 2:], [60.0, place.py(np.array([1.0]))[0]])


_lines = st.lists(
    st.tuples(
        st.lists(st.integers(-50, 150), min_size=1, max_size=40),
        st.sampled_from([1.0, float("nan"), float("inf")]),
        st.booleans(),
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=150, deadline=None)
@given(_lines, st.integers(-60, 100), st.integers(1, 120))
def test_lines_of_few_points_are_the_same_worked_out_at_once(
    lines: list[tuple[list[int], float, bool]], begin: int, span: int
) -> None:
    place = Geometry(10, 5, 50, 100, Limits(begin, begin + span, -2, 2), Scale(), Scale())
    series = []
    for number, (steps, odd, rising) in enumerate(lines):
        values = np.sin(np.arange(len(steps)) + number)
        values[len(values) // 2] = odd
        series.append(LodSeries(XIndex(np.array(sorted(steps) if rising else steps)), values))
    segments, owned = batched(series, place)
    for line, part in zip(series, owned, strict=True):
        pieces = line.columns(place.edges())
        if part is None:
            x = line.index.xs
            inside = int(np.count_nonzero((x >= begin) & (x <= begin + span)))
            falls = len(line.index.stretches()) != 1
            assert falls or line.has_odd or not pieces or not 2 <= inside <= 23
            continue
        (columns,) = pieces
        assert columns.single
        strokes = raw_strokes(columns, place)
        np.testing.assert_array_equal(segments[part], strokes.segments)
        assert not len(strokes.dots) and not len(strokes.bars)


def test_nan_breaks_a_line_and_a_lonely_point_is_a_dot() -> None:
    values = np.array([0.0, 1.0, np.nan, 0.5, np.nan, 1.0, 0.0])
    place = geometry(7)
    (columns,) = LodSeries(XIndex(np.arange(7)), values).columns(place.edges())
    strokes = raw_strokes(columns, place)
    assert len(strokes.segments) == 2
    assert strokes.dots.tolist() == [[place.px(np.array([3.0]))[0], place.py(np.array([0.5]))[0]]]


def test_a_gap_that_begins_with_nan_inside_a_column_stays_open() -> None:
    x = np.concatenate([np.linspace(0, 10, 400), np.linspace(90, 100, 400)])
    y = np.zeros(800)
    y[399] = np.nan
    place = Geometry(0, 0, 100, 100, Limits(0, 100, -1, 1), Scale(), Scale())
    (columns,) = LodSeries(XIndex(x), y).columns(place.edges())
    for strokes in (raw_strokes(columns, place), smooth_strokes(columns, place, 1.8, thin=False)):
        assert not any(x2 - x1 > 50 for x1, _, x2, _ in strokes.segments.tolist())
    y[399] = 0.0
    (columns,) = LodSeries(XIndex(x), y).columns(place.edges())
    for strokes in (raw_strokes(columns, place), smooth_strokes(columns, place, 1.8, thin=False)):
        assert any(x2 - x1 > 50 for x1, _, x2, _ in strokes.segments.tolist())


def test_one_point_alone_is_a_dot() -> None:
    place = geometry(1)
    (columns,) = LodSeries(XIndex(np.array([0])), np.array([0.5])).columns(place.edges())
    assert len(smooth_strokes(columns, place, 1.8, thin=True).dots) == 1


def test_thinning_keeps_corners_and_ends() -> None:
    x = np.arange(21.0)
    y = np.where(x <= 10, x, 20 - x)
    for _ in range(3):
        x, y = thinned(x, y)
    assert (0.0, 0.0) in zip(x, y, strict=True) and (10.0, 10.0) in zip(x, y, strict=True)
    assert (20.0, 0.0) in zip(x, y, strict=True)
    assert len(x) < 12


def test_dashes_cover_their_share_of_the_way() -> None:
    segments = join(np.array([0.0, 100.0, 100.0]), np.array([0.0, 0.0, 50.0])).segments
    cut = dashed(segments, (6.0, 4.0))
    drawn = np.hypot(cut[:, 2] - cut[:, 0], cut[:, 3] - cut[:, 1]).sum()
    assert drawn == 90.0


def test_zooming_keeps_the_place_and_steps_back() -> None:
    scale = Scale(ScaleKind.LOG)
    low, _ = zoomed((1.0, 1000.0), scale, 10.0, 0.5)
    assert abs(scale.place(10.0) - scale.place(low)) * 2 == scale.place(10.0) - scale.place(1.0)
    assert panned((0.0, 10.0), Scale(), 0.5) == (5.0, 15.0)
    assert not usable((0.0, 1.0), scale) and not usable((1.0, 1.0), Scale()) and not usable(None, Scale())
    view = ChartView()
    view.remember()
    view.x = (0.0, 1.0)
    view.remember()
    view.y = (0.0, 1.0)
    assert view.back() and view.x == (0.0, 1.0) and view.y is None
    assert view.back() and view.fitted and not view.back()


def test_limits_that_cannot_be_shown_fall_back_to_the_data() -> None:
    view = ChartView(x=(float("nan"), 1.0), y=(-1.0, 1.0))
    shown = view.limits((3.0, 3.0), (0.0, 5.0), Scale(), Scale(ScaleKind.LOG))
    assert shown.x0 < 3.0 < shown.x1 and 0 < shown.y0 < shown.y1 == 5.0


@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)), max_size=40))
def test_polygons_have_the_corners_they_are_made_of(corners: list[tuple[float, float]]) -> None:
    found = polygon(np.array(corners, np.float64).reshape(-1, 2))
    assert [(point.x(), point.y()) for point in found.toList()] == corners
