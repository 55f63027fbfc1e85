"""The histograms pane, used as a person would: look, choose, point, pin, save."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from bins_fakes import Desk, bell, desk_over, put_histograms, sample
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from runglass.reader.api import Kind, RunStore
from runglass.viewers.bins import work
from runglass.viewers.bins.files import BucketLayout
from runglass.viewers.histograms.plot import RidgePlot
from runglass.viewers.histograms.scene import Scene
from runglass.viewers.histograms.settings import Mode
from runglass.viewers.histograms.spec import SPEC
from runglass.viewers.selection import XAxis
from runglass.viewers.theme import LIGHT


@pytest.fixture
def desk_of(qtbot: QtBot, kept: Callable[[Desk], Desk]) -> Callable[[RunStore], Desk]:
    return lambda store: kept(desk_over(store, SPEC, qtbot))


@pytest.fixture
def desk(desk_of: Callable[[RunStore], Desk]) -> Desk:
    return desk_of(sample())


def plot(desk: Desk, index: int = 0) -> RidgePlot:
    found: RidgePlot = desk.cards()[index].plot
    return found


def scene(desk: Desk, index: int = 0) -> Scene:
    found = plot(desk, index).scene
    assert found is not None
    return found


def test_each_tag_and_run_has_a_card(desk: Desk) -> None:
    assert desk.names()[:4] == [("lone", "a"), ("lone", "b"), ("net/bias", "a"), ("net/bias", "b")]
    assert SPEC.kinds == {Kind.HISTOGRAM}
    first = scene(desk)
    assert first.ridges.values.shape == (8, 30)
    assert first.places.tolist() == list(range(0, 80, 10))
    assert desk.cards()[0].title == "lone" and "run a" in desk.cards()[0].accessibleName()
    assert scene(desk, 0).color != scene(desk, 1).color


def test_oldest_ridges_stand_behind_and_faint(desk: Desk) -> None:
    layout = plot(desk).layout_now
    assert layout is not None
    assert (np.diff(layout.base) > 0).all()
    assert layout.base[-1] == pytest.approx(layout.bottom)
    assert layout.height.max() == pytest.approx(layout.depth / 2.5)


def test_bins_range_density_and_logarithm_are_adjusted_live(desk: Desk) -> None:
    panel = desk.pane.panel
    panel.bins._set(12)
    desk.rest()
    assert scene(desk).ridges.values.shape == (8, 12)
    panel.low.changed.emit(0.0)
    panel.high.changed.emit(1.0)
    desk.rest()
    assert (scene(desk).ridges.edges[0], scene(desk).ridges.edges[-1]) == (0.0, 1.0)
    panel.low.changed.emit(5.0)
    panel.high.changed.emit(None)
    panel.low.changed.emit(None)
    panel.density.click()
    panel.log.click()
    desk.rest()
    ridges = scene(desk).ridges
    assert scene(desk).log and scene(desk).is_density
    area = (ridges.values * np.diff(ridges.edges)).sum(axis=1)
    assert np.allclose(area, 1.0)


def test_a_range_without_values_says_so(desk: Desk) -> None:
    desk.pane.settings.update(low=100.0, high=200.0)
    desk.rest()
    assert plot(desk).scene is None and plot(desk)._note == "No values in the chosen range"


def test_all_modes_and_axes_are_drawn(desk: Desk) -> None:
    seen: list[QImage] = []
    for mode in Mode:
        for axis in XAxis:
            desk.pane.settings.update(mode=mode)
            desk.context.cursor.set_axis(axis)
            desk.rest()
            seen.append(plot(desk).grab().toImage())
            assert not seen[-1].isNull() and plot(desk).is_drawn
    assert seen[0] != seen[3] and seen[3] != seen[6]


def test_many_steps_are_an_even_choice_with_the_newest(desk_of: Callable[[RunStore], Desk]) -> None:
    store = RunStore()
    put_histograms(store, "run", "w", [bell(0.001 * step) for step in range(2000)], list(range(2000)))
    desk = desk_of(store)
    assert desk.cards()[0].note == "Showing 51 of 2,000 steps"
    assert scene(desk).places[[0, -1]].tolist() == [0, 1999]
    desk.pane.settings.update(steps=20)
    desk.rest()
    assert desk.cards()[0].note == "Showing 20 of 2,000 steps"
    desk.pane.settings.update(mode=Mode.HEAT)
    desk.rest()
    assert len(scene(desk).places) == 400


def test_pointing_reads_bin_count_step_and_statistics(desk: Desk, qtbot: QtBot) -> None:
    target = plot(desk)
    layout = target.layout_now
    assert layout is not None
    at = QPoint(round(layout.x[15]), round(layout.base[7] - layout.height[7, 15]))
    qtbot.mouseMove(target, at)
    desk.rest()
    assert target.lit == (7, 15)
    assert desk.pane.feed.heading[0] == "At step 70"
    rows = dict(desk.pane.readout.rows)
    assert set(rows) == {"Bin", "Count", "Values", "Mean", "Std", "Min", "Max", "Since start", "Time"}
    assert float(rows["Mean"]) == pytest.approx(0.7, abs=0.01) and float(rows["Std"]) == pytest.approx(1, abs=0.05)
    assert desk.context.cursor.x == 70 and desk.context.cursor.tag == "lone"
    qtbot.keyClick(target, Qt.Key.Key_Up)
    qtbot.keyClick(target, Qt.Key.Key_Left)
    desk.rest()
    assert target.lit == (6, 14) and desk.pane.feed.heading[0] == "At step 60"


def test_the_cursor_of_other_panes_lights_the_nearest_ridge(desk: Desk) -> None:
    desk.context.cursor.move(33.0, "some/scalar")
    desk.rest()
    assert [card.plot.lit for card in desk.cards()] == [(3, None)] * len(desk.cards())
    desk.context.cursor.move(None)
    desk.rest()
    assert plot(desk).lit == (None, None)
    assert desk.pane.feed.heading[0] == "Latest step 70"


def test_new_steps_append_and_new_tags_get_cards(desk: Desk) -> None:
    desk.grow("a", "lone", [bell(9.0)], [80])
    first = scene(desk)
    assert first.places[-1] == 80 and first.ridges.extent is not None and first.ridges.extent[1] == 12
    desk.grow("a", "aaa", [bell(0.0)], [0])
    assert desk.names()[0] == ("aaa", "a")


def test_hidden_runs_lose_their_cards(desk: Desk) -> None:
    desk.context.runs.set_visible(["a"], False)
    desk.rest()
    assert {run for _tag, run in desk.names()} == {"b"}
    desk.context.runs.set_visible(["b"], False)
    desk.rest()
    assert desk.pane.stack.kind == "no-run"


def test_filter_pins_and_full_size(desk: Desk, qtbot: QtBot) -> None:
    desk.pane.tools.search.set_text("weight$")
    desk.rest()
    assert desk.names() == [("net/weight", "a"), ("net/weight", "b")]
    desk.pane.tools.search.set_text("nothing")
    desk.rest()
    assert desk.pane.stack.kind == "no-match"
    desk.pane.clear_filter()
    desk.rest()
    desk.cards()[3].pin_button.click()
    desk.rest()
    assert desk.names().count(("net/bias", "b")) == 2
    desk.pane.activateWindow()
    qtbot.waitUntil(desk.pane.isActiveWindow)
    plot(desk).setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(plot(desk), Qt.Key.Key_F)
    desk.rest()
    assert desk.names() == [("net/bias", "b")]
    qtbot.keyClick(plot(desk), Qt.Key.Key_Escape)
    desk.rest()
    assert len(desk.names()) > 3


def test_hovering_a_run_dims_the_others(desk: Desk) -> None:
    before = scene(desk, 1).color
    desk.context.runs.hover("a")
    desk.rest()
    assert scene(desk, 0).color == desk.pane.color("a")
    assert scene(desk, 1).color != before


def test_damaged_and_empty_histograms_show_what_is_valid(desk_of: Callable[[RunStore], Desk]) -> None:
    nan = float("nan")
    store = RunStore()
    put_histograms(store, "r", "odd", [[(0, 1, 5)], [(nan, 1, 1), (2, 1, 3), (1, 2, 4)], [], [(0, 1, -1)]], range(4))
    put_histograms(store, "r", "void", [[], []], range(2))
    desk = desk_of(store)
    assert desk.cards()[0].note == "3 damaged buckets left out"
    assert scene(desk).ridges.values.sum(axis=1).tolist() == [5, 4, 0, 0]
    assert plot(desk, 1)._note == "Every step is empty"


def test_a_step_written_again_replaces_the_earlier_one(desk_of: Callable[[RunStore], Desk]) -> None:
    store = RunStore()
    put_histograms(store, "r", "w", [bell(0), bell(1), bell(5)], [0, 10, 0])
    desk = desk_of(store)
    assert scene(desk).ridges.point.tolist() == [2, 1]
    assert "1 superseded" in desk.cards()[0].note


def test_large_series_are_worked_out_by_the_pool(
    desk_of: Callable[[RunStore], Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "INLINE_BUCKETS", 10)
    desk = desk_of(sample())
    assert scene(desk).ridges.values.shape == (8, 30)
    desk.pane.settings.update(bins=7)
    desk.rest()
    assert scene(desk).ridges.values.shape == (8, 7)
    desk.grow("a", "lone", [bell(3.0)], [80])
    assert len(scene(desk).places) == 9


def test_the_state_comes_back(desk: Desk) -> None:
    desk.pane.settings.update(mode=Mode.HEAT, bins=44, low=-1.5, log_counts=True)
    desk.pane.toggle_pin("lone\x00b")
    state = json.loads(json.dumps(desk.pane.save_state()))
    desk.pane.settings.update(mode=Mode.OFFSET, bins=5, low=None, log_counts=False)
    desk.pane.pins = []
    desk.pane.restore_state(state)
    now = desk.pane.settings.now
    assert (now.mode, now.bins, now.low, now.log_counts) == (Mode.HEAT, 44, -1.5, True)
    assert desk.pane.pins == ["lone\x00b"]
    desk.pane.restore_state({"settings": {"bins": "many", "low": "x", "mode": 3}})
    assert desk.pane.settings.now.bins == 30
    desk.rest()


@pytest.mark.parametrize("suffix", [".csv", ".json"])
def test_exported_buckets_are_those_of_the_log(desk: Desk, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"buckets{suffix}"
    keys = desk.pane.shown_keys()[:2]
    desk.pane.exporter.write_data(path, keys, BucketLayout())
    desk.rest()
    view = desk.store.histograms(keys[0])
    if suffix == ".csv":
        rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
        assert len(rows) == 2 * len(view.left)
        assert [float(row["left"]) for row in rows[:20]] == view.left[:20].tolist()
        assert rows[-1]["step"] == "70" and rows[-1]["run"] == "b"
    else:
        series = json.loads(path.read_text(encoding="utf-8"))["series"]
        assert [one["run"] for one in series] == ["a", "b"]
        assert series[0]["points"][1]["step"] == 10
        assert series[0]["points"][1]["rows"][3] == [view.left[23], view.right[23], view.count[23]]
    assert desk.told[-1][0].startswith("16 histograms of 2 series written to ")


@pytest.mark.parametrize("suffix", [".png", ".svg"])
def test_pictures_are_saved(desk: Desk, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"picture{suffix}"
    desk.pane.write_picture(path, desk.cards()[0])
    assert path.stat().st_size > 2000
    assert not QImage(str(path)).isNull()


def test_both_themes(desk: Desk, artefacts: Path) -> None:
    dark = plot(desk).grab().toImage()
    desk.context.theme.set(LIGHT)
    desk.rest()
    assert plot(desk).grab().toImage() != dark
    assert desk.pane.grab().save(str(artefacts / "light.png"))
