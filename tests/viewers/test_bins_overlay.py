"""All runs of a tag in one card: their histograms at the step of the cursor, their percentiles over all steps."""

from __future__ import annotations

import csv
import json
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from bins_fakes import Desk, bell, desk_over, put_histograms, sample
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QHelpEvent, QImage
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from runglass.reader.api import RestartMode, RunStore
from runglass.viewers.bins import latest, work
from runglass.viewers.bins.buckets import buckets_of
from runglass.viewers.bins.files import BucketLayout
from runglass.viewers.bins.percentiles import MEDIAN, Percentiles
from runglass.viewers.bins.rebin import rebin
from runglass.viewers.bins.spans import Span, beside
from runglass.viewers.distributions.spec import SPEC as DISTRIBUTIONS
from runglass.viewers.histograms.beside import beside_of, wish_of
from runglass.viewers.histograms.settings import Mode
from runglass.viewers.histograms.spec import SPEC as HISTOGRAMS
from runglass.viewers.pane import PaneSpec
from runglass.viewers.selection import XAxis
from runglass.viewers.theme import LIGHT


@pytest.fixture
def desk_of(qtbot: QtBot, kept: Callable[[Desk], Desk]) -> Callable[[PaneSpec, RunStore], Desk]:
    def make(spec: PaneSpec, store: RunStore) -> Desk:
        desk = kept(desk_over(store, spec, qtbot))
        overlaid = {"mode": Mode.RUNS} if spec is HISTOGRAMS else {"overlay": True}
        desk.pane.settings.update(**overlaid)
        desk.rest()
        return desk

    return make


@pytest.fixture
def histograms(desk_of: Callable[[PaneSpec, RunStore], Desk]) -> Desk:
    return desk_of(HISTOGRAMS, sample())


@pytest.fixture
def distributions(desk_of: Callable[[PaneSpec, RunStore], Desk]) -> Desk:
    return desk_of(DISTRIBUTIONS, sample())


@pytest.fixture(params=["histograms", "distributions"])
def either(request: pytest.FixtureRequest) -> Desk:
    desk: Desk = request.getfixturevalue(request.param)
    return desk


def apart(desk: Desk) -> None:
    """Give each series a card of its own again."""
    settings = desk.pane.settings
    settings.update(**({"mode": Mode.HEAT} if hasattr(settings.now, "mode") else {"overlay": False}))


# Both panes


def test_a_card_for_each_tag_and_back_again(either: Desk) -> None:
    assert [card.title for card in either.cards()][:3] == ["lone", "net/bias", "net/weight"]
    assert "None" not in either.cards()[0].accessibleName()
    either.context.runs.set_visible(["a"], False)
    either.rest()
    table = either.pane.readout.runs
    assert [table._describe(row).run for row in table.rows] == ["b"]
    either.context.runs.set_visible(["b"], False)
    either.rest()
    assert either.pane.stack.kind == "no-run"
    either.context.runs.set_visible(["a", "b"], True)
    apart(either)
    either.rest()
    assert either.names()[:2] == [("lone", "a"), ("lone", "b")]
    assert isinstance(either.pane.readout.rows[0], tuple)


def test_pins_and_the_card_alone_follow(either: Desk) -> None:
    pane = either.pane
    either.cards()[2].pin_button.click()
    either.rest()
    assert [card.title for card in either.cards()].count("net/weight") == 2
    pane.toggle_expanded(either.cards()[0].tag)
    either.rest()
    assert [card.title for card in either.cards()] == ["net/weight"]
    state = json.loads(json.dumps(pane.save_state()))
    apart(either)
    either.rest()
    assert either.names() == [("net/weight", "a")]
    pane.restore_state(state)
    either.rest()
    assert [card.title for card in either.cards()] == ["net/weight"] and pane.pins == ["net/weight\x00"]


def test_a_run_that_is_pointed_at_in_the_list_is_lifted(either: Desk) -> None:
    scenes = [card.plot if hasattr(card, "plot") else card.chart for card in either.cards()]
    either.context.runs.hover("b")
    either.rest()
    assert all(scene.scene.lifted == "b" for scene in scenes)
    before = scenes[0].grab().toImage()
    either.context.runs.hover(None)
    either.rest()
    assert all(scene.scene.lifted is None for scene in scenes)
    assert scenes[0].grab().toImage() != before


