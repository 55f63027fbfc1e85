"""Groups of points, by scikit-learn. Not interruptible: run it where it can be killed."""

from __future__ import annotations

import numpy as np

from .numbers import Ints, Matrix

NOISE = -1


def k_means(points: Matrix, count: int, seed: int = 0) -> tuple[Ints, tuple[str, ...]]:
    """Labels int32 (n,) of ``count`` clusters, the largest being 0, and notes.

    There are never more clusters than different points.
    """
    from sklearn.cluster import KMeans

    n = len(points)
    if not n or not points.shape[1]:
        return np.zeros(n, np.int32), ()
    different = len(np.unique(points, axis=0)) if n <= _LOOK_UP_TO else n
    wanted = max(1, min(count, different))
    notes = () if wanted == count else (f"There are only {different:,} different points for {count:,} clusters.",)
    labels = KMeans(wanted, n_init=4 if n <= _LOOK_UP_TO else 1, random_state=seed).fit_predict(points)
    return _by_size(labels.astype(np.int32)), notes


def hdbscan(points: Matrix, smallest: int) -> tuple[Ints, tuple[str, ...]]:
    """Labels int32 (n,) of clusters of at least ``smallest`` points, the largest being 0; -1 for noise. And notes."""
    from sklearn.cluster import HDBSCAN

    n = len(points)
    smallest = max(2, smallest)
    if n < smallest + 1 or not points.shape[1]:
        return np.full(n, NOISE, np.int32), (f"{n:,} points are too few for clusters of {smallest:,}.",)
    labels = HDBSCAN(min_cluster_size=smallest, copy=True).fit_predict(points)
    found = _by_size(labels.astype(np.int32))
    return found, () if (found >= 0).any() else ("No group of points stands out: all are noise.",)


def _by_size(labels: Ints) -> Ints:
    """Numbers anew, so that 0 is the largest cluster; negative ones stay."""
    clusters, sizes = np.unique(labels[labels >= 0], return_counts=True)
    order = clusters[np.argsort(-sizes, kind="stable")]
    named: Ints = labels.copy()
    for new, old in enumerate(order.tolist()):
        named[labels == old] = new
    return named


_LOOK_UP_TO = 20_000
