"""Pictures leave the program whole, under names that lead nowhere else, or not at all."""

from __future__ import annotations

import csv
import json
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from image_logs import STEPS, Viewer, write_log
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from runglass.viewers.files import file_name, replacing
from runglass.viewers.images import saving
from runglass.viewers.images.decoding import Picture


@pytest.fixture
def viewer(tmp_path: Path, qtbot: QtBot, kept: Callable[[Viewer], Viewer]) -> Viewer:
    return kept(Viewer(write_log(tmp_path / "log"), qtbot))


@given(st.text())
def test_a_tag_makes_a_name_that_stays_in_its_folder(tag: str) -> None:
    name = file_name(tag, "picture")
    assert name and Path(name).name == name and name not in (".", "..")
    assert not set(name) & set('/\\:*?"<>|\x00\n') and len(name.encode()) <= 130
    assert name.strip(" .") == name


@pytest.mark.parametrize(
    ("tag", "name"),
    [("../../etc/passwd", "etc-passwd"), ("a/b c", "a-b-c"), ("...", "picture"), ("NUL", "_NUL"), ("con.x", "_con.x")],
)
def test_names_of_awkward_tags(tag: str, name: str) -> None:
    assert file_name(tag, "picture") == name


def test_what_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "x.png"
    path.write_bytes(b"old")

    def fail() -> None:
        with replacing(path) as part:
            part.write_bytes(b"new")
            raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        fail()
    assert path.read_bytes() == b"old" and list(tmp_path.iterdir()) == [path]
    with replacing(path) as part:
        part.write_bytes(b"new")
    assert path.read_bytes() == b"new" and list(tmp_path.iterdir()) == [path]


def test_as_logged_means_byte_by_byte(viewer: Viewer, tmp_path: Path) -> None:
    shown = viewer.pane.filler.shown(viewer.card("train/sample").tag)
    assert shown is not None and shown.ref is not None
    path = tmp_path / "saved.png"
    viewer.pane.saver.save_original(path, shown.ref)
    viewer.qtbot.waitUntil(lambda: bool(viewer.notes))
    assert path.read_bytes() == viewer.session.read_blob(shown.ref)
    assert viewer.notes[0] == (f"Picture saved to {path}", "info")


def test_as_shown_means_full_size_with_the_tone(viewer: Viewer, tmp_path: Path) -> None:
    viewer.pane.settings.update(brightness=2.0)
    shown = viewer.pane.filler.shown(viewer.card("train/sample").tag)
    assert shown is not None and shown.ref is not None
    path = tmp_path / "saved.png"
    viewer.pane.saver.save_shown(path, shown.ref)
    viewer.qtbot.waitUntil(lambda: bool(viewer.notes))
    with Image.open(path) as saved:
        assert saved.size == (16, 12) and saved.getpixel((5, 5))[:3] == (80, 80, 80)


def test_the_clipboard_gets_the_picture(viewer: Viewer) -> None:
    viewer.pane.saver.copy(viewer.card("train/sample", "b").tag, 0)
    viewer.qtbot.waitUntil(lambda: bool(viewer.notes))
    assert QGuiApplication.clipboard().image().pixelColor(5, 5).red() == 41
    QGuiApplication.clipboard().clear()


