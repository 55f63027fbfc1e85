"""Append-only columns: arrays that grow, whose views never change."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray


class Column:
    """A growing array. A view that was handed out keeps its values for ever: growth never writes where a view reads.

    Capacity grows by an eighth at a time, so that the room which stands empty stays small beside the points.
    """

    __slots__ = ("_data", "_size")

    def __init__(self, dtype: DTypeLike) -> None:
        self._data: NDArray[Any] = np.empty(0, dtype)
        self._size = 0

    def __len__(self) -> int:
        return self._size

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of the items."""
        return self._data.dtype

    @property
    def nbytes(self) -> int:
        """Bytes held, spare room included."""
        return int(self._data.nbytes)

    def append(self, items: NDArray[Any]) -> None:
        """Add items at the end; those of a wider type widen the column.

        The first items are taken over as they are, and may be a part of an array that other columns have, too: whoever
        gives them must not write to them any more.
        """
        if not self._size and items.flags.c_contiguous:
            self.replace(items)
            return
        size = self._size + len(items)
        dtype = np.result_type(self._data.dtype, items.dtype) if items.dtype != self._data.dtype else self._data.dtype
        if size > len(self._data) or dtype != self._data.dtype:
            room = size if not self._size else size + (size >> 3) + 16
            grown = np.empty(room, dtype)
            grown[: self._size] = self._data[: self._size]
            self._data = grown
        self._data[self._size : size] = items
        self._size = size

    def replace(self, items: NDArray[Any]) -> None:
        """Start over with a fresh array; views of the old one stay as they are."""
        self._data = items
        self._size = len(items)

    def view(self) -> NDArray[Any]:
        """All items, read-only."""
        view = self._data[: self._size]
        view.flags.writeable = False
        return view
