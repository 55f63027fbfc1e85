"""Decimal text to float32 in numpy: all numbers of a block at once, each rounded as Python's own ``float`` rounds.

Eight digits are one 64-bit word, and three multiplications turn the word into their value. What is no plain decimal
number of a size that this handles (infinities, exponents of three digits, garbage) goes one by one through ``float``,
and so does every number that lies so near the middle between two float32 that the last bits of a float64 decide it.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

#: Bytes that must stand before the first and behind the last number of a buffer.
MARGIN = 32
#: A longer number is no number: Python's own parser would take quadratic time for some of them.
MOST_LETTERS = 512

Positions: TypeAlias = NDArray[np.int64]
Words: TypeAlias = NDArray[np.uint64]

_ZEROS = np.uint64(0x3030303030303030)
_NINES = np.uint64(0x7676767676767676)
_HIGH = np.uint64(0x8080808080808080)
_PAIRS = np.uint64(0x00FF00FF00FF00FF)
_FOURS = np.uint64(0x0000FFFF0000FFFF)
_MOST_WHOLE = 16
_MOST_FRACTION = 24
_POWERS = np.array([float(f"1e{power}") for power in range(-400, 309)])
_POWER_ZERO = 400
_TAIL = np.uint64((1 << 29) - 1)
_NEAR = 64
_FEW = 64
_MIDDLE = np.uint64((1 << 28) + _NEAR)
_SMALLEST = 1.2e-38
_GREATEST = 3.4e38


class Block:
    """Bytes of text with :data:`MARGIN` bytes on both sides, as single bytes and as aligned words."""

    __slots__ = ("data", "end", "words")

    def __init__(self, *pieces: bytes | memoryview) -> None:
        size = sum(map(len, pieces))
        data = np.empty((size + 2 * MARGIN + 7) // 8 * 8, np.uint8)
        at = MARGIN
        for piece in pieces:
            data[at : at + len(piece)] = np.frombuffer(piece, np.uint8)
            at += len(piece)
        data[:MARGIN] = 32
        data[at:] = 32
        self.data: NDArray[np.uint8] = data
        self.words: Words = data.view("<u8")
        #: Where the text ends, in positions of :attr:`data`; it begins at :data:`MARGIN`.
        self.end = MARGIN + size

    def cell(self, start: int, end: int) -> bytes:
        """The bytes between two positions."""
        return self.data[start:end].tobytes()


def numbers(
    block: Block, start: Positions, end: Positions, dot: Positions | None = None
) -> tuple[NDArray[np.float64], NDArray[np.bool_] | None]:
    """The numbers written at ``start[i]:end[i]``, and which of them are none (None: all are numbers; they are NaN).

    ``float32(result)`` equals ``float32(float(text))`` for each; before rounding to float32 the last bits may differ
    from Python's. ``dot`` says where the decimal points are, ``end[i]`` for a number without one; it is looked for
    where it is not given. Blanks around a number are not part of it.
    """
    if not len(start):
        return np.empty(0), None
    if dot is None:
        dot = find_dots(block, start, end)
    if _exponents_prevail(block, end):
        return _with_the_rest(block, start, end, dot, np.empty(len(start)), np.arange(len(start)))
    first = block.data.take(start, mode="clip")
    value, odd = _plain(block, start, first, end, dot)
    doubtful = _near_a_middle(value)
    _give_signs(value, first)
    if odd is None and not doubtful.any():
        return value, None
    if odd is not None:
        doubtful |= odd
    return _with_the_rest(block, start, end, dot, value, np.flatnonzero(doubtful))


def _exponents_prevail(block: Block, end: Positions) -> bool:
    """Whether most of the first cells end like 1e-07: to read them as plain numbers first would be in vain."""
    letters = block.data[end[:_FEW] - 4] | 32
    return 2 * int(np.count_nonzero(letters == 101)) > len(letters)


def find_dots(block: Block, start: Positions, end: Positions) -> Positions:
    """Where the first decimal point of each cell is, ``end[i]`` where it has none. Cells lie in rising order."""
    dots = np.flatnonzero(block.data[: int(end[-1]) + 1 if len(end) else 0] == 46)
    if not len(dots):
        return end
    at = np.minimum(np.searchsorted(dots, start), len(dots) - 1)
    found = dots[at]
    return np.where((found >= start) & (found < end), found, end)


def _give_signs(value: NDArray[np.float64], first: NDArray[np.uint8]) -> None:
    """Make negative what begins with a minus, zeros too, in place. NaN stays NaN."""
    bits = value.view(np.uint64)
    bits ^= (first == 45).astype(np.uint64) << np.uint64(63)


def _plain(
    block: Block, start: Positions, first: NDArray[np.uint8], end: Positions, dot: Positions
) -> tuple[NDArray[np.float64], NDArray[np.bool_] | None]:
    """Absolute values of numbers made of a sign, digits and a point, and which are not such numbers."""
    whole = dot - start
    whole -= (first == 45) | (first == 43)
    fraction = end - dot
    fraction -= 1
    least_whole, most_whole, most_fraction = int(whole.min()), int(whole.max()), int(fraction.max())
    odd: NDArray[np.bool_] | None = None
    if least_whole < 1 or most_whole > _MOST_WHOLE or most_fraction > _MOST_FRACTION or fraction.min() < 0:
        fraction = np.maximum(fraction, 0)
        digits = whole + fraction
        odd = (digits < 1) | (whole > _MOST_WHOLE) | (fraction > _MOST_FRACTION) | (whole < 0)
        whole = np.clip(whole, 0, _MOST_WHOLE)
        fraction = np.minimum(fraction, _MOST_FRACTION)
        most_whole, most_fraction = int(whole.max()), int(fraction.max())
    value, bad = _run(block, end, fraction, most_fraction)
    value /= _POWERS.take(_POWER_ZERO + fraction)
    if most_whole == least_whole == 1:
        # Most vectors have numbers below ten.
        digit = block.data.take(dot - 1, mode="clip")
        digit ^= np.uint8(48)
        value += digit
        if digit.max() > 9:
            odd = digit > 9 if odd is None else odd | (digit > 9)
    else:
        more, also = _run(block, dot, whole, most_whole)
        value += more
        bad |= also
    if np.bitwise_or.reduce(bad) & _HIGH:
        wrong = (bad & _HIGH) != 0
        odd = wrong if odd is None else odd | wrong
    return value, odd


def _run(block: Block, end: Positions, count: Positions, most: int) -> tuple[NDArray[np.float64], Words]:
    """The value of ``count`` digits before ``end``; a high bit in the second result: not all are digits."""
    word, bad = _eight(block, end, np.minimum(count, 8) if most > 8 else count)
    value = word.view(np.int64).astype(np.float64)
    scale = 1.0
    for done in range(8, most, 8):
        scale *= 1e8
        longer = np.flatnonzero(count > done)
        if len(longer) * 2 > len(count):
            word, also = _eight(block, end - done, np.clip(count - done, 0, 8))
            value += word.view(np.int64).astype(np.float64) * scale
            bad |= also
        else:
            word, also = _eight(block, end[longer] - done, np.minimum(count[longer] - done, 8))
            value[longer] += word.view(np.int64).astype(np.float64) * scale
            bad[longer] |= also
    return value, bad


def _eight(block: Block, end: Positions, count: Positions) -> tuple[Words, Words]:
    """The value of up to eight digits before ``end`` (0 for none), and in its high bits whether all are digits."""
    at = end - 8
    low = (at & 7).view(np.uint64)
    low <<= np.uint64(3)
    at >>= 3
    word = block.words.take(at, mode="clip")
    word >>= low
    at += 1
    next_word = block.words.take(at, mode="clip")
    np.subtract(np.uint64(64), low, out=low)
    next_word <<= low
    word |= next_word
    word ^= _ZEROS
    # The letters before the first digit become zeros: they are in the low bytes.
    shift = (64 - (count << 3)).view(np.uint64)
    word >>= shift
    word <<= shift
    bad = word + _NINES
    bad |= word
    word *= np.uint64(2561)
    word >>= np.uint64(8)
    word &= _PAIRS
    word *= np.uint64(6553601)
    word >>= np.uint64(16)
    word &= _FOURS
    word *= np.uint64(42949672960001)
    word >>= np.uint64(32)
    return word, bad


def _near_a_middle(value: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Where the last bits of a float64 decide which float32 is the nearest, or the float32 are spaced otherwise.

    ``value`` has no signs yet.
    """
    tail = value.view(np.uint64) + _MIDDLE
    tail &= _TAIL
    near: NDArray[np.bool_] = tail < np.uint64(2 * _NEAR)
    if not value.max() <= _GREATEST:
        near |= ~(value <= _GREATEST)
    if not value.min() >= _SMALLEST:
        near |= (value < _SMALLEST) & (value > 0)
    return near


