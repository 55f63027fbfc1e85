"""What the projection process can do: jobs over one matrix, and what they share of it."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType

import numpy as np

from ..maths import memory
from ..maths.affinities import neighbours_for
from ..maths.axes import project_on
from ..maths.clusters import hdbscan, k_means
from ..maths.crew import Crew
from ..maths.numbers import Matrix, Rows
from ..maths.pca import COMPONENTS, pca
from ..maths.prepare import Prepared, prepare, spherize
from .layouts import TsneLayout, UmapLayout, run_live
from .line import JobControl
from .messages import (
    AxesJob,
    AxesResult,
    Began,
    ClusterJob,
    ClusterResult,
    Finished,
    Job,
    LayoutResult,
    Measures,
    PcaJob,
    PcaResult,
    SetData,
    TsneJob,
    UmapJob,
)
from .shared import Places, SharedMatrix
from .subject import Subject

#: Multiplications that a thread may do in the search for neighbours before a sample is taken: some ten minutes' worth.
MOST_PRODUCTS = 2e13


class Workshop:
    """The points, what has been worked out about them once, and the threads that compute."""

    def __init__(self, threads: int) -> None:
        self.crew = Crew(threads)
        self._shared: SharedMatrix | None = None
        self._places: Places | None = None
        self._prepared: Prepared | None = None
        self._spherized: Matrix | None = None
        self._subject: tuple[object, Subject] | None = None

    def __enter__(self) -> Workshop:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.crew.close()

    def set_data(self, data: SetData) -> None:
        """Look at other points; all that is known of the earlier ones is forgotten."""
        self.close_data()
        self._shared = SharedMatrix.attach(data.matrix)
        self._places = Places.attach(data.places)

    def close_data(self) -> None:
        """Let go of the points and the places."""
        self._prepared = self._spherized = self._subject = None
        if self._shared is not None:
            self._shared.close()
        if self._places is not None:
            self._places.close()
        self._shared = self._places = None

    def run(self, job: Job, control: JobControl) -> None:
        """Do a job to its end and say so. Raises what the mathematics raise, and Interrupted."""
        prepared, points = self._points(job.spherize, control)
        if isinstance(job, TsneJob | UmapJob):
            self._lay_out(job, prepared, points, control)
            return
        rows = prepared.kept if prepared.dropped else None
        control.say(Began(control.number, rows, prepared.notes))
        if isinstance(job, PcaJob):
            found = pca(points, min(job.components, COMPONENTS), control, self.crew)
            result = PcaResult(found.variance, found.ratio, found.total, found.axes)
            self._finish(control, Finished(control.number, found.coordinates, result, found.notes))
        elif isinstance(job, AxesJob):
            projected = project_on(points, _ends(job, prepared))
            axes = AxesResult(projected.directions)
            self._finish(control, Finished(control.number, projected.coordinates, axes, projected.notes))
        else:
            self._cluster(job, points, control)

    def _points(self, spherized: bool, control: JobControl) -> tuple[Prepared, Matrix]:
        """The usable points of the matrix."""
        if self._prepared is None:
            assert self._shared is not None
            control.progress("Looking at the points", None)
            self._prepared = prepare(self._shared.array, control)
        if not spherized:
            return self._prepared, self._prepared.matrix
        if self._spherized is None:
            self._spherized = spherize(self._prepared.matrix)
        return self._prepared, self._spherized

    def _finish(self, control: JobControl, event: Finished) -> None:
        assert self._places is not None
        control.place(self._places, event)

    def _cluster(self, job: ClusterJob, points: Matrix, control: JobControl) -> None:
        # The libraries neither tell how far they are nor listen.
        control.progress("Clusters", None)
        if job.smallest is None:
            labels, notes = k_means(points, job.count, job.seed)
        else:
            labels, notes = hdbscan(points, job.smallest)
        control.check()
        self._finish(control, Finished(control.number, None, ClusterResult(labels), notes))

    def _lay_out(self, job: TsneJob | UmapJob, prepared: Prepared, points: Matrix, control: JobControl) -> None:
        n, d = points.shape
        count = neighbours_for(job.perplexity, n) if isinstance(job, TsneJob) else max(1, job.neighbours - 1)
        estimate = memory.tsne_bytes if isinstance(job, TsneJob) else memory.umap_bytes
        most, note = most_points(n, d, lambda m: estimate(m, d, min(count, m), self.crew.threads), self._allowed(job))
        rows = prepared.kept if prepared.dropped else None
        if note:
            drawn = memory.sample_rows(n, most)
            points, rows = points[drawn], prepared.kept[drawn]
        notes = (*prepared.notes, note) if note else prepared.notes
        control.say(Began(control.number, rows, notes))
        subject = self._subject_of((job.spherize, job.cosine, most), points, rows, job.cosine)
        trivial = _trivial(subject)
        if trivial is not None:
            zeros = np.zeros((len(points), job.dimensions), np.float32)
            nothing = LayoutResult(0, Measures())
            self._finish(control, Finished(control.number, zeros, nothing, (trivial,)))
            return
        assert self._places is not None
        layout = TsneLayout(subject, job, control) if isinstance(job, TsneJob) else UmapLayout(subject, job, control)
        run_live(layout, subject, control, self._places, job.seed)

    def _allowed(self, job: TsneJob | UmapJob) -> float:
        return np.inf if job.everything else MOST_PRODUCTS * self.crew.threads

    def _subject_of(self, key: object, points: Matrix, rows: Rows | None, cosine: bool) -> Subject:
        """The same one as before where nothing about the points has changed: it knows their neighbours."""
        if self._subject is None or self._subject[0] != key:
            self._subject = (key, Subject(points, rows, cosine, self.crew))
        return self._subject[1]


def most_points(
    n: int, d: int, needed: Callable[[int], int], products: float, available: int | None = None
) -> tuple[int, str]:
    """How many of ``n`` points of ``d`` dimensions can be laid out, and a sentence where these are not all.

    ``needed(m)`` are the bytes that m points take; ``products`` the multiplications that may be done.
    """
    free = memory.available_bytes() if available is None else available
    room = memory.SHARE * free
    by_time = int(min(n, np.sqrt(products / max(d, 1)))) if np.isfinite(products) else n
    low, high = 0, n
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if needed(middle) <= room else (low, middle - 1)
    by_memory = max(low, min(n, 1000))
    most = min(by_memory, by_time)
    if most >= n:
        return n, ""
    drawn = f"Only {most:,} of {n:,} points, drawn by chance, are laid out: "
    if by_memory <= by_time:
        return (
            most,
            drawn + f"all of them would take {needed(n) / 1e9:.1f} GB of memory, and {free / 1e9:.1f} GB are free.",
        )
    return most, drawn + "to find the neighbours of all would take very long."


def _trivial(subject: Subject) -> str | None:
    """A sentence where there is nothing to lay out."""
    n = len(subject.points)
    if n == 0:
        return "There are no points to lay out."
    if n == 1:
        return "One point alone has no neighbours: it stays in the middle."
    if subject.all_equal:
        return f"All {n:,} points are equal: they lie upon one another."
    return None


def _ends(job: AxesJob, prepared: Prepared) -> list[tuple[Rows, Rows]]:
    """The job's rows as places in the prepared matrix; rows that were left out are none."""
    if not prepared.dropped:
        return list(job.ends)

    def places(rows: Rows) -> Rows:
        at = np.searchsorted(prepared.kept, rows)
        inside = at < len(prepared.kept)
        found: Rows = at[inside][prepared.kept[at[inside]] == rows[inside]]
        return found

    return [(places(start), places(stop)) for start, stop in job.ends]
