"""What the projection process can do: jobs over one matrix, and what they share of it."""

from __future__ import annotations

from types import TracebackType

import numpy as np

from ..maths.crew import Crew
from ..maths.numbers import Matrix
from ..maths.pca import COMPONENTS, pca
from ..maths.prepare import Prepared, prepare, spherize
from .line import JobControl
from .messages import Began, Finished, Job, PcaJob, PcaResult, SetData
from .shared import Places, SharedMatrix


class Workshop:
    """The points, what has been worked out about them once, and the threads that compute."""

    def __init__(self, threads: int) -> None:
        self.crew = Crew(threads)
        self._shared: SharedMatrix | None = None
        self._places: Places | None = None
        self._prepared: Prepared | None = None
        self._spherized: Matrix | None = None

    def __enter__(self) -> Workshop:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.crew.close()

    def set_data(self, data: SetData) -> None:
        """Look at other points; all that is known of the earlier ones is forgotten."""
        self._prepared = self._spherized = None
        if self._shared is not None:
            self._shared.close()
        if self._places is not None:
            self._places.close()
        self._shared = SharedMatrix.attach(data.matrix)
        self._places = Places.attach(data.places)

    def run(self, job: Job, control: JobControl) -> None:
        """Do a job to its end and say so. Raises what the mathematics raise, and Interrupted."""
        if isinstance(job, PcaJob):
            self._pca(job, control)

    def points(self, spherized: bool, control: JobControl) -> Matrix:
        """The points of a job."""
        prepared = self._prepare(control)
        if not spherized:
            return prepared.matrix
        if self._spherized is None:
            self._spherized = spherize(prepared.matrix)
        return self._spherized

    def finish(self, control: JobControl, event: Finished) -> None:
        """Tell the program the end of a job."""
        assert self._places is not None
        control.place(self._places, event)

    def _prepare(self, control: JobControl) -> Prepared:
        if self._prepared is None:
            assert self._shared is not None
            control.progress("Looking at the points", None)
            self._prepared = prepare(self._shared.array, control)
        return self._prepared

    def _pca(self, job: PcaJob, control: JobControl) -> None:
        points = self.points(job.spherize, control)
        assert self._prepared is not None
        prepared = self._prepared
        control.say(Began(control.number, prepared.kept if prepared.dropped else None, prepared.notes))
        found = pca(points, min(job.components, COMPONENTS), control, self.crew)
        result = PcaResult(found.variance, found.ratio, found.total, found.axes)
        self.finish(control, Finished(control.number, np.ascontiguousarray(found.coordinates), result, found.notes))
