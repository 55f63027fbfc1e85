"""A projection process in tests."""

from __future__ import annotations

import os
import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
from sklearn.datasets import load_digits

from runglass.viewers.projector.worker.client import ProjectionProcess
from runglass.viewers.projector.worker.messages import (
    Cancelled,
    Died,
    Event,
    Failed,
    Finished,
    Job,
    TsneJob,
)
from runglass.viewers.projector.worker.shared import SharedMatrix

Kind = TypeVar("Kind")
ROOT = Path(__file__).resolve().parents[2]
DIGITS = load_digits().data.astype(np.float32)
ENDS = (Finished, Failed, Cancelled, Died)
FOREVER = TsneJob(iterations=None)
POSIX = pytest.mark.skipif(os.name != "posix", reason="signals and /dev/shm")


class Desk:
    """A projection process, and everything that it said."""

    def __init__(self) -> None:
        self.inbox: queue.Queue[Event] = queue.Queue()
        self.threads: set[str] = set()
        self.process = ProjectionProcess(self._take)

    def _take(self, event: Event) -> None:
        self.threads.add(threading.current_thread().name)
        self.inbox.put(event)

    def show(self, points: np.ndarray) -> None:
        self.process.set_data(SharedMatrix.of(np.asarray(points, np.float32)))

    def wait(self, kind: type[Kind], fits: Callable[[Kind], bool] = lambda _: True, seconds: float = 60) -> Kind:
        """The next event of this kind that fits; an end of another kind is an error."""
        until = time.monotonic() + seconds
        while True:
            event = self.inbox.get(timeout=max(0.001, until - time.monotonic()))
            if isinstance(event, kind) and fits(event):
                return event
            assert not isinstance(event, ENDS), event

    def do(self, job: Job) -> Finished:
        number = self.process.start(job)
        return self.wait(Finished, lambda event: event.job == number)

    def all_of(self, job: Job) -> list[Event]:
        """Every event of a job, to its end."""
        number = self.process.start(job)
        events: list[Event] = []
        while not events or not isinstance(events[-1], ENDS):
            events.append(self.inbox.get(timeout=60))
        assert {event.job for event in events} == {number}
        return events


@contextmanager
def running() -> Iterator[Desk]:
    """A process that is there until the end, which takes no time."""
    made = Desk()
    yield made
    began = time.monotonic()
    made.process.close()
    assert time.monotonic() - began < 1.0
    assert made.process.pid is None
    made.process.close()