def test_rows_of_the_read_out_lift_their_run(either: Desk, qtbot: QtBot) -> None:
    table = either.pane.readout.runs
    window = either.pane.settings_widget()
    window.resize(260, 800)
    window.show()
    qtbot.waitExposed(window)
    qtbot.mouseMove(table.viewport(), QPoint(20, 30))
    qtbot.mouseMove(table.viewport(), QPoint(22, 34))
    either.rest()
    assert either.context.runs.hovered == "a"
    tip = table._row_at(34.0).tip
    assert tip.startswith("a\n") and "Step 70" in tip and "2023" in tip
    QApplication.sendEvent(
        table.viewport(), QHelpEvent(QEvent.Type.ToolTip, QPoint(22, 34), table.mapToGlobal(QPoint(22, 34)))
    )
    assert "Step 70" in QToolTip.text()
    QToolTip.hideText()


def test_growth_and_new_runs_come_in(either: Desk) -> None:
    either.grow("a", "lone", [bell(9.0)], [80])
    either.grow("c", "lone", [bell(1.0)], [5])
    assert len(either.pane.readout.rows) == 3
    either.context.theme.set(LIGHT)
    either.rest()
    assert all(not card.grab().isNull() for card in either.cards())


def test_restarts_of_all_runs_are_told_together(desk_of: Callable[[PaneSpec, RunStore], Desk], qtbot: QtBot) -> None:
    for spec in (HISTOGRAMS, DISTRIBUTIONS):
        store = RunStore()
        for run in ("a", "b"):
            put_histograms(store, run, "w", [bell(0.0)] * 10, range(10))
            put_histograms(store, run, "w", [bell(1.0)] * 6, range(6, 12), file=1)
        desk = desk_of(spec, store)
        card = desk.cards()[0]
        assert card.note == "8 superseded by 2 restarts"
        qtbot.mouseClick(card, Qt.MouseButton.LeftButton, pos=card._link_rect().center())
        desk.rest()
        assert card.note == "" and desk.pane.settings.now.restarts is RestartMode.ALL


