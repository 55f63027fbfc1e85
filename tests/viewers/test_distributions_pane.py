"""The distributions pane, used as a person would: look, zoom, point, save."""

from __future__ import annotations

import csv
import json
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from bins_fakes import Desk, bell, desk_over, put_histograms, sample
from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from runglass.reader.api import RunStore
from runglass.viewers.bins.files import PercentileLayout
from runglass.viewers.bins.percentiles import OPACITIES, Percentiles
from runglass.viewers.charts.chart import Chart
from runglass.viewers.charts.style import mixed
from runglass.viewers.distributions.spec import SPEC
from runglass.viewers.selection import XAxis


@pytest.fixture
def desk_of(qtbot: QtBot, kept: Callable[[Desk], Desk]) -> Callable[[RunStore], Desk]:
    return lambda store: kept(desk_over(store, SPEC, qtbot))


@pytest.fixture
def desk(desk_of: Callable[[RunStore], Desk]) -> Desk:
    return desk_of(sample())


def chart(desk: Desk, index: int = 0) -> Chart:
    found: Chart = desk.cards()[index].chart
    return found


def test_eight_bands_about_a_median_line(desk: Desk) -> None:
    scene = chart(desk).scene
    values = Percentiles.of(desk.store.histograms(desk.pane.shown_keys()[0])).values
    assert len(scene.bands) == 4
    for ring, band in enumerate(scene.bands):
        assert np.array_equal(band.low.values, values[:, ring])
        assert np.array_equal(band.high.values, values[:, 8 - ring])
        assert band.color == mixed(desk.pane.color("a"), scene.style.ground, OPACITIES[ring])
    assert np.array_equal(scene.curves[0].raw.values, values[:, 4]) and scene.curves[0].visible
    before = chart(desk).grab().toImage()
    desk.pane.panel.median.click()
    desk.rest()
    assert not chart(desk).scene.curves[0].visible
    assert chart(desk).grab().toImage() != before


def test_the_colours_of_the_bands_are_on_the_screen(desk: Desk) -> None:
    image = chart(desk).grab().toImage()
    seen = {image.pixelColor(x, y).name() for x in range(60, image.width(), 9) for y in range(image.height())}
    assert {band.color.name() for band in chart(desk).scene.bands} <= seen


def test_the_read_out_has_all_nine_percentiles(desk: Desk, qtbot: QtBot) -> None:
    target = chart(desk)
    geometry = target.geometry_now
    assert geometry is not None
    x, _y = geometry.pixel(30.0, 0.0)
    qtbot.mouseMove(target, QPoint(round(x), target.height() // 2))
    desk.rest()
    assert desk.pane.feed.heading[0] == "At step 30"
    rows = dict(desk.pane.readout.rows)
    assert list(rows)[:9] == ["max", "93 %", "84 %", "69 %", "50 %", "31 %", "16 %", "7 %", "min"]
    assert float(rows["50 %"]) == pytest.approx(0.3, abs=0.02)
    assert float(rows["84 %"]) == pytest.approx(1.3, abs=0.05)
    assert desk.context.cursor.x == pytest.approx(30, abs=1)


def test_all_axes_and_linked_zoom(desk: Desk) -> None:
    for axis in (XAxis.RELATIVE, XAxis.WALL, XAxis.STEP):
        desk.context.cursor.set_axis(axis)
        desk.rest()
        assert chart(desk).fit_x is not None
    view = chart(desk).view
    view.remember()
    view.x = (20.0, 40.0)
    chart(desk).moved()
    desk.rest()
    assert chart(desk, 1).scene.limits.x0 == 20
    desk.pane.fit_all()
    desk.rest()
    assert chart(desk, 1).scene.limits.x0 == 0
    desk.pane.step_back()
    desk.rest()
    assert chart(desk, 1).scene.limits.x0 == 20


def test_a_growing_series_is_extended(desk: Desk) -> None:
    desk.grow("a", "lone", [bell(9.0)], [80])
    assert len(chart(desk).scene.curves[0].raw.index) == 9
    assert chart(desk).fit_y is not None and chart(desk).fit_y[1] > 11


def test_damaged_steps_are_gaps_and_said(desk_of: Callable[[RunStore], Desk]) -> None:
    nan = float("nan")
    store = RunStore()
    put_histograms(store, "r", "odd", [bell(0), [(nan, 1, 1)], bell(1), []], range(4))
    desk = desk_of(store)
    assert desk.cards()[0].note == "1 damaged bucket left out"
    assert np.isnan(chart(desk).scene.curves[0].raw.values[1])
    assert not chart(desk).grab().isNull()


def test_ten_thousand_steps_redraw_at_once(desk_of: Callable[[RunStore], Desk]) -> None:
    store = RunStore()
    rng = np.random.default_rng(1)
    many = [bell(float(center), 12) for center in np.cumsum(rng.normal(0, 0.05, 10_000))]
    put_histograms(store, "r", "long", many, range(10_000))
    desk = desk_of(store)
    target = chart(desk)
    assert len(target.scene.curves[0].raw.index) == 10_000
    best = 1.0
    for _ in range(5):
        target.invalidate()
        began = time.thread_time()
        target.refresh()
        best = min(best, time.thread_time() - began)
    assert best < 0.05
    began = time.thread_time()
    desk.grow("r", "long", [bell(0.0, 12)], [10_000])
    assert len(chart(desk).scene.curves[0].raw.index) == 10_001


def test_steps_beyond_float_precision_stay_apart(desk_of: Callable[[RunStore], Desk]) -> None:
    store = RunStore()
    first = 1 << 60
    put_histograms(store, "r", "late", [bell(0), bell(1), bell(2)], [first, first + 1, first + 2])
    desk = desk_of(store)
    assert chart(desk).fit_x == (0.0, 2.0) and chart(desk).scene.origin == first


def test_the_state_comes_back(desk: Desk) -> None:
    desk.pane.settings.update(median=False, link_zoom=False)
    desk.pane.views.of("lone\x00a").y = (0.0, 1.0)
    state = json.loads(json.dumps(desk.pane.save_state()))
    desk.pane.settings.update(median=True, link_zoom=True)
    desk.pane.views.of("lone\x00a").y = None
    desk.pane.restore_state(state)
    assert not desk.pane.settings.now.median and not desk.pane.settings.now.link_zoom
    assert desk.pane.views.of("lone\x00a").y == (0.0, 1.0)
    desk.rest()


@pytest.mark.parametrize("suffix", [".csv", ".json"])
def test_exported_percentiles_are_those_that_are_drawn(desk: Desk, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"percentiles{suffix}"
    key = desk.pane.shown_keys()[0]
    desk.pane.exporter.write_data(path, [key], PercentileLayout())
    desk.rest()
    values = Percentiles.of(desk.store.histograms(key)).values
    if suffix == ".csv":
        rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
        assert rows[0] == [
            *("run", "tag", "step", "wall_time"),
            *("p0", "p6.68", "p15.87", "p30.85", "p50", "p69.15", "p84.13", "p93.32", "p100"),
        ]
        assert np.array_equal(np.array([row[4:] for row in rows[1:]], float), values)
    else:
        points = json.loads(path.read_text(encoding="utf-8"))["series"][0]["points"]
        assert [point["rows"][0] for point in points] == values.tolist()


@pytest.mark.parametrize("suffix", [".png", ".svg"])
def test_pictures_are_saved(desk: Desk, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"picture{suffix}"
    desk.pane.write_picture(path, desk.cards()[0])
    assert not QImage(str(path)).isNull()
