"""The scalars pane, used as a person would: look, filter, pin, zoom, point, save."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from open_panes import show_pane, told
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from scalar_fakes import FakeStore, context_of, finish, runs_of

from runglass.reader.model import Change, Delta, Kind, RestartMode, SeriesKey
from runglass.viewers.board.groups import PINNED
from runglass.viewers.board.heading import Heading
from runglass.viewers.charts.chart import Chart
from runglass.viewers.jobs import Jobs
from runglass.viewers.lod.scale import ScaleKind
from runglass.viewers.pane import PaneContext
from runglass.viewers.scalars import series as series_module
from runglass.viewers.scalars.card import Card
from runglass.viewers.scalars.pane import ScalarsPane
from runglass.viewers.scalars.settings import ReadOutOrder
from runglass.viewers.scalars.spec import SPEC
from runglass.viewers.selection import XAxis
from runglass.viewers.theme import LIGHT


@dataclass
class Desk:
    """A pane over a log in memory, on the screen."""

    store: FakeStore
    jobs: Jobs
    context: PaneContext
    pane: ScalarsPane
    spin: Callable[[], None]

    def rest(self) -> None:
        self.place()
        finish(self.jobs, self.spin)

    def place(self) -> None:
        """Wait until all cards that are in view are there."""
        while self.pane.board.is_placing or self.pane._regroup_soon.isActive():
            self.spin()

    def cards(self) -> list[Card]:
        self.place()
        return self.pane.board.cards()

    def card(self, tag: str) -> Card:
        return next(card for card in self.cards() if card.tag == tag)

    def tags(self) -> list[str]:
        return [card.tag for card in self.cards()]

    @property
    def notes(self) -> list[tuple[str, str]]:
        return told(self.context)

    def close(self) -> None:
        self.pane.close_pane()
        self.jobs.close()


def sample() -> FakeStore:
    store = FakeStore()
    for number, run in enumerate(("a/one", "a/two", "b")):
        for tag in ("train/loss", "train/acc", "valid/loss", "lr"):
            store.put(run, tag, np.linspace(1, 0, 200) + number)
    return store


@pytest.fixture
def desk_of(qtbot: QtBot, kept: Callable[[Desk], Desk]) -> Callable[[FakeStore], Desk]:
    def spin() -> None:
        qtbot.wait(30)

    def make(store: FakeStore) -> Desk:
        jobs = Jobs()
        context = context_of(store, jobs)
        pane = ScalarsPane(context)
        show_pane(pane, qtbot, height=700)
        desk = kept(Desk(store, jobs, context, pane, spin))
        desk.rest()
        return desk

    return make


@pytest.fixture
def desk(desk_of: Callable[[FakeStore], Desk]) -> Desk:
    return desk_of(sample())


def changed(*keys: SeriesKey, how: Change = Change.APPENDED) -> Delta:
    return Delta(changed_series=dict.fromkeys(keys, how))


def test_each_tag_has_a_card_with_all_visible_runs(desk: Desk) -> None:
    assert desk.tags() == ["lr", "train/acc", "train/loss", "valid/loss"]
    curves = desk.card("train/loss").chart.scene.curves
    assert [curve.run for curve in curves] == ["a/one", "a/two", "b"]
    assert all(curve.smooth is not None for curve in curves)
    assert len({curve.color.name() for curve in curves}) == 3
    assert SPEC.kinds == {Kind.SCALAR}


def test_only_what_is_in_view_exists(desk_of: Callable[[FakeStore], Desk], qtbot: QtBot) -> None:
    store = FakeStore()
    for number in range(1000):
        store.put("run", f"group/{number}", [1.0, 2.0, 3.0])
    desk = desk_of(store)
    bar = desk.pane.board.verticalScrollBar()
    for place in (bar.maximum() // 2, 0, bar.maximum(), 100):
        bar.setValue(place)
        desk.place()
        assert len(desk.pane.board.viewport().findChildren(Card)) < 40
        assert all(card.chart.scene.curves for card in desk.pane.board.cards())
    bar.setValue(bar.maximum())
    assert desk.tags()[-1] == "group/999"


def test_the_filter_finds_tags_and_says_what_is_wrong_with_it(desk: Desk) -> None:
    search = desk.pane.tools.search
    search.set_text("LOSS$")
    assert desk.tags() == ["train/loss", "valid/loss"]
    search.set_text("lo(ss")
    assert search.error
    assert desk.tags() == ["train/loss", "valid/loss"]
    search.set_text("nothing like it")
    assert desk.pane.stack.kind == "no-match"
    desk.pane.clear_filter()
    assert len(desk.tags()) == 4 and search.text() == ""


def test_hiding_all_runs_says_so_and_offers_them_back(desk: Desk) -> None:
    desk.context.runs.set_visible(desk.context.runs.names(), False)
    desk.spin()
    assert desk.pane.stack.kind == "no-run"
    desk.context.runs.set_visible(["b"], True)
    desk.spin()
    assert [curve.run for curve in desk.card("lr").chart.scene.curves] == ["b"]


def test_a_log_without_scalars_says_so_until_one_comes(desk_of: Callable[[FakeStore], Desk]) -> None:
    desk = desk_of(FakeStore())
    assert desk.pane.stack.kind == "no-data"
    key = desk.store.put("new", "loss", [1.0, 2.0])
    desk.context.runs.update(runs_of(["new"]))
    desk.pane.apply(Delta(new_runs={"new"}, new_series={key}))
    desk.spin()
    assert desk.tags() == ["loss"]


def test_points_that_arrive_extend_the_lines(desk: Desk) -> None:
    key = desk.store.put("b", "lr", np.arange(500.0))
    before = desk.pane.cache.lines(key)
    desk.rest()
    key = desk.store.put("b", "lr", np.arange(510.0))
    desk.pane.apply(changed(key))
    desk.rest()
    curve = desk.card("lr").chart.scene.curves[-1]
    assert len(curve.raw.values) == len(curve.line.values) == 510
    assert desk.card("lr").chart.fit_x is not None and desk.card("lr").chart.fit_x[1] >= 509
    assert before is desk.pane.cache.lines(key)


def test_a_rewritten_series_is_read_anew(desk: Desk) -> None:
    key = SeriesKey("b", "lr", Kind.SCALAR)
    desk.store.put("b", "lr", np.arange(50.0))
    desk.store.rewrite(key)
    desk.pane.apply(changed(key, how=Change.REWRITTEN))
    desk.rest()
    assert len(desk.card("lr").chart.scene.curves[-1].raw.values) == 50


def test_long_series_are_prepared_by_the_pool(desk: Desk) -> None:
    count = series_module.INLINE_POINTS * 3
    key = desk.store.put("b", "lr", np.random.default_rng(0).normal(size=count).astype(np.float32))
    desk.pane.cache._drop(key)
    assert desk.pane.cache.lines(key) is None and desk.pane.cache.is_busy(key)
    desk.rest()
    curve = desk.card("lr").chart.scene.curves[-1]
    assert len(curve.raw.values) == count and curve.smooth is not None


def test_a_run_that_goes_takes_its_lines_along(desk: Desk) -> None:
    desk.store.remove("b")
    desk.context.runs.update(runs_of(["a/one", "a/two"]))
    desk.pane.apply(Delta(removed_runs={"b"}))
    desk.rest()
    assert [curve.run for curve in desk.card("lr").chart.scene.curves] == ["a/one", "a/two"]


def test_pins_come_first_and_stay(desk: Desk, qtbot: QtBot) -> None:
    card = desk.card("valid/loss")
    assert desk.pane.headline() is None
    with qtbot.waitSignal(desk.pane.headline_changed, timeout=500):
        qtbot.mouseClick(card.pin_button, Qt.MouseButton.LeftButton)
    assert desk.pane.headline() == "valid/loss"
    assert desk.pane.groups()[0].name == PINNED
    assert desk.pane.save_state()["pins"] == ["valid/loss"]
    desk.pane.settings.update(show_pinned=False)
    assert desk.pane.groups()[0].name != PINNED
    desk.pane.toggle_pin("valid/loss")
    assert desk.pane.pins == []


def test_groups_close_and_open(desk: Desk, qtbot: QtBot) -> None:
    heading = next(h for h in desk.pane.board.viewport().findChildren(Heading) if h.name == "train")
    qtbot.mouseClick(heading, Qt.MouseButton.LeftButton)
    assert "train/loss" not in desk.tags()
    qtbot.keyClick(heading, Qt.Key.Key_Right)
    assert "train/loss" in desk.tags()
    desk.pane.set_all_collapsed(True)
    assert desk.tags() == []
    desk.pane.go_to("train/loss")
    assert "train/loss" in desk.tags()


def test_a_chart_can_be_shown_alone(desk: Desk, qtbot: QtBot) -> None:
    desk.card("train/acc").expand_button.click()
    assert desk.tags() == ["train/acc"]
    qtbot.keyClick(desk.pane, Qt.Key.Key_Escape)
    assert len(desk.tags()) == 4


def test_zoom_of_x_is_shared_while_linked(desk: Desk) -> None:
    one, other = desk.card("train/loss").chart, desk.card("lr").chart
    zoom(one)
    assert one.view.x is not None and other.view.x == one.view.x and other.view.y is None
    desk.pane.step_back("train/loss")
    assert one.view.fitted and other.view.fitted
    desk.pane.settings.update(link_zoom=False)
    zoom(one)
    assert one.view.x is not None and other.view.x is None
    desk.pane.fit_all()
    assert one.view.fitted


def zoom(chart: object) -> None:
    """One turn of the wheel over the middle of a chart."""
    assert isinstance(chart, Chart)
    chart.refresh()
    at = chart.rect().center()
    QApplication.sendEvent(
        chart,
        QWheelEvent(
            QPointF(at), QPointF(chart.mapToGlobal(at)), QPoint(), QPoint(0, 240), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        ),
    )  # fmt: skip


def test_the_read_out_lists_the_runs_at_the_cursor(desk: Desk) -> None:
    desk.pane.feed.point("train/loss", 100.3, 0.5)
    desk.spin()
    rows = desk.pane.readout.rows
    assert [row.run for row in rows] == ["a/one", "a/two", "b"] and {row.step for row in rows} == {100}
    assert rows[0].relative == 100.0 and rows[0].value == pytest.approx(0.497, abs=1e-3)
    assert desk.context.cursor.x == 100.0 and desk.context.cursor.tag == "train/loss"
    desk.pane.settings.update(order=ReadOutOrder.VALUE)
    desk.spin()
    assert [row.run for row in desk.pane.readout.rows] == ["b", "a/two", "a/one"]
    desk.context.cursor.move(None)
    desk.spin()
    assert {row.step for row in desk.pane.readout.rows} == {199}


def test_another_pane_can_move_the_cursor(desk: Desk) -> None:
    desk.context.cursor.move(50.0)
    desk.spin()
    assert all(card.chart._cursor_x == 50.0 for card in desk.pane.board.cards())
    assert {row.step for row in desk.pane.readout.rows} == {50}


def test_hovering_a_run_lifts_it_everywhere(desk: Desk) -> None:
    desk.context.runs.hover("b")
    assert all(card.chart.scene.lifted == "b" for card in desk.pane.board.cards())
    desk.context.runs.hover(None)
    assert all(card.chart.scene.lifted is None for card in desk.pane.board.cards())


def test_superseded_points_are_said_and_one_click_away(desk: Desk, qtbot: QtBot) -> None:
    key = SeriesKey("b", "lr", Kind.SCALAR)
    desk.store.hide(key, 12, 88)
    desk.pane.apply(changed(key))
    desk.rest()
    card = desk.card("lr")
    assert card.note == "12 superseded by the restart at step 88"
    assert desk.card("train/loss").note == ""
    qtbot.mouseClick(card, Qt.MouseButton.LeftButton, pos=card._link_rect().center())
    desk.rest()
    assert desk.pane.settings.now.restarts is RestartMode.ALL and card.note == ""


def test_the_axes_can_be_changed(desk: Desk) -> None:
    chart = desk.card("train/loss").chart
    desk.context.cursor.set_axis(XAxis.RELATIVE)
    desk.rest()
    assert chart.fit_x is not None and chart.fit_x[0] == 0.0 and chart.scene.axis is XAxis.RELATIVE
    desk.context.cursor.set_axis(XAxis.WALL)
    desk.rest()
    assert chart.fit_x[0] == 1.7e9
    desk.pane.settings.update(y_scale=ScaleKind.LOG)
    desk.pane.toggle_log("lr")
    desk.rest()
    assert chart.scene.y_scale.kind is ScaleKind.LOG
    assert desk.card("lr").chart.scene.y_scale.kind is ScaleKind.LINEAR


def test_smoothing_follows_the_slider(desk: Desk) -> None:
    desk.pane.panel.smoothing.changed.emit(0.0)
    desk.rest()
    assert all(curve.smooth is None for curve in desk.card("lr").chart.scene.curves)
    desk.pane.settings.update(smoothing=0.9)
    desk.rest()
    assert desk.pane.panel.smoothing.value == pytest.approx(0.9)
    desk.pane.settings.update(smoothing=0.5)
    desk.store.put("b", "lr", np.arange(300.0))
    desk.rest()
    assert len(desk.card("lr").chart.scene.curves[-1].line.values) == 300
    assert all(curve.smooth is not None for curve in desk.card("lr").chart.scene.curves)


def test_outliers_are_left_out_of_the_scale_unless_there_are_few_points(desk_of: Callable[[FakeStore], Desk]) -> None:
    store = FakeStore()
    store.put("a", "few", [1.0, 2.0, 3.0, 100.0])
    store.put("a", "many", np.append(np.linspace(0, 1, 99), 100.0))
    store.put("a", "dot", [1.0])
    store.put("b", "dot", [1.0, 2.0])
    desk = desk_of(store)
    desk.pane.settings.update(smoothing=0.0)
    desk.rest()
    few, many = desk.card("few").chart.fit_y, desk.card("many").chart.fit_y
    assert few is not None and few[1] >= 100 and many is not None and many[1] < 2
    dot = desk.card("dot").chart.fit_x
    assert dot is not None and dot[0] < 0 and dot[1] > 1


def test_steps_beyond_2_to_the_53_have_their_own_places(desk_of: Callable[[FakeStore], Desk]) -> None:
    store = FakeStore()
    store.put("a", "t", np.arange(10.0), step=2**60 + np.arange(10))
    store.put("b", "t", np.arange(10.0), step=2**60 + np.arange(10))
    desk = desk_of(store)
    chart = desk.card("t").chart
    assert chart.scene.origin == 2**60 and chart.fit_x is not None and chart.fit_x[0] == 0.0
    desk.pane.feed.point("t", 7.0, None)
    desk.spin()
    assert {row.step for row in desk.pane.readout.rows} == {2**60 + 7}


def test_everything_is_remembered(desk: Desk, desk_of: Callable[[FakeStore], Desk]) -> None:
    pane = desk.pane
    pane.settings.update(smoothing=0.9, y_scale=ScaleKind.SYMLOG, link_zoom=False)
    desk.context.cursor.set_axis(XAxis.RELATIVE)
    pane.toggle_pin("lr")
    pane.board.toggle("train")
    pane.tools.search.set_text("l")
    pane.views.of("valid/loss").y = (0.0, 2.0)
    state = json.loads(json.dumps(pane.save_state()))
    again = desk_of(sample())
    again.pane.restore_state(state)
    again.rest()
    assert again.pane.save_state() == state
    assert again.card("valid/loss").chart.view.y == (0.0, 2.0)
    again.pane.restore_state({"settings": 3, "axis": [], "pins": {}, "views": {"charts": 7}, "scroll": "x"})


def test_points_and_pictures_are_exported(desk: Desk, tmp_path: Path) -> None:
    keys = desk.pane.filler.shown("lr")
    desk.pane.exporter.write_data(tmp_path / "out.csv", keys)
    desk.pane.exporter.write_data(tmp_path / "out.json", keys)
    desk.pane.exporter.write_data(tmp_path / "no" / "out.json", keys)
    desk.rest()
    assert len((tmp_path / "out.csv").read_text().splitlines()) == 601
    assert len(json.loads((tmp_path / "out.json").read_text())["series"]) == 3
    assert [kind for _, kind in desk.notes].count("error") == 1
    card = desk.card("lr")
    desk.pane.exporter.write_picture(tmp_path / "out.png", card)
    desk.pane.exporter.write_picture(tmp_path / "out.svg", card)
    image = QImage(str(tmp_path / "out.png"))
    assert image.width() == card.chart.width() * 2
    drawing = (tmp_path / "out.svg").read_text(encoding="utf-8")
    assert "<svg" in drawing and drawing.count("polyline") + drawing.count("path") > 10
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.csv", "out.json", "out.png", "out.svg"]


def test_log_text_is_shown_as_it_is(desk_of: Callable[[FakeStore], Desk], qtbot: QtBot) -> None:
    store = FakeStore()
    store.put("<b>run</b>", "<img src=x>/<h1>tag</h1>", [1.0, 2.0])
    desk = desk_of(store)
    card = desk.pane.board.cards()[0]
    qtbot.mouseMove(card, QPoint(40, 12))
    assert "<h1>" not in card.toolTip()


def test_themes_can_be_changed_while_looking(desk: Desk) -> None:
    dark = desk.card("lr").chart.grab().toImage().pixelColor(1, 1)
    desk.context.theme.set(LIGHT)
    desk.rest()
    light = desk.card("lr").chart.grab().toImage().pixelColor(1, 1)
    assert dark.lightness() < 80 < 200 < light.lightness()


def test_a_theme_that_changed_while_the_pane_was_hidden_is_seen_when_it_is_shown(desk: Desk, qtbot: QtBot) -> None:
    dark = [curve.color for curve in desk.card("lr").chart.scene.curves]
    desk.pane.hide()
    desk.pane.set_active(False)
    desk.context.theme.set(LIGHT)
    desk.spin()
    desk.pane.show()
    desk.pane.set_active(True)
    chart = desk.card("lr").chart
    qtbot.waitUntil(lambda: chart._picture is not None)
    desk.rest()
    assert chart.grab().toImage().pixelColor(1, 1).lightness() > 200
    assert [curve.color for curve in chart.scene.curves] != dark


def test_every_command_has_a_name_and_a_key_of_its_own(desk: Desk) -> None:
    actions = desk.pane.commands()
    assert len({action.id for action in actions}) == len(actions)
    assert len({action.shortcut for action in actions}) == len(actions) and all(action.shortcut for action in actions)
    for action in actions:
        if action.checked is not None:
            action.checked()
            action.run()
    desk.rest()
    assert [text for text, _ in desk.pane.palette_entries()] == ["lr", "train/acc", "train/loss", "valid/loss"]


def test_a_closed_pane_is_at_rest(desk: Desk) -> None:
    key = desk.store.put("b", "lr", np.zeros(series_module.INLINE_POINTS * 3))
    desk.pane.cache.lines(key)
    desk.pane.close_pane()
    desk.rest()
    assert not desk.pane.cache._running and not desk.pane._regroup_soon.isActive()
