"""Pictures compared over a real log, as a person would: beside one another, swiped, subtracted, in turn."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from image_logs import STEPS, Viewer, flat, write_log
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from test_images_pane import bad_images

from runglass import SummaryWriter
from runglass.viewers.images.compare import making
from runglass.viewers.images.compare.bench import CompareBench
from runglass.viewers.images.compare.settings import Way
from runglass.viewers.images.compare.slot_picker import SlotPicker
from runglass.viewers.images.compare.slots import Slot
from runglass.viewers.images.geometry import USUAL
from runglass.viewers.images.keys import CardKey
from runglass.viewers.images.settings import ImageSettings
from runglass.viewers.images.view import PictureView
from runglass.viewers.theme import DARK, LIGHT
from runglass.viewers.widgets import Popover

SAMPLE = [Slot(CardKey("train/sample", run, 0)) for run in ("a", "b")]


@pytest.fixture
def viewer_of(qtbot: QtBot, kept: Callable[[Viewer], Viewer]) -> Callable[[Path], Viewer]:
    return lambda folder: kept(Viewer(folder, qtbot))


@pytest.fixture
def viewer(viewer_of: Callable[[Path], Viewer], tmp_path: Path) -> Viewer:
    return viewer_of(write_log(tmp_path / "log"))


def compare(viewer: Viewer, way: Way = Way.SIDE, slots: list[Slot] | None = None) -> CompareBench:
    bench = viewer.pane.compare
    bench.open(SAMPLE if slots is None else slots, way)
    viewer.rest()
    return bench


def at(view: PictureView, x: float = 0.5, y: float = 0.5) -> QPoint:
    """A place of the view by its shares of the picture that is seen."""
    room = view.room
    assert room is not None
    wide, high = room.columns * room.fitted, room.rows * room.fitted
    return QPoint(round((view.width() - wide) / 2 + x * wide), round((view.height() - high) / 2 + y * high))


def color(view: PictureView, x: float = 0.5, y: float = 0.5) -> QColor:
    """What is seen there."""
    return view.grab().toImage().pixelColor(at(view, x, y))


def reds(viewer: Viewer) -> list[int]:
    """The red of the middle of each tile, as seen."""
    viewer.rest()
    return [color(tile).red() for tile in viewer.pane.compare.stage.tiles if tile.isVisible()]


def drag(qtbot: QtBot, widget: QWidget, start: QPoint, end: QPoint) -> None:
    qtbot.mousePress(widget, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(widget, (start + end) / 2)
    qtbot.mouseMove(widget, end)
    qtbot.mouseRelease(widget, Qt.MouseButton.LeftButton, pos=end)


def press(qtbot: QtBot, viewer: Viewer, key: Qt.Key) -> None:
    """A key over what is compared."""
    view = next(view for view in viewer.pane.compare.stage._views if view.isVisible())
    qtbot.keyClick(view, key)
    viewer.rest()


def log_picture(folder: Path, run: str, tag: str, pixels: np.ndarray, step: int) -> None:
    with SummaryWriter(str(folder / run)) as writer:
        writer.add_image(tag, pixels, step, dataformats="HWC")


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


# Swipe


def test_the_divider_has_one_picture_on_either_side_and_is_dragged(viewer: Viewer, qtbot: QtBot) -> None:
    bench = compare(viewer, Way.SWIPE)
    view = bench.stage.overlay
    assert (color(view, 0.4).red(), color(view, 0.6).red()) == (40, 41)
    assert bench.stage.overlay_caption.text == "A a  ·  step 40  ·  16×12; B b  ·  step 40  ·  16×12"
    drag(qtbot, view, at(view, 0.5), at(view, 0.8))
    assert bench.settings.now.split == pytest.approx(0.8, abs=0.01) and view.zoom == USUAL
    viewer.rest()
    assert (color(view, 0.7).red(), color(view, 0.9).red()) == (40, 41)
    qtbot.keyClick(view, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert bench.settings.now.split == pytest.approx(0.78, abs=0.01)
    drag(qtbot, view, at(view, bench.settings.now.split), at(view, -0.5))
    assert bench.settings.now.split == 0.0
    assert color(view, 0.1).red() == 41
    press(qtbot, viewer, Qt.Key.Key_W)
    assert color(view, 0.1).red() == 40 and bench.selection.pair == (1, 0)
    qtbot.mouseDClick(view, Qt.MouseButton.LeftButton, pos=at(view, 0.0))
    assert bench.settings.now.split == 0.5


def test_of_four_pictures_any_two_are_swiped(viewer_of: Callable[[Path], Viewer], tmp_path: Path, qtbot: QtBot) -> None:
    for number, run in enumerate("abcd"):
        log_picture(tmp_path / "log", run, "x", flat(40 * number + 20), 1)
    viewer = viewer_of(tmp_path / "log")
    bench = compare(viewer, Way.SWIPE, [Slot(CardKey("x", run, 0)) for run in "abcd"])
    assert bench.header.pair.isVisible() and bench.header.pair.text() == "A | B"
    bench.header.pair_chosen.emit(3, 1)
    viewer.rest()
    view = bench.stage.overlay
    assert (color(view, 0.2).red(), color(view, 0.8).red()) == (140, 60)
    assert bench.header.pair.text() == "D | B"


# Difference


def test_the_difference_is_seen_and_said_in_numbers(viewer: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[threading.Thread] = []
    differ = making.differ

    def watched(*args: object) -> object:
        threads.append(threading.current_thread())
        return differ(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(making, "differ", watched)
    bench = compare(viewer, Way.DIFFERENCE)
    caption, view = bench.stage.difference_caption, bench.stage.difference
    # One value in all pixels but the first, which is the same in both.
    said = "A − B  ·  largest 1 (0.00392) at 1, 0  ·  mean 0.9948 (0.0039)  ·  99.5 % of the pixels"
    assert caption.numbers.full == said
    assert caption.scale.ends == ("−255", "+255")
    assert abs(color(view).blue() - QColor(DARK.card).blue()) <= 2, "one of 255 is next to nothing"
    bench.header.gain._set(64)
    viewer.rest()
    assert caption.scale.ends == ("−3.984", "+3.984") and caption.numbers.full == said
    shown, full, none = color(view), QColor(DARK.series[0]), QColor(DARK.card)
    assert none.blue() < shown.blue() < full.blue() and shown.blue() > shown.red()
    bench.swap()
    viewer.rest()
    assert color(view).red() > color(view).blue()
    assert caption.numbers.full.startswith("B − A")
    bench.settings.update(signed=False)
    viewer.rest()
    assert color(view).getRgb()[:3] == (64, 64, 64) and caption.scale.ends == ("0", "3.984")
    assert color(view, 0.02, 0.02).getRgb()[:3] == (0, 0, 0)
    assert threads and threading.main_thread() not in threads


def test_equal_pictures_have_no_difference(viewer: Viewer) -> None:
    bench = compare(viewer, Way.DIFFERENCE, [Slot(SAMPLE[0].card, 20), Slot(SAMPLE[0].card, 20)])
    assert bench.stage.difference_caption.numbers.full == "A − B  ·  no difference in any pixel"
    assert color(bench.stage.difference).name() == DARK.card


def test_the_difference_follows_the_step_and_the_theme(viewer: Viewer, qtbot: QtBot) -> None:
    bench = compare(viewer, Way.DIFFERENCE, [SAMPLE[0], Slot(SAMPLE[0].card, 0)])
    numbers = bench.stage.difference_caption.numbers
    assert numbers.full.startswith("A − B  ·  largest 40 ")
    press(qtbot, viewer, Qt.Key.Key_Left)
    assert numbers.full.startswith("A − B  ·  largest 30 ")
    viewer.context.theme.set(LIGHT)
    viewer.rest()
    shown = color(bench.stage.difference, 0.01, 0.01)
    assert shown.lightness() > 200, "nothing differs there, which is light now"


def test_a_large_difference_is_exact_and_keeps_the_window_free(
    viewer_of: Callable[[Path], Viewer], tmp_path: Path
) -> None:
    random = np.random.default_rng(5)
    first = random.integers(0, 256, (900, 1400, 3), np.uint8)
    second = random.integers(0, 256, (900, 1400, 3), np.uint8)
    log_picture(tmp_path / "log", "a", "x", first, 1)
    log_picture(tmp_path / "log", "b", "x", second, 1)
    viewer = viewer_of(tmp_path / "log")
    bench = compare(viewer, Way.DIFFERENCE, [Slot(CardKey("x", run, 0)) for run in "ab"])
    made = bench.maker.made
    assert made is not None
    sizes = np.abs(first.astype(int) - second.astype(int))
    assert made.statistics.mean == pytest.approx(sizes.mean()) and made.statistics.most == sizes.max()
    assert (made.picture.columns, made.picture.rows, made.picture.level) == (1400, 900, 0)
    viewer.pane.resize(420, 500)
    bench.leave()
    bench.take(bench.selection)
    viewer.rest()
    assert bench.maker.made is not None and bench.maker.made.picture.level == 1
    bench.stage.difference._zoom_at(QPointF(50, 50), 6.0)
    viewer.rest()
    assert bench.maker.made is not None and bench.maker.made.picture.level == 0, "finer where it is zoomed"
    bench.probe.point((1234, 567))
    viewer.rest()
    values = first[567, 1234].astype(int) - second[567, 1234].astype(int)
    assert bench.readout.texts[2] == " ".join(f"{value:+d}".replace("-", "−") for value in values)


# Flicker


def test_pictures_alternate_at_the_chosen_rate_with_their_names(viewer: Viewer, qtbot: QtBot) -> None:
    bench = compare(viewer, Way.FLICKER)
    stage = bench.stage
    bench.set_flickering(False)
    stage.set_top(0)
    viewer.rest()
    seen: list[tuple[str, int]] = []
    plain = stage.set_top

    def watched(index: int) -> None:
        before = stage.overlay.top
        plain(index)
        if index != before:
            seen.append((stage.overlay_caption.text[0], index))

    stage.set_top = watched  # type: ignore[method-assign]
    bench.settings.update(rate=8.0)
    press(qtbot, viewer, Qt.Key.Key_Space)
    assert bench.flickering and bench.header.flicker.isChecked()
    qtbot.waitUntil(lambda: len(seen) >= 4, timeout=5000)
    assert seen[:4] == [("B", 1), ("A", 0), ("B", 1), ("A", 0)]
    press(qtbot, viewer, Qt.Key.Key_Space)
    assert not bench.flickering and not bench._clock.isActive()


def test_by_hand_each_picture_is_shown_in_the_same_place(viewer: Viewer, qtbot: QtBot) -> None:
    bench = compare(viewer, Way.FLICKER)
    press(qtbot, viewer, Qt.Key.Key_Down)
    assert not bench.flickering
    view = bench.stage.overlay
    shown = []
    for _turn in range(3):
        press(qtbot, viewer, Qt.Key.Key_Down)
        shown.append((bench.stage.overlay_caption.text[0], color(view).red()))
    assert shown[0] != shown[1] and shown[0] == shown[2] and set(shown) == {("A", 40), ("B", 41)}


def test_nothing_moves_while_the_pane_is_hidden(viewer: Viewer) -> None:
    bench = compare(viewer, Way.FLICKER)
    bench.set_flickering(True)
    assert bench._clock.isActive()
    viewer.pane.set_active(False)
    assert not bench._clock.isActive()
    viewer.pane.set_active(True)
    assert bench._clock.isActive()
    bench.leave()
    assert not bench._clock.isActive()


# The read-out


def test_the_pixel_is_read_in_every_picture(viewer: Viewer, qtbot: QtBot) -> None:
    bench = compare(viewer)
    viewer.pane.settings.update(brightness=0.2)
    viewer.rest()
    assert viewer.pane.readout.isHidden() and not bench.readout.isHidden()
    tile = bench.stage.tiles[1]
    qtbot.mouseMove(tile, at(tile))
    viewer.rest()
    assert bench.readout.title.text() == "Pixel 8, 6"
    assert bench.readout.texts == ["40 40 40", "41 41 41", "−1 −1 −1", "−0.004 −0.004 −0.004"]
    press(qtbot, viewer, Qt.Key.Key_Left)
    assert bench.readout.texts[:2] == ["30 30 30", "31 31 31"]
    for way in (Way.SWIPE, Way.DIFFERENCE, Way.FLICKER):
        bench.settings.update(way=way)
        viewer.rest()
        view = bench.stage.difference if way is Way.DIFFERENCE else bench.stage.overlay
        qtbot.mouseMove(view, at(view, 0.01, 0.02))
        viewer.rest()
        assert bench.readout.title.text() == "Pixel 0, 0"
        assert bench.readout.texts[2] == "0 0 0"
    bench.leave()
    assert not viewer.pane.readout.isHidden() and bench.readout.isHidden()


# What logs hold


def sized_log(folder: Path) -> Path:
    for run, (height, width), level in (("a", (12, 16), 50), ("b", (20, 10), 90)):
        pixels = np.full((height, width, 3), level, np.uint8)
        pixels[11:, :] = 200
        log_picture(folder, run, "x", pixels, 1)
    return folder


def test_pictures_of_different_sizes_are_compared_where_both_are(
    viewer_of: Callable[[Path], Viewer], tmp_path: Path
) -> None:
    viewer = viewer_of(sized_log(tmp_path / "log"))
    bench = compare(viewer, Way.SIDE, [Slot(CardKey("x", run, 0)) for run in "ab"])
    assert bench.note.isVisible() and bench.note.text() == "Sizes differ: A 16×12, B 10×20"
    for way in (Way.SWIPE, Way.FLICKER, Way.DIFFERENCE):
        bench.settings.update(way=way)
        viewer.rest()
        assert bench.note.text().endswith("Compared over the 10×12 at the top left")
    bench.settings.update(way=Way.SWIPE, split=0.5)
    viewer.rest()
    view = bench.stage.overlay
    assert view.room is not None and (view.room.columns, view.room.rows) == (10, 12)
    assert (color(view, 0.3).red(), color(view, 0.7).red()) == (50, 90)
    # Row 11 is the last of the common area, in both.
    assert (color(view, 0.3, 0.97).red(), color(view, 0.7, 0.97).red()) == (200, 200)
    assert (color(view, 0.3, 0.88).red(), color(view, 0.7, 0.88).red()) == (50, 90)
    bench.settings.update(way=Way.DIFFERENCE)
    viewer.rest()
    made = bench.maker.made
    assert made is not None and made.statistics.pixels == 120 and made.statistics.most == 40
    bench.probe.point((12, 3))
    viewer.rest()
    assert bench.readout.texts == ["50 50 50", "–"]


@pytest.mark.parametrize("way", list(Way))
def test_a_damaged_picture_says_so_in_its_place(viewer_of: Callable[[Path], Viewer], tmp_path: Path, way: Way) -> None:
    log_picture(tmp_path / "log", "good", "x", flat(70), 1)
    bad_images(tmp_path / "log" / "bad", {"x": b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR"})
    viewer = viewer_of(tmp_path / "log")
    bench = compare(viewer, way, [Slot(CardKey("x", run, 0)) for run in ("good", "bad")])
    if way is Way.SIDE:
        assert "cut off" in bench.stage.tiles[1].message and color(bench.stage.tiles[0]).red() == 70
    elif way is Way.DIFFERENCE:
        assert "B: The PNG is cut off" in bench.stage.difference.message
    else:
        bench.set_flickering(False)
        bench.stage.set_top(0)
        viewer.rest()
        assert color(bench.stage.overlay, 0.2).red() == 70
        assert "cut off" in bench.stage.overlay.layers[1].message
        bench.stage.set_top(1)
        viewer.rest()
        viewer.pane.grab()
    viewer.pane.settings.update(contrast=1.4)
    viewer.rest()
    assert viewer.notes == []


def test_it_goes_on_while_the_log_grows(viewer: Viewer, tmp_path: Path) -> None:
    bench = compare(viewer)
    log_picture(tmp_path / "log", "b", "train/sample", flat(99), 50)
    viewer.take_in(lambda: 50 in viewer.pane.position.steps)
    assert reds(viewer) == [40, 99]
    log_picture(tmp_path / "log", "c", "train/sample", flat(120), 50)
    viewer.take_in(lambda: CardKey("train/sample", "c", 0).text in viewer.pane.catalog)
    bench.add()
    viewer.rest()
    assert reds(viewer) == [40, 99, 120]


def test_hidden_runs_and_those_that_are_gone_leave_a_word(viewer: Viewer, tmp_path: Path) -> None:
    bench = compare(viewer)
    viewer.context.runs.set_visible(["b"], False)
    viewer.rest()
    assert bench.stage.tiles[1].message == "The run b is hidden" and color(bench.stage.tiles[0]).red() == 40
    viewer.context.runs.set_visible(["a"], False)
    viewer.rest()
    assert bench.is_open and bench.stage.tiles[0].message == "The run a is hidden"
    viewer.context.runs.set_visible(["a", "b"], True)
    viewer.context.runs.set_alias("b", "<b>best</b>")
    assert reds(viewer) == [40, 41]
    assert bench.chips[1].text() == "B <b>best</b>, step 40"
    bench.take(bench.selection.with_slot(1, Slot(CardKey("nowhere", "b", 0))))
    viewer.rest()
    assert bench.stage.tiles[1].message == "This picture is no longer in the log"


def test_animations_are_compared_frame_by_frame(viewer_of: Callable[[Path], Viewer], tmp_path: Path) -> None:
    for run, base in (("a", 0), ("b", 5)):
        with SummaryWriter(str(tmp_path / "log" / run)) as writer:
            frames = np.stack([flat(40 * frame + base) for frame in range(4)])[None].transpose(0, 1, 4, 2, 3)
            writer.add_video("clip", frames, 7, fps=20)
    viewer = viewer_of(tmp_path / "log")
    bench = compare(viewer, Way.SIDE, [Slot(CardKey("clip", run, 0)) for run in "ab"])
    assert bench.header.frame.isVisible()
    bench.header.frame._set(3)
    assert reds(viewer) == [80, 85]
    bench.settings.update(way=Way.DIFFERENCE)
    viewer.rest()
    assert bench.stage.difference_caption.numbers.full.startswith("A − B  ·  largest 5 ")


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


# Several pictures at one step


def test_every_picture_of_a_step_is_said_and_reached(
    viewer_of: Callable[[Path], Viewer], tmp_path: Path, qtbot: QtBot
) -> None:
    for level in (10, 20, 30):
        log_picture(tmp_path / "log", "run", "x", flat(level), 5)
    log_picture(tmp_path / "log", "run", "x", flat(90), 9)
    viewer = viewer_of(tmp_path / "log")
    pane = viewer.pane

    def seen() -> tuple[str, int]:
        card = viewer.card("x", "run")
        assert card.view.picture is not None
        return card.turn_text, card.view.picture.frames[0].pixelColor(5, 5).red()

    assert seen() == ("", 90) and viewer.card("x", "run").earlier.isHidden()
    pane.position.choose(0)
    assert seen() == ("3 of 3 at this step", 30)
    card = viewer.card("x", "run")
    assert card.earlier.isVisible() and not card.later.isEnabled()
    qtbot.mouseClick(card.earlier, Qt.MouseButton.LeftButton)
    assert seen() == ("2 of 3 at this step", 20)
    card.view.setFocus()
    qtbot.keyClick(card.view, Qt.Key.Key_BracketLeft)
    assert seen() == ("1 of 3 at this step", 10) and not card.earlier.isEnabled()
    state = json.loads(json.dumps(pane.save_state()))
    pane.position.choose(1)
    assert seen() == ("", 90)
    pane.position.choose(0)
    assert seen() == ("1 of 3 at this step", 10), "the choice holds at its step"
    other = viewer_of(tmp_path / "log")
    other.pane.restore_state(state)
    shown = other.card("x", "run").view.picture
    assert shown is not None and shown.frames[0].pixelColor(5, 5).red() == 10
    qtbot.keyClick(card.view, Qt.Key.Key_BracketRight)
    qtbot.keyClick(card.view, Qt.Key.Key_BracketRight)
    assert seen() == ("3 of 3 at this step", 30)
    pane.settings.update(one_step=False)
    pane.stepper.to_end(False)
    assert seen() == ("1 of 3 at this step", 10)
    qtbot.mouseClick(viewer.card("x", "run").later, Qt.MouseButton.LeftButton)
    assert seen() == ("2 of 3 at this step", 20)
    bench = compare(viewer, Way.SIDE, [Slot(CardKey("x", "run", 0), 5, 0), Slot(CardKey("x", "run", 0), 5)])
    assert reds(viewer) == [10, 30] and bench.chips[0].text() == "A run, step 5 · 1 of 3"
