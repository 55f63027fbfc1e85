"""A comparison is kept as one picture: whole, in full size, with what its letters and colours mean."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from compare_tools import compare, press
from image_logs import Viewer, bad_images, flat, log_picture, write_log
from PIL import Image
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from runglass.viewers.asking import FileAsker
from runglass.viewers.images.compare import plate
from runglass.viewers.images.compare.settings import Way
from runglass.viewers.images.compare.slots import Slot
from runglass.viewers.images.keys import CardKey
from runglass.viewers.theme import DARK

#: Device pixels left of and above the first picture: the gap, and title with caption.
LEFT, TOP = 24, 112


@pytest.fixture
def viewer_of(qtbot: QtBot, kept: Callable[[Viewer], Viewer]) -> Callable[[Path], Viewer]:
    return lambda folder: kept(Viewer(folder, qtbot))


@pytest.fixture
def viewer(viewer_of: Callable[[Path], Viewer], tmp_path: Path) -> Viewer:
    return viewer_of(write_log(tmp_path / "log"))


def saved(viewer: Viewer, path: Path) -> np.ndarray:
    """The pixels of what is written when a comparison is saved to ``path``."""
    bench = viewer.pane.compare
    viewer.until(lambda: bench.compared.whole)
    bench.saver.save_comparison(path, bench.compared)
    viewer.until(lambda: bool(viewer.notes))
    assert viewer.notes.pop() == (f"Comparison of {bench.compared.name} saved to {path}", "info")
    with Image.open(path) as image:
        return np.array(image.convert("RGB"))


@pytest.mark.parametrize("way", [Way.SIDE, Way.FLICKER])
def test_pictures_stand_beside_one_another_pixel_by_pixel(viewer: Viewer, tmp_path: Path, way: Way) -> None:
    viewer.pane.settings.update(brightness=2.0)
    bench = compare(viewer, way)
    bench.alternation.set_on(False)
    bench.stage.tiles[0].set_zoom(bench.stage.tiles[0].zoom.__class__(8.0, 0.9, 0.9))
    pixels = saved(viewer, tmp_path / "both.png")
    # 2 x 16 pixels are enlarged to 20 each, and stand 12 logical pixels apart.
    first, second = pixels[TOP : TOP + 240, LEFT : LEFT + 320], pixels[TOP : TOP + 240, LEFT + 344 : LEFT + 664]
    for picture, level in ((first, 80), (second, 82)):
        assert (picture[:20, :20] == (2, 4, 6)).all(), "each pixel is a square"
        assert (picture[20:] == level).all() and (picture[:20, 20:] == level).all()
    below = pixels[TOP + 250 :].reshape(-1, 3)
    for run in ("a", "b"):
        colour = viewer.pane.filler.color(run)
        assert (below == (colour.red(), colour.green(), colour.blue())).all(axis=1).any(), "the legend has the run"


def test_four_pictures_fill_two_rows(viewer_of: Callable[[Path], Viewer], tmp_path: Path) -> None:
    for number in range(4):
        log_picture(tmp_path / "log", f"run{number}", "x", flat(40 * number + 20), 1)
    viewer = viewer_of(tmp_path / "log")
    compare(viewer, Way.SIDE, [Slot(CardKey("x", f"run{number}", 0)) for number in range(4)])
    pixels = saved(viewer, tmp_path / "four.png")
    for number, (row, column) in enumerate(((0, 0), (0, 1), (1, 0), (1, 1))):
        middle = pixels[TOP + row * (240 + 44) + 120, LEFT + column * 344 + 160]
        assert middle.tolist() == [40 * number + 20] * 3


def test_the_divider_stands_where_it_was_put(viewer: Viewer, tmp_path: Path) -> None:
    compare(viewer, Way.SWIPE).settings.update(split=0.25)
    pixels = saved(viewer, tmp_path / "swipe.png")[TOP + 240]
    assert pixels[LEFT + 100].tolist() == [40] * 3 and pixels[LEFT + 300].tolist() == [41] * 3
    assert f"#{pixels[LEFT + 160 + 10].tobytes().hex()}" == DARK.accent.lower()


def test_a_difference_has_the_colours_of_the_screen_and_its_scale(viewer: Viewer, tmp_path: Path) -> None:
    bench = compare(viewer, Way.DIFFERENCE)
    bench.settings.update(signed=False, gain=64.0)
    viewer.rest()
    made = bench.maker.made
    assert made is not None
    pixels = saved(viewer, tmp_path / "difference.png")
    shown = made.picture.frames[0].pixelColor(5, 5)
    assert pixels[TOP + 240, LEFT + 320].tolist() == [shown.red(), shown.green(), shown.blue()] != [0, 0, 0]
    assert (pixels[TOP : TOP + 40, LEFT : LEFT + 40] == 0).all(), "the first pixel is the same in both"
    bench.settings.update(way=Way.SIDE)
    viewer.rest()
    assert len(saved(viewer, tmp_path / "side.png")) < len(pixels)


def test_a_drawing_names_pictures_and_numbers(viewer: Viewer, tmp_path: Path) -> None:
    bench = compare(viewer, Way.DIFFERENCE)
    path = tmp_path / "difference.svg"
    viewer.until(lambda: bench.compared.whole)
    bench.saver.save_comparison(path, bench.compared)
    viewer.until(lambda: bool(viewer.notes))
    text = path.read_text("utf-8")
    assert "<image" in text
    for words in ("train/sample · difference", "A − B", "A · a  ·  step 40  ·  16×12", "largest 1 (0.00392)"):
        assert words in text


def test_it_is_reached_by_key_icon_and_command(
    viewer: Viewer, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def answer(_asker: FileAsker, _title: str, name: str, _filters: str, _ending: str) -> Path:
        asked.append(name)
        return tmp_path / f"{len(asked)}.png"

    monkeypatch.setattr(FileAsker, "file", answer)
    command = next(each for each in viewer.pane.commands() if each.id == "images.save-comparison")
    assert command.enabled is not None and not command.enabled()
    bench = compare(viewer)
    assert command.enabled()
    press(qtbot, viewer, Qt.Key.Key_S)
    qtbot.mouseClick(bench.header.save, Qt.MouseButton.LeftButton)
    command.run()
    viewer.until(lambda: len(viewer.notes) == 3)
    assert asked == ["train/sample-side"] * 3 and all((tmp_path / f"{number}.png").exists() for number in (1, 2, 3))


def test_what_cannot_be_saved_is_said(
    viewer_of: Callable[[Path], Viewer], tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    log_picture(tmp_path / "log", "good", "x", flat(70), 1)
    log_picture(tmp_path / "log", "more", "x", flat(90), 1)
    bad_images(tmp_path / "log" / "bad", {"x": b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR"})
    viewer = viewer_of(tmp_path / "log")
    compare(viewer, Way.SIDE, [Slot(CardKey("x", run, 0)) for run in ("good", "bad")])
    press(qtbot, viewer, Qt.Key.Key_S)
    assert viewer.notes.pop()[0] == "A comparison can be saved when all of its pictures are there"
    bench = compare(viewer, Way.SIDE, [Slot(CardKey("x", run, 0)) for run in ("good", "more")])
    bench.saver.save_comparison(tmp_path / "nowhere" / "x.png", bench.compared)
    viewer.until(lambda: bool(viewer.notes))
    said, kind = viewer.notes.pop()
    assert kind == "error" and "could not be written: No such file" in said
    monkeypatch.setattr(plate, "MOST_PIXELS", 1000)
    bench.saver.save_comparison(tmp_path / "x.png", bench.compared)
    viewer.until(lambda: bool(viewer.notes))
    assert "too large for one file" in viewer.notes[0][0] and not (tmp_path / "x.png").exists()
