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
from .numbers import AnyMatrix, Doubles, Matrix, Rows, Vector

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
#: Weights of the points that are put onto the mesh at once: their arrays stay in a core's own cache.
_STENCIL_CELLS = 1 << 16
#: Nodes from which on a transform is worth several threads.
_MANY_NODES = 200_000


#: What all pairs take stays below a third of a second up to so many points.
EXACT_AT_ALL_UP_TO = 12_000


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
                if columns is rows:
                    # No point pushes itself. Two or three points far apart make less than the rounding of their number.
                    np.fill_diagonal(kernel, 0.0)
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
        return forces, max(total, float(np.finfo(np.float32).tiny))


class MeshRepulsion:
    """Through a mesh: R is half the gradient, downhill, of the potential that all points make.

    The points are spread onto the nodes of a regular mesh by cubic B-splines, the mesh is convolved with the kernel
    1 / (1 + r^2) by FFT, and the potential's gradient is gathered with the same splines. The kernel's spectrum is
    divided by that of the splines, twice, so that the potential between two nodes is the kernel itself. What a point
    does to itself through the mesh is taken out exactly; what is left of the error concerns pairs closer than about
    two nodes. The idea is that of particle-mesh methods, and of Linderman et al., Fast interpolation-based
    t-SNE (2019). Only the transforms of large meshes are made by several threads; in what numpy does they would wait
    for the interpreter's lock.
    """

    def __init__(self, dimensions: int, spacing: float | None = None, most_nodes: int | None = None) -> None:
        self.dimensions = dimensions
        self.spacing = spacing or _SPACING[dimensions]
        self.most_nodes = most_nodes or _MOST_NODES[dimensions]
        self._kernels: OrderedDict[tuple[int, float], _Kernel] = OrderedDict()
        self._stencils: list[tuple[_Stencil, slice]] = []

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
        stencils = self._stencils_for(n)
        mesh = np.zeros(nodes**dimensions, np.float32)
        for stencil, rows in stencils:
            stencil.place(layout[:, rows], origin, h, nodes)
            stencil.spread(mesh)
        potential = _convolved(mesh.reshape((nodes,) * dimensions), kernel.spectrum, size, crew.threads).ravel()
        forces = np.empty_like(layout)
        own = sum(stencil.gradient(potential, kernel.near, forces[:, rows]) for stencil, rows in stencils)
        total = float(np.dot(mesh.astype(np.float64), potential.astype(np.float64))) - own
        forces *= np.float32(-0.5)
        return forces, max(total, float(np.finfo(np.float32).tiny))

    def _stencils_for(self, n: int) -> list[tuple[_Stencil, slice]]:
        """The same ones as long as there are as many points."""
        if sum(stencil.n for stencil, _ in self._stencils) != n:
            parts = blocks(n, _STENCIL_CELLS // 4**self.dimensions)
            self._stencils = [(_Stencil(rows.stop - rows.start, self.dimensions), rows) for rows in parts]
        return self._stencils

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


def _convolved(mesh: Matrix, kernel: NDArray[np.float32], size: int, threads: int) -> Matrix:
    """``mesh`` convolved with the kernel. Half of each axis is padding, which is not transformed where it is 0."""
    from scipy import fft

    nodes, dimensions = mesh.shape[0], mesh.ndim
    workers = threads if nodes**dimensions > _MANY_NODES else 1
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


class _Stencil:
    """``n`` points on the mesh: for each of them the 4^dimensions nodes around it, and their weights.

    Arrays have the points last, (4, .., 4, n), so that all sums run along them, and are used again and again: fresh
    ones would cost as much as the sums.
    """

    def __init__(self, n: int, dimensions: int) -> None:
        self.n = n
        self._h = 1.0
        shape = (4,) * dimensions + (n,)
        self._values = np.empty((dimensions, 4, n), np.float32)
        self._slopes = np.empty((dimensions, 4, n), np.float32)
        self._weights = np.empty(shape, np.float32)
        self._at = np.empty(shape, np.intp)
        self._around = np.empty(shape, np.float32)
        self._scratch = np.empty(shape, np.float32)

    def place(self, layout: Matrix, origin: Vector, h: float, nodes: int) -> None:
        """Put the points at ``layout`` (dimensions, n) onto a mesh of ``nodes`` along each axis, ``h`` apart."""
        self._h = h
        dimensions = len(layout)
        place = (layout - origin[:, None]) / np.float32(h)
        cell = np.floor(place)
        _cubic(place - cell, self._values, self._slopes)
        base = cell[0].astype(np.intp) - 1
        for axis in range(1, dimensions):
            base *= nodes
            base += cell[axis].astype(np.intp) - 1
        np.add(base, _corners(dimensions, nodes)[:, None], out=self._at.reshape(-1, self.n))
        if dimensions == 2:
            np.multiply(self._values[0][:, None], self._values[1], out=self._weights)
        else:
            face = self._scratch[0]
            np.multiply(self._values[1][:, None], self._values[2], out=face)
            np.multiply(self._values[0][:, None, None], face, out=self._weights)

    def spread(self, mesh: Vector) -> None:
        """Add to each node what it holds of these points."""
        np.add.at(mesh, self._at.ravel(), self._weights.ravel())

    def gradient(self, potential: Vector, near: Matrix, gradient: Matrix) -> float:
        """Fill ``gradient`` (dimensions, n) with that of what others make at these points.

        Returns the sum of the potentials that the points make at their own places.
        """
        weights, own = (some.reshape(len(near), self.n) for some in (self._weights, self._scratch))
        np.matmul(near.T, weights, out=own)
        total = float(np.vdot(weights, own))
        # Every node is on the mesh: without the test for that, which "wrap" leaves out, numpy takes in half the time.
        potential.take(self._at, out=self._around, mode="wrap")
        self._around -= self._scratch
        self._fill(gradient, self._around, len(gradient) - 1)
        gradient *= np.float32(1.0 / self._h)
        return total

    def _fill(self, gradient: Matrix, field: Matrix, axis: int) -> None:
        """Components up to ``axis`` of the gradient of ``field`` (4, .., 4, n), one axis after the other summed up."""
        along = self._sum(field, self._slopes[axis])
        for lower in range(axis - 1, -1, -1):
            along = self._sum(along, self._values[lower])
        gradient[axis] = along
        if axis:
            self._fill(gradient, self._sum(field, self._values[axis]), axis - 1)

    def _sum(self, field: Matrix, weights: Matrix) -> Matrix:
        product = self._scratch.reshape(-1)[: field.size].reshape(field.shape)
        summed: Matrix = np.multiply(field, weights, out=product).sum(axis=-2)
        return summed


def _cubic(t: Matrix, value: Matrix, slope: Matrix) -> None:
    """Fill in the weights (d, 4, n) of the cubic B-spline at the nodes -1, 0, 1, 2 around ``t`` (d, n) in [0, 1).

    And their slopes.
    """
    t2 = t * t
    s = 1.0 - t
    s2 = s * s
    sixth, half = np.float32(1.0 / 6.0), np.float32(0.5)
    value[:, 0] = s2 * s * sixth
    value[:, 3] = t2 * t * sixth
    # The two in the middle mirror one another, and all four sum to 1.
    value[:, 1] = np.float32(2.0 / 3.0) - t2 + half * t2 * t
    value[:, 2] = np.float32(1.0) - value[:, 0] - value[:, 1] - value[:, 3]
    slope[:, 0] = -half * s2
    slope[:, 1] = np.float32(1.5) * t2 - 2.0 * t
    slope[:, 2] = 2.0 * s - np.float32(1.5) * s2
    slope[:, 3] = half * t2


def _corners(dimensions: int, nodes: int) -> Rows:
    """Places on the flat mesh of the 4^dimensions nodes around a point, from the first of them."""
    corners = np.array(list(product(range(4), repeat=dimensions)), np.intp)
    places: Rows = corners @ nodes ** np.arange(dimensions - 1, -1, -1, dtype=np.intp)
    return places


def _spline_spectrum(frequency: AnyMatrix) -> Doubles:
    """Of the cubic B-spline sampled at whole numbers (1/6, 4/6, 1/6); ``frequency`` in cycles a node."""
    spectrum: Doubles = (4.0 + 2.0 * np.cos(2.0 * np.pi * frequency)) / 6.0
    return spectrum


def _round_up(count: int, step: int) -> int:
    return -(-count // step) * step
