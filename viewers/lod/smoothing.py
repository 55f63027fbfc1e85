"""TensorBoard's smoothing: an exponential moving average without the bias of its start, by index, over all points.

    last = 0; n = 0
    for each y:  not finite: passed through, the state stays as it is
                 else: last = last * w + (1 - w) * y;  n += 1;  out = last / (1 - w ** n)

A series whose values are all equal is left unchanged. This is the recurrence of TensorBoard's ``classicSmoothing``;
here it runs in blocks: inside a block a triangular matrix product, between blocks the same recurrence on the carries.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

BLOCK = 64
#: Up to so many values are smoothed one by one.
FEW = 256
#: Points converted to float64 at a time, so that a long series needs little scratch memory and lets other threads run.
CHUNK = 1 << 16

Values = NDArray[np.floating[Any]]


class Smoother:
    """Smooths a series that grows: feed the points in order, any number at a time.

    While all values are equal (and finite) they are handed back unchanged. Once one is another, what was handed back
    before differs from the formula by rounding, and for a weight of 1 entirely.
    """

    def __init__(self, weight: float) -> None:
        """``weight`` is clamped to 0..1; 0 returns the values as they are, 1 gives zeros, as in TensorBoard."""
        self.weight = min(max(float(weight), 0.0), 1.0)
        self._last = 0.0
        self._count = 0
        self._first: float | None = None
        self._constant = True

    def feed(self, values: Values) -> NDArray[np.float64]:
        """Smoothed values (m,) float64 of the next ``values`` (m,)."""
        out = np.empty(len(values), np.float64)
        if not len(values):
            return out
        if self._first is None:
            self._first = float(values[0])
        if self._constant:
            self._constant = math.isfinite(self._first) and bool(np.all(values == self._first))
        if self._constant or self.weight == 0.0:
            out[:] = values
            self._skip(values)
            return out
        if len(values) <= FEW:
            out[:] = self._few(values.tolist())
            return out
        for begin in range(0, len(values), CHUNK):
            self._chunk(values[begin : begin + CHUNK], out[begin : begin + CHUNK])
        return out

    def _few(self, values: list[float]) -> list[float]:
        """The recurrence as it is written: for few values that is faster than preparing blocks."""
        weight, keep = self.weight, 1.0 - self.weight
        last, lasting = self._last, weight**self._count
        out = []
        for value in values:
            if value - value != 0.0:
                out.append(value)
                continue
            last = last * weight + keep * value
            lasting *= weight
            self._count += 1
            out.append(last if weight == 1.0 else last / (1.0 - lasting))
        self._last = last
        return out

    def _skip(self, values: Values) -> None:
        """Move the state past values that were handed back unchanged."""
        if self.weight == 0.0:
            self._last, self._count = 0.0, self._count + len(values)
            return
        self._count += len(values)
        assert self._first is not None
        self._last = self._first * (1.0 - self.weight**self._count)

    def _chunk(self, values: Values, out: NDArray[np.float64]) -> None:
        finite = np.isfinite(values)
        if finite.all():
            self._run(values.astype(np.float64), out)
            return
        out[:] = values
        kept = values[finite].astype(np.float64)
        if len(kept):
            smoothed = np.empty_like(kept)
            self._run(kept, smoothed)
            out[finite] = smoothed

    def _run(self, values: NDArray[np.float64], out: NDArray[np.float64]) -> None:
        weight = self.weight
        values *= 1.0 - weight
        out[:] = _recurrence(values, weight, self._last)
        self._last = float(out[-1])
        first = self._count + 1
        self._count += len(values)
        if weight == 1.0:
            return
        # Past this term w ** n is below the last bit of 1; computing it for every point would wade in denormals.
        settled = math.ceil(-40.0 / math.log(weight))
        if first <= settled:
            some = min(settled - first + 1, len(values))
            out[:some] /= -np.expm1(math.log(weight) * np.arange(first, first + some))


def smooth(values: Values, weight: float) -> NDArray[np.float64]:
    """Smooth a whole series at once; float64 (n,)."""
    return Smoother(weight).feed(values)


@lru_cache(maxsize=8)
def _kernel(weight: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """What a block's terms add to each place of it, (BLOCK, BLOCK), and what is left there of the carry, (BLOCK,)."""
    position = np.arange(BLOCK)
    lag = position[None, :] - position[:, None]
    kernel: NDArray[np.float64] = np.where(lag >= 0, weight ** np.maximum(lag, 0).astype(np.float64), 0.0)
    decay: NDArray[np.float64] = np.power(weight, position + 1.0)
    for table in (kernel, decay):
        table.flags.writeable = False
    return kernel, decay


def _recurrence(terms: NDArray[np.float64], weight: float, carry: float) -> NDArray[np.float64]:
    """c[k] = c[k-1] * weight + terms[k], with c[-1] = carry."""
    count = len(terms)
    if count <= BLOCK:
        result = np.empty(count)
        state = carry
        for index, term in enumerate(terms.tolist()):
            state = state * weight + term
            result[index] = state
        return result
    blocks = -(-count // BLOCK)
    padded = np.zeros((blocks, BLOCK))
    padded.reshape(-1)[:count] = terms
    kernel, decay = _kernel(weight)
    local = padded @ kernel
    entering = np.empty(blocks)
    entering[0] = carry
    entering[1:] = _recurrence(local[:-1, -1].copy(), weight**BLOCK, carry)
    local += entering[:, None] * decay
    return local.reshape(-1)[:count]
