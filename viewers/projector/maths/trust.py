"""How far a layout can be trusted: whether neighbours in it are neighbours among the points.

Source: Venna and Kaski, Neighborhood preservation in nonlinear projection methods (2001); scikit-learn has the same.
"""

from __future__ import annotations

import numpy as np

from .control import NOBODY, Control
from .crew import Crew, blocks
from .numbers import Matrix, Rows
from .prepare import centroid

NEIGHBOURS = 12
#: Beyond so many points the figure is an estimate from as many points by chance.
SAMPLE = 1000
_CELLS = 1 << 21


class Trust:
    """Trustworthiness of layouts of the same points, from 0 to 1.

    ``sampled`` tells that it is the mean over some points, each against all others.
    """

    def __init__(self, points: Matrix, k: int = NEIGHBOURS, sample: int = SAMPLE, seed: int = 0) -> None:
        """``points`` float32 (n, d). ``k`` is lowered where it is not below n / 2."""
        n = len(points)
        self.k = max(1, min(k, (n - 1) // 2))
        self.sampled = n > sample
        random = np.random.default_rng(seed)
        self.rows: Rows = np.sort(random.choice(n, sample, replace=False)) if self.sampled else np.arange(n)
        self._points = points - centroid(points)
        self._squares = np.einsum("ij,ij->i", self._points, self._points)

    def of(self, layout: Matrix, control: Control = NOBODY, crew: Crew | None = None) -> float | None:
        """The figure for ``layout`` float32 (n, 2 or 3); None where there are not points enough."""
        n, k = len(self._points), self.k
        if n < 4:
            return None
        layout = layout - centroid(layout)
        squares = np.einsum("ij,ij->i", layout, layout)

        def work(block: slice) -> float:
            rows = self.rows[block]
            own = np.arange(len(rows))
            shown = squares - 2.0 * (layout[rows] @ layout.T)
            shown[own, rows] = np.inf
            near = np.argpartition(shown, k - 1, axis=1)[:, :k]
            true = self._squares - 2.0 * (self._points[rows] @ self._points.T)
            true[own, rows] = np.inf
            distances = np.take_along_axis(true, near, 1)
            # Rank 1 is the nearest; a neighbour in the layout that is none of the k nearest costs its rank beyond k.
            ranks = np.stack([np.count_nonzero(true < distances[:, [j]], axis=1) + 1 for j in range(k)])
            return float(np.maximum(ranks - k, 0).sum())

        size = max(1, _CELLS // n)
        total = sum((crew or Crew(1)).map(work, blocks(len(self.rows), size), control))
        return 1.0 - 2.0 * total / (len(self.rows) * k * (2.0 * n - 3.0 * k - 1.0))
