"""Many scalar points to framed records at once.

The records of one tag whose steps take equally many bytes are the same row but for wall time, step and value. So all
of them are copies of a template with those bytes put in, and their checksums that of the template, changed by what was
put in: a CRC is linear, so that a byte changes it by an amount that depends on the byte and its distance from the end
alone, which stands in a table.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from ..reader.wire.crc import MASK_DELTA, crc32c
from ..reader.wire.frame import FOOTER_SIZE, HEADER_SIZE, header, pack_record
from .encoding import scalar_event, scalar_prefix

Bytes = npt.NDArray[np.uint8]

#: Fewer points are encoded one by one.
FEW = 24
_WALL_AT = 1
_STEP_AT = 10
_VARINT_BOUNDS = np.array([1 << (7 * size) for size in range(1, 10)], np.uint64)


class ScalarTag:
    """A tag as its records hold it. Compared by identity: a writer has one for each of its tags."""

    __slots__ = ("name", "prefix", "templates")

    def __init__(self, name: str) -> None:
        self.name = name
        self.prefix = scalar_prefix(name)
        self.templates: dict[int, _Template] = {}

    def template(self, step_size: int) -> _Template:
        """The row of points whose step takes ``step_size`` bytes; 0: the step is 0 and left out."""
        found = self.templates.get(step_size)
        if found is None:
            found = self.templates[step_size] = _Template(self.prefix, step_size)
        return found


#: Tag, value, step and wall time of one point.
Point = tuple[ScalarTag, float, int, float]


class _Template:
    """A framed record with zeros for what differs."""

    def __init__(self, prefix: bytes, step_size: int) -> None:
        step = b"\x10" + bytes(step_size) if step_size else b""
        payload = b"\x09" + bytes(8) + step + prefix + bytes(4)
        self.row = np.frombuffer(header(len(payload)) + payload + bytes(FOOTER_SIZE), np.uint8)
        self.crc = np.uint32(crc32c(payload))
        places = [*range(_WALL_AT, _WALL_AT + 8), *range(_STEP_AT, _STEP_AT + step_size)]
        places += range(len(payload) - 4, len(payload))
        self.places = np.array(places) + HEADER_SIZE
        self.tables = np.stack([_table(len(payload) - 1 - place) for place in places])

    def rows(self, wall: npt.NDArray[np.float64], step: Bytes, value: npt.NDArray[np.float32]) -> Bytes:
        """uint8 (n, bytes of a record); ``step`` (n, bytes of a step) are the varints."""
        count = len(wall)
        varying = np.concatenate(
            [wall.view(np.uint8).reshape(count, 8), step, value.view(np.uint8).reshape(count, 4)], axis=1
        )
        rows = np.empty((count, len(self.row)), np.uint8)
        rows[:] = self.row
        rows[:, self.places] = varying
        crc = np.full(count, self.crc)
        for table, column in zip(self.tables, varying.T, strict=True):
            crc ^= table[column]
        masked = ((crc >> np.uint32(15)) | (crc << np.uint32(17))) + np.uint32(MASK_DELTA)
        rows[:, -FOOTER_SIZE:] = masked.astype("<u4").view(np.uint8).reshape(count, 4)
        return rows


@lru_cache(maxsize=1 << 16)
def _table(distance: int) -> npt.NDArray[np.uint32]:
    """By how much a byte, ``distance`` bytes before the last one, changes the CRC-32C of what is zero there.

    uint32 (256,). The state of the checksum is a vector over GF(2), and a byte of zeros behind moves it on linearly.
    """
    if distance == 0:
        zero = crc32c(b"\0")
        return np.array([crc32c(bytes([byte])) ^ zero for byte in range(256)], np.uint32)
    before = _table(distance - 1)
    moved: npt.NDArray[np.uint32] = (before >> np.uint32(8)) ^ _table(0)[before & np.uint32(0xFF)]
    return moved


def records(points: Sequence[Point]) -> bytes:
    """The framed records of ``points``, in their order. OverflowError for a step beyond 64 bits."""
    if len(points) < FEW:
        return b"".join([record(point) for point in points])
    tags, values, steps, walls = zip(*points, strict=True)
    step = np.array(steps, np.int64)
    wall = np.array(walls, "<f8")
    with np.errstate(over="ignore", invalid="ignore"):
        value = np.array(values, np.float64).astype("<f4")
    # The number of a varint's bytes; negative steps are 64-bit two's complement, which takes ten.
    size = np.searchsorted(_VARINT_BOUNDS, step.view(np.uint64), "right") + 1
    size[step == 0] = 0
    first = tags[0]
    if tags.count(first) == len(tags):
        group = size
        members = {int(number): (first, int(number)) for number in np.unique(size)}
    else:
        numbers: dict[ScalarTag, int] = {}
        number_of = np.array([numbers.setdefault(tag, len(numbers)) for tag in tags])
        group = number_of * 16 + size
        known = list(numbers)
        members = {int(number): (known[number >> 4], int(number) & 15) for number in np.unique(group)}
    if len(members) == 1:
        ((tag, step_size),) = members.values()
        rows = tag.template(step_size).rows(wall, _varints(step, step_size), value)
        return bytes(rows.data)
    templates = {number: tag.template(step_size) for number, (tag, step_size) in members.items()}
    lengths = np.empty(len(points), np.int64)
    chosen: dict[int, npt.NDArray[np.intp]] = {}
    for number, template in templates.items():
        at = chosen[number] = np.flatnonzero(group == number)
        lengths[at] = len(template.row)
    ends = np.cumsum(lengths)
    out = np.empty(int(ends[-1]), np.uint8)
    begins = ends - lengths
    for number, template in templates.items():
        at = chosen[number]
        rows = template.rows(wall[at], _varints(step[at], members[number][1]), value[at])
        out[begins[at][:, None] + np.arange(rows.shape[1])] = rows
    return bytes(out.data)


def record(point: Point) -> bytes:
    """The framed record of one point. OverflowError for a step beyond 64 bits."""
    tag, value, step, wall = point
    if not -(1 << 63) <= step < 1 << 63:
        raise OverflowError(f"the step {step} does not fit into 64 bits")
    return pack_record(scalar_event(tag.prefix, value, step, wall))


def _varints(step: npt.NDArray[np.int64], size: int) -> Bytes:
    """The steps as varints of ``size`` bytes each, uint8 (n, size)."""
    rest = step.view(np.uint64)
    out = np.empty((len(step), size), np.uint8)
    for place in range(size):
        out[:, place] = (rest & np.uint64(0x7F)).astype(np.uint8) | (0x80 if place < size - 1 else 0)
        rest = rest >> np.uint64(7)
    return out
