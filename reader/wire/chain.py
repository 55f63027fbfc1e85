"""Checksums of many records in one pass.

CRC-32C is linear: the checksums of two payloads of one length differ by what the register holds after it was fed, from
zero, the bytes in which the payloads differ. Feed it then the four bytes by which the checksums differ, and it is zero
again. So a stretch of records from each of which a template was taken by exclusive or, checksums unmasked, is one
message that leaves the register at zero if all checksums are right; headers, which are those of the templates, have
become zeros and change nothing. The C library computes it at tens of gigabytes a second, where a call for each record
would cost more than all the rest of the reading.

One wrong record leaves the register in a state that can not come back to zero while only right ones follow: each step
is a bijection. Two or more wrong ones cancel with the probability of any CRC-32 to miss an error, 2**-32.
"""

from __future__ import annotations

import google_crc32c
import numpy as np
from numpy.typing import NDArray

from .crc import MASK_DELTA

# The library takes and gives checksums, which are the register's states inverted.
_ZERO_REGISTER = 0xFFFFFFFF


def unmask(stored: NDArray[np.uint32]) -> None:
    """Turns masked checksums into plain ones, in place."""
    stored -= np.uint32(MASK_DELTA)
    low = stored >> np.uint32(17)
    stored <<= np.uint32(15)
    stored |= low


def good_rows(chain: NDArray[np.uint8], stride: int, rows: int) -> int:
    """How many rows of ``stride`` bytes stand before the first that has a wrong checksum."""
    if _at_zero(chain[: rows * stride]):
        return rows
    good, bad = 0, rows
    while bad - good > 1:
        middle = (good + bad) // 2
        if _at_zero(chain[good * stride : middle * stride]):
            good = middle
        else:
            bad = middle
    return good


def _at_zero(chain: NDArray[np.uint8]) -> bool:
    return bool(google_crc32c.extend(_ZERO_REGISTER, chain) == _ZERO_REGISTER)
