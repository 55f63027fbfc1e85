"""The images pane over a real log, used as a person would: look, step, play, zoom, tone, point, pin, filter."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from image_logs import STEPS, Viewer, bad_images, flat, write_log
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from runglass import SummaryWriter
from runglass.viewers.images.geometry import USUAL
from runglass.viewers.images.keys import CardKey
from runglass.viewers.images.loading import PictureLoader
from runglass.viewers.images.spec import SPEC
from runglass.viewers.images.view import PictureView
from runglass.viewers.theme import LIGHT


@pytest.fixture
def viewer_of(qtbot: QtBot, kept: Callable[[Viewer], Viewer]) -> Callable[[Path], Viewer]:
    return lambda folder: kept(Viewer(folder, qtbot))


@pytest.fixture
def viewer(viewer_of: Callable[[Path], Viewer], tmp_path: Path) -> Viewer:
    return viewer_of(write_log(tmp_path / "log"))


def wheel(view: PictureView, at: QPoint, notches: int) -> None:
    place = QPointF(at)
    event = QWheelEvent(
        place, QPointF(view.mapToGlobal(at)), QPoint(), QPoint(0, 120 * notches), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(view, event)


def test_each_run_and_tag_has_a_card_that_shows_the_newest(viewer: Viewer) -> None:
    assert [card.key for card in viewer.cards()] == [
        CardKey("clip", "a", 0),
        CardKey("train/sample", "a", 0),
        CardKey("train/sample", "b", 0),
    ]
    assert viewer.steps() == {"a": 40, "b": 40}
    caption = viewer.card("train/sample").caption
    assert caption is not None and (caption.run, caption.size, caption.sample) == ("a", "16×12", "")
    assert [kind.value for kind in SPEC.kinds] == ["images"]


def test_every_recorded_step_is_reachable_by_one_slider(viewer: Viewer, qtbot: QtBot) -> None:
    bar = viewer.pane.step_bar
    assert viewer.pane.position.steps.tolist() == [0, 7, 10, 20, 30, 40]
    bar.track.setFocus()
    for step in (30, 20, 10, 10, 0):
        qtbot.keyClick(bar.track, Qt.Key.Key_Left)
        viewer.rest()
        wanted = 10 if viewer.context.cursor.x == 7 else step
        assert viewer.steps() == {"a": wanted, "b": wanted}
    assert viewer.context.cursor.x == 0
    bar.field.setFocus()
    bar.field.setText("")
    qtbot.keyClicks(bar.field, "23")
    qtbot.keyClick(bar.field, Qt.Key.Key_Return)
    assert viewer.steps() == {"a": 20, "b": 20}
    assert bar.field.text() == "20"


def test_the_cursor_of_a_chart_moves_the_pictures(viewer: Viewer) -> None:
    viewer.context.cursor.move(18.7)
    assert viewer.steps() == {"a": 20, "b": 20}
    assert viewer.pane.step_bar.field.text() == "20"
    viewer.context.cursor.move(None)
    assert viewer.steps() == {"a": 40, "b": 40}


def test_the_newest_stays_the_newest_and_another_step_stays_where_it_is(viewer: Viewer, tmp_path: Path) -> None:
    def log(step: int) -> None:
        with SummaryWriter(str(tmp_path / "log" / "b")) as writer:
            writer.add_image("train/sample", flat(step + 1), step, dataformats="HWC")
        viewer.take_in(lambda: step in viewer.pane.position.steps)

    log(50)
    assert viewer.steps() == {"a": 40, "b": 50}
    viewer.pane.position.choose(2)
    log(60)
    assert viewer.steps() == {"a": 10, "b": 10}
    viewer.pane.stepper.to_end(True)
    assert viewer.steps() == {"a": 40, "b": 60}
    log(70)
    assert viewer.steps() == {"a": 40, "b": 70}


def test_each_card_can_have_a_step_of_its_own(viewer: Viewer, qtbot: QtBot) -> None:
    assert viewer.pane.panel is not None
    viewer.pane.panel.one_step.click()
    card = viewer.card("train/sample", "b")
    assert card.step_track.isVisible() and not viewer.pane.step_bar.isVisible()
    assert not viewer.card("clip").step_track.isVisible()
    card.step_track.setFocus()
    qtbot.keyClick(card.step_track, Qt.Key.Key_Left)
    assert viewer.steps() == {"a": 40, "b": 30}
    qtbot.keyClick(card.step_track, Qt.Key.Key_Home)
    assert viewer.steps() == {"a": 40, "b": 0}
    viewer.pane.panel.one_step.click()
    assert viewer.steps() == {"a": 40, "b": 40}


def test_keys_go_from_step_to_step_and_play(viewer: Viewer, qtbot: QtBot) -> None:
    view = viewer.card("train/sample").view
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_Left)
    assert viewer.steps() == {"a": 30, "b": 30}
    qtbot.keyClick(view, Qt.Key.Key_Home)
    assert viewer.steps() == {"a": 0, "b": 0}
    viewer.pane.settings.update(rate=24)
    seen: list[int] = []
    viewer.pane.position.changed.connect(lambda: seen.append(viewer.pane.position.rank))
    qtbot.keyClick(view, Qt.Key.Key_Space)
    assert viewer.pane.tools.play.isChecked()
    qtbot.waitUntil(lambda: len(seen) >= 7, timeout=5000)
    viewer.pane.tools.play.click()
    assert seen[:7] == [1, 2, 3, 4, 5, 0, 1]
    assert not viewer.pane.player.playing


def test_samples_of_a_tensor_have_a_card_each(viewer_of: Callable[[Path], Viewer], tmp_path: Path) -> None:
    tf2_image_log(tmp_path / "log" / "run", [flat(10), flat(20), flat(30)])
    viewer = viewer_of(tmp_path / "log")
    assert [card.key.sample for card in viewer.cards() if card.key] == [0, 1, 2]
    for number, card in enumerate(viewer.cards()):
        assert card.caption is not None and card.caption.sample == f"sample {number + 1} of 3"
        assert card.view.picture is not None
        assert card.view.picture.frames[0].pixelColor(5, 5).red() == 10 * (number + 1)


def test_a_clip_plays_stops_and_is_gone_through_by_hand(viewer: Viewer, qtbot: QtBot) -> None:
    card = viewer.card("clip")
    assert card.view.picture is not None and len(card.view.picture.frames) == 5
    assert card.frame_track.isVisible()
    qtbot.waitUntil(lambda: card.view.frame > 1, timeout=3000)
    qtbot.mouseClick(card.play_button, Qt.MouseButton.LeftButton)
    assert not card.playing
    card.frame_track.setFocus()
    qtbot.keyClick(card.frame_track, Qt.Key.Key_Home)
    assert card.view.frame == 0
    qtbot.keyClick(card.frame_track, Qt.Key.Key_Right)
    qtbot.wait(120)
    assert card.view.frame == 1
    viewer.rest()
    assert not viewer.pane.animator._timer.isActive()


def test_wheel_and_drag_zoom_and_move_all_pictures_and_a_double_click_fits(viewer: Viewer, qtbot: QtBot) -> None:
    first, second = viewer.card("train/sample").view, viewer.card("train/sample", "b").view
    wheel(first, first.rect().center(), 6)
    assert first.zoom.factor > 2 and second.zoom == first.zoom
    before = first.zoom
    qtbot.mousePress(first, Qt.MouseButton.LeftButton, pos=QPoint(60, 60))
    qtbot.mouseMove(first, QPoint(40, 70))
    qtbot.mouseRelease(first, Qt.MouseButton.LeftButton, pos=QPoint(40, 70))
    assert first.zoom.x > before.x and second.zoom == first.zoom
    viewer.pane.settings.update(link_zoom=False)
    qtbot.mouseDClick(first, Qt.MouseButton.LeftButton)
    assert first.zoom == USUAL and second.zoom != USUAL
    viewer.pane.fit_all()
    assert second.zoom == USUAL


def test_the_pixel_under_the_mouse_is_read_as_logged(viewer: Viewer, qtbot: QtBot) -> None:
    viewer.pane.settings.update(brightness=0.3, contrast=2.0)
    view, readout = viewer.card("train/sample").view, viewer.pane.readout
    room = view.room
    assert room is not None
    qtbot.mouseMove(view, QPoint(view.width() // 2, view.height() // 2))
    viewer.rest()
    assert readout.texts == ["40 40 40", "0.157 0.157 0.157"]
    left = round((view.width() - 16 * room.fitted) / 2)
    top = round((view.height() - 12 * room.fitted) / 2)
    qtbot.mouseMove(view, QPoint(left + 3, top + 3))
    assert readout.title.text() == "Pixel 0, 0" and readout.texts[0] == "1 2 3"
    viewer.pane.stepper.to_end(False)
    viewer.rest()
    viewer.pane.probe.point(viewer.card("train/sample"), (5, 5))
    assert readout.texts[0] == "0 0 0"
    viewer.pane.probe.point(viewer.card("train/sample"), None)
    assert readout.title.text() == "Pixel"


def test_a_large_picture_is_decoded_small_and_read_in_full(viewer_of: Callable[[Path], Viewer], tmp_path: Path) -> None:
    pixels = np.arange(1000 * 1600 * 3, dtype=np.uint32).reshape(1000, 1600, 3) % 251
    with SummaryWriter(str(tmp_path / "log" / "run")) as writer:
        writer.add_image("large", pixels.astype(np.uint8), 1, dataformats="HWC")
    viewer = viewer_of(tmp_path / "log")
    card = viewer.cards()[0]
    assert card.view.picture is not None and card.view.picture.level == 3
    viewer.pane.probe.point(card, (1234, 567))
    viewer.rest()
    assert viewer.pane.readout.texts[0] == " ".join(map(str, pixels[567, 1234]))
    assert card.view.picture.level == 0


def test_brightness_and_contrast_change_what_is_seen(viewer: Viewer) -> None:
    panel, view = viewer.pane.panel, viewer.card("train/sample").view
    assert panel is not None
    at = view.rect().center()
    assert view.grab().toImage().pixelColor(at).red() == 40
    panel.brightness._set(2.0)
    viewer.rest()
    assert view.grab().toImage().pixelColor(at).red() == 80
    panel.contrast._set(0.0)
    viewer.rest()
    assert view.grab().toImage().pixelColor(at).red() == 255
    next(action for action in viewer.pane.commands() if action.id == "images.tone").run()
    viewer.rest()
    assert view.grab().toImage().pixelColor(at).red() == 40


def test_actual_size_shows_one_pixel_a_pixel(viewer: Viewer, qtbot: QtBot) -> None:
    view = viewer.card("train/sample").view
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_A)
    viewer.rest()
    assert (view._drawn_at.width(), view._drawn_at.height()) == (16, 12)
    qtbot.keyClick(view, Qt.Key.Key_X)
    assert not viewer.card("train/sample").view.pixelated


def test_filter_pins_groups_and_a_card_alone(viewer: Viewer, qtbot: QtBot) -> None:
    pane = viewer.pane
    pane.tools.search.set_text("SAMPLE$")
    assert len(viewer.cards()) == 2
    assert pane.position.steps.tolist() == list(STEPS)
    pane.tools.search.set_text("(")
    assert pane.tools.search.error and len(viewer.cards()) == 2
    pane.tools.search.set_text("nothing")
    assert pane.stack.kind == "no-match"
    pane.clear_filter()
    card = viewer.card("train/sample", "b")
    qtbot.mouseClick(card.pin_button, Qt.MouseButton.LeftButton)
    assert pane.groups()[0].tags == (card.tag,) and len(viewer.cards()) == 4
    pane.toggle_pin(card.tag)
    pane.set_all_collapsed(True)
    assert viewer.cards() == []
    pane.set_all_collapsed(False)
    view = viewer.card("train/sample", "b").view
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_F)
    assert len(viewer.cards()) == 1 and viewer.cards()[0].view.width() > 600
    qtbot.keyClick(viewer.cards()[0].view, Qt.Key.Key_Escape)
    assert len(viewer.cards()) == 3


def test_runs_that_are_hidden_take_their_cards_along(viewer: Viewer) -> None:
    runs = viewer.context.runs
    runs.set_visible(["a"], False)
    assert [card.key.run for card in viewer.cards() if card.key] == ["b"]
    runs.set_alias("b", "<b>best</b>")
    caption = viewer.cards()[0].caption
    assert caption is not None and caption.run == "<b>best</b>"
    runs.set_visible(["b"], False)
    viewer.rest()
    assert viewer.pane.stack.kind == "no-run"
    runs.set_visible(["a", "b"], True)
    assert len(viewer.cards()) == 3


def test_a_bad_picture_says_so_and_nothing_else_suffers(viewer_of: Callable[[Path], Viewer], tmp_path: Path) -> None:
    folder = tmp_path / "log" / "run"
    with SummaryWriter(str(folder)) as writer:
        writer.add_image("good", flat(90), 1, dataformats="HWC")
    cut = b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR"
    bad_images(folder, {"empty": b"", "svg": b"<svg/>", "cut": cut, "noise": b"zz"})
    viewer = viewer_of(tmp_path / "log")
    said = {card.title: card.view.message for card in viewer.cards()}
    assert said["good"] == "" and "SVG" in said["svg"] and "cut off" in said["cut"]
    assert "no bytes" in said["empty"] and "Not a picture" in said["noise"]
    viewer.pane.grab()
    assert viewer.notes == []


def test_a_file_that_is_gone_is_named_in_the_card(viewer: Viewer, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "log" / "b")
    viewer.pane.position.choose(0)
    viewer.rest()
    cards = {card.key.run: card for card in viewer.cards() if card.key and card.key.tag == "train/sample"}
    assert "b" not in cards or "deleted" in cards["b"].view.message
    assert cards["a"].view.picture is not None


def test_only_what_is_in_view_is_built_and_read(
    viewer_of: Callable[[Path], Viewer], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with SummaryWriter(str(tmp_path / "log" / "run")) as writer:
        for number in range(300):
            writer.add_image(f"many/{number}", flat(number % 200), 1, dataformats="HWC")
    begun: list[object] = []
    start = PictureLoader._start
    monkeypatch.setattr(PictureLoader, "_start", lambda self, ref, need: (begun.append(ref), start(self, ref, need)))
    viewer = viewer_of(tmp_path / "log")
    assert 0 < len(begun) < 40
    bar = viewer.pane.board.verticalScrollBar()
    for place in range(0, bar.maximum(), bar.pageStep() // 2):
        bar.setValue(place)
    bar.setValue(bar.maximum())
    assert viewer.cards()[-1].title == "many/299"
    viewer.rest()
    assert all(card.view.picture is not None for card in viewer.cards())
    assert len(begun) < 200


def test_the_cache_is_bounded_and_keeps_what_is_on_the_screen(viewer: Viewer) -> None:
    loader = viewer.pane.loader
    picture = viewer.card("train/sample").view.picture
    assert picture is not None
    loader._limit = 2 * picture.nbytes
    for rank in range(5):
        viewer.pane.position.choose(rank)
        viewer.rest()
    assert loader.nbytes == sum(kept.nbytes for kept in loader._cache.values())
    assert len(loader._cache) <= 4


def test_the_session_remembers(viewer: Viewer, viewer_of: Callable[[Path], Viewer], tmp_path: Path) -> None:
    pane = viewer.pane
    pane.settings.update(brightness=1.5, pixelated=False, columns=2)
    pane.position.choose(2)
    pane.toggle_pin(viewer.card("train/sample", "b").tag)
    state = json.loads(json.dumps(pane.save_state()))
    other = viewer_of(tmp_path / "log")
    other.pane.restore_state(state)
    assert other.pane.save_state() == state
    assert other.steps() == {"a": 10, "b": 10}
    assert other.pane.settings.now.brightness == 1.5 and other.pane.board.columns == 2


def test_both_themes(viewer: Viewer) -> None:
    dark = viewer.pane.grab().toImage()
    viewer.context.theme.set(LIGHT)
    viewer.rest()
    assert viewer.pane.grab().toImage() != dark


def tf2_image_log(folder: Path, samples: list[np.ndarray]) -> None:
    """A file with one tensor of strings: width, height and the encoded samples, as TensorFlow 2 writes them."""
    from io import BytesIO

    from log_writing import metadata, value, version, write
    from PIL import Image

    from runglass.reader.wire import events_pb2 as pb

    strings = [b"16", b"12"]
    for pixels in samples:
        out = BytesIO()
        Image.fromarray(pixels).save(out, "PNG")
        strings.append(out.getvalue())
    tensor = pb.TensorProto(dtype=7, string_val=strings, tensor_shape={"dim": [{"size": len(strings)}]})
    write(
        folder / "events.out.tfevents.1700000000.host",
        version(),
        value(3, tag="batch", metadata=metadata("images"), tensor=tensor),
    )


def test_the_memory_for_pictures_is_the_users_choice(viewer: Viewer) -> None:
    pane = viewer.pane
    for rank in range(len(pane.position.steps)):
        pane.position.choose(rank)
        viewer.rest()
    kept = pane.loader.nbytes
    # Two runs of five steps and an animation.
    assert kept > 10 * 16 * 12 * 4
    viewer.context.limits.set_picture_bytes(0)
    assert pane.loader.nbytes < kept
    assert all(card.view.picture is not None for card in viewer.cards())
