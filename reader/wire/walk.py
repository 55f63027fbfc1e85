"""A walk over the frames of scalars, one by one, in search of a period."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from .frame import HEADER_SIZE, OVERHEAD
from .layout import MAX_TEMPLATE_BYTES

_LENGTH = struct.Struct("<Q").unpack_from
_SHORTEST = 14


@dataclass(slots=True)
class Walk:
    """A run of short scalar frames: place, payload length and first tag of each. ``ended``: another frame follows."""

    offsets: list[int] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)
    tags: list[bytes] = field(default_factory=list)
    ended: bool = False

    def extend(self, data: bytes, at: int, most: int) -> None:
        """Walk on to ``most`` whole frames, or to the first that is no scalar."""
        end = len(data)
        position = self.offsets[-1] + self.lengths[-1] + OVERHEAD if self.offsets else at
        while not self.ended and len(self.offsets) < most and position + OVERHEAD <= end:
            length = _LENGTH(data, position)[0]
            following = position + length + OVERHEAD
            if following > end:
                break
            tag = tag_at(data, position + HEADER_SIZE) if _SHORTEST <= length <= MAX_TEMPLATE_BYTES else None
            if tag is None:
                self.ended = True
                break
            self.offsets.append(position)
            self.lengths.append(length)
            self.tags.append(tag)
            position = following

    def payload(self, data: bytes, index: int) -> bytes:
        """The payload of one of the frames."""
        begin = self.offsets[index] + HEADER_SIZE
        return data[begin : begin + self.lengths[index]]

    def period(self) -> int:
        """The smallest p with the first p frames alike twice in a row; 0 where there is none."""
        lengths, tags = self.lengths, self.tags
        for period in range(1, len(lengths) // 2 + 1):
            if (
                lengths[period] == lengths[0]
                and tags[period] == tags[0]
                and lengths[period : 2 * period] == lengths[:period]
                and tags[period : 2 * period] == tags[:period]
            ):
                return period
        return 0

    def until_periodic(self) -> int:
        """How many frames stand before a stretch with a period that lasts to the walk's end; 0 where there is none."""
        lengths, tags = self.lengths, self.tags
        count = len(lengths)
        for period in range(1, count // 3 + 1):
            if (
                lengths[-1] == lengths[-1 - period]
                and tags[-1] == tags[-1 - period]
                and lengths[-period:] == lengths[-2 * period : -period]
                and tags[-period:] == tags[-2 * period : -period]
            ):
                at = count - 2 * period
                while at > 0 and lengths[at - 1] == lengths[at - 1 + period] and tags[at - 1] == tags[at - 1 + period]:
                    at -= 1
                return at
        return 0


# What follows the tag in a value: simple_value, a tensor, metadata.
_AFTER_TAG = frozenset((0x15, 0x42, 0x4A))


def tag_at(data: bytes, at: int) -> bytes | None:
    """The tag of the first value of the Event at ``at``, if that may be a scalar written in the usual order.

    A hint: what it says is compared and parsed before it counts.
    """
    try:
        at += 9
        if data[at] == 0x10:
            at += 1
            while data[at] >= 0x80:
                at += 1
            at += 1
        if data[at] != 0x2A:
            return None
        at += 2 if data[at + 1] < 0x80 else 3
        if data[at] != 0x0A:
            return None
        at += 2 if data[at + 1] < 0x80 else 3
        if data[at] != 0x0A:
            return None
        size = data[at + 1]
        at += 2
        if size >= 0x80:
            size = (size & 0x7F) | (data[at] << 7)
            at += 1
        end = at + size
        return data[at:end] if data[end] in _AFTER_TAG else None
    except IndexError:
        return None
