"""What the first bytes of a picture say: its format, and for PNG whether it is whole. No Qt.

Only PNG, JPEG, GIF, WebP and BMP are decoded at all: a log comes from strangers, and the decoders of other formats have
too long a list of faults.
"""

from __future__ import annotations

import struct
import zlib

_PNG = b"\x89PNG\r\n\x1a\n"
#: What decides the pixels of a PNG. Profiles, texts and the like are left out: they may inflate without bound.
_NEEDED = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
#: Deflate makes at most 1,032 bytes of one.
_MOST_INFLATION = 1032


class BadPicture(Exception):
    """The bytes cannot be shown; the text says why, for the user."""


def format_of(data: bytes) -> str:
    """ "png", "jpeg", "gif", "webp" or "bmp" by the first bytes. BadPicture for anything else."""
    head = data[:16]
    if head.startswith(_PNG):
        return "png"
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "webp"
    if head.startswith(b"BM"):
        return "bmp"
    if not data:
        raise BadPicture("The log holds no bytes for this picture")
    named = _foreign(data)
    raise BadPicture(
        f"{named} pictures are not shown: only PNG, JPEG, GIF, WebP and BMP"
        if named
        else "Not a picture: the bytes are neither PNG, JPEG, GIF, WebP nor BMP"
    )


def whole(data: bytes, kind: str) -> bytes:
    """The bytes to decode. BadPicture where the end is missing or a checksum does not hold.

    Of a GIF that is cut off the frames before the cut can be shown: :func:`gif_ends` tells.
    """
    if kind == "png":
        return _plain_png(data)
    if kind == "jpeg" and b"\xff\xd9" not in data[2:]:
        raise BadPicture("The JPEG is cut off: its end is missing")
    if kind == "webp" and len(data) < int.from_bytes(data[4:8], "little") + 8:
        raise BadPicture("The WebP is cut off: its end is missing")
    if kind == "bmp" and len(data) < int.from_bytes(data[2:6], "little"):
        raise BadPicture("The BMP is cut off: its end is missing")
    return data


def check_amount(data: bytes, kind: str) -> None:
    """BadPicture for a PNG, as :func:`whole` gives it, whose header claims more pixels than its bytes can hold."""
    if kind != "png":
        return
    width, height, bits, color = struct.unpack(">IIBB", data[16:26])
    row = (width * bits * _CHANNELS.get(color, 1) + 7) // 8
    if height * row > len(data) * _MOST_INFLATION:
        raise BadPicture(f"The PNG is damaged: it says {width:,} × {height:,} pixels and holds too few bytes for them")


def depth_of(data: bytes, kind: str) -> int:
    """Bits a channel, 8 or 16: PNG alone has more than 8."""
    return 16 if kind == "png" and data[24:25] == b"\x10" else 8


def may_have_alpha(data: bytes, kind: str) -> bool:
    """False for a picture that has no transparent pixel for certain."""
    return kind in ("gif", "webp") or (kind == "png" and (data[25:26] in (b"\x04", b"\x06") or b"tRNS" in data))


def passes_of(data: bytes, kind: str) -> int:
    """How often a decoder goes over the whole picture: the number of scans of a progressive JPEG, 1 of all others."""
    if kind != "jpeg" or (b"\xff\xc2" not in data and b"\xff\xca" not in data):
        return 1
    # In compressed data each 0xFF is followed by a zero, so the marker stands nowhere else but in a thumbnail.
    return max(data.count(b"\xff\xda"), 1)


def gif_ends(data: bytes) -> bool:
    """True if the blocks of a GIF lead to its trailer (GIF89a specification, sections 18 to 27).

    Bytes that are no block end the walk: what a decoder makes of them is its own affair, but nothing is missing.
    """
    at = 13 + _colors(data[10:11])
    while at < len(data):
        kind = data[at]
        if kind == 0x21:  # an extension: label, then sub-blocks
            at += 2
        elif kind == 0x2C:  # a frame: ten bytes, its colours, the size of its codes, then sub-blocks
            at += 11 + _colors(data[at + 9 : at + 10])
        else:
            return True
        while at < len(data) and data[at]:
            at += 1 + data[at]
        at += 1
    return False


def _colors(flags: bytes) -> int:
    """Bytes of the table of colours that a byte of flags announces."""
    return 3 << (1 + (flags[0] & 7)) if flags and flags[0] & 0x80 else 0


def _foreign(data: bytes) -> str:
    if data.startswith((b"II*\x00", b"MM\x00*")):
        return "TIFF"
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(b"<svg") or (start.startswith((b"<?xml", b"<!")) and b"<svg" in start):
        return "SVG"
    if data[4:12] in (b"ftypavif", b"ftypheic"):
        return data[8:12].decode().upper()
    return ""


def _plain_png(data: bytes) -> bytes:
    kept = [_PNG]
    at = len(_PNG)
    while True:
        if at + 12 > len(data):
            raise BadPicture("The PNG is cut off: its end is missing")
        length = int.from_bytes(data[at : at + 4], "big")
        name, end = data[at + 4 : at + 8], at + 12 + length
        if end > len(data):
            raise BadPicture("The PNG is cut off: its end is missing")
        if name in _NEEDED:
            if zlib.crc32(data[at + 4 : end - 4]) != int.from_bytes(data[end - 4 : end], "big"):
                raise BadPicture(f"The PNG is damaged: the checksum of its {name.decode()} does not hold")
            kept.append(data[at:end])
        if name == b"IEND":
            break
        at = end
    if len(kept[1]) != 25 or kept[1][4:8] != b"IHDR":
        raise BadPicture("The PNG is damaged: it has no header")
    return b"".join(kept)
