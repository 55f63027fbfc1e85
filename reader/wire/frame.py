"""The frame around a record: length, checksum of the length, payload, checksum of the payload; little-endian."""

from __future__ import annotations

import struct

from .crc import masked_crc

#: Bytes in front of a payload: its length (u64) and the masked CRC-32C of those 8 bytes.
HEADER_SIZE = 12
#: Bytes behind a payload: its masked CRC-32C.
FOOTER_SIZE = 4
#: What a frame costs on top of its payload.
OVERHEAD = HEADER_SIZE + FOOTER_SIZE

_LENGTH = struct.Struct("<Q")
_CRC = struct.Struct("<I")
_HEADER = struct.Struct("<QI")


def header(length: int) -> bytes:
    """The 12 bytes in front of a payload of ``length`` bytes."""
    raw = _LENGTH.pack(length)
    return raw + _CRC.pack(masked_crc(raw))


def pack_record(payload: bytes) -> bytes:
    """The whole frame of ``payload``, ready to be appended to an event file."""
    return b"".join((header(len(payload)), payload, _CRC.pack(masked_crc(payload))))


def parse_header(raw: bytes) -> tuple[int, bool]:
    """The claimed length in a 12-byte header, and whether the header's checksum agrees with it."""
    length, stored = _HEADER.unpack(raw)
    return length, stored == masked_crc(raw[:8])
