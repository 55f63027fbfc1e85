"""Checksums of many records at once.

CRC-32C is linear over GF(2): the checksum of a record is that of its template with zeros in the places that vary, xor a
term for each byte that varies. The term depends on the byte and on its distance from the end of the payload alone, so it
comes from a table. One look-up a byte (or one for two bytes, where there are enough rows to pay for the table) verifies a
column of records in numpy, exactly as if each had been computed by itself.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Buffer: TypeAlias = "bytes | NDArray[np.uint8]"

_POLYNOMIAL = 0x82F63B78
_PAIR_ROWS = 20_000
_PAIR_TABLES = 24
"""Tables for two bytes are 256 KiB each; so many are kept."""

_MASK_DELTA = np.uint32(0xA282EAD8)


def _table_of_last_byte() -> NDArray[np.uint32]:
    table = np.arange(256, dtype=np.uint32)
    for _bit in range(8):
        table = np.where(table & 1, (table >> 1) ^ np.uint32(_POLYNOMIAL), table >> 1).astype(np.uint32)
    return table


class CrcTables:
    """Terms of single bytes and of pairs, made when first needed. Used by one thread."""

    def __init__(self) -> None:
        self._bytes = [_table_of_last_byte()]
        self._pairs: OrderedDict[int, NDArray[np.uint32]] = OrderedDict()

    def of_byte(self, distance: int) -> NDArray[np.uint32]:
        """uint32 (256,): terms of a byte with ``distance`` bytes behind it in the payload."""
        last = self._bytes[0]
        while len(self._bytes) <= distance:
            before = self._bytes[-1]
            self._bytes.append((before >> np.uint32(8)) ^ last[before & np.uint32(0xFF)])
        return self._bytes[distance]

    def of_pair(self, distance: int) -> NDArray[np.uint32]:
        """uint32 (65536,): terms of a little-endian uint16 whose first byte has ``distance`` bytes behind it."""
        table = self._pairs.get(distance)
        if table is None:
            first, second = self.of_byte(distance), self.of_byte(distance - 1)
            table = (second[:, None] ^ first[None, :]).ravel()
            self._pairs[distance] = table
            if len(self._pairs) > _PAIR_TABLES:
                self._pairs.popitem(last=False)
        else:
            self._pairs.move_to_end(distance)
        return table

    def add(self, crc: NDArray[np.uint32], rows: Rows, at: int, size: int, behind: int) -> None:
        """Xor into ``crc`` (n,) the terms of ``size`` bytes at ``at`` of each row, with ``behind`` bytes behind them."""
        end = at + size
        while at < end:
            distance = behind + end - 1 - at
            if end - at >= 2 and rows.count >= _PAIR_ROWS:
                _xor_terms(crc, self.of_pair(distance), rows.column(at, "<u2"))
                at += 2
            else:
                _xor_terms(crc, self.of_byte(distance), rows.column(at, "u1"))
                at += 1


@dataclass(frozen=True, slots=True)
class Rows:
    """``count`` rows of bytes, ``stride`` bytes apart, the first at ``first`` of ``buffer``."""

    buffer: Buffer
    first: int
    stride: int
    count: int

    def column(self, at: int, dtype: str) -> NDArray[Any]:
        """(count,) view of the items at byte ``at`` of each row; not aligned."""
        return np.ndarray((self.count,), dtype, self.buffer, self.first + at, (self.stride,))


def _xor_terms(crc: NDArray[np.uint32], table: NDArray[np.uint32], index: NDArray[np.unsignedinteger]) -> None:
    # The high bytes of wall times and values hardly ever change: one term for all rows then.
    first = index[0]
    if index[-1] == first and bool((index == first).all()):
        np.bitwise_xor(crc, table[first], out=crc)
    else:
        np.bitwise_xor(crc, table[index], out=crc)


def masked(crc: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """The stored form of each checksum."""
    return ((crc >> np.uint32(15)) | (crc << np.uint32(17))) + _MASK_DELTA
