"""What the projection process is asked for, from the settings and the points."""

from __future__ import annotations

import math

from .projections import Slot
from .settings import Method, ProjectorSettings
from .worker.messages import Job, PcaJob

#: Principal components that are worked out at once.
COMPONENTS = 10


def slot_of(method: Method, settings: ProjectorSettings) -> Slot:
    """Where the result of a method is kept: components and axes are chosen among, layouts are made for 2 or 3."""
    return Slot(method, 0 if method is Method.PCA else 3 if settings.three else 2)


def usual_perplexity(points: int) -> float:
    """TensorBoard's: a quarter of the root of the number of points, at least 5."""
    return float(max(5, math.ceil(math.sqrt(points) / 4)))


def job_of(method: Method, settings: ProjectorSettings) -> Job:
    """The job for a method."""
    return PcaJob(COMPONENTS, settings.spherize)
