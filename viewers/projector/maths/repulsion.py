"""The push of all points on all others in t-SNE: exactly for few points, through a mesh for many.

Every method returns R (dimensions, n) with R_i = sum over j of (y_i - y_j) / (1 + |y_i - y_j|^2)^2, and Z, the sum of
1 / (1 + |y_i - y_j|^2) over all ordered pairs of different points.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from .crew import Crew, blocks
from .numbers import AnyMatrix, Doubles, Matrix, Vector

#: Up to so many points all pairs are cheaper than a mesh, by dimensions.
EXACT_UP_TO = {2: 1100, 3: 5000}
#: Distance of the mesh's nodes, where that makes a mesh of bearable size: the kernel's width is 1.
_SPACING = {2: 0.5, 3: 0.5}
_MOST_NODES = {2: 1536, 3: 64}
#: A layout smaller than this gets a finer mesh, of at least so many cells.
_FEWEST_CELLS = 16
#: Below this span all kernels are 1 to the last digit of float32.
_POINT_LIKE = 1e-2
#: Points along a side of a tile of pairs, which then stays in the cache.
_TILE = 512
_KEPT_KERNELS = 4
#: Points that a thread spreads at once at least, and nodes from which on a transform is worth several threads.
_FEWEST_POINTS = 4096
_MANY_NODES = 200_000


#: What an iteration of all pairs takes stays below half a second up to so many points.
EXACT_AT_ALL_UP_TO = 20_000


def repulsion_for(n: int, dimensions: int) -> ExactRepulsion | MeshRepulsion:
    """The quicker method for ``n`` points."""
    return ExactRepulsion() if n <= EXACT_UP_TO[dimensions] else MeshRepulsion(dimensions)


class ExactRepulsion:
    """All pairs, in square tiles of matrix products; each pair once, for both of its points."""

    def forces(self, layout: Matrix, crew: Crew) -> tuple[Matrix, float]:
        """R and Z, as the module says."""
        dimensions, n = layout.shape
        squares = np.einsum("ij,ij->j", layout, layout)
        ones = np.ones(n, np.float32)
        # One product gives 1 + |a - b|^2, another the sums of k^2 y and k^2.
        left = np.vstack([-2.0 * layout, squares + np.float32(1.0), ones]).T.copy()
        right = np.vstack([layout, ones, squares])
        weighed = np.vstack([layout, ones]).T.copy()
        tiles = blocks(n, _TILE)

        def work(number: int) -> tuple[Matrix, float]:
            rows = tiles[number]
            sums = np.zeros((n - rows.start, dimensions + 1), np.float32)
            own = sums[: rows.stop - rows.start]
            total = 0.0
            for columns in tiles[number:]:
                kernel = left[rows] @ right[:, columns]
                # Rounding must not bring points nearer than together.
                np.maximum(kernel, np.float32(1.0), out=kernel)
                np.reciprocal(kernel, out=kernel)
                total += float(kernel.sum()) * (1.0 if columns is rows else 2.0)
                np.multiply(kernel, kernel, out=kernel)
                own += kernel @ weighed[columns]
                if columns is not rows:
                    sums[columns.start - rows.start : columns.stop - rows.start] += kernel.T @ weighed[rows]
            return sums, total

        sums = np.zeros((n, dimensions + 1), np.float32)
        total = 0.0
        for number, (part, share) in enumerate(crew.map(work, range(len(tiles)))):
            sums[tiles[number].start :] += part
            total += share
        forces = layout * sums[:, dimensions] - sums[:, :dimensions].T
        return forces, max(total - n, float(np.finfo(np.float32).tiny))


class MeshRepulsion:
    """Through a mesh: R is half the gradient, downhill, of the potential that all points make.

    The points are spread onto the nodes of a regular mesh by cubic B-splines, the mesh is convolved with the kernel
    1 / (1 + r^2) by FFT, and the potential's gradient is gathered with the same splines. The kernel's spectrum is
    divided by that of the splines, twice, so that the potential between two nodes is the kernel itself. What a point
    does to itself through the mesh is taken out exactly; what is left of the error concerns pairs closer than about
    two nodes. The idea is that of particle-mesh methods, and of Linderman et al., Fast interpolation-based
    t-SNE (2019).
    """

    def __init__(self, dimensions: int, spacing: float | None = None, most_nodes: int | None = None) -> None:
        self.dimensions = dimensions
        self.spacing = spacing or _SPACING[dimensions]
        self.most_nodes = most_nodes or _MOST_NODES[dimensions]
        self._kernels: OrderedDict[tuple[int, float], _Kernel] = OrderedDict()

    def forces(self, layout: Matrix, crew: Crew) -> tuple[Matrix, float]:
        """R and Z, as the module says."""
        dimensions, n = layout.shape
        low = layout.min(axis=1)
        span = float((layout.max(axis=1) - low).max())
        if span < _POINT_LIKE:
            return np.float32(n) * (layout - layout.mean(axis=1, keepdims=True)), float(n) * (n - 1)
        h = self._spacing_for(span)
        nodes = _round_up(int(np.ceil(span / h)) + 5, 8 if dimensions == 3 else 16)
        # Nodes stay where they are from call to call: points feel the same errors, which do not shake them.
        origin = (np.floor(low / np.float32(h)) - np.float32(1.0)) * np.float32(h)
        size = _fft_size(nodes)
        kernel = self._kernel(size, h)
        parts = blocks(n, max(_FEWEST_POINTS, -(-n // (2 * crew.threads))))
        spreads = crew.map(lambda rows: _Spread(layout[:, rows], origin, h, nodes), parts)
        charge = crew.map(lambda spread: spread.spread(), spreads)
        mesh = np.sum(charge, axis=0, dtype=np.float32) if len(charge) > 1 else charge[0]
        potential = _convolved(mesh.reshape((nodes,) * dimensions), kernel.spectrum, size, crew).ravel()
        gathered = crew.map(lambda spread: spread.gradient(potential, kernel.near), spreads)
        total = float(np.dot(mesh.astype(np.float64), potential)) - sum(own for _, own in gathered)
        forces = np.concatenate([gradient for gradient, _ in gathered], axis=1)
        forces *= np.float32(-0.5)
        return forces, max(total, float(np.finfo(np.float32).tiny))

    def _spacing_for(self, span: float) -> float:
        """Steps of a ladder, so that kernels can be kept from one call to the next."""
        h = self.spacing
        if span < _FEWEST_CELLS * h:
            return float(h * 2.0 ** np.floor(np.log2(span / (_FEWEST_CELLS * h))))
        widest = (self.most_nodes - 6) * h
        if span > widest:
            h *= 2.0 ** (np.ceil(np.log2(span / widest) * 8) / 8)
        return float(h)

    def _kernel(self, size: int, h: float) -> _Kernel:
        key = (size, h)
        if key not in self._kernels:
            self._kernels[key] = _Kernel.make(size, h, self.dimensions)
            while len(self._kernels) > _KEPT_KERNELS:
                self._kernels.popitem(last=False)
        return self._kernels[key]


@dataclass(frozen=True, slots=True)
class _Kernel:
    """``spectrum`` (size, .., size // 2 + 1) of the kernel over that of the splines; real, as both are even.

    ``near`` (4^d, 4^d): the mesh's potential between the nodes around one point.
    """

    spectrum: NDArray[np.float32]
    near: NDArray[np.float32]

    @staticmethod
    def make(size: int, h: float, dimensions: int) -> _Kernel:
        """For a mesh of ``size`` nodes along each axis, ``h`` apart."""
        from scipy import fft

        steps = np.fft.fftfreq(size, 1.0 / size) * h
        squared = np.zeros((1,) * dimensions)
        for part in np.meshgrid(*[steps * steps] * dimensions, indexing="ij", sparse=True):
            squared = squared + part
        spectrum = fft.rfftn((1.0 / (1.0 + squared)).astype(np.float32)).real
        for axis in range(dimensions):
            last = axis == dimensions - 1
            share = _spline_spectrum(np.fft.rfftfreq(size) if last else np.fft.fftfreq(size)) ** -2
            spectrum *= share.astype(np.float32).reshape((-1,) + (1,) * (dimensions - 1 - axis))
        table = fft.irfftn(spectrum, (size,) * dimensions)
        corners = np.array(list(product(range(4), repeat=dimensions)))
        apart = corners[:, None] - corners
        return _Kernel(spectrum, table[tuple(apart[..., axis] for axis in range(dimensions))])


def _fft_size(nodes: int) -> int:
    """The length of the transforms: twice the mesh, so that nothing wraps around."""
    from scipy import fft

    return int(fft.next_fast_len(2 * nodes, real=True))


def _convolved(mesh: Matrix, kernel: NDArray[np.float32], size: int, crew: Crew) -> Matrix:
    """``mesh`` convolved with the kernel. Half of each axis is padding, which is not transformed where it is 0."""
    from scipy import fft

    nodes, dimensions = mesh.shape[0], mesh.ndim
    workers = crew.threads if nodes**dimensions > _MANY_NODES else 1
    spectrum = fft.rfft(mesh, size, axis=-1, workers=workers)
    for axis in range(dimensions - 2, -1, -1):
        spectrum = fft.fft(spectrum, size, axis=axis, workers=workers, overwrite_x=True)
    spectrum *= kernel
    for axis in range(dimensions - 1):
        spectrum = fft.ifft(spectrum, axis=axis, workers=workers, overwrite_x=True)
        spectrum = spectrum[(slice(None),) * axis + (slice(nodes),)]
    whole = fft.irfft(spectrum, size, axis=-1, workers=workers)
    potential: Matrix = np.ascontiguousarray(whole[..., :nodes])
    return potential


class _Spread:
    """Some points on the mesh: for each of them the 4^dimensions nodes around it, and their weights."""

    def __init__(self, layout: Matrix, origin: Vector, h: float, nodes: int) -> None:
        from scipy.sparse import csr_matrix

        dimensions, n = layout.shape
        self.nodes = nodes
        self.h = h
        self.values: list[Matrix] = []
        self.slopes: list[Matrix] = []
        base = np.zeros(n, np.int32)
        for axis, start in zip(layout, origin):
            place = (axis - start) / np.float32(h)
            cell = np.floor(place)
            value, slope = _cubic(place - cell)
            self.values.append(value)
            self.slopes.append(slope)
            base = base * np.int32(nodes) + (cell.astype(np.int32) - np.int32(1))
        corners = product(range(4), repeat=dimensions)
        offsets = np.array([np.dot(corner, nodes ** np.arange(dimensions - 1, -1, -1)) for corner in corners], np.int32)
        at = (base[:, None] + offsets).ravel()
        starts = np.arange(0, n * len(offsets) + 1, len(offsets), dtype=np.int32)
        self._weights = _outer(self.values)
        self._matrix = csr_matrix((self._weights.ravel(), at, starts), (n, nodes**dimensions), copy=False)

    def spread(self) -> Vector:
        """How much of these points each node holds."""
        held: Vector = self._matrix.T @ np.ones(self._matrix.shape[0], np.float32)
        return held

    def gradient(self, potential: Vector, near: Matrix) -> tuple[Matrix, float]:
        """Gradient (dimensions, n) at these points of what others make there, and the sum of their own potentials."""
        dimensions = len(self.values)
        own = self._weights @ near
        found = np.empty((dimensions, self._matrix.shape[0]), np.float32)
        for axis in range(dimensions):
            slopes = _outer([self.slopes[a] if a == axis else self.values[a] for a in range(dimensions)])
            self._matrix.data = slopes.ravel()
            found[axis] = self._matrix @ potential
            found[axis] -= np.einsum("ij,ij->i", slopes, own)
        found *= np.float32(1.0 / self.h)
        return found, float(np.einsum("ij,ij->", self._weights, own, dtype=np.float64))


def _cubic(t: Vector) -> tuple[Matrix, Matrix]:
    """Weights (n, 4) of the cubic B-spline at the nodes -1, 0, 1, 2 around ``t`` in [0, 1), and their slopes."""
    t2 = t * t
    t3 = t2 * t
    s = 1.0 - t
    sixth = np.float32(1.0 / 6.0)
    value = np.empty((len(t), 4), np.float32)
    value[:, 0] = s * s * s * sixth
    value[:, 1] = (3.0 * t3 - 6.0 * t2 + 4.0) * sixth
    value[:, 2] = (-3.0 * t3 + 3.0 * t2 + 3.0 * t + 1.0) * sixth
    value[:, 3] = t3 * sixth
    slope = np.empty((len(t), 4), np.float32)
    slope[:, 0] = -0.5 * s * s
    slope[:, 1] = 1.5 * t2 - 2.0 * t
    slope[:, 2] = -1.5 * t2 + t + 0.5
    slope[:, 3] = 0.5 * t2
    return value, slope


def _outer(factors: list[Matrix]) -> Matrix:
    """Products of weights (n, 4) of each axis: (n, 4^dimensions), the last axis fastest."""
    whole = factors[0]
    for factor in factors[1:]:
        whole = (whole[:, :, None] * factor[:, None, :]).reshape(len(whole), -1)
    return whole


def _spline_spectrum(frequency: AnyMatrix) -> Doubles:
    """Of the cubic B-spline sampled at whole numbers (1/6, 4/6, 1/6); ``frequency`` in cycles a node."""
    spectrum: Doubles = (4.0 + 2.0 * np.cos(2.0 * np.pi * frequency)) / 6.0
    return spectrum


def _round_up(count: int, step: int) -> int:
    return -(-count // step) * step