@pytest.mark.parametrize("suffix", [".png", ".svg"])
def test_pictures_have_all_runs_in_their_legend(either: Desk, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"picture{suffix}"
    either.pane.write_picture(path, either.cards()[0])
    assert not QImage(str(path)).isNull()


def test_all_series_are_exported(histograms: Desk, tmp_path: Path) -> None:
    keys = histograms.pane.shown_keys()
    assert len(keys) == 6
    histograms.pane.exporter.write_data(tmp_path / "all.csv", keys, BucketLayout())
    histograms.rest()
    with (tmp_path / "all.csv").open(encoding="utf-8") as lines:
        assert {row["run"] for row in csv.DictReader(lines)} == {"a", "b"}


def test_work_of_the_pool_arrives(
    desk_of: Callable[[PaneSpec, RunStore], Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "INLINE_BUCKETS", 10)
    monkeypatch.setattr(latest, "INLINE_BUCKETS", 10)
    for spec in (HISTOGRAMS, DISTRIBUTIONS):
        desk = desk_of(spec, sample())
        desk.context.cursor.move(30.0)
        desk.rest()
        assert len(desk.pane.readout.rows) == 2
        for axis in XAxis:
            desk.context.cursor.set_axis(axis)
            desk.rest()
        desk.grow("a", "lone", [bell(9.0)], [80])
        assert len(desk.pane.readout.rows) == 2


# Histograms


def rows_of(desk: Desk) -> list[tuple[str, int]]:
    """Run and step of each row of the read-out."""
    found = []
    for row in desk.pane.readout.rows:
        view = row.source.views[row.row]
        found.append((view.key.run, int(view.step[row.source.points[row.row]])))
    return found


def test_the_histogram_nearest_to_the_cursor_is_shown(desk_of: Callable[[PaneSpec, RunStore], Desk]) -> None:
    store = RunStore()
    put_histograms(store, "a", "w", [bell(0.1 * step) for step in range(0, 100, 10)], range(0, 100, 10))
    put_histograms(store, "b", "w", [bell(5.0), bell(6.0)], [3, 47])
    desk = desk_of(HISTOGRAMS, store)
    assert rows_of(desk) == [("a", 90), ("b", 47)]
    desk.context.cursor.move(31.0, "some/scalar")
    desk.rest()
    assert rows_of(desk) == [("a", 30), ("b", 47)]
    beside_now = desk.cards()[0].plot.scene.ridges
    edges = beside_now.edges
    assert (edges[0], edges[-1]) == (-3.0, 12.0)
    for row, view in enumerate(beside_now.views):
        point = beside_now.points[row]
        assert np.allclose(beside_now.values[row], rebin(buckets_of(view, begin=point, end=point + 1), edges)[0])
    desk.context.cursor.set_axis(XAxis.RELATIVE)
    desk.context.cursor.move(0.0)
    desk.rest()
    assert rows_of(desk) == [("a", 0), ("b", 3)]
    assert np.array_equal(desk.cards()[0].plot.scene.ridges.edges, edges)


def test_alt_arrows_go_through_the_steps_of_all_runs(desk_of: Callable[[PaneSpec, RunStore], Desk]) -> None:
    store = RunStore()
    put_histograms(store, "a", "w", [bell(0.0)] * 3, [0, 10, 20])
    put_histograms(store, "b", "w", [bell(0.0)] * 2, [5, 20])
    desk = desk_of(HISTOGRAMS, store)
    seen = []
    for change in (-1, -1, -1, -1, 1, 1):
        desk.pane.step_by(change)
        seen.append(desk.context.cursor.x)
    assert seen == [10, 5, 0, 0, 5, 10]
    desk.context.cursor.move(7.0)
    desk.pane.step_by(1)
    assert desk.context.cursor.x == 10


def test_pointing_reads_the_bin_of_every_run(histograms: Desk, qtbot: QtBot) -> None:
    desk, plot = histograms, histograms.cards()[0].plot
    desk.grow("b", "lone", [bell(3.0)], [80])
    layout = plot.layout_now
    row, column = 1, int(np.argmax(layout.height[1]))
    at = QPointF(layout.x[column], layout.base[row] - layout.height[row, column]).toPoint()
    qtbot.mouseMove(plot, at)
    desk.rest()
    assert plot.lit == (None, column) and desk.context.runs.hovered == "b" and plot.scene.lifted == "b"
    assert desk.context.cursor.x is None
    assert desk.pane.feed.heading[0].startswith("Bin ") and desk.pane.feed.heading[1] == "lone · latest values"
    counts = [row.source.values[row.row, row.bin] for row in desk.pane.readout.rows]
    assert counts == plot.scene.ridges.values[:, column].tolist()
    table = desk.pane.readout.runs
    told = table._describe(desk.pane.readout.rows[1])
    assert told.run == "b" and told.lines[0][0][0] == "80" and "of" in told.lines[1][1]
    qtbot.keyClick(plot, Qt.Key.Key_Left)
    desk.rest()
    assert plot.lit == (None, column - 1)
    qtbot.keyClick(plot, Qt.Key.Key_Up)
    desk.rest()
    assert desk.context.runs.hovered == "a"
    QApplication.sendEvent(plot, QEvent(QEvent.Type.Leave))
    desk.rest()
    assert desk.context.runs.hovered is None


def test_log_counts_and_density_are_adjusted_live(histograms: Desk) -> None:
    plot = histograms.cards()[0].plot
    before = plot.grab().toImage()
    histograms.pane.panel.log.click()
    histograms.rest()
    logarithmic = plot.grab().toImage()
    histograms.pane.panel.density.click()
    histograms.pane.panel.bins._set(12)
    histograms.rest()
    shapes = plot.scene.ridges
    assert shapes.values.shape == (2, 12)
    assert np.allclose((shapes.values * np.diff(shapes.edges)).sum(axis=1), 1.0)
    assert before != logarithmic != plot.grab().toImage()
    assert histograms.pane.readout.runs._head == "Values"


def test_a_record_without_sums_is_read_as_an_estimate(desk_of: Callable[[PaneSpec, RunStore], Desk]) -> None:
    store = RunStore()
    key = put_histograms(store, "a", "w", [bell(2.0)], [0])
    view = store.histograms(key)
    view.stats.flags.writeable = True
    view.stats[:] = np.nan
    desk = desk_of(HISTOGRAMS, store)
    told = desk.pane.readout.runs._describe(desk.pane.readout.rows[0])
    assert told.lines[1][0][0] == "mean ≈ 2" and "middle of its bucket" in told.tip
    desk.pane.settings.update(mode=Mode.OFFSET)
    desk.rest()
    values = desk.pane.readout.values
    rows = dict(values.rows)
    assert rows["Mean"] == "≈ 2" and rows["Std"].startswith("≈ ")
    assert "without the sums" in values.tip(list(rows).index("Mean")) and values.tip(0) == "Values: –"


@given(
    st.lists(st.lists(st.integers(-9, 9), min_size=1, max_size=6, unique=True), min_size=1, max_size=4),
    st.one_of(st.none(), st.floats(-12, 12)),
    st.booleans(),
)
def test_histograms_side_by_side_are_those_of_each_alone(steps: list[list[int]], x: float | None, dense: bool) -> None:
    store = RunStore()
    keys = [put_histograms(store, f"r{n}", "w", [bell(s) for s in many], many) for n, many in enumerate(steps)]
    views = [store.histograms(key) for key in keys]
    spans = [Span.of(view, RestartMode.LATEST_WINS) for view in views]
    points = [span.nearest(view, XAxis.STEP, x) for span, view in zip(spans, views, strict=True)]
    for many, point in zip(steps, points, strict=True):
        assert point is not None
        gap = max(many) - many[point] if x is None else abs(many[point] - x)
        assert gap == (0 if x is None else min(abs(step - x) for step in many))
    found = beside_of(views, wish_of(views, points, spans, 20, None, None, dense))
    assert found.edges[0] == min(map(min, steps)) - 3 and found.edges[-1] == max(map(max, steps)) + 3
    assert np.allclose(
        found.values.sum(axis=1) * (np.diff(found.edges)[0] if dense else 1), 1 if dense else found.totals
    )
    assert beside(views, points).rows == len(steps)
    for row, told in enumerate(map(found.stats, range(len(steps)))):
        assert told.mean == pytest.approx(steps[row][points[row]], abs=1e-6)


# Distributions


def test_each_run_has_its_median_and_the_chosen_outlines(distributions: Desk) -> None:
    desk = distributions
    chart = desk.cards()[0].chart
    assert [curve.run for curve in chart.scene.curves] == ["a"] * 4 + ["b"] * 4 + ["a", "b"]
    values = Percentiles.of(desk.store.histograms(desk.pane.shown(desk.cards()[0].tag)[0])).values
    assert np.array_equal(chart.scene.curves[-2].raw.values, values[:, MEDIAN])
    assert {curve.color.name() for curve in chart.scene.curves[-2:]} == {
        desk.pane.color("a").name(), desk.pane.color("b").name()
    }  # fmt: skip
    wide = chart.fit_y
    panel = desk.pane.panel
    panel.outlines["ends"].click()
    panel.outlines["outer"].click()
    desk.rest()
    drawn = [curve.raw.values for curve in chart.scene.curves[:4]]
    assert all(np.array_equal(line, values[:, index]) for line, index in zip(drawn, (1, 7, 2, 6), strict=True))
    assert chart.fit_y[0] > wide[0] and chart.fit_y[1] < wide[1]
    panel.outlines["outer"].click()
    panel.outlines["inner"].click()
    panel.median.click()
    desk.rest()
    assert chart._note == "Neither the median nor an outline is chosen" and not chart.scene.curves
    panel.overlay.click()
    desk.rest()
    assert not panel.outlines["ends"].isEnabled()


def test_the_read_out_has_all_nine_of_every_run(distributions: Desk, qtbot: QtBot) -> None:
    desk, chart = distributions, distributions.cards()[0].chart
    x, _y = chart.geometry_now.pixel(30.0, 0.0)
    qtbot.mouseMove(chart, QPoint(round(x), chart.height() // 2))
    desk.rest()
    assert desk.pane.feed.heading == ("At step 30", "lone")
    told = [desk.pane.readout.runs._describe(row) for row in desk.pane.readout.rows]
    assert [row.run for row in told] == ["a", "b"]
    assert [parts[0] for parts, _text in told[0].lines] == ["min … max", "7 … 93 %", "16 … 84 %", "31 … 69 %", "30"]
    assert float(told[0].value) == pytest.approx(0.3, abs=0.02)
    assert "16 %: " in told[0].tip and "max: " in told[0].tip


def test_axes_and_zoom_are_linked_as_with_single_runs(distributions: Desk) -> None:
    desk = distributions
    for axis in (XAxis.RELATIVE, XAxis.WALL, XAxis.STEP):
        desk.context.cursor.set_axis(axis)
        desk.rest()
        assert desk.cards()[0].chart.fit_x is not None and desk.cards()[0].chart.scene.axis is axis
    first, second = desk.cards()[0].chart, desk.cards()[1].chart
    first.view.remember()
    first.view.x = (20.0, 40.0)
    first.moved()
    desk.rest()
    assert second.scene.limits.x0 == 20
    desk.pane.step_back()
    desk.rest()
    assert second.scene.limits.x0 == 0


def test_pointing_at_a_line_lifts_its_run(distributions: Desk, qtbot: QtBot) -> None:
    desk = distributions
    desk.grow("b", "lone", [bell(40.0)], [80])
    chart = desk.cards()[0].chart
    x, y = chart.geometry_now.pixel(79.5, 38.0)
    qtbot.mouseMove(chart, QPoint(round(x) - 3, round(y)))
    qtbot.mouseMove(chart, QPoint(round(x), round(y)))
    qtbot.waitUntil(lambda: desk.context.runs.hovered == "b")
    desk.rest()
    assert chart.scene.lifted == "b"


def test_large_steps_of_several_runs_stand_over_one_axis(desk_of: Callable[[PaneSpec, RunStore], Desk]) -> None:
    store, first = RunStore(), 1 << 60
    put_histograms(store, "a", "w", [bell(0)] * 3, [first, first + 1, first + 2])
    put_histograms(store, "b", "w", [bell(0)] * 2, [first + 1, first + 5])
    chart = desk_of(DISTRIBUTIONS, store).cards()[0].chart
    assert chart.fit_x == (0.0, 5.0) and chart.scene.origin == first


@pytest.mark.parametrize("spec", [HISTOGRAMS, DISTRIBUTIONS], ids=lambda spec: str(spec.id))
def test_a_hundred_runs_come_in_over_several_turns(
    desk_of: Callable[[PaneSpec, RunStore], Desk], spec: PaneSpec
) -> None:
    store = RunStore()
    many = [bell(0.01 * step) for step in range(200)]
    for run in range(100):
        put_histograms(store, f"run{run}", "w", many, range(200))
    desk = desk_of(spec, store)
    assert len(desk.pane.readout.rows) == 100
    scene = desk.cards()[0].plot.scene if spec is HISTOGRAMS else desk.cards()[0].chart.scene
    assert len({curve.run for curve in (scene.runs if spec is HISTOGRAMS else scene.curves)}) == 100
    began = time.perf_counter()
    left = desk.pane.runs_reading(desk.cards()[0].tag, desk.pane.shown(desk.cards()[0].tag), began)
    assert left is not None  # all is known by now, so that no time is needed
    desk.pane.trim(set())
    fresh = desk_of(spec, store)
    fresh.pane.close_pane()
    cache = fresh.pane.runs_view._spans if spec is HISTOGRAMS else fresh.pane.cache
    made = cache.made
    assert fresh.pane.runs_reading(desk.cards()[0].tag, desk.pane.shown(desk.cards()[0].tag), began) is None
    assert cache.made == made + 4
