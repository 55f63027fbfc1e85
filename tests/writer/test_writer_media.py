"""Pictures, boxes, figures, videos and sounds: what is in the log is what was given."""

from __future__ import annotations

import io
import sys
import types
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorboardX.summary as theirs
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from reading_back import ours, pixels_of, values_of
from tensorboardX.utils import _prepare_video, make_grid

from runglass import SummaryWriter
from runglass.reader.api import Kind
from runglass.writer.images import to_rows
from runglass.writer.video import to_frames, to_gif

RANDOM = np.random.default_rng(5)


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("kind", [np.uint8, np.float32, np.float64])
@pytest.mark.parametrize("axes", ["CHW", "hwc", "WCH"])
def test_pixels_are_those_of_tensorboardx(channels: int, kind: Any, axes: str, tmp_path: Path) -> None:
    plain = RANDOM.integers(0, 256, (channels, 5, 7), dtype=np.uint8)
    picture = plain if kind is np.uint8 else RANDOM.random((channels, 5, 7)).astype(kind)
    picture = picture.transpose(["CHW".index(axis) for axis in axes.upper()])
    with SummaryWriter(tmp_path, strict=True) as writer:
        writer.add_image("i", picture, 3, dataformats=axes)
    (image,) = (value.image for value in values_of(tmp_path))
    other = theirs.image("i", picture, dataformats=axes).value[0].image
    assert (image.height, image.width) == (other.height, other.width) == (5, 7)
    mode = "RGBA" if channels == 4 else "RGB"
    np.testing.assert_array_equal(pixels_of(image, mode), pixels_of(other, mode))


def test_a_picture_turned_to_floats_and_back_is_the_same() -> None:
    pixels = np.arange(256, dtype=np.uint8).reshape(16, 16)
    for kind in (np.float32, np.float64):
        np.testing.assert_array_equal(to_rows(pixels / kind(255), "HW")[..., 0], pixels)


def test_values_outside_are_cut_off_and_said_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with SummaryWriter(tmp_path) as writer:
        for step in range(3):
            writer.add_image("float", np.array([[-0.5, 0.0, 1.2, np.nan, np.inf]]) + 0 * step, step, dataformats="HW")
        writer.add_image("int", np.array([[-5, 300, 7]]), dataformats="HW")
        writer.add_image("bool", np.array([[True, False]]), dataformats="HW")
    shown = [pixels_of(value.image, "L").tolist() for value in values_of(tmp_path)]
    assert shown == [[[0, 0, 255, 0, 255]]] * 3 + [[[0, 255, 7]], [[255, 0]]]
    assert caplog.messages == [
        "add_image('float'): values outside 0 to 1 are cut off",
        "add_image('int'): values outside 0 to 255 are cut off",
    ]


@given(st.integers(1, 20), st.integers(1, 4), st.integers(1, 4), st.sampled_from([1, 3, 4]))
def test_pictures_are_laid_out_as_tensorboardx_does(count: int, height: int, width: int, channels: int) -> None:
    batch = np.random.default_rng(count).integers(0, 256, (count, channels, height, width), dtype=np.uint8)
    expected = make_grid(batch).transpose(1, 2, 0)
    rows = to_rows(batch, "NCHW")
    np.testing.assert_array_equal(np.broadcast_to(rows, expected.shape), expected)
    np.testing.assert_array_equal(to_rows(batch.transpose(2, 0, 3, 1), "HNWC"), rows)


def test_a_list_of_pictures_is_a_batch(tmp_path: Path) -> None:
    batch = RANDOM.random((10, 3, 4, 6))
    with SummaryWriter(tmp_path, strict=True) as writer:
        writer.add_images("i", batch, 0)
        writer.add_images("i", list(batch), 1, dataformats="CHW")
        writer.add_images("i", [one.transpose(1, 2, 0) for one in batch], 2, dataformats="HWC")
        writer.add_images("i", list(batch), 3)
        writer.add_image("i", batch, 4, dataformats="NCHW")
        with pytest.raises(ValueError, match="images of 2 shapes"):
            writer.add_images("i", [batch[0], batch[0, :, :2]], dataformats="CHW")
        with pytest.raises(ValueError, match="images of 0 shapes"):
            writer.add_images("i", [])
    found = [pixels_of(value.image) for value in values_of(tmp_path)]
    assert len(found) == 5
    for pixels in found:
        assert pixels.shape == (8, 48, 3)
        np.testing.assert_array_equal(pixels, found[0])


def test_the_caller_may_go_on_with_its_arrays(tmp_path: Path) -> None:
    picture, sound, numbers = np.zeros((2, 2), np.uint8), np.zeros(8, np.int16), np.zeros(5)
    with SummaryWriter(tmp_path) as writer:
        writer.add_image("i", picture, dataformats="HW")
        writer.add_audio("a", sound)
        writer.add_histogram("h", numbers)
        picture[:], sound[:], numbers[:] = 9, 9, 9
    image, audio, histogram = values_of(tmp_path)
    assert not pixels_of(image.image).any()
    assert not np.frombuffer(audio.audio.encoded_audio_string[44:], "<i2").any()
    assert histogram.histo.max == 0


