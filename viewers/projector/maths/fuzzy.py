"""UMAP's graph: how strongly each point is tied to its nearest neighbours, and where a layout of it begins.

Source: McInnes, Healy and Melville, UMAP (2018), as umap-learn computes it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .control import NOBODY, Control
from .distances import Neighbours
from .numbers import Doubles, Matrix, Rows, Vector

#: Bandwidths are at least this share of the mean distance.
_LEAST_SHARE = 1e-3
_HALVINGS = 64
#: First coordinates span so much.
_INITIAL_SPAN = 10.0
#: A spectral start is not worth waiting for beyond so many points.
_SPECTRAL_UP_TO = 30_000


@dataclass(frozen=True, slots=True)
class FuzzyGraph:
    """Ties in both directions, by rising head: ``heads``, ``tails`` (m,) and ``strengths`` float32 in (0, 1]."""

    n: int
    heads: Rows
    tails: Rows
    strengths: Vector


def fuzzy_graph(near: Neighbours, control: Control = NOBODY) -> FuzzyGraph:
    """Of points whose neighbours are ``near`` (n, k); umap-learn's n_neighbors is k + 1, as it counts the point."""
    from scipy.sparse import csr_matrix

    n, k = near.rows.shape
    if not k:
        empty = np.empty(0, np.intp)
        return FuzzyGraph(n, empty, empty, np.empty(0, np.float32))
    control.progress("Fuzzy graph", None)
    strengths = _one_way(near.distances, control)
    one_way = csr_matrix((strengths.ravel(), near.rows.ravel(), np.arange(0, n * k + 1, k)), (n, n))
    other_way = one_way.T.tocsr()
    # Either tie holds: a + b - ab.
    both = (one_way + other_way - one_way.multiply(other_way)).tocsr()
    both.sort_indices()
    heads = np.repeat(np.arange(n), np.diff(both.indptr))
    return FuzzyGraph(n, heads, both.indices.astype(np.intp), both.data.astype(np.float32))


def _one_way(distances: Matrix, control: Control) -> Matrix:
    """exp(-(d - rho) / sigma): rho is the nearest positive distance, sigma such that the sum is log2 of k + 1."""
    wide = distances.astype(np.float64)
    positive = np.where(wide > 0, wide, np.inf).min(axis=1)
    beyond = np.maximum(wide - np.where(np.isfinite(positive), positive, 0.0)[:, None], 0.0)
    target = np.log2(wide.shape[1] + 1)
    low, high, sigma = np.zeros(len(wide)), np.full(len(wide), np.inf), np.maximum(wide.mean(axis=1), 1e-30)
    for _ in range(_HALVINGS):
        control.check()
        total = np.exp(-beyond / sigma[:, None]).sum(axis=1)
        much = total > target
        low, high = np.where(much, low, sigma), np.where(much, sigma, high)
        sigma = np.where(np.isinf(high), 2.0 * sigma, 0.5 * (low + high))
    sigma = np.maximum(sigma, _LEAST_SHARE * np.maximum(wide.mean(axis=1), 1e-30))
    strengths: Matrix = np.exp(-beyond / sigma[:, None]).astype(np.float32)
    return strengths


def initial_layout(graph: FuzzyGraph, principal: Matrix, seed: int = 0) -> Matrix:
    """First coordinates, float32 like ``principal`` (n, dimensions), between 0 and 10 along each axis.

    The graph's own slow modes where it hangs together and is not too large; the ``principal`` components else.
    """
    found = _spectral(graph, principal.shape[1])
    layout = np.asarray(principal if found is None else found, np.float64)
    low = layout.min(axis=0, initial=np.inf)
    span = layout.max(axis=0, initial=-np.inf) - low
    layout = (layout - low) / np.where(span > 0, span, 1.0) * _INITIAL_SPAN
    # Points at one place would feel no force apart.
    noise = np.random.default_rng(seed).normal(scale=1e-4 * _INITIAL_SPAN, size=layout.shape)
    spread: Matrix = (layout + noise).astype(np.float32)
    return spread


def _spectral(graph: FuzzyGraph, dimensions: int) -> Doubles | None:
    """Eigenvectors 2 to dimensions + 1 of D^-1/2 A D^-1/2; None where there are none worth having."""
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import connected_components
    from scipy.sparse.linalg import ArpackError, eigsh

    if not 4 * dimensions < graph.n <= _SPECTRAL_UP_TO:
        return None
    ties = csr_matrix((graph.strengths.astype(np.float64), (graph.heads, graph.tails)), (graph.n, graph.n))
    if connected_components(ties, directed=False, return_labels=False) > 1:
        return None
    root = 1.0 / np.sqrt(np.asarray(ties.sum(axis=1)).ravel())
    normal = csr_matrix(
        (graph.strengths * root[graph.heads] * root[graph.tails], ties.indices, ties.indptr), ties.shape
    )
    start = np.random.default_rng(0).normal(size=graph.n)
    try:
        _, vectors = eigsh(normal, dimensions + 1, which="LA", v0=start, tol=1e-4, maxiter=5 * graph.n)
    except ArpackError:
        return None
    modes: Doubles = vectors[:, ::-1][:, 1:]
    return modes
