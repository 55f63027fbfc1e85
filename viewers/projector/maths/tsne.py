"""t-SNE, one iteration at a time: it can be watched, held, disturbed and steered.

Source: van der Maaten and Hinton (2008) for the gradient, gains and momentum; Belkina et al., Automated optimized
parameters for t-SNE (2019) for the learning rate, which rises when the exaggeration ends; the rest of the schedule is
scikit-learn's. Forces that change slowly are not computed in every iteration, as in molecular dynamics: Tuckerman,
Berne and Martyna, Reversible multiple time scale molecular dynamics (1992).
"""

from __future__ import annotations

from dataclasses import dataclass

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
#: More points than this are worth several threads.
_SEVERAL_THREADS = 1000
#: Share of the affinities whose pull is computed in every iteration: less than half of the pairs have it.
_STRONG = 0.9
#: More points than this do not compute all forces in each iteration: for fewer of them layouts would be worse.
_MANY = 4000
#: Iterations for which the push of all points stays as it is, and the pull of the other pairs. That changes the
#: divergence by less than half a percent; a push that is kept for three iterations costs one and a half.
_PUSH_FOR = 2
_WEAK_FOR = 10


def automatic_learning_rate(n: int, exaggeration: float = 1.0) -> float:
    """For ``n`` points: n / 4, and the less the more strongly neighbours are drawn together; at least 50."""
    return max(n / exaggeration / 4.0, 50.0)


@dataclass(frozen=True, slots=True)
class _Slow:
    """Forces of a layout that change little from one iteration to the next, and the sums that belong to them."""

    push: Matrix
    total: float
    pull: Matrix
    logs: float


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
        self._crew = crew if len(initial) > _SEVERAL_THREADS else Crew(1)
        self._exaggerated = exaggerated
        self._initial = np.ascontiguousarray(initial.T, np.float32)
        self._layout = self._initial.copy()
        dimensions, n = self._layout.shape
        self._usual = self._repulsion = repulsion_for(n, dimensions)
        self._slow: _Slow | None = None
        self.take_affinities(weights)
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
        self._entropy = weights.entropy
        strong, weak = weights.parted(_STRONG if self.n > _MANY else 1.0)
        self._strong, self._weak = Attraction(strong), Attraction(weak)
        self._slow = None

    def be_exact(self, exact: bool) -> None:
        """Push by all pairs from now on, or by the usual method again.

        The mesh is coarse for large layouts in space; some iterations without it put the nearest neighbours right.
        """
        if exact != isinstance(self._repulsion, ExactRepulsion):
            self._slow = None
            self._repulsion = ExactRepulsion() if exact and self.n <= EXACT_AT_ALL_UP_TO else self._usual

    def restart(self) -> None:
        """Back to the first coordinates."""
        self._layout = self._initial.copy()
        self.iteration = 0
        self.kl = None
        self._slow = None
        self._velocity = np.zeros_like(self._layout)
        self._gains = np.ones_like(self._layout)

    def perturb(self, strength: float, random: np.random.Generator) -> None:
        """Move every point by chance, by up to ``strength`` of the layout's radius along each axis."""
        self._slow = None
        radius = float(np.sqrt(np.einsum("ij,ij->j", self._layout, self._layout).max(initial=0.0)))
        self._layout += random.uniform(-strength * radius, strength * radius, self._layout.shape).astype(np.float32)
        self._layout -= self._layout.mean(axis=1, keepdims=True)

    def step(self, with_kl: bool = False) -> None:
        """One iteration; ``with_kl`` also sets :attr:`kl`, of the layout before it."""
        early = self.iteration < self._exaggerated
        exaggeration = EXAGGERATION if early else 1.0
        rate = self.learning_rate if self.learning_rate is not None else automatic_learning_rate(self.n, exaggeration)
        pull, logs = self._pull(with_kl)
        slow = self._slow
        assert slow is not None
        if with_kl:
            # Sum of p log(p / q) with q = 1 / (1 + d^2) / Z.
            self.kl = self._entropy + slow.logs + logs + float(np.log(slow.total))
        pull += slow.pull
        pull *= np.float32(4.0 * exaggeration)
        gradient = np.subtract(pull, slow.push * np.float32(4.0 / slow.total), out=pull)
        self._move(gradient, rate, _MOMENTUM[0] if early else _MOMENTUM[1])
        self.iteration += 1

    def _pull(self, with_kl: bool) -> tuple[Matrix, float]:
        """The pull of the strong pairs; slow forces that have been kept long enough are brought up to date."""
        layout, slow = self._layout, self._slow
        if with_kl or self.n <= _MANY:
            slow = None
        if slow is None or self.iteration % _PUSH_FOR == 0:
            push, total = self._repulsion.forces(layout, self._crew)
            weak = slow is None or self.iteration % _WEAK_FOR == 0
            pull, logs = self._weak.forces(layout, with_kl) if weak or slow is None else (slow.pull, slow.logs)
            self._slow = _Slow(push, total, pull, logs)
        return self._strong.forces(layout, with_kl)

    def _move(self, gradient: Matrix, rate: float, momentum: float) -> None:
        against = self._velocity * gradient < 0
        self._gains = np.where(against, self._gains + np.float32(0.2), self._gains * np.float32(0.8))
        np.maximum(self._gains, np.float32(_LOWEST_GAIN), out=self._gains)
        self._velocity *= np.float32(momentum)
        gradient *= self._gains
        gradient *= np.float32(rate)
        self._velocity -= gradient
        np.clip(self._velocity, -_LONGEST_STEP, _LONGEST_STEP, out=self._velocity)
        self._layout += self._velocity
        self._layout -= self._layout.mean(axis=1, keepdims=True)
