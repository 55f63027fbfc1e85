"""Steps leave the program as a GIF that others play as they should: colours, speed, and whole or not at all."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from image_logs import STEPS, Viewer, bad_images, flat, write_log
from PIL import Image, ImageSequence
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPoint, Qt
from PySide6.QtGui import QImageReader
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from runglass import SummaryWriter
from runglass.viewers.images import gif_export
from runglass.viewers.images.gif import GifWriter, delay_of, indexed
from runglass.viewers.images.gif_export import GifPopover
from runglass.viewers.images.keys import CardKey

SAMPLE = CardKey("train/sample", "b", 0).text


@pytest.fixture
def viewer(tmp_path: Path, qtbot: QtBot, kept: Callable[[Viewer], Viewer]) -> Viewer:
    return kept(Viewer(write_log(tmp_path / "log"), qtbot))


def written(frames: list[np.ndarray], rate: float = 12) -> bytes:
    out = io.BytesIO()
    clear = len({each.shape[:2] for each in frames}) > 1 or any(each.shape[2] == 4 for each in frames)
    columns, rows = max(each.shape[1] for each in frames), max(each.shape[0] for each in frames)
    writer = GifWriter(out, rate, columns, rows, clear)
    for frame in frames:
        writer.add(frame)
    writer.finish()
    return out.getvalue()


def read(data: bytes) -> list[np.ndarray]:
    """All frames as Pillow plays them, uint8 (rows, columns, 4)."""
    with Image.open(io.BytesIO(data)) as image:
        return [np.array(frame.convert("RGBA")) for frame in ImageSequence.Iterator(image)]


def read_by_qt(data: bytes) -> list[np.ndarray]:
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, QByteArray(b"gif"))
    frames = []
    while not (image := reader.read()).isNull():
        plain = image.convertToFormat(image.Format.Format_RGBA8888)
        frames.append(np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), plain.width(), 4).copy())
    return frames


@st.composite
def films(draw: st.DrawFn) -> list[np.ndarray]:
    """Frames of up to 200 colours, of different sizes, some with transparent pixels."""
    frames = []
    for number in range(draw(st.integers(1, 5))):
        rows, columns = draw(st.integers(1, 9)), draw(st.integers(1, 9))
        random = np.random.default_rng(draw(st.integers(0, 10**6)))
        frame = random.integers(0, 256, (rows, columns, draw(st.sampled_from([3, 4]))), np.uint8)
        if frame.shape[2] == 4:
            frame[..., 3] = np.where(random.random((rows, columns)) < 0.3, 0, 255)
        # Pillow gives a frame that is as the one before it together with that one.
        frame[0, 0] = (number, 250, 3, 255)[: frame.shape[2]]
        frames.append(frame)
    return frames


@given(films())
def test_few_colours_are_kept_and_transparent_pixels_show_nothing_of_the_frame_before(film: list[np.ndarray]) -> None:
    data = written(film)
    height, width = max(each.shape[0] for each in film), max(each.shape[1] for each in film)
    for player in (read, read_by_qt):
        found = player(data)
        assert len(found) == len(film)
        for frame, wanted in zip(found, film, strict=True):
            assert frame.shape == (height, width, 4)
            rows, columns = wanted.shape[:2]
            clear = wanted[..., 3] == 0 if wanted.shape[2] == 4 else np.zeros((rows, columns), bool)
            assert (frame[:rows, :columns, :3][~clear] == wanted[..., :3][~clear]).all()
            assert (frame[:rows, :columns, 3][~clear] == 255).all()
            assert (frame[:rows, :columns, 3][clear] == 0).all()
            assert (frame[rows:, :, 3] == 0).all() and (frame[:, columns:, 3] == 0).all()


@given(st.sampled_from([1, 2, 4, 8, 12, 24]), st.integers(1, 500))
def test_frames_do_not_drift(rate: int, count: int) -> None:
    delays = [delay_of(index, rate) for index in range(count)]
    assert abs(sum(delays) - count * 100 / rate) <= 0.5
    assert max(delays) - min(delays) <= 1 and min(delays) >= 2


def test_many_colours_are_mixed_close_to_what_they_were() -> None:
    ramp = np.linspace(0, 255, 160)
    smooth = np.stack(np.broadcast_arrays(ramp[:, None], ramp[None, :], 255 - ramp[:, None]), 2).astype(np.uint8)
    image, is_covering = indexed(smooth, False)
    assert is_covering and len(set(np.array(image).ravel().tolist())) > 200
    shown = np.array(image.convert("RGB")).astype(float)
    # The eye blends neighbours: means of 8 x 8 pixels stay where they were.
    blocks = (shown - smooth).reshape(20, 8, 20, 8, 3).mean(axis=(1, 3))
    assert np.abs(blocks).mean() < 1.5 and np.abs(shown - smooth).mean() < 12


def test_it_plays_for_ever_at_the_rate_and_is_as_wide_as_the_widest() -> None:
    with Image.open(io.BytesIO(written([flat(10, 5, 9), flat(20, 7, 4)], 8))) as image:
        assert image.info["loop"] == 0 and image.size == (9, 7) and image.n_frames == 2
        assert [frame.info["duration"] for frame in ImageSequence.Iterator(image)] == [120, 130]


def test_a_picture_too_wide_for_a_gif_is_refused() -> None:
    with pytest.raises(ValueError, match="65,535"):
        GifWriter(io.BytesIO(), 1, 65536, 1, False)


def reds(path: Path) -> list[int]:
    return [int(frame[5, 5, 0]) for frame in read(path.read_bytes())]


def wait_written(viewer: Viewer) -> tuple[str, str]:
    viewer.qtbot.waitUntil(lambda: not viewer.pane.long_export.busy and bool(viewer.notes), timeout=5000)
    assert viewer.pane.progress.isHidden()
    return viewer.notes[-1]


def test_all_steps_of_a_card(viewer: Viewer, tmp_path: Path) -> None:
    viewer.pane.settings.update(rate=4, brightness=2.0)
    path = tmp_path / "out.gif"
    viewer.pane.gifs.save(path, SAMPLE, 0, 40)
    assert viewer.pane.progress.isVisible() and "out.gif" in viewer.pane.progress.label.text()
    assert wait_written(viewer) == (f"5 pictures saved to {path}", "info")
    assert reds(path) == [step + 1 for step in STEPS], "as logged"
    with Image.open(path) as image:
        assert image.size == (16, 12) and image.info["duration"] == 250
    assert list(tmp_path.glob("*.part")) == []


def test_the_range_is_chosen_and_the_tone_goes_along(
    viewer: Viewer, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "some.gif"
    monkeypatch.setattr(gif_export.FileAsker, "file", lambda *_args: path)
    viewer.pane.settings.update(brightness=2.0)
    viewer.pane.gifs.ask(SAMPLE, QPoint(10, 10))
    popover = QApplication.activePopupWidget()
    assert isinstance(popover, GifPopover) and "5 pictures" in popover.note.text()
    popover.first.track.setFocus()
    qtbot.keyClick(popover.first.track, Qt.Key.Key_Right)
    popover.last.track.setFocus()
    qtbot.keyClick(popover.last.track, Qt.Key.Key_Left)
    assert "3 pictures" in popover.note.text()
    popover.last.track.setFocus()
    qtbot.keyClick(popover.last.track, Qt.Key.Key_Home)
    assert (popover.first.step, popover.last.step) == (0, 0), "the first is never behind the last"
    qtbot.keyClick(popover.last.track, Qt.Key.Key_Right)
    qtbot.keyClick(popover.last.track, Qt.Key.Key_Right)
    popover.tone.click()
    popover.save.click()
    wait_written(viewer)
    assert reds(path) == [2, 22, 42]


def test_every_picture_of_a_step_is_in_it_and_damaged_ones_are_counted(tmp_path: Path, qtbot: QtBot) -> None:
    with SummaryWriter(str(tmp_path / "log" / "run")) as writer:
        for step, level in ((3, 30), (1, 10), (3, 31)):
            writer.add_image("x", flat(level), step, dataformats="HWC")
    bad_images(tmp_path / "log" / "run", {"x": b"junk"})
    viewer = Viewer(tmp_path / "log", qtbot)
    viewer.pane.gifs.save(tmp_path / "x.gif", CardKey("x", "run", 0).text, 0, 9)
    said, kind = wait_written(viewer)
    assert kind == "info" and said.endswith("; 1 could not be decoded") and said.startswith("3 pictures")
    assert reds(tmp_path / "x.gif") == [10, 30, 31]
    viewer.close()


def test_it_is_cancelled_half_way_and_leaves_the_old_file(
    viewer: Viewer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "out.gif"
    path.write_bytes(b"old")
    plain, reached, go_on = gif_export._decoded, threading.Event(), threading.Event()
    threads: list[threading.Thread] = []

    def slow(*args: object) -> object:
        threads.append(threading.current_thread())
        if len(threads) == 3:
            reached.set()
            assert go_on.wait(5)
        return plain(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(gif_export, "_decoded", slow)
    viewer.pane.gifs.save(path, SAMPLE, 0, 40)
    viewer.qtbot.waitUntil(lambda: reached.is_set() and "2 of 5" in viewer.pane.progress.label.text())
    assert viewer.pane.progress.bar.share == pytest.approx(0.4)
    viewer.qtbot.mouseClick(viewer.pane.progress.cancel, Qt.MouseButton.LeftButton)
    go_on.set()
    said, kind = wait_written(viewer)
    assert "cancelled" in said and kind == "info" and len(threads) == 3
    assert path.read_bytes() == b"old" and [each.name for each in tmp_path.iterdir() if each.is_file()] == ["out.gif"]
    assert threading.main_thread() not in threads


def test_a_folder_that_is_not_there_is_an_error_in_words(viewer: Viewer, tmp_path: Path) -> None:
    viewer.pane.gifs.save(tmp_path / "nowhere" / "x.gif", SAMPLE, 0, 40)
    said, kind = wait_written(viewer)
    assert kind == "error" and "could not be written: No such file" in said


def test_pictures_larger_than_a_gif_is_good_for_are_halved(
    viewer: Viewer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gif_export, "MOST_PIXELS", 100)
    viewer.pane.gifs.save(tmp_path / "x.gif", SAMPLE, 20, 40)
    said, _kind = wait_written(viewer)
    assert "made smaller" in said
    with Image.open(tmp_path / "x.gif") as image:
        assert image.size == (8, 6) and image.n_frames == 3
