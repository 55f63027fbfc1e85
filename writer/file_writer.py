"""The face that libraries on top of other SummaryWriters know: it takes what was built with other protobuf classes."""

from __future__ import annotations

from typing import Any

from ..reader.wire.events_pb2 import Event, Summary
from .guard import guarded
from .run_writer import RunWriter
from .values import to_step, to_wall_time


class FileWriter:
    """Messages of any library's protobuf classes, into the run of ``run``: they are taken by their bytes."""

    def __init__(self, run: RunWriter) -> None:
        self._run = run

    def get_logdir(self) -> str:
        """The run's folder."""
        return self._run.get_logdir()

    @guarded
    def add_event(self, event: Any, step: int | None = None, walltime: float | None = None) -> None:
        """Write an Event, with this step where one is given, and this wall time or the present one."""
        copy = Event.FromString(event.SerializeToString())
        copy.wall_time = to_wall_time(walltime)
        if step is not None:
            copy.step = to_step(step)
        self._run._put(copy.SerializeToString())

    @guarded
    def add_summary(self, summary: Any, global_step: int | None = None, walltime: float | None = None) -> None:
        """Write a Summary as an event."""
        self.add_event(Event(summary=Summary.FromString(summary.SerializeToString())), global_step, walltime)

    @guarded
    def add_graph(self, graph_profile: Any, walltime: float | None = None) -> None:
        """Write a graph: a GraphDef, or a pair of it and step statistics, which no viewer shows by themselves."""
        graph = graph_profile[0] if isinstance(graph_profile, (tuple, list)) else graph_profile
        self.add_event(Event(graph_def=graph.SerializeToString()), None, walltime)

    def flush(self) -> None:
        """Bring everything logged so far to the operating system."""
        self._run.flush()

    def close(self) -> None:
        """Flush, and end the file."""
        self._run.close()

    def reopen(self) -> None:
        """Nothing is needed: what is logged after :meth:`close` opens another file."""

    def _refuse(self, method: str, tag: object, error: Exception) -> None:
        self._run._refuse(method, tag, error)
