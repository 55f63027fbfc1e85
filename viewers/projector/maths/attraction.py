"""The pull of neighbours in t-SNE: a sum over the edges of the affinity matrix."""

from __future__ import annotations

import numpy as np

from .affinities import Affinities
from .crew import Crew
from .numbers import Matrix

#: Edges in a stretch: its arrays stay in a core's own cache.
_EDGES = 1 << 15


class Attraction:
    """F_i = sum over j of p_ij (y_i - y_j) / (1 + |y_i - y_j|^2), for layouts given as (dimensions, n)."""

    def __init__(self, weights: Affinities) -> None:
        self._p = weights
        self._degrees = np.diff(weights.starts)
        self._stretches = self._cut()

    def _cut(self) -> list[tuple[int, int]]:
        """Stretches of rows of about so many edges."""
        starts, n = self._p.starts, self._p.n
        cuts = [0]
        while cuts[-1] < n:
            after = int(np.searchsorted(starts, starts[cuts[-1]] + _EDGES, "right")) - 1
            cuts.append(min(n, max(after, cuts[-1] + 1)))
        return list(zip(cuts, cuts[1:]))

    def forces(self, layout: Matrix, crew: Crew, with_kl: bool = False) -> tuple[Matrix, float]:
        """Forces float32 (dimensions, n), and the sum of p log(1 + d^2) over all edges (0 unless ``with_kl``)."""
        forces = np.empty_like(layout)
        logs = crew.map(lambda stretch: self._pull(layout, stretch, forces, with_kl), self._stretches)
        return forces, float(sum(logs))

    def _pull(self, layout: Matrix, stretch: tuple[int, int], forces: Matrix, with_kl: bool) -> float:
        first, last = stretch
        begin, end = self._p.starts[first], self._p.starts[last]
        if begin == end:
            forces[:, first:last] = 0.0
            return 0.0
        tails, p = self._p.tails[begin:end], self._p.weights[begin:end]
        degrees = self._degrees[first:last]
        differences = []
        squared = np.ones(end - begin, np.float32)
        scratch = np.empty_like(squared)
        for axis in layout:
            difference = np.repeat(axis[first:last], degrees)
            difference -= axis.take(tails)
            squared += np.multiply(difference, difference, out=scratch)
            differences.append(difference)
        weights = np.divide(p, squared, out=scratch)
        # reduceat gives an empty row the next row's first entry.
        filled = degrees > 0
        at = (self._p.starts[first:last] - begin)[filled]
        for axis, difference in zip(forces, differences):
            difference *= weights
            if len(at) == last - first:
                np.add.reduceat(difference, at, out=axis[first:last])
            else:
                axis[first:last] = 0.0
                axis[first:last][filled] = np.add.reduceat(difference, at)
        return float(np.dot(p, np.log(squared))) if with_kl else 0.0
