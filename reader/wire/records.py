"""One event file, record by record: resumable, patient, and never stuck.

The scanner remembers where it stopped. What lies before that place is accepted or a gap, what lies behind it is
pending; the three add up to the file's size after every scan. There is no state from which it does not come back: a
tail that is not whole waits, bytes that make no sense become a gap when a valid record is found behind them, and gaps
are looked at again. See docs/file-format.md.
"""

from __future__ import annotations

import struct
from collections.abc import Generator, Iterator
from dataclasses import dataclass

from .columns import ColumnDecoder
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
    RowBatch,
    ScalarColumns,
    ScalarEncoding,
    ScanItem,
    ShrunkFileError,
)
from .memory import PatternMemory
from .probe import MAX_UNVERIFIED_LENGTH, Finding, Verdict, examine
from .search import Search
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
    "RowBatch",
    "ScalarColumns",
    "ScalarEncoding",
    "ScanItem",
    "ShrunkFileError",
]

DEFAULT_BUDGET = 8 << 20
"""Bytes that one scan reads, about."""

_GAP_CHECKS = (0.2, 2.0, 5.0, 30.0, 300.0)
_PENDING_CHECKS = (0.2, 0.5, 1.0, 2.0, 5.0, 15.0, 30.0)
_LONG_PENDING = 64 << 20
_LONG_PENDING_FACTOR = 10.0
"""A tail of so many bytes that make no sense is searched again that much more rarely."""
_SMALL_GAP = 64 << 10
_GROWTH_GAPS = 8
"""So many of the newest gaps, if small, are also looked at whenever the file grows."""
_FRESH_TAIL = 1 << 20
"""Bytes at the end of a file that a writer or a network drive may still be about to fill."""
_PEEK = 64 << 10
_ZERO_RUN = bytes(64)

_CRC = struct.Struct("<I").unpack_from
_MOST_LENGTHS = 4096
_SLOW_RUN = 16
_SLOW_RUN_MOST = 256


@dataclass(slots=True)
class _GapState:
    gap: Gap
    accepted: int
    records: int
    checks: int
    due: float


