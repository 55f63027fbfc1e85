"""Pictures compared over a real log, as a person would: begun, beside one another, with others in their place."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from compare_tools import SAMPLE, color, compare, drag, press, reds
from image_logs import STEPS, Viewer, flat, log_picture, write_log
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from runglass.viewers.images.compare.settings import Way
from runglass.viewers.images.compare.slot_picker import SlotPicker
from runglass.viewers.images.compare.slots import Slot
from runglass.viewers.images.geometry import USUAL
from runglass.viewers.images.settings import ImageSettings
from runglass.viewers.theme import DARK, LIGHT
from runglass.viewers.widgets import Popover


@pytest.fixture
def viewer_of(qtbot: QtBot, kept: Callable[[Viewer], Viewer]) -> Callable[[Path], Viewer]:
    return lambda folder: kept(Viewer(folder, qtbot))


@pytest.fixture
def viewer(viewer_of: Callable[[Path], Viewer], tmp_path: Path) -> Viewer:
    return viewer_of(write_log(tmp_path / "log"))


# Coming and going


def test_the_icon_of_a_card_puts_the_runs_of_its_tag_side_by_side(viewer: Viewer, qtbot: QtBot) -> None:
    card = viewer.card("train/sample", "b")
    qtbot.mouseClick(card.compare_button, Qt.MouseButton.LeftButton)
    pane = viewer.pane
    assert pane.compare.is_open and pane.compare.body.isVisible() and not pane.stack.isVisible()
    assert [slot.card.run for slot in pane.compare.selection.slots] == ["b", "a"]
    assert reds(viewer) == [41, 40]
    assert [caption.text for caption in pane.compare.stage.captions[:2]] == [
        "A b  ·  step 40  ·  16×12",
        "B a  ·  step 40  ·  16×12",
    ]
    qtbot.keyClick(pane.compare.stage.tiles[0], Qt.Key.Key_Escape)
    assert not pane.compare.is_open and pane.stack.isVisible() and pane.tools.isVisible()
    assert viewer.steps() == {"a": 40, "b": 40}


def test_marked_cards_are_compared_and_the_back_button_leaves(viewer: Viewer, qtbot: QtBot) -> None:
    pane = viewer.pane
    for card in (viewer.card("clip"), viewer.card("train/sample", "b")):
        qtbot.mouseClick(card.view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier)
    assert [viewer.card("clip").badge.letter, viewer.card("train/sample", "b").badge.letter] == ["A", "B"]
    assert viewer.card("train/sample", "b").badge.isVisible() and not viewer.card("train/sample").badge.isVisible()
    qtbot.mouseClick(pane.tools.compare, Qt.MouseButton.LeftButton)
    viewer.rest()
    assert [chip.text() for chip in pane.compare.chips[:2]] == ["A clip · a, step 7", "B sample · b, step 40"]
    qtbot.mouseClick(pane.compare.header.leave, Qt.MouseButton.LeftButton)
    assert not pane.compare.is_open
    view = viewer.card("clip").view
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert pane.marks == [] and not viewer.card("clip").badge.isVisible()


def test_no_more_than_four_are_marked(viewer_of: Callable[[Path], Viewer], tmp_path: Path) -> None:
    for number in range(5):
        log_picture(tmp_path / "log", f"run{number}", "x", flat(30 * number), 1)
    viewer = viewer_of(tmp_path / "log")
    for card in viewer.cards():
        viewer.pane.toggle_mark(card.tag)
    assert len(viewer.pane.marks) == 4 and "4 pictures" in viewer.notes[-1][0]
    viewer.pane.toggle_comparing()
    assert reds(viewer) == [0, 30, 60, 90]
    assert viewer.pane.compare.add_chip.isHidden()


def test_commands_and_keys_begin_change_and_end_it(viewer: Viewer, qtbot: QtBot) -> None:
    pane, actions = viewer.pane, {action.id: action for action in viewer.pane.commands()}
    shortcuts = [action.shortcut for action in actions.values() if action.shortcut]
    assert len(set(shortcuts)) == len(shortcuts) and actions["images.compare"].shortcut == "Ctrl+Alt+C"
    # Without marks, the card that the mouse happens to be over could be meant.
    for slot in SAMPLE:
        pane.toggle_mark(slot.card.text)
    actions["images.compare-swipe"].run()
    assert pane.compare.is_open and pane.compare.settings.now.way is Way.SWIPE
    checked = actions["images.compare-swipe"].checked
    assert checked is not None and checked()
    viewer.rest()
    for key, way in zip((Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_4), Way, strict=True):
        press(qtbot, viewer, key)
        assert pane.compare.settings.now.way is way and pane.compare.header.ways.value == way.value
    actions["images.compare"].run()
    assert not pane.compare.is_open
    actions["images.compare"].run()
    assert [slot.card for slot in pane.compare.selection.slots] == [slot.card for slot in SAMPLE]
    pane.compare.leave()
    pane.clear_marks()
    viewer.card("train/sample", "b").view.setFocus()
    qtbot.keyClick(viewer.card("train/sample", "b").view, Qt.Key.Key_V)
    assert pane.compare.selection.slots[0].card.run == "b"


def test_without_anything_to_compare_with_it_says_so(viewer_of: Callable[[Path], Viewer], tmp_path: Path) -> None:
    log_picture(tmp_path / "log", "run", "only", flat(9), 1)
    viewer = viewer_of(tmp_path / "log")
    viewer.pane.toggle_comparing()
    assert not viewer.pane.compare.is_open and "nothing to compare" in viewer.notes[-1][0]


def test_nothing_is_a_window_of_its_own(viewer: Viewer) -> None:
    """Parts that are shown before they have a place would be."""
    shown: list[str] = []

    class Watch(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
                shown.append(type(watched).__name__)
            return False

    watch = Watch()
    application = QApplication.instance()
    assert application is not None
    application.installEventFilter(watch)
    fresh = type(viewer.pane)(viewer.context)
    fresh.resize(900, 700)
    fresh.regroup()
    fresh.compare.open(SAMPLE, Way.DIFFERENCE)
    fresh.settings.update(brightness=1.5)
    viewer.qtbot.addWidget(fresh)
    viewer.qtbot.addWidget(fresh.settings_widget())
    fresh.compare.pick(0)
    fresh.gifs.ask(SAMPLE[0].card.text, QPoint(5, 5))
    for popup in fresh.findChildren(Popover):
        popup.close()
    fresh.close_pane()
    application.removeEventFilter(watch)
    assert shown == ["SlotPicker", "GifPopover"]


# Side by side


def test_pictures_go_along_with_the_slider_and_the_cursor(viewer: Viewer, qtbot: QtBot) -> None:
    pane = viewer.pane
    bench = compare(viewer)
    assert pane.position.steps.tolist() == list(STEPS), "the steps of what is compared, and no other"
    press(qtbot, viewer, Qt.Key.Key_Left)
    assert reds(viewer) == [30, 31] and pane.step_bar.field.text() == "30"
    pane.step_bar.track.setFocus()
    qtbot.keyClick(pane.step_bar.track, Qt.Key.Key_Home)
    assert reds(viewer) == [0, 1]
    viewer.context.cursor.move(19.0)
    assert reds(viewer) == [20, 21]
    assert bench.chips[0].text() == "A a, step 20"
    bench.leave()
    viewer.rest()
    assert pane.position.steps.tolist() == [0, 7, 10, 20, 30, 40] and viewer.steps() == {"a": 20, "b": 20}


def test_wheel_and_drag_go_for_all_pictures(viewer: Viewer, qtbot: QtBot) -> None:
    bench = compare(viewer)
    first, second = bench.stage.tiles[:2]
    place = first.rect().center() + QPoint(30, 10)
    event = QWheelEvent(
        QPointF(place), QPointF(first.mapToGlobal(place)), QPoint(), QPoint(0, 720), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(first, event)
    assert first.zoom.factor > 2 and second.zoom == first.zoom
    before = second.zoom
    drag(qtbot, second, QPoint(80, 80), QPoint(50, 90))
    assert second.zoom.x > before.x and first.zoom == second.zoom
    bench.settings.update(way=Way.SWIPE)
    assert bench.stage.overlay.zoom == first.zoom, "another way shows the same part"
    viewer.pane.fit_all()
    assert first.zoom == second.zoom == bench.stage.overlay.zoom == USUAL


def test_what_the_pane_has_chosen_holds_here_too(viewer: Viewer, qtbot: QtBot) -> None:
    bench = compare(viewer)
    viewer.pane.settings.update(brightness=2.0)
    assert reds(viewer) == [80, 82]
    press(qtbot, viewer, Qt.Key.Key_A)
    tile = bench.stage.tiles[0]
    assert (tile._drawn_at.width(), tile._drawn_at.height()) == (16, 12)
    press(qtbot, viewer, Qt.Key.Key_X)
    assert not tile.pixelated
    viewer.pane.settings.take(ImageSettings())
    for way in (Way.SWIPE, Way.FLICKER):
        bench.settings.update(way=way)
        viewer.pane.settings.update(brightness=2.0)
        viewer.rest()
        assert color(bench.stage.overlay, 0.2).red() == 80
        viewer.pane.settings.update(brightness=1.0)
        viewer.rest()
        assert color(bench.stage.overlay, 0.2).red() == 40


# Slots


def test_two_steps_of_one_series_are_compared_and_walked_through(viewer: Viewer, qtbot: QtBot) -> None:
    pane = viewer.pane
    pane.compare_steps(SAMPLE[1].card)
    assert reds(viewer) == [41, 31]
    assert [chip.text() for chip in pane.compare.chips[:2]] == ["A b, step 40", "B b, step 30"]
    assert not pane.step_bar.isVisible(), "nothing would follow it"
    viewer.context.cursor.move(0.0)
    assert reds(viewer) == [41, 31]
    press(qtbot, viewer, Qt.Key.Key_Left)
    assert reds(viewer) == [31, 21]
    for _turn in range(4):
        press(qtbot, viewer, Qt.Key.Key_Left)
    assert reds(viewer) == [11, 1], "where one series ends nothing moves"


def test_a_run_alone_is_compared_with_its_own_steps(viewer: Viewer) -> None:
    viewer.context.runs.set_visible(["b"], False)
    viewer.pane.compare_card(SAMPLE[0].card)
    assert reds(viewer) == [40, 30]


def test_slots_are_added_chosen_anew_and_taken_out(viewer: Viewer, qtbot: QtBot) -> None:
    bench = compare(viewer)
    qtbot.mouseClick(bench.add_chip, Qt.MouseButton.LeftButton)
    assert reds(viewer) == [40, 41, 30], "no other run has the tag: an earlier step of the first"
    press(qtbot, viewer, Qt.Key.Key_N)
    assert reds(viewer) == [40, 41, 30, 20] and bench.add_chip.isHidden()
    qtbot.mouseClick(bench.chips[2], Qt.MouseButton.LeftButton, pos=QPoint(20, 12))
    picker = QApplication.activePopupWidget()
    assert isinstance(picker, SlotPicker) and picker.follows.isChecked() is False
    picker.step.track.setFocus()
    qtbot.keyClick(picker.step.track, Qt.Key.Key_Home)
    assert reds(viewer)[2] == 0
    row = picker.list.model().index(1, 0)
    qtbot.mouseClick(picker.list.viewport(), Qt.MouseButton.LeftButton, pos=picker.list.visualRect(row).center())
    assert reds(viewer)[2] == 1 and bench.chips[2].text() == "C b, step 0"
    picker.follows.click()
    assert reds(viewer)[2] == 41
    picker.remove.click()
    assert reds(viewer) == [40, 41, 20]
    cross = QPoint(bench.chips[0].width() - 14, 14)
    qtbot.mouseClick(bench.chips[0], Qt.MouseButton.LeftButton, pos=cross)
    assert reds(viewer) == [41, 20]
    bench.chips[0].setFocus()
    qtbot.keyClick(bench.chips[0], Qt.Key.Key_Delete)
    assert len(bench.selection.slots) == 2, "two are the least"


def test_each_card_of_its_own_step_is_compared_at_that(viewer: Viewer, qtbot: QtBot) -> None:
    viewer.pane.settings.update(one_step=False)
    view = viewer.pane.catalog.view(SAMPLE[0].card.series)
    assert view is not None
    viewer.pane.position.choose_own(SAMPLE[0].card.text, view, 1)
    compare(viewer)
    assert reds(viewer) == [10, 41] and not viewer.pane.step_bar.isVisible()
    press(qtbot, viewer, Qt.Key.Key_Left)
    assert reds(viewer) == [0, 31]


# The session


def test_the_session_remembers_the_comparison(
    viewer: Viewer, viewer_of: Callable[[Path], Viewer], tmp_path: Path
) -> None:
    bench = compare(viewer, Way.DIFFERENCE, [SAMPLE[1], Slot(SAMPLE[0].card, 10)])
    bench.settings.update(signed=False, gain=7.0, split=0.25, rate=4.0)
    bench.swap()
    viewer.rest()
    state = json.loads(json.dumps(viewer.pane.save_state()))
    other = viewer_of(tmp_path / "log")
    other.pane.restore_state(state)
    other.rest()
    assert other.pane.save_state() == state
    again = other.pane.compare
    assert again.is_open and again.stage.difference_caption.numbers.full.startswith("B − A  ·  largest 31 ")
    assert again.header.gain.value == 7.0 and again.header.signs.value == "absolute"
    again.leave()
    other.rest()
    assert other.pane.save_state()["compare"]["open"] is False
    other.pane.restore_state({"compare": {"open": True, "slots": [{"card": "junk"}, 5], "pair": "x"}})
    assert not again.is_open


def test_both_themes_and_every_way_are_drawn(viewer: Viewer) -> None:
    bench = compare(viewer)
    pictures: list[QImage] = []
    for theme in (DARK, LIGHT):
        viewer.context.theme.set(theme)
        for way in Way:
            bench.settings.update(way=way)
            viewer.rest()
            pictures.append(viewer.pane.grab().toImage())
    assert all(one != other for one, other in zip(pictures, pictures[1:], strict=False))