def test_boxes_are_drawn_as_tensorboardx_draws_them(tmp_path: Path) -> None:
    picture = RANDOM.integers(0, 256, (3, 40, 60), dtype=np.uint8)
    boxes = np.array([[3, 4, 30, 20], [10.5, 2, 80, 39]])
    with SummaryWriter(tmp_path, strict=True) as writer:
        writer.add_image_with_boxes("b", picture, boxes)
        writer.add_image_with_boxes("b", picture, boxes, rescale=0.5)
        writer.add_image_with_boxes("b", picture, boxes, 2, None, 0.5)  # as torch has it
        writer.add_image_with_boxes("b", picture, np.zeros((0, 4)))
        writer.add_image_with_boxes("b", picture[:1], boxes[0], labels="cat")
    plain, small, torch, none, labelled = (value.image for value in values_of(tmp_path))
    expected = theirs.image_boxes("b", picture, boxes).value[0].image
    np.testing.assert_array_equal(pixels_of(plain), pixels_of(expected))
    half = theirs.image_boxes("b", picture, boxes, rescale=0.5).value[0].image
    np.testing.assert_array_equal(pixels_of(small), pixels_of(half))
    np.testing.assert_array_equal(pixels_of(torch), pixels_of(half))
    assert (small.height, small.width) == (20, 30)
    np.testing.assert_array_equal(pixels_of(none), picture.transpose(1, 2, 0))
    pixels = pixels_of(labelled)
    assert (pixels[19, 4:20] == (255, 0, 0)).all(axis=1).sum() > 10  # the ground of the label, inside the box
    letters = pixels[5:19, 4:24].astype(int)
    assert ((letters[..., 0] < 120) & (letters[..., 1] == 0)).sum() > 5


