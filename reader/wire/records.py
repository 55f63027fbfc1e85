"""One event file, record by record: resumable, patient, and never stuck.

The scanner remembers where it stopped. What lies before that place is accepted or a gap, what lies behind it is pending;
the three add up to the file's size after every scan. There is no state from which it does not come back: a tail that is
not whole waits, bytes that make no sense become a gap as soon as a valid record is found behind them, and gaps are looked
at again. See docs/file-format.md.
"""

from __future__ import annotations

import struct
from collections.abc import Generator, Iterator
from dataclasses import dataclass

from .columns import ColumnDecoder
from .crc import crc32c, mask, masked_crc
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
from .search import header_candidates
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

DEFAULT_BUDGET = 8 << 20
_STREAM_BLOCK = 1 << 20
_SEARCH_BLOCK = 8 << 20
_GAP_CHECKS = (0.2, 2.0, 5.0, 30.0, 300.0)
_PENDING_CHECKS = (0.5, 1.0, 2.0, 5.0, 15.0, 30.0)
_MOST_GAPS_RECHECKED = 64
_CRC = struct.Struct("<I").unpack_from
_MOST_TRUSTED_UNCHECKED = 16 << 20
"""A length whose own checksum is wrong is believed up to here, if the payload's checksum then holds."""
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

    ``columns=False`` reads record by record throughout: the oracle for the columnar path.
    """

    def __init__(self, *, columns: bool = True) -> None:
        self.size = 0
        self.records = 0
        self.more = False
        self.next_check: float | None = None
        self.waiting: Pending | None = None
        self._offset = 0
        self._gap_bytes = 0
        self._gaps: list[_GapState] = []
        self._decoder = ColumnDecoder() if columns else None
        self._slow_left = 0
        self._slow_run = _SLOW_RUN
        self._searched = 0
        self._incomplete: list[int] = []
        self._pending_checks = 0
        self._pending_due = 0.0
        self._force = False

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
        """Look at all gaps and at the pending tail afresh in the next scan, whatever their time."""
        for state in self._gaps:
            state.due = now
        self._force = True

    def scan(self, source: ByteSource, now: float, *, budget: int = DEFAULT_BUDGET) -> Iterator[ScanItem]:
        """Read on from the remembered place, about ``budget`` bytes; ``more`` then says whether there is more.

        ``now`` is any clock that only rises, in seconds. Raises OSError where the source does; what was yielded before
        stays valid. A file shorter than what was accepted raises ValueError: it is another generation.
        """
        self.more = False
        self.size = source.size()
        if self.size < self._offset:
            raise ValueError(f"the file has {self.size} bytes, of which {self._offset} were read before")
        yield from self._recheck_gaps(source, now)
        spent = 0
        while self._offset < self.size:
            if spent >= budget:
                self.more = True
                break
            before = self._offset
            data = source.read_at(before, min(max(budget - spent, 64 << 10), self.size - before))
            if not data:
                break
            yield from self._take(data, before)
            spent += max(self._offset - before, 1)
            if self._offset == before:
                moved = yield from self._resolve_front(source, data, now)
                spent += len(data) if not moved else max(self._offset - before, 1)
                if not moved:
                    break
        if self._offset == self.size:
            self._clear_pending()
        self._plan_next_check()
        self._force = False

    def _take(self, data: bytes, base: int) -> Iterator[ScanItem]:
        """Yield the valid whole records at the front of ``data``; moves the offset behind each."""
        at, end = 0, len(data)
        while at + OVERHEAD <= end:
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
            length, length_holds = parse_header(data[at : at + HEADER_SIZE])
            stop = at + length + OVERHEAD
            if stop > end or length > MAX_PAYLOAD_IN_MEMORY:
                return
            payload = data[at + HEADER_SIZE : stop - FOOTER_SIZE]
            if masked_crc(payload) != _CRC(data, stop - FOOTER_SIZE)[0]:
                return
            if not length_holds and not 0 < length <= _MOST_TRUSTED_UNCHECKED:
                return
            self._slow_left -= 1
            self._advance(base + stop, 1)
            yield RawRecord(base + at, payload, length, oddity="" if length_holds else "bad-length-crc")
            at = stop

    def _advance(self, offset: int, records: int) -> None:
        self._offset = offset
        self.records += records
        if self.waiting is not None:
            self._clear_pending()

    def _clear_pending(self) -> None:
        self.waiting = None
        self._searched = 0
        self._incomplete = []
        self._pending_checks = 0

    def _resolve_front(self, source: ByteSource, data: bytes, now: float) -> Generator[ScanItem, None, bool]:
        """The record at the offset was not taken from ``data``: a longer read, a wait, or a gap. Returns True if moved."""
        offset = self._offset
        verdict, length = self._examine(source, offset)
        if verdict == "ok":
            yield from self._take_at(source, offset, length)
            return True
        cause = self._cause(data, verdict)
        fresh = self._force or self.waiting is None or self.waiting.offset != offset or now >= self._pending_due
        following = self._search_behind(source, offset, fresh)
        if following is not None:
            self._gaps.append(
                _GapState(Gap(offset, following, cause), self.accepted, self.records, 0, now + _GAP_CHECKS[0])
            )
            self._gap_bytes += following - offset
            self._offset = following
            self._clear_pending()
            yield GapOpened(offset)
            return True
        kind, missing = PendingKind.SUSPECT, 0
        if cause == "zero-hole":
            kind = PendingKind.ZEROS
        elif verdict in ("short-header", "beyond-end"):
            kind = PendingKind.TRUNCATED
            if verdict == "short-header":
                missing = HEADER_SIZE - (self.size - offset)
            else:
                missing = offset + length + OVERHEAD - self.size
        if self.waiting is None or self.waiting.offset != offset:
            self._pending_checks = 0
            self.waiting = Pending(offset, kind, missing, now, cause)
        else:
            self.waiting = Pending(offset, kind, missing, self.waiting.since, cause)
        if fresh:
            wait = _PENDING_CHECKS[min(self._pending_checks, len(_PENDING_CHECKS) - 1)]
            self._pending_checks += 1
            self._pending_due = now + wait
        return False

    def _examine(self, source: ByteSource, offset: int) -> tuple[str, int]:
        """What stands at ``offset``: "ok" and the payload's length, or what is wrong and the claimed length."""
        if self.size - offset < HEADER_SIZE:
            return "short-header", 0
        head = source.read_at(offset, HEADER_SIZE)
        if len(head) < HEADER_SIZE:
            return "short-header", 0
        length, length_holds = parse_header(head)
        stop = offset + length + OVERHEAD
        if stop > self.size:
            return ("beyond-end" if length_holds else "bad-length-crc"), length
        if not length_holds and not 0 < length <= _MOST_TRUSTED_UNCHECKED:
            return "bad-length-crc", length
        if self._payload_holds(source, offset + HEADER_SIZE, length):
            return "ok", length
        return ("bad-payload-crc" if length_holds else "bad-length-crc"), length

    @staticmethod
    def _payload_holds(source: ByteSource, at: int, length: int) -> bool:
        crc, done = 0, 0
        while done < length:
            block = source.read_at(at + done, min(_STREAM_BLOCK, length - done))
            if not block:
                return False
            crc = crc32c(block, crc)
            done += len(block)
        footer = source.read_at(at + length, FOOTER_SIZE)
        return len(footer) == FOOTER_SIZE and _CRC(footer, 0)[0] == mask(crc)

    def _take_at(self, source: ByteSource, offset: int, length: int) -> Iterator[RawRecord]:
        """Yield the valid record at ``offset``, which did not fit into the slice that was read."""
        head = source.read_at(offset, HEADER_SIZE)
        oddity = "" if parse_header(head)[1] else "bad-length-crc"
        stop = offset + length + OVERHEAD
        if length > MAX_PAYLOAD_IN_MEMORY:
            self._advance(stop, 1)
            yield RawRecord(offset, b"", length, large=True, oddity=oddity)
            return
        payload = source.read_at(offset + HEADER_SIZE, length)
        if len(payload) < length:
            raise OSError("the file became shorter while it was read")
        self._advance(stop, 1)
        yield RawRecord(offset, payload, length, oddity=oddity)

    @staticmethod
    def _cause(data: bytes, verdict: str) -> str:
        if verdict != "bad-payload-crc" and not any(data[:HEADER_SIZE]):
            return "zero-hole"
        return {"short-header": "torn-record", "beyond-end": "torn-record"}.get(verdict, verdict)

    def _search_behind(self, source: ByteSource, offset: int, fresh: bool) -> int | None:
        """Place of the first valid record behind ``offset``, or None.

        While the tail waits, only bytes that came since the last look are searched, and headers that were found but
        whose payload was not whole; ``fresh`` searches all of it again, as blocks of a network drive may arrive late.
        """
        if fresh:
            self._searched = 0
            self._incomplete = []
        begin = max(offset + 1, self._searched)
        candidates = [at for at in self._incomplete if at > offset]
        self._incomplete = []
        best = self._first_valid(source, candidates, None)
        at = begin
        while at + HEADER_SIZE <= self.size and (best is None or at < best):
            block = source.read_at(at, min(_SEARCH_BLOCK + HEADER_SIZE - 1, self.size - at))
            if len(block) < HEADER_SIZE:
                break
            places = [at + int(place) for place in header_candidates(block)]
            best = self._first_valid(source, places, best)
            at += len(block) - HEADER_SIZE + 1
        self._searched = max(at, offset + 1)
        return best

    def _first_valid(self, source: ByteSource, places: list[int], best: int | None) -> int | None:
        for place in places:
            if best is not None and place >= best:
                break
            verdict, _length = self._examine(source, place)
            if verdict == "ok":
                return place
            if verdict == "beyond-end":
                self._incomplete.append(place)
        return best

    def _recheck_gaps(self, source: ByteSource, now: float) -> Iterator[ScanItem]:
        """Go back to the first gap in which a valid record has appeared."""
        for index, state in enumerate(self._gaps[-_MOST_GAPS_RECHECKED:], max(len(self._gaps) - _MOST_GAPS_RECHECKED, 0)):
            if now < state.due:
                continue
            if self._healed(source, state.gap):
                self._offset = state.gap.start
                self.records = state.records
                self._gap_bytes = state.gap.start - state.accepted
                del self._gaps[index:]
                self._clear_pending()
                yield Rewound(state.gap.start)
                return
            state.checks += 1
            state.due = now + _GAP_CHECKS[min(state.checks, len(_GAP_CHECKS) - 1)]

    def _healed(self, source: ByteSource, gap: Gap) -> bool:
        if self._examine(source, gap.start)[0] == "ok":
            return True
        at = gap.start + 1
        while at < gap.end:
            block = source.read_at(at, min(_SEARCH_BLOCK, gap.end - at) + HEADER_SIZE - 1)
            if len(block) < HEADER_SIZE:
                return False
            for place in header_candidates(block).tolist():
                if at + place < gap.end and self._examine(source, at + place)[0] == "ok":
                    return True
            at += len(block) - HEADER_SIZE + 1
        return False

    def _plan_next_check(self) -> None:
        due = [state.due for state in self._gaps[-_MOST_GAPS_RECHECKED:]]
        if self.waiting is not None:
            due.append(self._pending_due)
        self.next_check = min(due) if due else None
