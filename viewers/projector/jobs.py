"""What the projection process is asked for, from the settings and the points. No Qt."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .labels import Labels
from .maths.tsne import EXAGGERATED_ITERATIONS, automatic_learning_rate
from .projections import Layout, Slot
from .settings import Method, ProjectorSettings
from .worker.messages import Change, ClusterJob, Job, PcaJob, TsneJob, UmapJob

#: Principal components that are worked out at once.
COMPONENTS = 10
#: A t-SNE layout comes to rest after so many iterations, and can be told to go on for as many.
ITERATIONS = 1000


def slot_of(method: Method, settings: ProjectorSettings) -> Slot:
    """Where the result of a method is kept: components and axes are chosen among, layouts are made for 2 or 3."""
    return Slot(method, 0 if method is Method.PCA else 3 if settings.three else 2)


def usual_perplexity(points: int) -> float:
    """TensorBoard's: a quarter of the root of the number of points, at least 5."""
    return float(max(5, math.ceil(math.sqrt(points) / 4)))


def usual_rate(points: int) -> float:
    """The learning rate that the layout takes by itself, once neighbours are no longer drawn together more strongly."""
    return automatic_learning_rate(points)


def job_of(
    method: Method, settings: ProjectorSettings, points: int, columns: Sequence[Labels], before: Layout | None = None
) -> Job:
    """The job for PCA, t-SNE or UMAP. ``before``: a t-SNE layout that is to go on from where it came to rest."""
    dimensions = 3 if settings.three else 2
    if method is Method.TSNE:
        return TsneJob(
            dimensions,
            settings.perplexity or usual_perplexity(points),
            settings.rate or None,
            ITERATIONS,
            settings.spherize,
            labels=supervising(settings, columns),
            supervise=settings.supervise,
            initial=before.coordinates if before is not None else None,
        )
    if method is Method.UMAP:
        return UmapJob(dimensions, settings.near, settings.least_distance, spherize=settings.spherize)
    return PcaJob(COMPONENTS, settings.spherize)


def begun_from(method: Method, layout: Layout | None) -> Layout | None:
    """The layout that a new run goes on from; None for one that begins anew.

    A t-SNE that was left while its clusters were still drawn together has none that are worth going on from.
    """
    if layout is None or method is not Method.TSNE:
        return None
    job = layout.job
    early = isinstance(job, TsneJob) and job.initial is None and layout.iteration < EXAGGERATED_ITERATIONS
    return None if early else layout


def cluster_job(settings: ProjectorSettings) -> ClusterJob:
    """The job that finds clusters."""
    return ClusterJob(settings.clusters, settings.smallest if settings.by_density else None, settings.spherize)


def change_of(settings: ProjectorSettings, points: int) -> Change:
    """What a live t-SNE is told when the settings change."""
    return Change(settings.perplexity or usual_perplexity(points), settings.rate, settings.supervise)


def supervising(settings: ProjectorSettings, columns: Sequence[Labels]) -> NDArray[np.int32] | None:
    """The labels that draw points together, int32 (n,), negative for none; None where none are chosen."""
    column = next((column for column in columns if column.name == settings.supervise_by), None)
    if column is None or column.codes is None:
        return None
    empty = [code for code, text in enumerate(column.values) if not text.strip()]
    labels = column.codes.astype(np.int32)
    return np.where(np.isin(labels, empty), np.int32(-1), labels) if empty else labels
