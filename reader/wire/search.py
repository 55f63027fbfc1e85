"""Finding the next valid record in bytes that make no sense.

There is nothing in the format to search for but the two checksums. A candidate is a place whose eight length bytes are
below 2**32 and match their checksum; a record is a candidate whose payload matches its own. The first test is done for
all places at once, the second for the few that are left.
"""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

from .crc import MASK_DELTA, crc32c
from .frame import HEADER_SIZE, OVERHEAD
from .probe import Verdict, examine
from .source import ByteSource

_READ = 4 << 20
_MOST_INCOMPLETE = 1024
_EXAMINED_FREELY = 1 << 30
_EXAMINED_PER_BYTE = 64
_ALWAYS_EXAMINED = 1 << 20

# CRC-32C is linear: the checksum of eight bytes is that of eight zeros, xor one term for each byte that is not zero.
_ZEROS = np.uint32(crc32c(bytes(8)))
_TERMS = np.array(
    [[crc32c(bytes(place) + bytes([byte]) + bytes(7 - place)) for byte in range(256)] for place in range(4)], np.uint32
) ^ _ZEROS
_BLOCK = 1 << 18


def header_candidates(data: bytes) -> NDArray[np.int64]:
    """Places in ``data`` where twelve bytes are a length below 2**32 with its right checksum, in rising order.

    Zeros are passed over by the block: a length of zero never has a checksum field of zero.
    """
    found: list[NDArray[np.int64]] = []
    for begin in range(0, max(len(data) - HEADER_SIZE + 1, 0), _BLOCK):
        found.append(_candidates_in(data, begin, min(begin + _BLOCK, len(data) - HEADER_SIZE + 1)))
    if not found:
        return np.empty(0, np.int64)
    return np.sort(np.concatenate(found))


def _candidates_in(data: bytes, begin: int, end: int) -> NDArray[np.int64]:
    places = []
    if not np.frombuffer(data, np.uint8, end - begin, begin).any():
        return np.empty(0, np.int64)
    for phase in range(4):
        first = begin + phase
        rows = (end - first + 3) // 4
        if rows <= 0:
            continue
        high = np.ndarray((rows,), "<u4", data, first + 4, (4,))
        at = np.flatnonzero(high == 0)
        if not len(at):
            continue
        low = np.ndarray((rows,), "<u4", data, first, (4,))[at]
        stored = np.ndarray((rows,), "<u4", data, first + 8, (4,))[at]
        some = (low | stored) != 0
        at, low, stored = at[some], low[some], stored[some]
        if not len(at):
            continue
        crc = np.full(len(at), _ZEROS, np.uint32)
        for index in range(4):
            crc ^= _TERMS[index][(low >> np.uint32(8 * index)) & np.uint32(0xFF)]
        masked = ((crc >> np.uint32(15)) | (crc << np.uint32(17))) + np.uint32(MASK_DELTA)
        places.append(first + 4 * at[masked == stored].astype(np.int64))
    return np.concatenate(places) if places else np.empty(0, np.int64)


class Search:
    """Looks for the first valid record at or behind ``begin``, a stretch at a time, and goes on as a file grows.

    Each byte is searched once. Headers that were found but whose payload was not whole yet are looked at again.
    """

    def __init__(self, begin: int, end: int | None = None) -> None:
        """``end``: records that begin there or behind do not count; None: up to the end of the file, as it grows."""
        self._begin = begin
        self._at = begin
        self._end = end
        self._queue: deque[int] = deque()
        self._incomplete: list[tuple[int, int]] = []
        self._examined = 0
        self.spent = 0
        self.done = False

    def advance(self, source: ByteSource, size: int, allowance: int) -> int | None:
        """The place of the record, or None: ``done`` then says whether there was no more to search.

        Stops after about ``allowance`` bytes; ``spent`` is how many were looked at. A place that was found is verified
        again when the search is asked again.
        """
        self.spent = 0
        self.done = False
        if self._incomplete:
            whole = [place for place, end in self._incomplete if end <= size]
            self._incomplete = [(place, end) for place, end in self._incomplete if end > size]
            self._queue = deque(sorted([*whole, *self._queue]))
        stop = size if self._end is None else min(size, self._end + HEADER_SIZE - 1)
        while True:
            while self._queue and self.spent < allowance:
                place = self._queue.popleft()
                if self._is_record(source, place, size):
                    self._queue.appendleft(place)
                    self.done = True
                    return place
            if self.spent >= allowance:
                return None
            block = source.read_at(self._at, min(_READ + HEADER_SIZE - 1, stop - self._at)) if self._at < stop else b""
            if len(block) < HEADER_SIZE:
                self.done = True
                return None
            self._queue.extend((header_candidates(block) + self._at).tolist())
            self._at += len(block) - HEADER_SIZE + 1
            self.spent += len(block)

    def _is_record(self, source: ByteSource, place: int, size: int) -> bool:
        # Headers with right checksums and long claims, planted by the thousand, must not make the search quadratic.
        most = size
        if self._examined > _EXAMINED_FREELY + _EXAMINED_PER_BYTE * (self._at - self._begin):
            most = min(size, place + _ALWAYS_EXAMINED)
        finding = examine(source, place, most, strict=True)
        if finding.verdict is Verdict.BEYOND_END:
            end = place + finding.length + OVERHEAD
            if end > size and len(self._incomplete) < _MOST_INCOMPLETE:
                self._incomplete.append((place, end))
        elif finding.verdict in (Verdict.WHOLE, Verdict.BAD_PAYLOAD):
            self._examined += finding.length
            self.spent += finding.length
        return finding.verdict is Verdict.WHOLE
