"""Which pixels a disc touches, as tables: a disc of any radius, its centre anywhere in a pixel. No Qt.

Radii stand in eighths of a pixel and centres in quarters, so a table has sixteen rows a radius. A row holds offsets
into a picture of a given pitch; rows of a table are equally long, as an offset may stand in one twice.
"""

from __future__ import annotations

import enum
from collections import OrderedDict

import numpy as np
from numpy.typing import NDArray

STEPS = 8
PHASES = 4
#: Tables go up to this radius in pixels; larger discs are worked out pixel by pixel.
LARGEST = 8.0
_KEPT = 64
_SMALL, _GRAIN = 28, 4

Offsets = NDArray[np.int64]


class Part(enum.Enum):
    """Pixels that a disc covers wholly, in part, or at least by half."""

    CORE = enum.auto()
    EDGE = enum.auto()
    HARD = enum.auto()


class Kernels:
    """Tables, made when they are asked for."""

    def __init__(self) -> None:
        self._cells: dict[tuple[Part, int], NDArray[np.int16]] = {}
        self._tables: OrderedDict[tuple[Part, int, int], Offsets] = OrderedDict()

    def table(self, part: Part, largest: int, pitch: int) -> Offsets:
        """Offsets ((radii + 1) * 16, k) for discs up to ``largest`` (eighths of a pixel), one row a class."""
        # A longer row costs with every disc; tables of small discs are small.
        top = largest if largest < _SMALL else -(-largest // _GRAIN) * _GRAIN
        key = part, top, pitch
        found = self._tables.get(key)
        if found is None:
            found = self._tables[key] = self._made(part, top, pitch)
            if len(self._tables) > _KEPT:
                self._tables.popitem(last=False)
        else:
            self._tables.move_to_end(key)
        return found

    def _made(self, part: Part, top: int, pitch: int) -> Offsets:
        cells = [self._cell(part, step) for step in range(top + 1)]
        longest = max(each.shape[1] for each in cells)
        table = np.empty((top + 1, PHASES * PHASES, longest), np.int64)
        for step, each in enumerate(cells):
            count = each.shape[1]
            table[step, :, :count] = each[..., 0].astype(np.int64) * pitch + each[..., 1]
            table[step, :, count:] = table[step, :, :1]
        return table.reshape(-1, longest)

    def _cell(self, part: Part, step: int) -> NDArray[np.int16]:
        """Rows and columns (16, k, 2) from the pixel that holds the centre."""
        found = self._cells.get((part, step))
        if found is None:
            found = self._cells[part, step] = _pixels(part, step / STEPS)
        return found


def _pixels(part: Part, radius: float) -> NDArray[np.int16]:
    reach = int(np.ceil(radius + 1))
    span = np.arange(-reach, reach + 1)
    phases = (np.arange(PHASES) + 0.5) / PHASES
    down = (span[None, :] + 0.5 - phases[:, None])[:, None, :, None]
    right = (span[None, :] + 0.5 - phases[:, None])[None, :, None, :]
    away = np.sqrt(down**2 + right**2).reshape(PHASES * PHASES, len(span), len(span))
    covered = np.clip(radius + 0.5 - away, 0.0, 1.0)
    core = covered >= 1.0
    # However small a disc is, the pixel of its centre is its own.
    core[:, reach, reach] = True
    if part is Part.CORE:
        chosen = core
    elif part is Part.EDGE:
        chosen = (covered > 0.0) & ~core
    else:
        chosen = covered >= 0.5
        chosen[:, reach, reach] = True
    flat = chosen.reshape(PHASES * PHASES, -1)
    counts = flat.sum(axis=1)
    longest = max(int(counts.max()), 1)
    # Chosen pixels first, in rows of equal length; a row that has fewer repeats its first.
    cells = np.argsort(~flat, axis=1, kind="stable")[:, :longest]
    cells = np.where(np.arange(longest) < counts[:, None], cells, cells[:, :1])
    rows, columns = np.divmod(cells, len(span))
    result: NDArray[np.int16] = np.stack([rows - reach, columns - reach], axis=2).astype(np.int16)
    # An edge may have no pixel at all in some phase: then the centre stands for it.
    result[counts == 0] = 0
    return result
