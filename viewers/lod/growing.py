"""An array that is appended to without copying what it holds each time."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


class GrowingArray:
    """Amortised appending; :attr:`values` is a view of all, and an earlier view stays valid and unchanged."""

    def __init__(self, dtype: np.dtype[Any]) -> None:
        self._room: NDArray[Any] = np.empty(0, dtype)
        self._count = 0

    @property
    def values(self) -> NDArray[Any]:
        """All values so far."""
        return self._room[: self._count]

    def append(self, values: NDArray[Any]) -> None:
        """Add ``values`` (m,) at the end."""
        end = self._count + len(values)
        if end > len(self._room):
            spare = 0 if self._count == 0 else max(end // 2, 64)
            room = np.empty(end + spare, self._room.dtype)
            room[: self._count] = self._room[: self._count]
            self._room = room
        self._room[self._count : end] = values
        self._count = end
