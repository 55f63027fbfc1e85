"""The program's side of the projection process.

:class:`ProjectionProcess` may be used from a GUI thread: no call of it waits for the other process. One thread of its
own starts the process, sends, receives, and calls ``on_event``.
"""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import signal
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

from ..maths.crew import MOST_THREADS, cores
from .child import main
from .messages import (
    Attached,
    Cancel,
    Cancelled,
    Change,
    Command,
    Died,
    Event,
    Failed,
    Finished,
    Frame,
    Job,
    Live,
    Pause,
    Perturb,
    Placed,
    Quit,
    Report,
    Restart,
    Resume,
    SetData,
    Start,
    Taken,
)
from .shared import Places, SharedMatrix

logger = logging.getLogger(__name__)

#: Seconds that a job has to end by itself when it is cancelled; then its process is killed.
GRACE = 0.12
#: Seconds that the process has to leave when all is closed.
_LEAVING = 0.3


@dataclass(slots=True)
class _Data:
    """Points, and the places for their coordinates."""

    matrix: SharedMatrix
    places: Places

    def unlink(self) -> None:
        self.places.close()
        self.matrix.unlink()


class ProjectionProcess:
    """Starts, watches and ends the process that computes projections; one job at a time.

    ``on_event(event)`` is called in a thread of this object, never in the caller's, one event at a time: hand it over
    to the GUI thread and return. It must not raise. Events of a job that was cancelled or replaced are not delivered
    any more, but for its :class:`~.messages.Cancelled`. Nothing is delivered once :meth:`close` has returned.

    The process is started by :meth:`warm` or the first job, and again after it died or had to be killed. Programs
    need the usual ``if __name__ == "__main__"`` around their start, as always where processes are spawned.
    """

    def __init__(self, on_event: Callable[[Event], None], threads: int | None = None) -> None:
        self._on_event = on_event
        self._threads = threads if threads is not None else min(cores(), MOST_THREADS)
        self._context = multiprocessing.get_context("spawn")
        self._orders: deque[Callable[[], None]] = deque()
        self._lock = threading.Lock()
        self._bell, self._ring = self._context.Pipe(duplex=False)
        self._rung = False
        self._closing = False
        self._numbers = 0
        self._wanted = -1
        self._given: list[SharedMatrix] = []
        # What follows belongs to the thread.
        self._process: BaseProcess | None = None
        self._connection: Connection | None = None
        self._heard = False
        self._data: _Data | None = None
        self._no_data = "There are no points to project."
        self._sent: _Data | None = None
        self._attached: _Data | None = None
        self._retired: list[_Data] = []
        self._running: int | None = None
        self._next: Start | None = None
        self._deadline: float | None = None
        self._thread = threading.Thread(target=self._supervise, name="projection-process", daemon=True)
        self._thread.start()

    # ---- for the GUI thread

    def warm(self) -> None:
        """Start the process ahead of its first job, which is then spared its half second."""
        self._order(self._warm)

    def set_data(self, matrix: SharedMatrix) -> None:
        """The points of the jobs to come; what runs is cancelled.

        ``matrix`` then belongs to this object, which has it freed when the next one comes or all is closed; arrays
        taken from it stay readable.
        """
        self._wanted = -1
        with self._lock:
            too_late = self._closing
            if not too_late:
                self._given.append(matrix)
        if too_late:
            matrix.unlink()
        else:
            self._order(lambda: self._take_data(matrix))

    def start(self, job: Job) -> int:
        """Begin ``job`` in place of what runs; returns its number, which the events about it carry."""
        with self._lock:
            self._numbers += 1
            number = self._numbers
        self._wanted = number
        self._order(lambda: self._launch(Start(number, job)))
        return number

    def cancel(self) -> None:
        """End what runs, within 0.2 s: if it does not listen, its process is killed."""
        self._wanted = -1
        self._order(self._cancel)

    def pause(self) -> None:
        """Hold the live layout; a frame with ``paused`` confirms it."""
        self._order(lambda: self._say_live(Pause()))

    def resume(self) -> None:
        """Go on with it."""
        self._order(lambda: self._say_live(Resume()))

    def restart(self) -> None:
        """Begin the live layout again, with the settings of now."""
        self._order(lambda: self._say_live(Restart()))

    def perturb(self, strength: float = 0.05) -> None:
        """Move each point of the live layout by chance, by up to ``strength`` of its radius."""
        self._order(lambda: self._say_live(Perturb(strength)))

    def change(self, change: Change) -> None:
        """New settings for the live layout."""
        self._order(lambda: self._say_live(change))

    @property
    def pid(self) -> int | None:
        """The process's number in the system, None while there is none."""
        process = self._process
        return process.pid if process is not None else None

    def close(self) -> None:
        """End the process and the thread and free the shared memory; returns within a second."""
        if self._closing:
            return
        self._wanted = -1
        with self._lock:
            self._closing = True
        self._order(lambda: None)
        self._thread.join(_LEAVING * 2)
        process = self._process
        if self._thread.is_alive() and process is not None:
            # The thread is stuck in the connection: without the process it is not.
            with contextlib.suppress(ValueError, OSError):
                process.kill()
        if threading.current_thread() is not self._thread:
            self._thread.join(_LEAVING)

    def _order(self, order: Callable[[], None]) -> None:
        with self._lock:
            self._orders.append(order)
            if not self._rung:
                self._rung = True
                with contextlib.suppress(OSError):
                    self._ring.send_bytes(b"!")

    # ---- the thread

    def _supervise(self) -> None:
        try:
            while not self._closing:
                self._turn()
            self._leave()
        finally:
            self._discard_process()
            if self._data is not None:
                self._data.unlink()
            with self._lock:
                for matrix in self._given:
                    matrix.unlink()
                self._bell.close()
                self._ring.close()

    def _turn(self) -> None:
        sources: list[Any] = [self._bell]
        process, connection = self._process, self._connection
        if process is not None and connection is not None:
            sources += [connection, process.sentinel]
        timeout = None if self._deadline is None else max(0.0, self._deadline - time.monotonic())
        ready = wait(sources, timeout)
        if process is not None and (connection in ready or process.sentinel in ready):
            self._receive()
            if process is self._process and not process.is_alive():
                self._bury()
        if self._deadline is not None and time.monotonic() >= self._deadline:
            self._kill()
        if self._bell in ready:
            self._obey()

    def _obey(self) -> None:
        with self._lock:
            self._bell.recv_bytes()
            self._rung = False
            orders = list(self._orders)
            self._orders.clear()
        for order in orders:
            order()

    def _take_data(self, matrix: SharedMatrix) -> None:
        with self._lock:
            self._given.remove(matrix)
        self._cancel()
        old, self._data = self._data, None
        if old is not None:
            if old is self._sent:
                self._retired.append(old)
            else:
                old.unlink()
        try:
            self._data = _Data(matrix, Places.create(len(matrix.array)))
        except OSError as error:
            matrix.unlink()
            self._no_data = f"There is not enough shared memory for these points: {error}"

    def _launch(self, start: Start) -> None:
        self._forget_next()
        self._next = start
        self._ask_to_end()
        if self._running is None:
            self._begin_next()

    def _cancel(self) -> None:
        self._forget_next()
        self._ask_to_end()

    def _forget_next(self) -> None:
        if self._next is not None:
            forgotten, self._next = self._next, None
            self._deliver(Cancelled(forgotten.number))

    def _ask_to_end(self) -> None:
        if self._deadline is not None or self._running is None:
            return
        self._send(Cancel(self._running))
        if self._heard:
            self._deadline = time.monotonic() + GRACE
        else:
            # The process is still starting: it will pass over what it finds cancelled.
            cancelled, self._running = self._running, None
            self._deliver(Cancelled(cancelled))

    def _begin_next(self) -> None:
        start, self._next = self._next, None
        if start is None:
            return
        if self._data is None:
            self._deliver(Failed(start.number, self._no_data))
            return
        try:
            self._ensure_process()
        except OSError as error:
            self._deliver(Failed(start.number, f"The projection process could not be started: {error}"))
            return
        self._running = start.number
        if self._sent is not self._data:
            self._sent = self._data
            self._send(SetData(self._data.matrix.handle, self._data.places.handle))
        self._send(start)

    def _warm(self) -> None:
        # If it cannot be started, the first job says why.
        with contextlib.suppress(OSError):
            self._ensure_process()

    def _ensure_process(self) -> None:
        if self._process is not None:
            return
        ours, theirs = self._context.Pipe()
        process = self._context.Process(
            target=main, args=(theirs, self._threads), name="runglass-projection", daemon=True
        )
        try:
            process.start()
        except OSError:
            ours.close()
            raise
        finally:
            theirs.close()
        self._process, self._connection, self._heard = process, ours, False

    def _say_live(self, command: Live) -> None:
        if self._running is not None and self._deadline is None:
            self._send(command)

    def _send(self, command: Command) -> None:
        if self._connection is not None:
            # If it is gone, the sentinel says so.
            with contextlib.suppress(OSError):
                self._connection.send(command)

    def _receive(self) -> None:
        """What has arrived, but no more than a moment's worth: orders must not wait."""
        until = time.monotonic() + 0.02
        while self._connection is not None and time.monotonic() < until:
            try:
                if not self._connection.poll(0):
                    return
                report: Report = self._connection.recv()
            except (EOFError, OSError):
                # The process is on its way out.
                if self._process is not None:
                    self._process.join(_LEAVING)
                return
            self._hear(report)

    def _hear(self, report: Report) -> None:
        self._heard = True
        if isinstance(report, Attached):
            self._attached = self._sent
            self._unlink_retired(keep=self._sent)
            return
        event = self._with_coordinates(report) if isinstance(report, Placed) else report
        if isinstance(event, Finished | Cancelled | Failed) and event.job == self._running:
            self._running = self._deadline = None
            # What came to its end while it was being cancelled is cancelled all the same.
            self._deliver(event if event.job == self._wanted else Cancelled(event.job))
            self._begin_next()
        elif not isinstance(event, Cancelled):
            self._deliver(event)

    def _with_coordinates(self, placed: Placed) -> Event:
        assert self._attached is not None
        coordinates = self._attached.places.read(placed.number, placed.rows, placed.columns)
        self._send(Taken(placed.number))
        if isinstance(placed.event, Frame):
            return replace(placed.event, sequence=placed.number, coordinates=coordinates)
        return replace(placed.event, coordinates=coordinates)

    def _deliver(self, event: Event) -> None:
        about_another = event.job != self._wanted and not isinstance(event, Cancelled | Died)
        if about_another or self._closing:
            return
        try:
            self._on_event(event)
        except Exception:
            logger.exception("a projection's event could not be taken")

    def _kill(self) -> None:
        """End a process that did not listen in time."""
        cancelled, self._running = self._running, None
        self._discard_process()
        if cancelled is not None:
            self._deliver(Cancelled(cancelled))
        self._begin_next()

    def _bury(self) -> None:
        """The process is gone, and nobody asked it to go."""
        process = self._process
        assert process is not None
        process.join()
        sentence = _last_words(process.exitcode)
        job, self._running = self._running, None
        wanted = job is not None and self._deadline is None
        self._discard_process()
        if job is not None and not wanted:
            self._deliver(Cancelled(job))
        else:
            self._deliver(Died(job, sentence))
        self._begin_next()

    def _leave(self) -> None:
        if self._process is not None:
            self._send(Quit())
            self._process.join(_LEAVING)

    def _discard_process(self) -> None:
        process, connection = self._process, self._connection
        self._process = self._connection = self._sent = self._attached = self._deadline = None
        if connection is not None:
            connection.close()
        if process is not None:
            process.kill()
            process.join()
            process.close()
        self._unlink_retired(keep=None)

    def _unlink_retired(self, keep: _Data | None) -> None:
        for data in self._retired:
            if data is not keep:
                data.unlink()
        self._retired = [data for data in self._retired if data is keep]


def _last_words(code: int | None) -> str:
    again = "Start it again to go on."
    if code is None or code >= 0:
        return f"The projection process ended unexpectedly (exit code {code}). {again}"
    if code == -signal.SIGSEGV:
        return f"The projection process crashed in a library (segmentation fault). {again}"
    if code == -getattr(signal, "SIGKILL", 9):
        return f"The projection process was killed, perhaps by the system for lack of memory. {again}"
    return f"The projection process was ended by signal {-code}. {again}"
