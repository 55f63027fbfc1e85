"""CRC-32C (Castagnoli) and the masked form that event files store."""

from __future__ import annotations

import google_crc32c

#: Added when a checksum is masked, so that a checksum over bytes that hold checksums stays strong.
MASK_DELTA = 0xA282EAD8


def crc32c(data: bytes, crc: int = 0) -> int:
    """The CRC-32C of ``data``, continued from ``crc`` (the plain CRC-32C of what stood before it)."""
    return int(google_crc32c.extend(crc, data))


def mask(crc: int) -> int:
    """The masked form of a plain CRC-32C: rotated right by 15 bits, plus a constant, modulo 2**32."""
    return (((crc >> 15) | (crc << 17)) + MASK_DELTA) & 0xFFFFFFFF


def unmask(masked: int) -> int:
    """The plain CRC-32C of a masked one."""
    rotated = (masked - MASK_DELTA) & 0xFFFFFFFF
    return ((rotated >> 17) | (rotated << 15)) & 0xFFFFFFFF


def masked_crc(data: bytes) -> int:
    """The checksum that a frame stores for ``data``."""
    crc: int = google_crc32c.value(data)
    return (((crc >> 15) | (crc << 17)) + MASK_DELTA) & 0xFFFFFFFF
