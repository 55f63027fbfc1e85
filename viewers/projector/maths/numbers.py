"""The types of arrays that the mathematics exchanges."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Points: (n, d), or coordinates (n, 2 or 3).
Matrix = NDArray[np.float32]
Vector = NDArray[np.float32]
Doubles = NDArray[np.float64]
#: Indices of rows.
Rows = NDArray[np.intp]
AnyMatrix = NDArray[Any]
#: Labels and ranks.
Ints = NDArray[np.int32]
