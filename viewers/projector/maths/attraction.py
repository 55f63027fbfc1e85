"""The pull of neighbours in t-SNE: a sum over the edges of the affinity matrix."""

from __future__ import annotations

import numpy as np

from .affinities import Affinities
from .numbers import Matrix, Vector

#: Edges in a stretch: its arrays just about stay in a core's own cache.
_EDGES = 1 << 16


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

    def forces(self, layout: Matrix, with_kl: bool = False) -> tuple[Matrix, float]:
        """Forces float32 (dimensions, n), and the sum of p log(1 + d^2) over all edges (0 unless ``with_kl``).

        Computed in the caller's thread: numpy's operations are so short here that two threads, which wait for the
        interpreter's lock in turn, are no quicker.
        """
        forces = np.empty_like(layout)
        scratch = _Scratch(layout.shape[0])
        return forces, sum(self._pull(layout, stretch, forces, with_kl, scratch) for stretch in self._stretches)

    def _pull(
        self, layout: Matrix, stretch: tuple[int, int], forces: Matrix, with_kl: bool, scratch: _Scratch
    ) -> float:
        first, last = stretch
        begin, end = self._p.starts[first], self._p.starts[last]
        if begin == end:
            forces[:, first:last] = 0.0
            return 0.0
        tails, p = self._p.tails[begin:end], self._p.weights[begin:end]
        degrees = self._degrees[first:last]
        differences, squared, weights = scratch.of(end - begin)
        for axis, difference in zip(layout, differences):
            # All tails are rows: without the test for that, which "wrap" leaves out, numpy takes in half the time.
            axis.take(tails, out=difference, mode="wrap")
            np.subtract(np.repeat(axis[first:last], degrees), difference, out=difference)
        np.multiply(differences[0], differences[0], out=squared)
        for difference in differences[1:]:
            squared += np.multiply(difference, difference, out=weights)
        squared += np.float32(1.0)
        np.divide(p, squared, out=weights)
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
        return float(np.dot(p, np.log(squared, out=squared))) if with_kl else 0.0


class _Scratch:
    """Arrays for stretch after stretch: fresh ones would cost as much as the sums in them."""

    def __init__(self, dimensions: int) -> None:
        self._dimensions = dimensions
        self._rows = np.empty((dimensions + 2, _EDGES), np.float32)

    def of(self, edges: int) -> tuple[list[Vector], Vector, Vector]:
        """One array of so many edges for each dimension, and two more."""
        if edges > self._rows.shape[1]:
            self._rows = np.empty((len(self._rows), edges), np.float32)
        rows = list(self._rows[:, :edges])
        return rows[: self._dimensions], rows[-2], rows[-1]
