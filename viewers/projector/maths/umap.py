"""UMAP's layout, one epoch at a time, by numpy alone.

Source: McInnes, Healy and Melville, UMAP (2018). umap-learn moves one edge after the other; here the edges of an epoch
are taken in a few batches, each of which moves all of its points at once.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from .fuzzy import FuzzyGraph
from .numbers import Matrix, Rows, Vector

NEGATIVE_SAMPLES = 5
_SPREAD = 1.0
_MOST_PULL = 4.0
#: Edges in a batch, and batches in an epoch: with fewer, points of many edges would be thrown about.
_EDGES = 1 << 14
_FEWEST_BATCHES = 4


def default_epochs(n: int) -> int:
    """umap-learn's: 500 up to 10,000 points, 200 beyond."""
    return 500 if n <= 10_000 else 200


@lru_cache(maxsize=32)
def curve(min_distance: float) -> tuple[float, float]:
    """a and b of 1 / (1 + a d^(2b)), closest to 1 below ``min_distance`` and exp(min_distance - d) beyond."""
    from scipy.optimize import curve_fit

    distance = np.linspace(0.0, 3.0 * _SPREAD, 300)
    wanted = np.where(distance < min_distance, 1.0, np.exp(-(distance - min_distance) / _SPREAD))
    (a, b), _ = curve_fit(lambda x, a, b: 1.0 / (1.0 + a * x ** (2.0 * b)), distance, wanted)
    return float(a), float(b)


class Umap:
    """A layout on its way; :meth:`step` goes on by one epoch, of ``epochs``."""

    def __init__(self, graph: FuzzyGraph, initial: Matrix, min_distance: float, epochs: int, seed: int = 0) -> None:
        """``initial`` float32 (n, 2 or 3)."""
        self.epochs = epochs
        self.iteration = 0
        self._a, self._b = curve(min(max(min_distance, 0.0), 0.99))
        self._initial = np.ascontiguousarray(initial.T, np.float32)
        self._layout = self._initial.copy()
        self._seed = seed
        self._random = np.random.default_rng(seed)
        strongest = float(graph.strengths.max(initial=0.0))
        # Ties that would not be looked at once are none.
        kept = graph.strengths * epochs >= strongest if epochs else np.zeros(len(graph.strengths), bool)
        self._heads, self._tails = graph.heads[kept], graph.tails[kept]
        #: How often an edge is due in an epoch.
        self._rates: Vector = graph.strengths[kept] / np.float32(strongest or 1.0)

    @property
    def coordinates(self) -> Matrix:
        """The layout as it is, float32 (n, dimensions), a copy."""
        return np.ascontiguousarray(self._layout.T)

    @property
    def done(self) -> bool:
        """True after the last epoch."""
        return self.iteration >= self.epochs

    def restart(self) -> None:
        """Back to the first coordinates."""
        self._layout = self._initial.copy()
        self._random = np.random.default_rng(self._seed)
        self.iteration = 0

    def perturb(self, strength: float, random: np.random.Generator) -> None:
        """Move every point by chance, by up to ``strength`` of the layout's radius along each axis."""
        centre = self._layout.mean(axis=1, keepdims=True)
        radius = float(np.sqrt(np.square(self._layout - centre).sum(axis=0).max(initial=0.0)))
        self._layout += random.uniform(-strength * radius, strength * radius, self._layout.shape).astype(np.float32)

    def step(self) -> None:
        """One epoch."""
        rate = 1.0 - self.iteration / self.epochs
        before = np.floor(self._rates * np.float32(self.iteration))
        due = np.flatnonzero(np.floor(self._rates * np.float32(self.iteration + 1)) > before)
        batches = max(_FEWEST_BATCHES, -(-len(due) // _EDGES))
        for first in range(batches):
            # Every so-many-th edge: heads stay in rising order, and both ends of a tie are close in time.
            edges = due[first::batches]
            if len(edges):
                self._move(self._heads[edges], self._tails[edges], np.float32(rate))
        self.iteration += 1

    def _move(self, heads: Rows, tails: Rows, rate: np.float32) -> None:
        """Draw ``heads`` to ``tails`` and away from points drawn by chance.

        The tie of the other direction is due as often, so a head takes both halves of the pull and a tail none.
        """
        others = self._random.integers(0, self._layout.shape[1], (len(heads), NEGATIVE_SAMPLES))
        at_head = [axis.take(heads) for axis in self._layout]
        along = [head - axis.take(tails) for head, axis in zip(at_head, self._layout)]
        apart = [head[:, None] - axis.take(others) for head, axis in zip(at_head, self._layout)]
        pull = self._pull(_squared(along))
        push = self._push(_squared(apart))
        push[others == heads[:, None]] = 0.0
        starts = np.flatnonzero(np.diff(heads, prepend=-1))
        moved = heads[starts]
        for axis, towards, away in zip(self._layout, along, apart):
            towards *= pull
            away *= push
            np.clip(towards, -_MOST_PULL, _MOST_PULL, out=towards)
            np.clip(away, -_MOST_PULL, _MOST_PULL, out=away)
            towards *= 2.0
            towards += away.sum(axis=1)
            axis[moved] += rate * np.add.reduceat(towards, starts)

    def _pull(self, squared: Matrix) -> Matrix:
        """-2ab d^(2b-2) / (1 + a d^(2b)) of squared distances; 0 at distance 0."""
        power = self._power(squared)
        with np.errstate(divide="ignore", invalid="ignore"):
            pull: Matrix = (
                np.float32(-2.0 * self._a * self._b) * power / (squared * (1.0 + np.float32(self._a) * power))
            )
        pull[squared <= 0] = 0.0
        return pull

    def _push(self, squared: Matrix) -> Matrix:
        """2b / ((0.001 + d^2) (1 + a d^(2b)))."""
        push = self._power(squared)
        push *= np.float32(self._a)
        push += 1.0
        push *= squared + np.float32(0.001)
        np.divide(np.float32(2.0 * self._b), push, out=push)
        return push

    def _power(self, squared: Matrix) -> Matrix:
        """d^(2b): exp and log are several times as fast as a power."""
        power: Matrix = np.maximum(squared, np.float32(1e-30))
        np.log(power, out=power)
        power *= np.float32(self._b)
        np.exp(power, out=power)
        return power


def _squared(differences: list[Matrix]) -> Matrix:
    total: Matrix = np.square(differences[0])
    for difference in differences[1:]:
        total += difference * difference
    return total
