"""The sheet of thumbnails of an embedding. Checked by its first bytes before anything is decoded."""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .model import EmbeddingNote, Sprite
from .places import OpenFile

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile

#: A longer file is not decoded.
MOST_BYTES = 256 << 20
MOST_PIXELS = 64 << 20
#: Deflate makes at most 1,032 bytes of one.
_MOST_INFLATION = 1032
_STRIP = 1 << 22
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


class BadSprite(Exception):
    """The sheet is not shown; the message is a sentence for users."""


def read_sprite(file: OpenFile, cell: tuple[int, ...], points: int) -> tuple[Sprite, tuple[EmbeddingNote, ...]]:
    """Decode a sheet of thumbnails of ``cell`` (width, height). Not for the GUI thread: up to a second, 256 MB.

    Raises BadSprite with a sentence, OSError.
    """
    if len(cell) != 2 or not all(cell):
        raise BadSprite("The config gives no single_image_dim, the size of one thumbnail: shown without them.")
    data = file.read_at(0, file.stamp.size)
    picture = _opened(data)
    with picture:
        width, height = picture.size
        if width * height > MOST_PIXELS:
            raise BadSprite(f"It has {width:,} × {height:,} pixels; no more than {MOST_PIXELS:,} are decoded.")
        if width < cell[0] or height < cell[1]:
            raise BadSprite(
                f"A thumbnail of {cell[0]:,} × {cell[1]:,} pixels does not fit into a sheet of {width:,} × {height:,}."
            )
        room = (width // cell[0]) * (height // cell[1])
        if room < points:
            raise BadSprite(
                f"It has room for {room:,} thumbnails, and there are {points:,} points: shown without them."
            )
        if picture.format == "PNG" and _too_few_bytes(data):
            raise BadSprite(f"It says {width:,} × {height:,} pixels and holds too few bytes for them.")
        try:
            pixels = _pixels(picture)
        except MemoryError as error:
            raise BadSprite("There is no memory for it: shown without thumbnails.") from error
        except Exception as error:
            # The decoders raise whatever they stumble over: SyntaxError, struct.error, zlib.error, EOFError.
            raise BadSprite("It is damaged or cut off and cannot be decoded.") from error
    notes = []
    if width % cell[0] or height % cell[1]:
        text = f"A sheet of {width:,} × {height:,} pixels is no whole number of {cell[0]:,} × {cell[1]:,} thumbnails."
        notes.append(EmbeddingNote("embedding-sprite-grid", text))
    return Sprite(pixels, (cell[0], cell[1])), tuple(notes)


def _pixels(picture: ImageFile) -> NDArray[np.uint8]:
    """The picture as RGBA, in strips: Pillow hands out all bytes of a picture without letting other threads run."""
    picture.load()
    width, height = picture.size
    pixels = np.empty((height, width, 4), np.uint8)
    step = max(_STRIP // (4 * width), 1)
    for top in range(0, height, step):
        bottom = min(top + step, height)
        pixels[top:bottom] = np.asarray(picture.crop((0, top, width, bottom)).convert("RGBA"))
    return pixels


def _opened(data: bytes) -> ImageFile:
    """The picture, by its first bytes one of the formats that are decoded at all; only its header is read."""
    # Pillow's own open() would try all formats it knows, and warn of large pictures.
    from PIL import BmpImagePlugin, GifImagePlugin, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

    stream = io.BytesIO(data)
    try:
        if data.startswith(b"\x89PNG\r\n\x1a\n"):
            return PngImagePlugin.PngImageFile(stream)
        if data.startswith(b"\xff\xd8\xff"):
            return JpegImagePlugin.JpegImageFile(stream)
        if data.startswith((b"GIF87a", b"GIF89a")):
            return GifImagePlugin.GifImageFile(stream)
        if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
            if _webp_pixels(data) > MOST_PIXELS:
                raise BadSprite(f"It has more than {MOST_PIXELS:,} pixels, and is not decoded.")
            return WebPImagePlugin.WebPImageFile(stream)
        if data.startswith(b"BM"):
            return BmpImagePlugin.BmpImageFile(stream)
    except BadSprite:
        raise
    except Exception as error:
        raise BadSprite("Its header is damaged.") from error
    raise BadSprite("It is neither PNG, JPEG, GIF, WebP nor BMP: other pictures are not decoded.")


def _too_few_bytes(data: bytes) -> bool:
    """Whether a PNG's header claims more pixels than its bytes can hold."""
    width, height, bits, color = struct.unpack(">IIBB", data[16:26])
    row = (width * bits * _CHANNELS.get(color, 1) + 7) // 8
    return bool(height * row > len(data) * _MOST_INFLATION)


def _webp_pixels(data: bytes) -> int:
    """Width times height by the header of a WebP; its decoder reserves memory as soon as it is made."""
    kind = data[12:16]
    if kind == b"VP8X" and len(data) >= 30:
        return (int.from_bytes(data[24:27], "little") + 1) * (int.from_bytes(data[27:30], "little") + 1)
    if kind == b"VP8L" and len(data) >= 25:
        bits = int.from_bytes(data[21:25], "little")
        return ((bits & 0x3FFF) + 1) * ((bits >> 14 & 0x3FFF) + 1)
    if kind == b"VP8 " and len(data) >= 30:
        return (int.from_bytes(data[26:28], "little") & 0x3FFF) * (int.from_bytes(data[28:30], "little") & 0x3FFF)
    raise BadSprite("Its header is damaged.")
