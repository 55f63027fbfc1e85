"""Two pictures swiped, subtracted and shown in turn, and their pixels read."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from compare_tools import SAMPLE, at, color, compare, drag, press
from image_logs import Viewer, flat, log_picture, write_log
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from runglass.viewers.images.compare import making
from runglass.viewers.images.compare.settings import Way
from runglass.viewers.images.compare.slots import Slot
from runglass.viewers.images.geometry import USUAL
from runglass.viewers.images.keys import CardKey
from runglass.viewers.theme import DARK, LIGHT


@pytest.fixture
def viewer_of(qtbot: QtBot, kept: Callable[[Viewer], Viewer]) -> Callable[[Path], Viewer]:
    return lambda folder: kept(Viewer(folder, qtbot))


@pytest.fixture
def viewer(viewer_of: Callable[[Path], Viewer], tmp_path: Path) -> Viewer:
    return viewer_of(write_log(tmp_path / "log"))


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
    bench.alternation.set_on(False)
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
    assert bench.alternation.on and bench.header.flicker.isChecked()
    qtbot.waitUntil(lambda: len(seen) >= 4, timeout=5000)
    assert seen[:4] == [("B", 1), ("A", 0), ("B", 1), ("A", 0)]
    press(qtbot, viewer, Qt.Key.Key_Space)
    assert not bench.alternation.on and not bench.alternation.running


def test_by_hand_each_picture_is_shown_in_the_same_place(viewer: Viewer, qtbot: QtBot) -> None:
    bench = compare(viewer, Way.FLICKER)
    press(qtbot, viewer, Qt.Key.Key_Down)
    assert not bench.alternation.on
    view = bench.stage.overlay
    shown = []
    for _turn in range(3):
        press(qtbot, viewer, Qt.Key.Key_Down)
        shown.append((bench.stage.overlay_caption.text[0], color(view).red()))
    assert shown[0] != shown[1] and shown[0] == shown[2] and set(shown) == {("A", 40), ("B", 41)}


def test_nothing_moves_while_the_pane_is_hidden(viewer: Viewer) -> None:
    bench = compare(viewer, Way.FLICKER)
    bench.alternation.set_on(True)
    assert bench.alternation.running
    viewer.pane.set_active(False)
    assert not bench.alternation.running
    viewer.pane.set_active(True)
    assert bench.alternation.running
    bench.leave()
    assert not bench.alternation.running


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