def test_a_sequence_has_a_file_for_every_recorded_step(viewer: Viewer, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    viewer.pane.saver.save_sequence(folder, viewer.card("train/sample", "b").tag)
    viewer.qtbot.waitUntil(lambda: bool(viewer.notes))
    names = sorted(path.name for path in folder.iterdir())
    assert names == [f"train-sample-b-{step:09d}.png" for step in STEPS]
    with Image.open(folder / names[2]) as saved:
        assert saved.getpixel((5, 5))[:3] == (21, 21, 21)
    assert viewer.notes[0][0] == f"5 pictures saved to {folder}"


def test_a_sequence_says_how_far_it_is_and_stops_when_asked(
    viewer: Viewer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, reached, go_on = saving.decode, threading.Event(), threading.Event()
    threads: list[threading.Thread] = []

    def slow(data: bytes) -> Picture:
        threads.append(threading.current_thread())
        if len(threads) == 3:
            reached.set()
            assert go_on.wait(5)
        return plain(data)

    monkeypatch.setattr(saving, "decode", slow)
    pane, card = viewer.pane, viewer.card("train/sample", "b").tag
    folder = tmp_path / "out"
    folder.mkdir()
    pane.saver.save_sequence(folder, card)
    viewer.qtbot.waitUntil(lambda: reached.is_set() and "2 of 5" in pane.progress.label.text())
    assert pane.progress.isVisible() and pane.progress.bar.share == pytest.approx(0.4)
    pane.gifs.ask(card, QPoint(10, 10))
    assert viewer.notes[-1][0].startswith("Pictures are being written") and QApplication.activePopupWidget() is None
    viewer.qtbot.mouseClick(pane.progress.cancel, Qt.MouseButton.LeftButton)
    go_on.set()
    viewer.qtbot.waitUntil(lambda: not pane.long_export.busy)
    assert viewer.notes[-1] == (f"Cancelled: 3 of 5 pictures were saved to {folder}", "info")
    assert len(list(folder.iterdir())) == 3 and pane.progress.isHidden()
    assert threading.main_thread() not in threads


def test_a_sequence_into_a_folder_that_is_gone_is_an_error_in_words(viewer: Viewer, tmp_path: Path) -> None:
    viewer.pane.saver.save_sequence(tmp_path / "nowhere", viewer.card("train/sample").tag)
    viewer.until(lambda: bool(viewer.notes))
    said, kind = viewer.notes[0]
    assert kind == "error" and "could not be written: No such file" in said and "Nothing was left" not in said
    assert viewer.pane.progress.isHidden()


def test_a_folder_that_is_not_there_is_an_error_in_words(viewer: Viewer, tmp_path: Path) -> None:
    shown = viewer.pane.filler.shown(viewer.card("train/sample").tag)
    assert shown is not None and shown.ref is not None
    viewer.pane.saver.save_shown(tmp_path / "nowhere" / "x.png", shown.ref)
    viewer.qtbot.waitUntil(lambda: bool(viewer.notes))
    text, kind = viewer.notes[0]
    assert kind == "error" and "could not be written: No such file" in text


def test_the_list_of_pictures_names_every_step_and_what_is_wrong(viewer: Viewer, tmp_path: Path) -> None:
    cards = viewer.pane.shown_cards()
    csv_path, json_path = tmp_path / "list.csv", tmp_path / "list.json"
    viewer.pane.exporter.write_data(csv_path, cards)
    viewer.qtbot.waitUntil(lambda: bool(viewer.notes))
    with csv_path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert viewer.notes == [(f"11 pictures listed in {csv_path}", "info")]
    samples = [row for row in rows if row["tag"] == "train/sample" and row["run"] == "b"]
    assert [int(row["step"]) for row in samples] == list(STEPS)
    assert {(row["format"], row["width"], row["height"], row["sample"], row["problem"]) for row in samples} == {
        ("png", "16", "12", "1", "")
    }
    assert [row["format"] for row in rows if row["tag"] == "clip"] == ["gif"]
    # The file goes away: what is known without it is still listed.
    next((tmp_path / "log" / "b").iterdir()).unlink()
    viewer.pane.exporter.write_data(json_path, cards)
    viewer.qtbot.waitUntil(lambda: len(viewer.notes) == 2)
    found = json.loads(json_path.read_text("utf-8"))["pictures"]
    assert len(found) == 11 and list(found[0]) == list(rows[0])
    assert all((row["format"] == "") == (row["run"] == "b") == bool(row["problem"]) for row in found)


@pytest.mark.parametrize("ending", ["png", "svg"])
def test_a_card_is_saved_with_its_caption_and_every_pixel(viewer: Viewer, tmp_path: Path, ending: str) -> None:
    text = viewer.card("train/sample", "b").tag
    shown = viewer.pane.filler.shown(text)
    assert shown is not None and shown.ref is not None
    path = tmp_path / f"card.{ending}"
    viewer.pane.exporter.save_card(path, shown, viewer.pane.saver.decoded(shown.ref, 0))
    viewer.qtbot.waitUntil(lambda: bool(viewer.notes))
    assert viewer.notes == [(f"Picture of train/sample saved to {path}", "info")]
    if ending == "svg":
        said = path.read_text("utf-8")
        assert "train/sample" in said and "<image" in said
        return
    with Image.open(path) as saved:
        # 16 x 12 pixels, each a square of 40, below a title of twice 34 pixels.
        assert saved.width == 640 and saved.getpixel((10, 70))[:3] == (1, 2, 3)
        assert saved.getpixel((630, 68 + 470))[:3] == (41, 41, 41)
