"""The projection process's end of the connection, and what a job in it reports to."""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from dataclasses import replace
from multiprocessing.connection import Connection

import numpy as np

from ..maths.control import Control, Interrupted
from .messages import (
    Cancel,
    Command,
    Event,
    Finished,
    Frame,
    Live,
    Placed,
    Progress,
    Quit,
    Report,
    SetData,
    Start,
    Taken,
)
from .shared import Places

#: Seconds between two words about progress.
_PROGRESS_EVERY = 0.05
_NO_COORDINATES = np.empty((0, 0), np.float32)


class Line:
    """The connection to the program. The listener fills it, the main thread takes from it and sends."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._changed = threading.Condition()
        self._tasks: deque[Start | SetData | Quit] = deque()
        self._live: deque[Live] = deque()
        self._cancelled = -1
        self._sent_frames = 0
        self._untaken: set[int] = set()

    def listen(self) -> None:
        """Take what the program says, until it is gone: then this process ends, whatever it computes."""
        while True:
            try:
                command: Command = self._connection.recv()
            except (EOFError, OSError):
                os._exit(0)
            with self._changed:
                if isinstance(command, Cancel):
                    self._cancelled = max(self._cancelled, command.number)
                elif isinstance(command, Taken):
                    self._untaken.discard(command.number)
                elif isinstance(command, Start | SetData | Quit):
                    self._tasks.append(command)
                else:
                    self._live.append(command)
                self._changed.notify_all()

    def next_task(self) -> Start | SetData | Quit:
        """The next thing to do, waited for."""
        with self._changed:
            self._changed.wait_for(lambda: self._tasks)
            self._live.clear()
            return self._tasks.popleft()

    def is_cancelled(self, number: int) -> bool:
        """True where the job of this number is not wanted any more, or the process is to end."""
        return self._cancelled >= number or any(isinstance(task, Quit) for task in tuple(self._tasks))

    def take_live(self) -> list[Live]:
        """The commands to the running layout since the last call."""
        if not self._live:
            return []
        with self._changed:
            taken = list(self._live)
            self._live.clear()
            return taken

    def wait_live(self, number: int) -> None:
        """Wait for such a command, or for the end of the job."""
        with self._changed:
            self._changed.wait_for(lambda: self._live or self.is_cancelled(number))

    def has_place(self) -> bool:
        """True where the place of the next frame is free."""
        return self._sent_frames - 1 not in self._untaken

    def free_all(self) -> None:
        """All places are free: they are new."""
        with self._changed:
            self._untaken.clear()

    def claim_place(self, number: int) -> int:
        """The number of the next frame, once its place is free. Raises the cancellation of the job ``number``."""
        with self._changed:
            self._changed.wait_for(lambda: self.has_place() or self.is_cancelled(number))
            if self.is_cancelled(number):
                raise Interrupted
            self._sent_frames += 1
            self._untaken.add(self._sent_frames)
            return self._sent_frames

    def send(self, report: Report) -> None:
        """Tell the program; without it this process ends."""
        try:
            self._connection.send(report)
        except OSError:
            os._exit(0)


class JobControl(Control):
    """What one job reports to."""

    def __init__(self, line: Line, number: int) -> None:
        self.line = line
        self.number = number
        self._phase = ""
        self._told = 0.0

    def check(self) -> None:
        """Raise the cancellation, if there is one."""
        if self.line.is_cancelled(self.number):
            raise Interrupted

    def progress(self, phase: str, fraction: float | None = None) -> None:
        """Tell the program, not too often."""
        now = time.monotonic()
        if phase != self._phase or now - self._told >= _PROGRESS_EVERY:
            self._phase, self._told = phase, now
            self.say(Progress(self.number, phase, fraction))

    def say(self, event: Event) -> None:
        """Tell the program an event."""
        self.line.send(event)

    def place(self, places: Places, event: Frame | Finished) -> None:
        """Tell the program an event whose coordinates go through ``places``, once one of them is free."""
        coordinates = event.coordinates
        if coordinates is None:
            self.say(event)
            return
        number = self.line.claim_place(self.number)
        places.write(number, coordinates)
        rows, columns = coordinates.shape
        self.line.send(Placed(replace(event, coordinates=_NO_COORDINATES), number, rows, columns))
