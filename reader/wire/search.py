"""Finding the next valid record in bytes that make no sense.

There is nothing in the format to search for but the two checksums. A candidate is a place whose eight length bytes are
below 2**32 and match their checksum; a record is a candidate whose payload matches its own. The first test is done for
all places at once, the second for the few that are left.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .crc import crc32c
from .frame import HEADER_SIZE
from .linear import CrcTables, masked

_TABLES = CrcTables()
_ZEROS = np.uint32(crc32c(bytes(8)))
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
            # Seven minus index bytes stand behind this one in the eight length bytes.
            crc ^= _TABLES.of_byte(7 - index)[(low >> np.uint32(8 * index)) & np.uint32(0xFF)]
        places.append(first + 4 * at[masked(crc) == stored].astype(np.int64))
    return np.concatenate(places) if places else np.empty(0, np.int64)
