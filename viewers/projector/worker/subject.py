"""The points of a job: which of the matrix's rows they are, and what has been worked out about them."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from ..maths.control import Control
from ..maths.crew import Crew
from ..maths.distances import Neighbours, neighbours
from ..maths.numbers import Matrix, Rows
from ..maths.prepare import unit_rows

Scalar = TypeVar("Scalar", bound=np.generic)


class Subject:
    """``points`` float32 (n, d) with their ``rows`` in the matrix (None for all), and their neighbours, kept."""

    def __init__(self, points: Matrix, rows: Rows | None, cosine: bool, crew: Crew) -> None:
        self.points = points
        self.rows = rows
        self.crew = crew
        self._cosine = cosine
        self._near: Neighbours | None = None

    @property
    def compared(self) -> Matrix:
        """Points whose Euclidean distances are ordered as those that the neighbours go by."""
        return unit_rows(self.points) if self._cosine else self.points

    @property
    def all_equal(self) -> bool:
        """True where no two points differ."""
        return not len(self.points) or bool((self.points == self.points[0]).all())

    def pick(self, values: NDArray[Scalar]) -> NDArray[Scalar]:
        """Of values for every row of the matrix those of the points."""
        return values if self.rows is None else values[self.rows]

    def neighbours(self, k: int, control: Control) -> Neighbours:
        """At least ``k`` nearest neighbours of each point, as far as there are so many; searched for once."""
        k = min(k, len(self.points) - 1)
        if self._near is None or self._near.k < k:
            near = neighbours(self.points, k, self._cosine, control, self.crew)
            # A Gaussian of the angle's chord: 1 - cos is half of its square.
            self._near = Neighbours(near.rows, np.sqrt(2.0 * near.distances)) if self._cosine else near
        return self._near
