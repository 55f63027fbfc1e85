"""Pictures leave the program whole, under names that lead nowhere else, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from image_logs import STEPS, Viewer, close_viewer, open_viewer, write_log
from PIL import Image
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from runglass.viewers.files import file_name, replacing


@pytest.fixture
def viewer(tmp_path: Path, qtbot: QtBot) -> Iterator[Viewer]:
    viewer = open_viewer(write_log(tmp_path / "log"), qtbot)
    yield viewer
    close_viewer(viewer)


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


def test_a_folder_that_is_not_there_is_an_error_in_words(viewer: Viewer, tmp_path: Path) -> None:
    shown = viewer.pane.filler.shown(viewer.card("train/sample").tag)
    assert shown is not None and shown.ref is not None
    viewer.pane.saver.save_shown(tmp_path / "nowhere" / "x.png", shown.ref)
    viewer.qtbot.waitUntil(lambda: bool(viewer.notes))
    text, kind = viewer.notes[0]
    assert kind == "error" and "could not be written: No such file" in text
