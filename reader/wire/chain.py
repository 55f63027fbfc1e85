"""Checksums of many records in one pass.

The checksum of a record is the state of the CRC register behind its payload. Feed the register the four bytes of that
very checksum, and it is in a state that is the same for every record, whatever its payload: the *rest*. From the rest,
four bytes that depend on nothing but the header bring it back to the state in which the next payload must begin. So a
stretch of records in which each header ends with those four bytes, and each payload with its checksum unmasked, is one
message that leaves the register at rest if all checksums are right. The C library computes it at ten gigabytes a
second, where a call for each record would cost more than all the rest of the reading.

One wrong record leaves the register in a state that can not come back to rest while only right ones follow: each step
is a bijection. Two or more wrong ones cancel with the probability of any CRC-32 to miss an error, 2**-32.
"""

from __future__ import annotations

from typing import Any

import google_crc32c
import numpy as np
from numpy.typing import NDArray

from .crc import MASK_DELTA
from .frame import header

_POLYNOMIAL = 0x82F63B78
_ONES = 0xFFFFFFFF


def _before_four_zeros(register: int) -> int:
    """The state of the register that four zero bytes turn into ``register``."""
    for _bit in range(32):
        register = ((register ^ _POLYNOMIAL) << 1 | 1) if register >> 31 else register << 1
    return register


# The library takes and gives checksums, the register's states inverted. A record's checksum is ~R; feeding its bytes to
# the state R is feeding four zeros to R ^ ~R, all ones.
_REST: int = google_crc32c.extend(0, b"\x00\x00\x00\x00")
_RESTART = _before_four_zeros(_ONES)


def link(length: int) -> int:
    """The four bytes, little-endian, that take the checksum's place in the header of a payload of that length."""
    behind_length: int = google_crc32c.extend(_REST, header(length)[:8])
    return (behind_length ^ _ONES) ^ _RESTART


def forge(headers: NDArray[np.uint32], footers: NDArray[np.uint32], length: int) -> None:
    """Turns frames with payloads of ``length`` bytes into links of a chain.

    ``headers`` and ``footers`` are views of the checksums before and behind the payloads, of any one shape.
    """
    headers[...] = link(length)
    stored = footers.copy()
    stored -= np.uint32(MASK_DELTA)
    low = stored >> np.uint32(17)
    stored <<= np.uint32(15)
    stored |= low
    footers[...] = stored


def good_rows(chain: NDArray[np.uint8], stride: int, rows: int) -> int:
    """How many rows of ``stride`` bytes stand before the first that has a wrong checksum."""
    if _at_rest(chain[: rows * stride]):
        return rows
    good, bad = 0, rows
    while bad - good > 1:
        middle = (good + bad) // 2
        if _at_rest(chain[good * stride : middle * stride]):
            good = middle
        else:
            bad = middle
    return good


def _at_rest(chain: NDArray[np.uint8]) -> bool:
    return bool(google_crc32c.extend(_REST, chain) == _REST)


def column(data: Any, at: int, dtype: str, stride: int, rows: int) -> NDArray[Any]:
    """(rows,) view of the items at ``at``, ``at + stride``, … of a buffer; not aligned."""
    view: NDArray[Any] = np.ndarray((rows,), dtype, data, at, (stride,))
    return view
