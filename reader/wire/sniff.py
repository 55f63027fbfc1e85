"""What a file is that carries an event file's name but does not begin like one."""

from __future__ import annotations

from .frame import HEADER_SIZE, parse_header

#: So many bytes of a file's beginning are enough for :func:`sniff`.
SNIFF_BYTES = 512

_MAGIC = (
    (b"version https://git-lfs.github.com/", "git-lfs-pointer"),
    (b"\x1f\x8b", "gzip"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"\x78\x01", "zlib"),
    (b"\x78\x5e", "zlib"),
    (b"\x78\x9c", "zlib"),
    (b"\x78\xda", "zlib"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"PK\x03\x04", "zip"),
)
_TEXT_CONTROLS = frozenset(b"\t\n\v\f\r\x1b")


def sniff(first: bytes) -> str | None:
    """Names the content by its first bytes, or gives None where it may be an event file (an empty one included).

    The names: "git-lfs-pointer", "html", "gzip", "zlib", "zstd", "bzip2", "xz", "zip", "text".
    """
    if not first or (len(first) >= HEADER_SIZE and parse_header(first[:HEADER_SIZE])[1]):
        return None
    for magic, name in _MAGIC:
        if first.startswith(magic):
            return name
    if not _is_text(first[:SNIFF_BYTES]):
        return None
    begin = first[:SNIFF_BYTES].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if begin.startswith((b"<!doctype", b"<html", b"<head", b"<body")):
        return "html"
    return "text"


def _is_text(data: bytes) -> bool:
    if any(byte < 0x20 and byte not in _TEXT_CONTROLS for byte in data):
        return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        # The last character may be cut in two.
        return error.start >= len(data) - 3 and error.reason == "unexpected end of data"
    return True
