"""Bytes of every kind and of every damage go through the decoder: a picture or a sentence, and never more memory."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PySide6.QtCore import QMessageLogContext, qInstallMessageHandler, qWarning
from PySide6.QtGui import QImage

from runglass.viewers.images import decoding
from runglass.viewers.images.complaints import overhear
from runglass.viewers.images.decoding import FULL, Need, decode
from runglass.viewers.images.sniff import BadPicture, format_of, gif_ends, passes_of

Damage = Callable[[bytes], bytes]


def drawing(width: int = 60, height: int = 40) -> Image.Image:
    y, x = np.mgrid[:height, :width]
    pixels = np.stack([x * 255 // max(width - 1, 1), y * 255 // max(height - 1, 1), (x + y) % 256], -1)
    return Image.fromarray(pixels.astype(np.uint8), "RGB")


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png_that_says(width: int, height: int, rows: bytes, *, extra: bytes = b"", bits: int = 8) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + extra + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


def outcome(data: bytes, need: Need = FULL) -> str:
    """ "shown", or why not."""
    try:
        found = decode(data, need)
    except BadPicture as error:
        return str(error)
    assert not any(frame.isNull() for frame in found.frames)
    return "shown"


def rgb(image: QImage, x: int, y: int) -> tuple[int, ...]:
    color = image.pixelColor(x, y)
    return color.red(), color.green(), color.blue()


@pytest.mark.parametrize("kind", ["PNG", "BMP", "WEBP", "GIF", "JPEG"])
def test_every_format_of_the_list_is_decoded(kind: str) -> None:
    source = drawing()
    data = encoded(source, kind, **({"lossless": True} if kind == "WEBP" else {}))
    found = decode(data)
    assert (found.columns, found.rows, found.level, found.name.upper()) == (60, 40, 0, kind)
    assert len(found.frames) == 1
    near = 0 if kind in ("PNG", "BMP", "WEBP") else 40
    for at in ((0, 0), (59, 39), (30, 20)):
        assert all(abs(a - b) <= near for a, b in zip(rgb(found.frames[0], *at), source.getpixel(at), strict=True))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "BMP", "GIF"])
def test_a_small_card_gets_a_small_picture(kind: str) -> None:
    found = decode(encoded(drawing(600, 400), kind), Need(100, 100))
    assert found.level == 2
    assert (found.frames[0].width(), found.frames[0].height()) == (150, 100)
    assert (found.columns, found.rows) == (600, 400)
    assert found.serves(Need(100, 100)) and not found.serves(FULL) and not found.serves(Need(100, 100, zoom=4))


@pytest.mark.parametrize("kind", ["GIF", "WEBP"])
def test_an_animation_has_all_its_frames_and_their_times(kind: str) -> None:
    frames = [drawing().rotate(10 * turn) for turn in range(9)]
    data = encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=70, loop=0)
    found = decode(data)
    assert len(found.frames) == 9 and found.delays == (70,) * 9
    assert found.frames[0] != found.frames[5]
    assert decode(data, Need(16, 16)).frames[3].width() == 30


def test_a_long_animation_is_shown_smaller_and_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    frames = [drawing().rotate(10 * turn) for turn in range(9)]
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=70)
    monkeypatch.setattr(decoding, "MOST_FRAMES", 6)
    monkeypatch.setattr(decoding, "MOST_FRAME_BYTES", 6 * 60 * 40)
    found = decode(data)
    assert len(found.frames) == 6 and found.left_out == 3
    assert found.level == 1 and found.serves(FULL)


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA", "I;16", "CMYK"])
def test_odd_kinds_of_pixels_show_something_sensible(mode: str) -> None:
    if mode == "I;16":
        data = encoded(Image.fromarray(np.full((8, 8), 40_000, np.uint16)), "PNG")
    elif mode == "CMYK":
        data = encoded(Image.new("RGB", (8, 8), (200, 30, 60)).convert("CMYK"), "JPEG", quality=95)
    else:
        data = encoded(Image.new("RGB", (8, 8), (200, 200, 200)).convert(mode), "PNG")
    found = decode(data)
    red, green, blue = rgb(found.frames[0], 4, 4)
    if mode == "I;16":
        assert found.depth == 16 and found.frames[0].pixelColor(4, 4).rgba64().red() == 40_000
    elif mode == "CMYK":
        assert red > 150 and green < 90 and blue < 120
    elif mode == "1":
        assert red in (0, 255)
    else:
        # Pillow's own palette has no 200.
        assert (red, green, blue) == ((204, 204, 204) if mode == "P" else (200, 200, 200))
    assert found.frames[0].hasAlphaChannel() == (mode in ("LA", "RGBA"))


def test_transparent_pixels_keep_the_values_that_were_logged() -> None:
    found = decode(encoded(Image.new("RGBA", (2, 2), (201, 33, 7, 3)), "PNG"))
    assert found.frames[0].pixelColor(0, 0).getRgb() == (201, 33, 7, 3)


@pytest.mark.parametrize(("width", "height"), [(1, 1), (20_000, 5), (5, 20_000)])
def test_extreme_shapes(width: int, height: int) -> None:
    data = encoded(Image.new("RGB", (width, height), (10, 200, 30)), "PNG")
    found = decode(data, Need(200, 150))
    assert found.frames[0].width() >= 1 and found.frames[0].height() >= 1
    assert rgb(found.frames[0], 0, 0) == (10, 200, 30)


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "no bytes"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (b'<?xml version="1.0"?><!-- x --><svg width="9"/>', "SVG"),
        (encoded(drawing(), "TIFF"), "TIFF"),
        (encoded(drawing(), "ICO"), "Not a picture"),
        (encoded(drawing(), "PPM"), "Not a picture"),
        (b"/* XPM */ static char *x[] = {", "Not a picture"),
        (b"\x00" * 100, "Not a picture"),
    ],
)
def test_other_formats_are_refused_by_name(data: bytes, word: str) -> None:
    with pytest.raises(BadPicture, match=word):
        decode(data)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "BMP", "GIF"])
def test_a_picture_that_is_cut_off_says_so(kind: str) -> None:
    data = encoded(drawing(300, 200), kind)
    for share in (0.1, 0.5, 0.99):
        said = outcome(data[: int(len(data) * share)])
        assert "damaged" in said or "cut off" in said or (kind == "GIF" and said == "shown")


def test_of_a_gif_that_is_cut_off_the_frames_before_the_cut_are_shown_and_marked() -> None:
    frames = [drawing(90, 60).rotate(9 * turn) for turn in range(8)]
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert not decode(data).damaged and gif_ends(data)
    found = decode(data[: len(data) // 2])
    assert found.damaged and 1 < len(found.frames) < 8
    assert outcome(data[:60]).startswith("The GIF is ")
    # What follows the trailer is no part of the picture.
    assert gif_ends(data + b"\0\0more") and not decode(data + b"\0\0more").damaged


@given(st.binary(max_size=400), st.integers(0, 500))
def test_walking_through_a_gif_ends_whatever_its_bytes_are(junk: bytes, at: int) -> None:
    whole = encoded(drawing(12, 9), "GIF")
    assert gif_ends(whole[:at] + junk + whole[at:]) in (True, False)
    assert not gif_ends(whole[: min(at, len(whole) - 1)])


def test_an_animation_that_takes_too_long_is_cut_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    frames = [drawing().rotate(10 * turn) for turn in range(9)]
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    monkeypatch.setattr(decoding, "MOST_SECONDS", 0.0)
    found = decode(data)
    assert (len(found.frames), found.left_out) == (1, 8)


def test_a_jpeg_of_endless_passes_is_not_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    data = encoded(drawing(300, 200), "JPEG", progressive=True)
    assert 2 < passes_of(data, "jpeg") < 20 and outcome(data) == "shown"
    monkeypatch.setattr(decoding, "MOST_PASSED", 2 * 300 * 200)
    assert "passes" in outcome(data)
    assert outcome(encoded(drawing(300, 200), "JPEG")) == "shown"


@pytest.mark.no_qt_log
def test_a_half_decoded_jpeg_is_shown_and_marked() -> None:
    data = encoded(drawing(300, 200), "JPEG")
    heard: list[str] = []

    def take(_kind: object, context: QMessageLogContext, text: str) -> None:
        if not overhear(context.category, text):
            heard.append(text)

    before = qInstallMessageHandler(take)
    try:
        # Two thirds of the data are zeros, and the end is there.
        found = decode(data[: len(data) // 3] + bytes(len(data) // 2) + data[-2:])
        assert found.damaged and not decode(data).damaged
        assert heard == []
        qWarning("of something else")
        assert heard == ["of something else"]
    finally:
        qInstallMessageHandler(before)


def flip(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1 :]


def test_a_damaged_png_is_named_and_never_half_shown() -> None:
    data = encoded(drawing(300, 200), "PNG")
    for at in (18, 30, len(data) // 2, len(data) - 20):
        with pytest.raises(BadPicture):
            decode(flip(data, at))


@pytest.mark.qt_log_ignore("Corrupt JPEG|Huffman|JPEG", extend=True)
@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "BMP", "GIF"])
def test_flipped_bytes_end_in_a_picture_or_a_sentence(kind: str) -> None:
    data = encoded(drawing(120, 90), kind)
    for at in range(2, len(data), max(len(data) // 60, 1)):
        assert outcome(flip(data, at), Need(60, 60))


@pytest.mark.parametrize(("width", "height"), [(30_000, 30_000), (8_193, 8_193), (65_000, 2_000)])
def test_too_large_a_picture_is_not_decoded(width: int, height: int) -> None:
    with pytest.raises(BadPicture, match="Too large"):
        decode(png_that_says(width, height, b"\x00" * 1000))


def test_sixteen_bits_a_channel_count_double() -> None:
    with pytest.raises(BadPicture, match="Too large"):
        decode(png_that_says(8_000, 5_000, b"\x00" * 1000, bits=16))


def test_a_header_that_lies_about_the_size_costs_nothing() -> None:
    with pytest.raises(BadPicture, match="too few bytes"):
        decode(png_that_says(8_000, 8_000, b"\x00" * 1000))


def test_a_profile_that_would_inflate_is_never_looked_at() -> None:
    bomb = chunk(b"iCCP", b"x\x00\x00" + zlib.compress(bytes(50_000_000), 9))
    text = chunk(b"zTXt", b"Comment\x00\x00" + zlib.compress(bytes(50_000_000), 9))
    rows = b"".join(b"\x00" + b"\x07\x08\x09" * 4 for _ in range(4))
    found = decode(png_that_says(4, 4, rows, extra=bomb + text))
    assert rgb(found.frames[0], 3, 3) == (7, 8, 9)


def test_the_name_of_the_format_decides_and_nothing_else() -> None:
    assert format_of(b"BM<svg") == "bmp"
    with pytest.raises(BadPicture):
        decode(b"BM<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'></svg>")