class RecordScanner:
    """Reads one generation of one file. Holds no file handle, no thread and no clock.

    ``columns=False`` reads record by record throughout: the oracle for the columnar path. ``patience``: bad bytes close
    to the end of the file are read again for so many seconds before they become a gap; 0 is right for a file that
    nobody writes to, and also safe for others, as a gap that heals is taken back. ``memory`` is what the scanners of a
    session have learnt of each other's records.
    """

    def __init__(
        self, *, columns: bool = True, patience: float = 0.0, memory: PatternMemory | None = None
    ) -> None:
        self.size = 0
        self.records = 0
        self.more = False
        self.next_check: float | None = None
        self.waiting: Pending | None = None
        self._offset = 0
        self._gap_bytes = 0
        self._gaps: list[_GapState] = []
        self._decoder = ColumnDecoder(memory) if columns else None
        self._slow_left = 0
        self._slow_run = _SLOW_RUN
        self._patience = patience
        self._search: Search | None = None
        self._pending_checks = 0
        self._pending_due = 0.0
        self._force = False
        self._seen = 0
        self._lengths: dict[bytes, tuple[int, bool]] = {}

    @property
    def offset(self) -> int:
        """Where reading goes on."""
        return self._offset

    @property
    def accepted(self) -> int:
        """Bytes of valid records, frames included."""
        return self._offset - self._gap_bytes

    @property
    def pending(self) -> int:
        """Bytes behind the place where reading goes on."""
        return self.size - self._offset

    @property
    def gap_bytes(self) -> int:
        """Bytes in gaps."""
        return self._gap_bytes

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """All gaps, in order."""
        return tuple(state.gap for state in self._gaps)

    def recheck(self, now: float) -> None:
        """Look at all gaps and at the pending tail afresh in the next scan, whatever their time.

        Call it when a user asks, and when a file was changed without growing.
        """
        for state in self._gaps:
            state.due = min(state.due, now)
        self._force = True

    def scan(self, source: ByteSource, now: float, *, budget: int = DEFAULT_BUDGET) -> Iterator[ScanItem]:
        """Read on from the remembered place, about ``budget`` bytes; ``more`` then says whether there is more.

        ``now`` is any clock that only rises, in seconds. The scan may be left after any item; the next one goes on
        behind it. Raises OSError where the source does, and :class:`ShrunkFileError` where the file became shorter than
        what was read of it; what was yielded before stays valid.
        """
        self.more = False
        size = source.size()
        if size < self._offset:
            raise ShrunkFileError(f"the file has {size} bytes, of which {self._offset} were read before")
        grew = size > self.size
        self.size = size
        spent = yield from self._recheck_gaps(source, now, grew, budget)
        while self._offset < size:
            if spent >= budget:
                self.more = True
                break
            before = self._offset
            # While a tail waits, its beginning is enough to see whether anything changed.
            most = _PEEK if self.waiting is not None else max(budget - spent, _PEEK)
            data = source.read_at(before, min(most, size - before))
            if not data:
                break
            yield from self._take(data, before)
            if self._offset == before:
                spent += yield from self._resolve_front(source, data, now, budget - spent)
            spent += self._offset - before
            if self._offset == before:
                break
        if self._offset == size:
            self._clear_pending()
        self._plan_next_check(now)
        self._force = self._force and self.more

    def _take(self, data: bytes, base: int) -> Iterator[ScanItem]:
        """Yield the valid whole records at the front of ``data``; moves the offset behind each."""
        at, end = 0, len(data)
        while at + OVERHEAD <= end:
            head = data[at : at + HEADER_SIZE]
            length, length_holds = self._lengths.get(head) or self._parse_header(head)
            stop = at + length + OVERHEAD
            if stop > end or length > MAX_PAYLOAD_IN_MEMORY:
                return
            if self._decoder is not None and self._slow_left <= 0:
                batch = self._decoder.decode(data, at, base)
                if batch is not None:
                    at = batch.end - base
                    self._advance(batch.end, batch.records)
                    self._slow_run = _SLOW_RUN
                    yield batch
                    continue
                if self._decoder.skip:
                    self._slow_left = min(self._decoder.skip, _SLOW_RUN_MOST)
                else:
                    self._slow_left = self._slow_run
                    self._slow_run = min(self._slow_run * 2, _SLOW_RUN_MOST)
            payload = data[at + HEADER_SIZE : stop - FOOTER_SIZE]
            if masked_crc(payload) != _CRC(data, stop - FOOTER_SIZE)[0]:
                return
            if not length_holds and not 0 < length <= MAX_UNVERIFIED_LENGTH:
                return
            self._slow_left -= 1
            self._offset = base + stop
            self.records += 1
            if self._search is not None:
                self._clear_pending()
            yield RawRecord(base + at, payload, length, False, "" if length_holds else "bad-length-crc")
            at = stop

    def _parse_header(self, head: bytes) -> tuple[int, bool]:
        """Length and whether its checksum holds; remembered, as the lengths of a log's records are few."""
        parsed = parse_header(head)
        if parsed[1]:
            if len(self._lengths) >= _MOST_LENGTHS:
                self._lengths.clear()
            self._lengths[head] = parsed
        return parsed

    def _advance(self, offset: int, records: int) -> None:
        self._offset = offset
        self.records += records
        if self._search is not None:
            self._clear_pending()

    def _clear_pending(self) -> None:
        self.waiting = None
        self._search = None
        self._pending_checks = 0

    def _resolve_front(
        self, source: ByteSource, data: bytes, now: float, allowance: int
    ) -> Generator[ScanItem, None, int]:
        """No record was taken from ``data`` at the offset: a longer read, a wait, or a gap.

        Gives the bytes that a search cost. Where the offset did not move, there is nothing more to do in this scan.
        """
        offset = self._offset
        finding = examine(source, offset, self.size)
        if finding.verdict is Verdict.WHOLE:
            yield self._record_at(source, offset, finding)
            return 0
        due = self._force or now >= self._pending_due
        if self._search is None or (due and self._search.done):
            # All of it again: blocks of a network drive may have arrived in what was searched before.
            self._search = Search(offset + 1)
            wait = _PENDING_CHECKS[min(self._pending_checks, len(_PENDING_CHECKS) - 1)]
            self._pending_due = now + wait * (_LONG_PENDING_FACTOR if self.size - offset > _LONG_PENDING else 1.0)
            self._pending_checks += 1
        following = self._search.advance(source, self.size, allowance)
        spent = self._search.spent
        self._wait(source, data, finding, now, following)
        if following is None:
            self.more = not self._search.done
            return spent
        since = self.waiting.since if self.waiting is not None else now
        if now < since + self._patience and self.size - offset <= _FRESH_TAIL and offset >= self._seen:
            # The search has ended for now: it goes on at the next check, from what it found.
            self._pending_due = min(self._pending_due, since + self._patience)
            return spent
        cause = self._gap_cause(source, offset, following, finding)
        gap = Gap(offset, following, cause)
        self._gaps.append(_GapState(gap, self.accepted, self.records, 0, now + _GAP_CHECKS[0]))
        self._gap_bytes += following - offset
        self._offset = following
        self._clear_pending()
        yield GapOpened(offset)
        return spent

    def _record_at(self, source: ByteSource, offset: int, finding: Finding) -> RawRecord:
        """The valid record at ``offset``, which did not fit into the slice that was read."""
        oddity = "" if finding.length_holds else "bad-length-crc"
        stop = offset + finding.length + OVERHEAD
        if finding.length > MAX_PAYLOAD_IN_MEMORY:
            self._advance(stop, 1)
            return RawRecord(offset, b"", finding.length, large=True, oddity=oddity)
        payload = source.read_at(offset + HEADER_SIZE, finding.length)
        if len(payload) < finding.length:
            raise OSError("the file became shorter while it was read")
        self._advance(stop, 1)
        return RawRecord(offset, payload, finding.length, oddity=oddity)

    def _wait(self, source: ByteSource, data: bytes, finding: Finding, now: float, following: int | None) -> None:
        """Say what the tail waits for."""
        offset, missing = self._offset, 0
        kind, cause = PendingKind.SUSPECT, _CAUSES[finding.verdict]
        if not any(data[:HEADER_SIZE]) and finding.verdict is not Verdict.BAD_PAYLOAD:
            kind, cause = PendingKind.ZEROS, "zero-hole"
        elif following is None and finding.verdict is Verdict.SHORT_HEADER:
            kind, missing = PendingKind.TRUNCATED, HEADER_SIZE - (self.size - offset)
        elif following is None and finding.verdict is Verdict.BEYOND_END:
            kind, missing = PendingKind.TRUNCATED, offset + finding.length + OVERHEAD - self.size
        elif not any(source.read_at(max(self.size - len(_ZERO_RUN), offset), len(_ZERO_RUN))):
            kind, cause = PendingKind.ZEROS, "zero-hole"
        since = self.waiting.since if self.waiting is not None and self.waiting.offset == offset else now
        self.waiting = Pending(offset, kind, missing, since, cause)

    def _gap_cause(self, source: ByteSource, begin: int, end: int, finding: Finding) -> str:
        sample = source.read_at(begin, min(end - begin, _FRESH_TAIL))
        if _ZERO_RUN in sample or not any(sample[:HEADER_SIZE]):
            return "zero-hole"
        if finding.verdict is Verdict.BAD_PAYLOAD and begin + finding.length + OVERHEAD > end:
            return "torn-record"
        return _CAUSES[finding.verdict]

    def _recheck_gaps(
        self, source: ByteSource, now: float, grew: bool, budget: int
    ) -> Generator[ScanItem, None, int]:
        """Go back to the first gap in which a valid record has appeared. Gives the bytes that were looked at."""
        spent = 0
        newest = len(self._gaps) - _GROWTH_GAPS if grew else len(self._gaps)
        for index, state in enumerate(self._gaps):
            if now < state.due and (index < newest or state.gap.size > _SMALL_GAP):
                continue
            if spent >= budget:
                break
            spent += state.gap.size
            if self._healed(source, state.gap):
                self._seen = max(self._seen, self._offset)
                self._offset = state.gap.start
                self.records = state.records
                self._gap_bytes = state.gap.start - state.accepted
                del self._gaps[index:]
                self._clear_pending()
                yield Rewound(state.gap.start)
                break
            if now >= state.due:
                state.checks += 1
                state.due = now + _GAP_CHECKS[min(state.checks, len(_GAP_CHECKS) - 1)]
        return spent

    def _healed(self, source: ByteSource, gap: Gap) -> bool:
        if examine(source, gap.start, self.size).verdict is Verdict.WHOLE:
            return True
        return Search(gap.start + 1, gap.end).advance(source, self.size, max(gap.size, DEFAULT_BUDGET) * 2) is not None

    def _plan_next_check(self, now: float) -> None:
        due = [state.due for state in self._gaps]
        if self.waiting is not None:
            due.append(self._pending_due)
        self.next_check = max(min(due), now) if due else None


_CAUSES = {
    Verdict.SHORT_HEADER: "torn-record",
    Verdict.BEYOND_END: "torn-record",
    Verdict.BAD_LENGTH: "bad-length-crc",
    Verdict.BAD_PAYLOAD: "bad-payload-crc",
}
