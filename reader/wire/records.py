"""Cuts an event file into verified records."""

from __future__ import annotations

from collections.abc import Iterator

from .crc import masked_crc
from .frame import FOOTER_SIZE, HEADER_SIZE, OVERHEAD, parse_header
from .items import (
    MAX_PAYLOAD_IN_MEMORY,
    ColumnBatch,
    Gap,
    GapOpened,
    Pending,
    PendingKind,
    RawRecord,
    Rewound,
    ScalarColumns,
    ScalarEncoding,
    ScanItem,
)
from .source import ByteSource

__all__ = [
    "MAX_PAYLOAD_IN_MEMORY",
    "ColumnBatch",
    "Gap",
    "GapOpened",
    "Pending",
    "PendingKind",
    "RawRecord",
    "RecordScanner",
    "Rewound",
    "ScalarColumns",
    "ScalarEncoding",
    "ScanItem",
]


class RecordScanner:
    """Reads one generation of one file, a slice at a time; holds no file handle, no thread and no clock."""

    def __init__(self, *, patience: float = 2.0, columns: bool = True) -> None:
        self.more = False
        self.size = 0
        self.records = 0
        self.gaps: tuple[Gap, ...] = ()
        self.waiting: Pending | None = None
        self.next_check: float | None = None
        self._front = 0

    @property
    def accepted(self) -> int:
        """Bytes of valid records."""
        return self._front - self.gap_bytes

    @property
    def gap_bytes(self) -> int:
        """Bytes in gaps."""
        return sum(gap.size for gap in self.gaps)

    @property
    def pending(self) -> int:
        """Bytes at the tail that are not read yet."""
        return self.size - self._front

    def recheck(self, now: float) -> None:
        """Looks at all gaps and at the waiting tail again at the next scan."""

    def scan(
        self, source: ByteSource, now: float, *, budget: int = 8 << 20, final: bool = False
    ) -> Iterator[ScanItem]:
        """Yields what stands from the remembered offset on."""
        self.size = size = source.size()
        self.more = False
        self.waiting = None
        data = source.read_at(self._front, min(budget, size - self._front))
        base, position = self._front, 0
        while position + HEADER_SIZE <= len(data):
            length, valid = parse_header(data[position : position + HEADER_SIZE])
            end = position + length + OVERHEAD
            if not valid or base + end > size:
                break
            if end > len(data):
                if position:
                    self.more = True
                    return
                data = source.read_at(base, end)
            payload = data[position + HEADER_SIZE : end - FOOTER_SIZE]
            if masked_crc(payload) != int.from_bytes(data[end - FOOTER_SIZE : end], "little"):
                break
            self._front = base + end
            self.records += 1
            yield RawRecord(base + position, payload, length)
            position = end
        if self._front < size:
            self.more = base + len(data) < size and position > 0
            if not self.more:
                self.waiting = Pending(self._front, PendingKind.TRUNCATED, 0, now)
