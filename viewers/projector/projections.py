"""The places of the points by each method, as far as they are known, and the process that works them out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Qt, Signal

from .settings import Method
from .worker.client import ProjectionProcess
from .worker.messages import (
    Began,
    Cancelled,
    Change,
    Died,
    Event,
    Failed,
    Finished,
    Frame,
    Job,
    LayoutResult,
    Measures,
    PcaResult,
    Progress,
)
from .worker.shared import SharedMatrix

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Layout:
    """``coordinates`` float32 (n, c), NaN for points that were left out; ``variance``: the share of each component.

    ``iteration`` counts the frames of a live layout; ``done`` tells that it came to its end.
    """

    coordinates: Floats
    job: Job
    iteration: int = 0
    measures: Measures = field(default_factory=Measures)
    variance: NDArray[np.float64] | None = None
    notes: tuple[str, ...] = ()
    done: bool = False


@dataclass(slots=True)
class _Running:
    """What the process works at."""

    number: int
    slot: Slot
    job: Job
    rows: NDArray[np.int64] | None = None
    notes: tuple[str, ...] = ()
    phase: str = ""
    fraction: float | None = None
    paused: bool = False


@dataclass(frozen=True, slots=True)
class Slot:
    """A method and the number of dimensions that it was run for (0: those of its result are chosen among)."""

    method: Method
    dimensions: int


class Projections(QObject):
    """``changed(slot)`` fires when a slot has other places or another state, ``failed(sentence)`` when a job could not
    be done or the process died. One job runs at a time; starting another ends it and keeps what it had reached.
    """

    changed = Signal(object)
    failed = Signal(str)
    _event = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._process: ProjectionProcess | None = None
        self._waiting: SharedMatrix | None = None
        self._count = 0
        self._layouts: dict[Slot, Layout] = {}
        self._running: _Running | None = None
        self._broken: Slot | None = None
        self._event.connect(self._take, Qt.ConnectionType.QueuedConnection)

    def set_data(self, shared: SharedMatrix) -> None:
        """Other points: all that was known is dropped."""
        self._layouts.clear()
        self._running = self._broken = None
        self._count = len(shared.array)
        self._give(shared)

    def forget(self) -> None:
        """What is known no longer holds: the points are prepared in another way."""
        self.cancel()
        self._layouts.clear()

    @property
    def busy(self) -> bool:
        """True while something is worked at."""
        return self._running is not None

    def layout_of(self, slot: Slot) -> Layout | None:
        """What is known of a slot."""
        return self._layouts.get(slot)

    def put(self, slot: Slot, layout: Layout) -> None:
        """Places that are known from elsewhere: a bookmark."""
        self._layouts[slot] = layout
        self.changed.emit(slot)

    def run(self, slot: Slot, job: Job) -> None:
        """Begin a job in place of what runs."""
        before = self._running
        process = self._started()
        self._running, self._broken = _Running(process.start(job), slot, job), None
        if before is not None and before.slot != slot:
            self.changed.emit(before.slot)
        self.changed.emit(slot)

    def running(self, slot: Slot) -> bool:
        """True while the slot is worked at, paused or not."""
        return self._running is not None and self._running.slot == slot

    def broken(self, slot: Slot) -> bool:
        """True if the process died, or could not go on, while it worked at the slot, and nothing was begun since."""
        return self._broken == slot

    def paused(self, slot: Slot) -> bool:
        """True while its live layout is held."""
        return self._running is not None and self._running.slot == slot and self._running.paused

    def progress(self, slot: Slot) -> tuple[str, float | None]:
        """What is being done, for people, and how far it is (0 to 1, None where unknown); empty where nothing is."""
        running = self._running
        return (running.phase, running.fraction) if running is not None and running.slot == slot else ("", None)

    def pause(self) -> None:
        """Hold the live layout."""
        self._live(lambda process: process.pause(), paused=True)

    def resume(self) -> None:
        """Go on with it."""
        self._live(lambda process: process.resume(), paused=False)

    def restart(self) -> None:
        """Begin it anew."""
        self._live(lambda process: process.restart(), paused=False)

    def perturb(self) -> None:
        """Push each point a little."""
        self._live(lambda process: process.perturb())

    def change(self, change: Change) -> None:
        """Other settings of the live layout."""
        self._live(lambda process: process.change(change))

    def cancel(self) -> None:
        """End what runs; what it had reached stays."""
        running, self._running = self._running, None
        if running is not None and self._process is not None:
            self._process.cancel()
            self.changed.emit(running.slot)

    def close(self) -> None:
        """End the process; nothing is told any more."""
        self._running = None
        if self._waiting is not None:
            self._waiting.unlink()
            self._waiting = None
        if self._process is not None:
            self._process.close()
            self._process = None

    def _give(self, shared: SharedMatrix) -> None:
        if self._process is not None:
            self._process.set_data(shared)
            return
        if self._waiting is not None:
            self._waiting.unlink()
        self._waiting = shared

    def _started(self) -> ProjectionProcess:
        if self._process is None:
            # The thread of the process emits: Qt carries the event into this thread.
            self._process = ProjectionProcess(self._event.emit)
            if self._waiting is not None:
                self._process.set_data(self._waiting)
                self._waiting = None
        return self._process

    def _live(self, order: Callable[[ProjectionProcess], None], paused: bool | None = None) -> None:
        running, process = self._running, self._process
        if running is None or process is None:
            return
        order(process)
        if paused is not None and paused != running.paused:
            running.paused = paused
            self.changed.emit(running.slot)

    def _take(self, event: Event) -> None:
        running = self._running
        if running is None or event.job != running.number:
            # A process that dies with nothing to do takes nothing with it: the next job begins another.
            return
        if isinstance(event, Died):
            self._running, self._broken = None, running.slot
            self.failed.emit(event.sentence)
            self.changed.emit(running.slot)
            return
        if isinstance(event, Began):
            running.rows, running.notes = event.rows, event.notes
        elif isinstance(event, Progress):
            running.phase, running.fraction = event.phase, event.fraction
        elif isinstance(event, Frame):
            running.phase, running.fraction = "", None
            running.paused = event.paused
            known = self._layouts.get(running.slot)
            # What was begun again has nothing of what was measured before.
            goes_on = known is not None and known.job is running.job and known.iteration <= event.iteration
            self._layouts[running.slot] = Layout(
                self._whole(event.coordinates, running.rows),
                running.job,
                event.iteration,
                _latest(event.measures, known if goes_on else None),
                notes=running.notes,
            )
        elif isinstance(event, Finished):
            self._running = None
            self._finish(event, running)
        elif isinstance(event, Failed | Cancelled):
            self._running = None
            if isinstance(event, Failed):
                self._broken = running.slot
                self.failed.emit(event.sentence)
        self.changed.emit(running.slot)

    def _finish(self, event: Finished, running: _Running) -> None:
        notes = tuple(dict.fromkeys((*running.notes, *event.notes)))
        known = self._layouts.get(running.slot)
        if event.coordinates is not None:
            known = Layout(self._whole(event.coordinates, running.rows), running.job)
        if known is None:
            return
        result = event.result
        if isinstance(result, PcaResult):
            known = replace(known, variance=result.ratio)
        elif isinstance(result, LayoutResult):
            # The last frame is the same picture; a live layout is told from one that never moved by its iterations.
            known = replace(known, iteration=result.iteration, measures=_latest(result.measures, known))
        self._layouts[running.slot] = replace(known, notes=notes, done=True)

    def _whole(self, coordinates: Floats, rows: NDArray[np.int64] | None) -> Floats:
        """With a row for every point."""
        if rows is None:
            return coordinates
        found = np.full((self._count, coordinates.shape[1]), np.nan, np.float32, order="F")
        found[rows] = coordinates
        return found


def _latest(measures: Measures, before: Layout | None) -> Measures:
    """What was not measured with this frame is as it was."""
    if before is None:
        return measures
    old = before.measures
    return Measures(
        old.kl if measures.kl is None else measures.kl,
        old.trust if measures.trust is None else measures.trust,
        old.sampled if measures.trust is None else measures.sampled,
    )
