"""t-SNE's affinities: how much each point wants each of its neighbours, at a given perplexity.

Source: van der Maaten and Hinton, Visualizing Data using t-SNE (2008), on the nearest neighbours alone as in
van der Maaten, Accelerating t-SNE using tree-based algorithms (2014).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .control import NOBODY, Control
from .crew import Crew, blocks
from .distances import Neighbours
from .numbers import Doubles, Ints, Matrix, Rows, Vector

#: Neighbours for each unit of perplexity.
NEIGHBOURS_PER_PERPLEXITY = 3
_ENTROPY_ERROR = 1e-5
_MOST_HALVINGS = 100
_BLOCK_ROWS = 512


@dataclass(frozen=True, slots=True)
class Affinities:
    """The symmetric matrix P (n, n), summing to 1, by rows: row i has ``tails[starts[i]:starts[i + 1]]``.

    ``weights`` float32 are the entries, ``entropy`` the sum of p log p over all of them.
    """

    starts: Rows
    tails: Rows
    weights: Vector
    entropy: float

    @property
    def n(self) -> int:
        """Points."""
        return len(self.starts) - 1

    def parted(self, share: float) -> tuple[Affinities, Affinities]:
        """The strongest pairs, which together have at least this ``share`` of P, and all the others.

        The entropies of both sum to that of P. Both ways of a pair are in the same part.
        """
        falling = np.sort(self.weights)[::-1]
        held = np.cumsum(falling, dtype=np.float64)
        if share >= 1.0 or not len(held):
            return self, self._only(np.zeros(len(held), bool))
        strong = self.weights >= falling[int(np.searchsorted(held, share * held[-1]))]
        return self._only(strong), self._only(~strong)

    def _only(self, picked: NDArray[np.bool_]) -> Affinities:
        before = np.concatenate([[0], np.cumsum(picked, dtype=np.intp)])
        weights = self.weights[picked]
        return Affinities(before[self.starts], self.tails[picked], weights, _entropy(weights.astype(np.float64)))


def neighbours_for(perplexity: float, n: int) -> int:
    """How many neighbours of each of ``n`` points the affinities of this perplexity take."""
    return max(0, min(n - 1, int(NEIGHBOURS_PER_PERPLEXITY * perplexity) + 1))


def feasible_perplexity(perplexity: float, n: int) -> float:
    """``perplexity``, or the highest that ``n`` points allow: it counts neighbours, and needs thrice as many."""
    return float(min(max(perplexity, 1.0), max(1.0, (n - 1) / NEIGHBOURS_PER_PERPLEXITY)))


def affinities(near: Neighbours, perplexity: float, control: Control = NOBODY, crew: Crew | None = None) -> Affinities:
    """P of points whose neighbours are ``near``; these are taken as far as the perplexity asks for."""
    n = len(near.rows)
    near = near.nearest(neighbours_for(perplexity, n))
    shares = np.empty((n, near.k), np.float32)

    def work(rows: slice) -> None:
        shares[rows] = conditional(near.distances[rows], perplexity)

    if near.k:
        (crew or Crew(1)).map(work, blocks(n, _BLOCK_ROWS), control, "Affinities")
    return _joint(near.rows, shares)


def conditional(distances: Matrix, perplexity: float) -> Matrix:
    """For each row of Euclidean ``distances`` (m, k) the shares of a Gaussian of that perplexity; rows sum to 1.

    Where all k are equally far the shares are equal, whatever the perplexity.
    """
    squared = np.square(distances, dtype=np.float64)
    squared -= squared.min(axis=1, keepdims=True)
    mean = squared.mean(axis=1)
    squared /= np.where(mean > 0, mean, 1.0)[:, None]
    k = squared.shape[1]
    target = np.log(min(max(perplexity, 1.0), k))
    shares = np.empty(squared.shape, np.float32)
    beta, low, high = np.ones(len(squared)), np.zeros(len(squared)), np.full(len(squared), np.inf)
    active = np.arange(len(squared))
    for _ in range(_MOST_HALVINGS):
        part = squared[active]
        weights = np.exp(-part * beta[active, None])
        total = weights.sum(axis=1)
        off = np.log(total) + beta[active] * np.einsum("ij,ij->i", part, weights) / total - target
        shares[active] = weights / total[:, None]
        # A narrower Gaussian (greater beta) knows fewer neighbours.
        wide = off > 0
        low[active] = np.where(wide, beta[active], low[active])
        high[active] = np.where(wide, high[active], beta[active])
        middle = np.where(np.isinf(high[active]), 2.0 * beta[active], 0.5 * (low[active] + high[active]))
        beta[active] = middle
        active = active[np.abs(off) > _ENTROPY_ERROR]
        if not len(active):
            break
    return shares


def _joint(rows: Rows, shares: Matrix) -> Affinities:
    """(P + P^T) / 2n of conditional shares (n, k)."""
    from scipy.sparse import csr_matrix

    n, k = rows.shape
    one_way = csr_matrix((shares.ravel(), rows.ravel(), np.arange(0, n * k + 1, max(k, 1))[: n + 1]), (n, n))
    both = (one_way + one_way.T).tocsr()
    both.sum_duplicates()
    both.eliminate_zeros()
    return _normalised(both.indptr.astype(np.intp), both.indices.astype(np.intp), both.data)


def _normalised(starts: Rows, tails: Rows, weights: Vector) -> Affinities:
    wide = weights.astype(np.float64)
    total = wide.sum()
    if total > 0:
        wide /= total
    return Affinities(starts, tails, wide.astype(np.float32), _entropy(wide))


def _entropy(weights: Doubles) -> float:
    """The sum of p log p."""
    positive = weights[weights > 0]
    return float(positive @ np.log(positive))


def supervised(given: Affinities, labels: Ints, factor: float) -> Affinities:
    """P with neighbours of the same label drawn together and others set apart, as TensorBoard's Supervise does.

    ``labels`` int (n,), negative where a point has none; ``factor`` 0 to 100. With N points, S of the label, O of
    other labels and the share f: the weight is multiplied by 1/N + f/S between equals, by 1/N - f/O (at least 1e-7)
    between different ones, and by 1/N where a label is missing; then P is normalised. TensorBoard multiplies one way
    of each pair with the first point's O; here both ways are averaged, so that P stays symmetric.
    """
    share = min(max(factor, 0.0), 100.0) / 100.0
    n = given.n
    labelled = labels >= 0
    if share <= 0 or not labelled.any():
        return given
    heads = np.repeat(np.arange(n), np.diff(given.starts))
    counts = np.bincount(labels[labelled])
    same = np.where(labelled, counts[np.where(labelled, labels, 0)], 1)
    others = np.maximum(labelled.sum() - same, 1)
    apart = np.maximum(1.0 / n - share / others, 1e-7)
    together = np.minimum(1.0 / n + share / same, 1.0 - 1e-7)
    factors = np.where(labels[heads] == labels[given.tails], together[heads], 0.5 * (apart[heads] + apart[given.tails]))
    factors[~(labelled[heads] & labelled[given.tails])] = 1.0 / n
    return _normalised(given.starts, given.tails, (given.weights * factors).astype(np.float64))
