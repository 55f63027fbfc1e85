"""Small event files made of real frames, and a consumer that keeps what a scan yields."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from runglass.reader.wire.events_pb2 import Event
from runglass.reader.wire.frame import pack_record
from runglass.reader.wire.records import ColumnBatch, GapOpened, RawRecord, RecordScanner, Rewound, RowBatch, ScanItem
from runglass.reader.wire.source import BytesSource

#: Of a scalar: offset of the frame, tag, step, bytes of the wall time, bytes of the value. Else: offset and payload.
Entry = tuple[int, bytes, int, bytes, bytes] | tuple[int, bytes]


def version_event() -> Event:
    """The first event of a file."""
    return Event(wall_time=1.7e9, file_version="brain.Event:2")


def scalar_event(tag: str, step: int, wall: float, value: float) -> Event:
    """A scalar as TensorBoard's and PyTorch's writers log it."""
    event = Event(wall_time=wall, step=step)
    event.summary.value.add(tag=tag, simple_value=value)
    return event


def record(event: Event) -> bytes:
    """The event's frame."""
    return pack_record(event.SerializeToString())


def small_log(points: int = 40) -> list[bytes]:
    """The frames of a version event and of ``points`` scalars of one tag, from step 0 on."""
    frames = [record(version_event())]
    frames += [record(scalar_event("loss", step, 1.7e9 + step, 1.0 / (step + 1))) for step in range(points)]
    return frames


def entries_of(payload: bytes, offset: int) -> list[Entry]:
    """The scalars in a payload, by tag, or the payload itself where it holds anything else."""
    event = Event.FromString(payload)
    wall = struct.pack("<d", event.wall_time)
    found: list[Entry] = []
    for value in event.summary.value:
        tag = value.tag.encode()
        which = value.WhichOneof("value")
        if which == "simple_value":
            found.append((offset, tag, event.step, wall, struct.pack("<f", value.simple_value)))
        elif which == "tensor" and not value.tensor.tensor_shape.dim and value.tensor.dtype in (1, 2):
            tensor = value.tensor
            form = "<f" if tensor.dtype == 1 else "<d"
            numbers = tensor.float_val if tensor.dtype == 1 else tensor.double_val
            raw = tensor.tensor_content or struct.pack(form, *numbers[:1])
            found.append((offset, tag, event.step, wall, raw))
        else:
            return [(offset, payload)]
    return sorted(found, key=lambda entry: entry[1]) or [(offset, payload)]


@dataclass
class Reading:
    """Keeps what a scanner yields, and drops what it takes back."""

    scanner: RecordScanner
    entries: list[Entry] = field(default_factory=list)
    batches: int = 0
    rewinds: int = 0

    def take(self, item: ScanItem) -> None:
        """Consume one item as the contract of the scanner says."""
        if isinstance(item, RawRecord):
            self.entries += entries_of(item.payload, item.offset)
        elif isinstance(item, (ColumnBatch, RowBatch)):
            self.batches += 1
            self.entries += _entries_of_batch(item)
        elif isinstance(item, Rewound):
            self.rewinds += 1
            self.entries = [entry for entry in self.entries if entry[0] < item.offset]
        else:
            assert isinstance(item, GapOpened)
            assert all(entry[0] < item.offset for entry in self.entries)

    def read(self, data: bytes, now: float = 0.0, budget: int = 8 << 20, leave_after: int = 0) -> Reading:
        """Scan ``data`` to its end and check that each byte is accounted for.

        ``leave_after``: leave each scan after so many items, if not 0.
        """
        while True:
            left = False
            for count, item in enumerate(self.scanner.scan(BytesSource(data), now, budget=budget), 1):
                self.take(item)
                if count == leave_after:
                    left = True
                    break
            scanner = self.scanner
            assert scanner.accepted + scanner.pending + scanner.gap_bytes == scanner.size == len(data)
            assert scanner.gap_bytes == sum(gap.size for gap in scanner.gaps)
            if not scanner.more and not left:
                return self


def read(data: bytes, *, columns: bool = True, budget: int = 8 << 20) -> Reading:
    """One pass over ``data``."""
    return Reading(RecordScanner(columns=columns)).read(data, budget=budget)


def _entries_of_batch(batch: ColumnBatch | RowBatch) -> list[Entry]:
    rows: list[Entry] = []
    for columns in batch.columns:
        assert len(columns.step) == len(columns.wall) == len(columns.value) == len(columns.offsets) > 0
        for offset, step, wall, value in zip(
            columns.offsets.tolist(), columns.step.tolist(), columns.wall, columns.value, strict=True
        ):
            rows.append((offset, columns.tag, step, wall.tobytes(), value.tobytes()))
    rows.sort(key=lambda row: row[:2])
    assert all(batch.start <= row[0] < batch.end for row in rows)
    assert len({row[0] for row in rows}) == batch.records
    return rows
