"""What stands at one place of a file: a valid record, or what speaks against it."""

from __future__ import annotations

import enum
import struct
from dataclasses import dataclass

from .crc import crc32c, mask
from .frame import FOOTER_SIZE, HEADER_SIZE, OVERHEAD, parse_header
from .source import ByteSource

#: A length whose own checksum is wrong is believed up to here, provided that the payload's checksum then holds.
MAX_UNVERIFIED_LENGTH = 16 << 20

_CRC = struct.Struct("<I").unpack_from
_STREAM_BLOCK = 1 << 20


class Verdict(enum.Enum):
    """What a place looks like; WHOLE alone is a record."""

    WHOLE = enum.auto()
    SHORT_HEADER = enum.auto()
    BEYOND_END = enum.auto()
    BAD_LENGTH = enum.auto()
    BAD_PAYLOAD = enum.auto()


@dataclass(frozen=True, slots=True)
class Finding:
    """The verdict, the claimed length of the payload, and whether the length's checksum holds."""

    verdict: Verdict
    length: int = 0
    length_holds: bool = False


def examine(source: ByteSource, offset: int, size: int, *, strict: bool = False) -> Finding:
    """Looks at ``offset`` of a file of ``size`` bytes; needs a megabyte of memory, whatever length is claimed.

    ``strict`` asks for both checksums; without it, a record whose length's checksum alone is wrong is WHOLE too.
    """
    if size - offset < HEADER_SIZE:
        return Finding(Verdict.SHORT_HEADER)
    head = source.read_at(offset, HEADER_SIZE)
    if len(head) < HEADER_SIZE:
        return Finding(Verdict.SHORT_HEADER)
    length, holds = parse_header(head)
    if not holds and (strict or not 0 < length <= MAX_UNVERIFIED_LENGTH):
        return Finding(Verdict.BAD_LENGTH, length)
    if offset + length + OVERHEAD > size:
        return Finding(Verdict.BEYOND_END if holds else Verdict.BAD_LENGTH, length, holds)
    if _payload_holds(source, offset + HEADER_SIZE, length):
        return Finding(Verdict.WHOLE, length, holds)
    return Finding(Verdict.BAD_PAYLOAD if holds else Verdict.BAD_LENGTH, length, holds)


def _payload_holds(source: ByteSource, at: int, length: int) -> bool:
    crc, done = 0, 0
    while length - done > _STREAM_BLOCK:
        block = source.read_at(at + done, _STREAM_BLOCK)
        if len(block) < _STREAM_BLOCK:
            return False
        crc = crc32c(block, crc)
        done += _STREAM_BLOCK
    rest = length - done
    block = source.read_at(at + done, rest + FOOTER_SIZE)
    if len(block) < rest + FOOTER_SIZE:
        return False
    return bool(_CRC(block, rest)[0] == mask(crc32c(block[:rest], crc)))
