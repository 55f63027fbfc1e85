"""Bytes of a log to pictures, in a thread of the pool: within bounds, and never by guessing the format."""

from __future__ import annotations

import time
from dataclasses import dataclass

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize
from PySide6.QtGui import QImage, QImageReader

from .complaints import listening
from .geometry import Room, halved, level_for
from .sniff import BadPicture, check_amount, depth_of, format_of, gif_ends, may_have_alpha, passes_of, whole

MOST_PIXELS = 64 * 1024 * 1024
MOST_BYTES = 256 * 1024 * 1024
#: Frames of an animation, and what all of them may take; longer ones are shown smaller.
MOST_FRAMES = 1000
MOST_FRAME_BYTES = 64 * 1024 * 1024
#: Seconds after which no further frame of an animation is begun.
MOST_SECONDS = 10.0
#: Pixels that a progressive JPEG may go over, all its passes together: some files name thousands of passes, and a
#: decoder cannot be stopped in the middle. Usual ones have about ten.
MOST_PASSED = 20 * MOST_PIXELS
#: Milliseconds a frame whose file names none, as browsers have it.
_USUAL_DELAY = 100
_LEAST_DELAY = 20

#: Bytes of the objects that a kept frame needs beside its pixels (measured: 0.9 KB with 10,000 pictures).
_AROUND = 1024

_NAMES = {"png": "PNG", "jpeg": "JPEG", "gif": "GIF", "webp": "WebP", "bmp": "BMP"}


@dataclass(frozen=True, slots=True)
class Need:
    """How large a picture is to be shown: a view of ``width`` x ``height`` device pixels, and the zoom in it.

    ``pixel`` is the device pixels of a logical one. Without a size (0) every pixel is needed.
    """

    width: int = 0
    height: int = 0
    zoom: float = 1.0
    actual: bool = False
    pixel: float = 1.0

    def level(self, columns: int, rows: int) -> int:
        """How often a picture of ``columns`` x ``rows`` may be halved for it."""
        if not self.width or not self.height:
            return 0
        usual = self.pixel if self.actual else Room(self.width, self.height, columns, rows).fitted
        return level_for(usual * self.zoom)


FULL = Need()


@dataclass(frozen=True, slots=True)
class Picture:
    """A decoded picture. ``columns`` x ``rows`` pixels were logged; ``frames`` are halved ``level`` times.

    Frames are RGB32 or ARGB32, those of 16 bits a channel in full size RGBX64 or RGBA64. ``delays`` are milliseconds,
    one a frame. ``finest``: no finer one can be had. ``left_out`` counts the frames that were not decoded: those beyond
    :data:`MOST_FRAMES`, after :data:`MOST_SECONDS`, or behind damage. ``damaged``: what can be seen is not all right.
    """

    frames: tuple[QImage, ...]
    delays: tuple[int, ...]
    columns: int
    rows: int
    kind: str
    level: int
    depth: int = 8
    finest: bool = False
    left_out: int = 0
    damaged: bool = False

    @property
    def nbytes(self) -> int:
        """Memory of all frames, with what stands around each."""
        return sum(frame.sizeInBytes() + _AROUND for frame in self.frames)

    @property
    def name(self) -> str:
        """The format as people write it."""
        return _NAMES[self.kind]

    def serves(self, need: Need) -> bool:
        """True if the picture is fine enough."""
        return self.finest or self.level <= need.level(self.columns, self.rows)


def decode(data: bytes, need: Need = FULL) -> Picture:
    """The picture that ``data`` holds, no finer than ``need`` asks. BadPicture with a sentence for users.

    It ends: the pixels are bounded before any is decoded, and the frames by their number and by time.

    QImageReader, not QImage.fromData: it leaves the interpreter to others while it works. Size and format are known
    from the header before anything is decoded.
    """
    began = time.monotonic()
    kind = format_of(data)
    data = whole(data, kind)
    depth = depth_of(data, kind)
    with listening() as complaints:
        size = _header(data, kind)
        columns, rows = size.width(), size.height()
        _check_size(data, kind, columns, rows, depth)
        buffer, reader = _open(data, kind)
        count = reader.imageCount() if reader.supportsAnimation() else 1
        level, shown = need.level(columns, rows), min(max(count, 1), MOST_FRAMES)
        wanted = level
        while shown > 1 and shown * halved(columns, level) * halved(rows, level) * 4 > MOST_FRAME_BYTES and level < 12:
            level += 1
        frames: list[QImage] = []
        delays: list[int] = []
        while len(frames) < shown and (not frames or time.monotonic() - began < MOST_SECONDS):
            if level:
                reader.setScaledSize(QSize(halved(columns, level), halved(rows, level)))
            image = reader.read()
            if image.isNull():
                break
            frames.append(_plain(image, depth if level == 0 else 8))
            delay = reader.nextImageDelay() if shown > 1 else 0
            delays.append(delay if delay >= _LEAST_DELAY else _USUAL_DELAY)
        buffer.close()
    cut = kind == "gif" and not gif_ends(data)
    if not frames:
        raise BadPicture(
            "The GIF is cut off: its end is missing" if cut else f"The {_NAMES[kind]} is damaged and cannot be decoded"
        )
    return Picture(
        tuple(frames),
        tuple(delays),
        columns,
        rows,
        kind,
        level,
        depth,
        finest=level > wanted,
        left_out=max(count - len(frames), 0),
        damaged=cut or bool(complaints),
    )


def _check_size(data: bytes, kind: str, columns: int, rows: int, depth: int) -> None:
    if columns * rows > MOST_PIXELS or columns * rows * depth // 2 > MOST_BYTES:
        raise BadPicture(f"Too large to show: {columns:,} × {rows:,} pixels, and 64 million are the most")
    check_amount(data, kind)
    passes = passes_of(data, kind)
    if passes * columns * rows > MOST_PASSED:
        raise BadPicture(f"Too slow to show: a JPEG of {columns:,} × {rows:,} pixels in {passes:,} passes")


def size_of(data: bytes) -> tuple[int, int, bool]:
    """Columns, rows, and whether there may be alpha, by the head of a picture. BadPicture as :func:`decode`."""
    kind = format_of(data)
    size = _header(whole(data, kind), kind)
    return size.width(), size.height(), may_have_alpha(data, kind)


def _header(data: bytes, kind: str) -> QSize:
    buffer, reader = _open(data, kind)
    size = reader.size()
    buffer.close()
    if not size.isValid() or size.isEmpty():
        raise BadPicture(f"The {_NAMES[kind]} is damaged: its header says no size")
    return size


def _open(data: bytes, kind: str) -> tuple[QBuffer, QImageReader]:
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, QByteArray(kind.encode()))
    reader.setDecideFormatFromContent(False)
    reader.setAutoDetectImageFormat(False)
    return buffer, reader


def _plain(image: QImage, depth: int) -> QImage:
    """In a format that is painted fast and keeps the values as logged."""
    alpha = image.hasAlphaChannel()
    if depth == 16:
        wanted = QImage.Format.Format_RGBA64 if alpha else QImage.Format.Format_RGBX64
    else:
        wanted = QImage.Format.Format_ARGB32 if alpha else QImage.Format.Format_RGB32
    return image.convertToFormat(wanted)
