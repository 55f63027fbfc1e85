"""What colouring, search, editing and export take for a column of labels. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Indices = Sequence[int] | NDArray[np.integer[Any]]


class Labels(Protocol):
    """One label a point: a ``MetadataColumn`` that was loaded, or one that was edited.

    ``numbers`` is float64 (n,), NaN where a label is empty, None where one is no number. ``codes`` is int32 (n,) and
    ``values[code]`` the text of a label; not every value need occur. ``codes`` is None, and ``values`` empty, where
    there are too many different texts.
    """

    @property
    def name(self) -> str: ...

    @property
    def numbers(self) -> NDArray[np.float64] | None: ...

    @property
    def codes(self) -> NDArray[np.int32] | None: ...

    @property
    def values(self) -> tuple[str, ...]: ...

    @property
    def categorical(self) -> bool: ...

    def __len__(self) -> int: ...

    def __getitem__(self, index: int, /) -> str: ...

    def texts(self, indices: Indices | None = None) -> list[str]: ...
