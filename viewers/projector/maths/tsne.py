"""t-SNE, one iteration at a time: it can be watched, held, disturbed and steered.

Source: van der Maaten and Hinton (2008) for the gradient, gains and momentum; Belkina et al., Automated optimized
parameters for t-SNE (2019) for the learning rate; the schedule is scikit-learn's.
"""

from __future__ import annotations

import numpy as np

from .affinities import Affinities
from .attraction import Attraction
from .crew import Crew
from .numbers import Matrix
from .repulsion import EXACT_AT_ALL_UP_TO, ExactRepulsion, repulsion_for

EXAGGERATION = 12.0
EXAGGERATED_ITERATIONS = 250
#: Spread of the first coordinates.
INITIAL_SPREAD = 1e-4
_MOMENTUM = (0.5, 0.8)
_LOWEST_GAIN = 0.01
#: No point moves farther than this in one iteration, whatever the learning rate: layouts span some hundred.
_LONGEST_STEP = 10.0
#: Beyond so many points push and pull are each computed by all threads, one after the other.
_BY_ALL_THREADS = 4000
_TILES_BY_ALL_THREADS = 1000


def automatic_learning_rate(n: int) -> float:
    """For ``n`` points: n / 48, at least 50."""
    return max(n / EXAGGERATION / 4.0, 50.0)


class Tsne:
    """A layout on its way. :meth:`step` goes on by one iteration; all settings may change between two of them."""

    def __init__(
        self,
        weights: Affinities,
        initial: Matrix,
        crew: Crew,
        learning_rate: float | None = None,
        exaggerated: int = EXAGGERATED_ITERATIONS,
    ) -> None:
        """``initial`` float32 (n, 2 or 3), small for a fresh start; ``learning_rate`` None for the automatic one.

        The first ``exaggerated`` iterations draw neighbours together 12 times as strongly: 0 goes on from a layout.
        """
        self.learning_rate = learning_rate
        self.iteration = 0
        self.kl: float | None = None
        self._crew = crew
        self._exaggerated = exaggerated
        self._initial = np.ascontiguousarray(initial.T, np.float32)
        self._layout = self._initial.copy()
        dimensions, n = self._layout.shape
        self._usual = self._repulsion = repulsion_for(n, dimensions)
        self._weights = weights
        self._attraction = Attraction(weights)
        self._velocity = np.zeros_like(self._layout)
        self._gains = np.ones_like(self._layout)

    @property
    def n(self) -> int:
        """Points."""
        return int(self._layout.shape[1])

    @property
    def coordinates(self) -> Matrix:
        """The layout as it is, float32 (n, dimensions), a copy."""
        return np.ascontiguousarray(self._layout.T)

    def take_affinities(self, weights: Affinities) -> None:
        """Another perplexity or supervision: the layout goes on from where it is."""
        self._weights = weights
        self._attraction = Attraction(weights)

    def be_exact(self, exact: bool) -> None:
        """Push by all pairs from now on, or by the usual method again.

        The mesh is coarse for large layouts in space; some iterations without it put the nearest neighbours right.
        """
        if exact != isinstance(self._repulsion, ExactRepulsion):
            self._repulsion = ExactRepulsion() if exact and self.n <= EXACT_AT_ALL_UP_TO else self._usual

    def restart(self) -> None:
        """Back to the first coordinates."""
        self._layout = self._initial.copy()
        self.iteration = 0
        self.kl = None
        self._velocity = np.zeros_like(self._layout)
        self._gains = np.ones_like(self._layout)

    def perturb(self, strength: float, random: np.random.Generator) -> None:
        """Move every point by chance, by up to ``strength`` of the layout's radius along each axis."""
        radius = float(np.sqrt(np.einsum("ij,ij->j", self._layout, self._layout).max(initial=0.0)))
        self._layout += random.uniform(-strength * radius, strength * radius, self._layout.shape).astype(np.float32)
        self._layout -= self._layout.mean(axis=1, keepdims=True)

    def step(self, with_kl: bool = False) -> None:
        """One iteration; ``with_kl`` also sets :attr:`kl`, of the layout before it."""
        early = self.iteration < self._exaggerated
        (push, total), (pull, logs) = self._forces(with_kl)
        if with_kl:
            # Sum of p log(p / q) with q = 1 / (1 + d^2) / Z.
            self.kl = self._weights.entropy + logs + float(np.log(total))
        pull *= np.float32(4.0 * (EXAGGERATION if early else 1.0))
        push *= np.float32(4.0 / total)
        gradient = np.subtract(pull, push, out=pull)
        self._move(gradient, _MOMENTUM[0] if early else _MOMENTUM[1])
        self.iteration += 1

    def _forces(self, with_kl: bool) -> tuple[tuple[Matrix, float], tuple[Matrix, float]]:
        if self.n > (_TILES_BY_ALL_THREADS if isinstance(self._repulsion, ExactRepulsion) else _BY_ALL_THREADS):
            push = self._repulsion.forces(self._layout, self._crew)
            return push, self._attraction.forces(self._layout, self._crew, with_kl)
        # Handing over blocks of few points costs more than they do: push and pull side by side.
        alone = Crew(1)
        return self._crew.beside(
            lambda: self._repulsion.forces(self._layout, alone),
            lambda: self._attraction.forces(self._layout, alone, with_kl),
        )

    def _move(self, gradient: Matrix, momentum: float) -> None:
        against = self._velocity * gradient < 0
        self._gains = np.where(against, self._gains + np.float32(0.2), self._gains * np.float32(0.8))
        np.maximum(self._gains, np.float32(_LOWEST_GAIN), out=self._gains)
        rate = self.learning_rate if self.learning_rate is not None else automatic_learning_rate(self.n)
        self._velocity *= np.float32(momentum)
        gradient *= self._gains
        gradient *= np.float32(rate)
        self._velocity -= gradient
        np.clip(self._velocity, -_LONGEST_STEP, _LONGEST_STEP, out=self._velocity)
        self._layout += self._velocity
        self._layout -= self._layout.mean(axis=1, keepdims=True)
