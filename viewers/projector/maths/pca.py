"""Principal components, exact and of all points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .control import NOBODY, Control
from .crew import Crew, blocks
from .numbers import Doubles, Matrix
from .prepare import centroid

COMPONENTS = 10
#: Rows in a block of the covariance: products of so many rows are added in float32, blocks in float64.
_BLOCK_ROWS = 2048


@dataclass(frozen=True, slots=True)
class Pca:
    """``coordinates`` float32 (n, c) on ``axes`` float32 (c, d), strongest first, around ``mean`` (d,).

    ``variance`` (c,) is each component's, with n - 1 as the divisor; ``ratio`` (c,) its share of ``total``. All shares
    are 0 where the points do not vary. c is the smaller of what was asked for, n and d.
    """

    coordinates: Matrix
    axes: Matrix
    mean: Matrix
    variance: Doubles
    ratio: Doubles
    total: float
    notes: tuple[str, ...] = ()


def pca(matrix: Matrix, components: int = COMPONENTS, control: Control = NOBODY, crew: Crew | None = None) -> Pca:
    """The first ``components`` of ``matrix`` float32 (n, d).

    By the eigenvectors of the covariance (d, d), or of the Gram matrix (n, n) where there are fewer points than
    dimensions. Each axis points to where its largest entry is positive, so that results do not flip.
    """
    n, d = matrix.shape
    count = max(0, min(components, n, d))
    mean = centroid(matrix)
    notes = []
    if n < 2:
        notes.append("One point has no variance." if n else "There are no points.")
    total, variance, axes = _decompose(matrix, mean, count, control, crew or Crew(1))
    if n > 1 and total <= 0:
        notes.append("All points are equal: there is no variance to describe.")
    elif 0 < d < 2:
        notes.append("The points have one dimension only.")
    coordinates = np.empty((n, count), np.float32)
    for rows in blocks(n, _BLOCK_ROWS * 4):
        control.check()
        coordinates[rows] = (matrix[rows] - mean) @ axes.T
    ratio = variance / total if total > 0 else np.zeros(count)
    return Pca(coordinates, axes, mean, variance, ratio, total, tuple(notes))


def _decompose(matrix: Matrix, mean: Matrix, count: int, control: Control, crew: Crew) -> tuple[float, Doubles, Matrix]:
    """Total variance, the strongest ``count`` variances and their axes (count, d)."""
    n, d = matrix.shape
    if n < 2 or not d:
        return 0.0, np.zeros(count), np.eye(count, d, dtype=np.float32)
    if n < d:
        return _by_gram(matrix, mean, count, control)

    def product(rows: slice) -> Doubles:
        part = matrix[rows] - mean
        # Rows with few columns are cheap to multiply in full precision.
        return (part.T @ part).astype(np.float64) if d > 64 else _product64(part)

    covariance = np.zeros((d, d))
    parts = blocks(n, _BLOCK_ROWS)
    # A few blocks at a time: their products are as large as the covariance.
    for group in blocks(len(parts), 4 * crew.threads):
        for one in crew.map(product, parts[group], control):
            covariance += one
        control.progress("Covariance", min(1.0, group.stop / len(parts)))
    covariance /= n - 1
    control.progress("Eigenvectors", None)
    values, vectors = _eigenvectors(covariance, count)
    total = float(np.trace(covariance))
    return total, np.maximum(values, 0.0), _oriented(vectors.T)


def _product64(part: Matrix) -> Doubles:
    wide = part.astype(np.float64)
    product: Doubles = wide.T @ wide
    return product


def _by_gram(matrix: Matrix, mean: Matrix, count: int, control: Control) -> tuple[float, Doubles, Matrix]:
    """The same from the inner products of the points: their eigenvectors are the coordinates."""
    n, d = matrix.shape
    gram = np.zeros((n, n))
    for columns in blocks(d, max(64, (1 << 22) // n)):
        control.check()
        part = (matrix[:, columns] - mean[columns]).astype(np.float64)
        gram += part @ part.T
        control.progress("Inner products", columns.stop / d)
    gram /= n - 1
    control.progress("Eigenvectors", None)
    values, vectors = _eigenvectors(gram, count)
    values = np.maximum(values, 0.0)
    total = float(np.trace(gram))
    axes = np.zeros((count, d))
    # A variance of rounding errors has no axis: the coordinates along it are 0.
    strong = values > total * n * np.finfo(np.float64).eps * 8
    if strong.any():
        weights = vectors[:, strong].astype(np.float64) / np.sqrt(values[strong] * (n - 1))
        axes[strong] = weights.T @ (matrix - mean).astype(np.float64)
    return total, np.where(strong, values, 0.0), _oriented(axes)


def _eigenvectors(symmetric: Doubles, count: int) -> tuple[Doubles, Doubles]:
    """The largest ``count`` eigenvalues, falling, and their vectors as columns."""
    from scipy.linalg import eigh

    size = len(symmetric)
    if not symmetric.any():
        return np.zeros(count), np.eye(size, count)
    values, vectors = eigh(symmetric, subset_by_index=(size - count, size - 1), driver="evr")
    return values[::-1], vectors[:, ::-1]


def _oriented(axes: Doubles) -> Matrix:
    largest = np.abs(axes).argmax(axis=1)
    sign = np.sign(axes[np.arange(len(axes)), largest])
    oriented: Matrix = (axes * np.where(sign == 0, 1.0, sign)[:, None]).astype(np.float32)
    return oriented