def test_labels_that_do_not_fit_boxes(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    picture, boxes = np.zeros((3, 8, 8)), np.array([[1, 1, 5, 5], [2, 2, 6, 6]])
    with SummaryWriter(tmp_path) as writer:
        writer.add_image_with_boxes("b", picture, boxes, labels=["a"])
        writer.add_image_with_boxes("n", picture, [[np.nan, 0, 1, 1]])
        writer.add_image_with_boxes("s", picture, boxes, rescale=0)
        writer.add_image_with_boxes("t", picture, boxes[:, :3])
    assert len(values_of(tmp_path)) == 1
    assert [message.split(":")[0] for message in caplog.messages] == [
        f"add_image_with_boxes('{tag}')" for tag in "bnst"
    ]
    with SummaryWriter(tmp_path / "strict", strict=True) as writer, pytest.raises(ValueError, match="1 labels"):
        writer.add_image_with_boxes("b", picture, boxes, labels=["a"])


class Canvas:
    """What matplotlib's Agg canvas offers."""

    def __init__(self, pixels: Any) -> None:
        self.pixels = pixels
        self.drawn = False

    def draw(self) -> None:
        self.drawn = True

    def buffer_rgba(self) -> memoryview:
        assert self.drawn
        return memoryview(self.pixels)


class Figure:
    def __init__(self, pixels: Any) -> None:
        self.canvas = Canvas(pixels)


def test_a_figure_is_drawn_by_its_canvas_and_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[Any] = []
    pyplot = types.SimpleNamespace(close=closed.append)
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", pyplot)
    figures = [Figure(RANDOM.integers(0, 256, (6, 9, 4), dtype=np.uint8)) for _ in range(3)]
    with SummaryWriter(tmp_path, strict=True) as writer:
        writer.add_figure("f", figures[0], 1)
        writer.add_figure("f", figures, 2, close=False)
        with pytest.raises(TypeError, match="figure of matplotlib"):
            writer.add_figure("f", "no figure")
    one, several = (value.image for value in values_of(tmp_path))
    np.testing.assert_array_equal(pixels_of(one), figures[0].canvas.pixels[..., :3])
    assert pixels_of(several).shape == (6, 27, 3)
    assert closed == [figures[0], "no figure"]


def test_a_figure_of_another_canvas_needs_agg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.backends.backend_agg", None)
    with SummaryWriter(tmp_path) as writer:
        writer.add_figure("f", types.SimpleNamespace(canvas=object()))
    (message,) = caplog.messages
    assert "add_figure('f')" in message and "Agg" in message


def test_a_real_figure(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure as RealFigure

    figure = RealFigure(figsize=(2, 1), dpi=50, facecolor="red")
    canvas = FigureCanvasSVG(figure)
    with SummaryWriter(tmp_path, strict=True) as writer:
        writer.add_figure("f", figure)
    (image,) = (value.image for value in values_of(tmp_path))
    assert (image.height, image.width) == (50, 100)
    assert pixels_of(image)[0, 0].tolist() == [255, 0, 0]
    assert figure.canvas is canvas


@given(st.integers(1, 18), st.integers(1, 3), st.sampled_from([1, 3]), st.booleans())
def test_videos_are_laid_out_as_tensorboardx_does(count: int, length: int, channels: int, floats: bool) -> None:
    clips = np.random.default_rng(count).integers(0, 256, (count, length, channels, 3, 2), dtype=np.uint8)
    given_clips = clips / np.float32(255) if floats else clips
    expected = (_prepare_video(given_clips) * 255).astype(np.uint8)
    np.testing.assert_array_equal(to_frames(given_clips, "NTCHW"), expected)


def gif_frames(data: bytes) -> tuple[list[Any], list[int]]:
    picture: Any = Image.open(io.BytesIO(data))
    frames, times = [], []
    for number in range(picture.n_frames):
        picture.seek(number)
        frames.append(np.asarray(picture.convert("RGB")))
        times.append(picture.info["duration"])
    return frames, times


def test_a_video_plays_frame_by_frame(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    colours = RANDOM.integers(0, 256, (40, 3), dtype=np.uint8)
    clip = colours[RANDOM.integers(0, 40, (6, 12, 20))].transpose(0, 3, 1, 2)[np.newaxis]
    with SummaryWriter(tmp_path) as writer:
        writer.add_video("v", clip, 1)
        writer.add_video("v", clip.transpose(1, 3, 4, 2, 0), 2, 30, dataformats="THWCN")
        assert not caplog.messages
        writer.add_video("fast", clip, fps=240)
        writer.add_video("none", clip[:, :0])
        writer.add_video("slow", clip, fps=0)
        writer.add_video("flat", clip[0])
    first, second, fast = (value.image for value in values_of(tmp_path))
    for image in (first, second):
        frames, _ = gif_frames(image.encoded_image_string)
        assert (image.height, image.width, len(frames)) == (12, 20, 6)
        for frame, expected in zip(frames, clip[0]):
            np.testing.assert_array_equal(frame, expected.transpose(1, 2, 0))
    assert gif_frames(first.encoded_image_string)[1] == [250] * 6
    assert sum(gif_frames(second.encoded_image_string)[1]) == 200
    assert set(gif_frames(fast.encoded_image_string)[1]) == {20}
    said = [message.split(":")[0] for message in caplog.messages]
    assert said == ["add_video('fast')", "add_video('none')", "add_video('slow')", "add_video('flat')"]


def test_a_long_time_between_frames_is_what_a_gif_can_hold() -> None:
    frames = np.arange(2, dtype=np.uint8)[:, None, None, None] * np.ones((1, 4, 4, 1), np.uint8)
    assert gif_frames(to_gif(frames, 1e-9))[1] == [655350] * 2


def wav_of(audio: Any) -> tuple[Any, int]:
    with wave.open(io.BytesIO(audio.encoded_audio_string)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        return samples.reshape(-1, file.getnchannels()), file.getframerate()


def test_sounds(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    stereo = RANDOM.uniform(-1, 1, (50, 2))
    with SummaryWriter(tmp_path) as writer:
        writer.add_audio("a", stereo[:, 0], 1, 8000)
        writer.add_audio("a", stereo[:, :1], 2, sample_rate=8000.0)
        writer.add_audio("a", stereo[:, :1].T, 3)
        writer.add_audio("a", stereo, 4)
        writer.add_audio("a", stereo.T, 5)
        writer.add_audio("raw", np.array([[1, -2], [3, 32767]], np.int16))
        assert not caplog.messages
        writer.add_audio("loud", [0.5, 2.0, -7.0, np.nan])
        for bad in (np.zeros(0), np.zeros((5, 3)), np.zeros((1, 2, 3))):
            writer.add_audio(f"bad {bad.shape}", bad)
        writer.add_audio("rate", stereo, sample_rate=0)
    *sounds, raw, loud = (value.audio for value in values_of(tmp_path))
    expected = np.rint(stereo * 32767)
    for audio, kept, rate in zip(sounds, (1, 1, 1, 2, 2), (8000, 8000, 44100, 44100, 44100)):
        assert (audio.num_channels, audio.length_frames, audio.sample_rate) == (kept, 50, rate)
        assert audio.content_type == "audio/wav"
        samples, found_rate = wav_of(audio)
        np.testing.assert_array_equal(samples, expected[:, :kept])
        assert found_rate == rate
    assert wav_of(raw)[0].tolist() == [[1, -2], [3, 32767]]
    assert wav_of(loud)[0].ravel().tolist() == [16384, 32767, -32767, 0]
    assert len(caplog.messages) == 5
    assert "cut off" in caplog.messages[0]


def test_runglass_shows_what_was_logged(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path / "run", strict=True) as writer:
        writer.add_images("i", np.zeros((9, 3, 4, 5), np.uint8), 7)
        writer.add_video("v", np.zeros((1, 2, 1, 4, 5), np.uint8), 8)
        writer.add_audio("a", np.zeros(9), 9)
    session = ours(tmp_path)
    store = session.store
    pictures = {key.tag: store.blobs(key) for key in store.series(Kind.IMAGE)}
    assert (pictures["i"].step[0], pictures["i"].width[0], pictures["i"].height[0]) == (7, 40, 8)
    assert session.read_blob(pictures["v"].samples[0][0]).startswith(b"GIF8")
    (sound,) = (store.blobs(key) for key in store.series(Kind.AUDIO))
    assert session.read_blob(sound.samples[0][0]).startswith(b"RIFF")