def _with_the_rest(
    block: Block,
    start: Positions,
    end: Positions,
    dot: Positions,
    value: NDArray[np.float64],
    rest: Positions,
) -> tuple[NDArray[np.float64], NDArray[np.bool_] | None]:
    """Numbers with exponents all at once, what is left one by one."""
    start, end, dot = start[rest], end[rest], dot[rest]
    if len(rest) < _FEW:
        found, left = np.empty(len(rest)), np.ones(len(rest), bool)
    else:
        found, left = _with_exponents(block, start, end, dot)
    bad: NDArray[np.bool_] | None = None
    known: dict[bytes, float | None] = {}
    for index in np.flatnonzero(left).tolist():
        text = block.cell(int(start[index]), min(int(end[index]), int(start[index]) + MOST_LETTERS + 1))
        if text not in known:
            if len(known) > 4096:
                known.clear()
            known[text] = one(text)
        number = known[text]
        if number is None:
            if bad is None:
                bad = np.zeros(len(value), bool)
            bad[rest[index]] = True
            number = float("nan")
        found[index] = number
    value[rest] = found
    return value, bad


def _with_exponents(
    block: Block, start: Positions, end: Positions, dot: Positions
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Numbers such as 1.25e-07, and which of the cells are not such numbers."""
    left = np.ones(len(start), bool)
    value = np.full(len(start), np.nan)
    for letters in (4, 3, 2, 5):
        at = end - letters
        chosen = np.flatnonzero(left & (at > start) & ((block.data.take(at, mode="clip") | 32) == 101))
        if not len(chosen):
            continue
        at = at[chosen]
        sign = block.data.take(at + 1, mode="clip")
        signed = (sign == 45) | (sign == 43)
        digits = (letters - 1) - signed.astype(np.int64)
        power, bad = _eight(block, end[chosen], digits)
        exponent = np.where(sign == 45, -power.view(np.int64), power.view(np.int64))
        begin = start[chosen]
        first = block.data[begin]
        mantissa, odd = _plain(block, begin, first, at, np.minimum(dot[chosen], at))
        wrong = ((bad & _HIGH) != 0) | (digits < 1) | (np.abs(exponent) > 300)
        if odd is not None:
            wrong |= odd
        with np.errstate(over="ignore"):  # what a cell of words comes to, which is wrong already, or a huge number
            mantissa *= _POWERS.take(np.clip(exponent, -300, 300) + _POWER_ZERO)
        # A zero is exact whatever its exponent; a product that vanished is not.
        wrong |= _near_a_middle(mantissa)
        _give_signs(mantissa, first)
        fine = chosen[~wrong]
        value[fine] = mantissa[~wrong]
        left[fine] = False
        if not left.any():
            break
    return value, left


def one(text: bytes) -> float | None:
    """One number as Python reads it; None for what is none. Underscores between digits are none of its letters here."""
    if len(text) > MOST_LETTERS or b"_" in text:
        return None
    try:
        return float(text)
    except ValueError:
        return None
