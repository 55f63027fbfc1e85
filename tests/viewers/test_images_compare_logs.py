"""Comparisons of what logs hold: other sizes, damage, growth, animations, several pictures at a step."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from compare_tools import color, compare, reds
from image_logs import Viewer, bad_images, flat, log_picture, write_log
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from runglass import SummaryWriter
from runglass.viewers.images.compare.settings import Way
from runglass.viewers.images.compare.slots import Slot
from runglass.viewers.images.keys import CardKey


@pytest.fixture
def viewer_of(qtbot: QtBot, kept: Callable[[Viewer], Viewer]) -> Callable[[Path], Viewer]:
    return lambda folder: kept(Viewer(folder, qtbot))


@pytest.fixture
def viewer(viewer_of: Callable[[Path], Viewer], tmp_path: Path) -> Viewer:
    return viewer_of(write_log(tmp_path / "log"))


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
        bench.alternation.set_on(False)
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
