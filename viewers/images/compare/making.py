"""Has differences of pictures worked out in the pool, the latest that is wanted and no other."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QImage

from ...jobs import Job, Jobs
from ...theme import Theme
from ..decoding import Picture
from .difference import Cancelled, Pixels, Statistics, absolute_table, differ, signed_table


@dataclass(frozen=True, slots=True, eq=False)
class Request:
    """``first`` less ``second``, frame ``frame`` of both, in full size; to be seen halved ``level`` times."""

    first: Picture
    second: Picture
    frame: int
    signed: bool
    gain: float
    theme: Theme
    level: int = 0

    def is_served_by(self, other: Request | None) -> bool:
        """True if what the other asks for is the same, and as fine."""
        return (
            other is not None
            and self.first is other.first
            and self.second is other.second
            and (self.frame, self.signed, self.gain) == (other.frame, other.signed, other.gain)
            and self.theme == other.theme
            and other.level <= self.level
        )


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """The difference as a picture, and its numbers."""

    request: Request
    picture: Picture
    statistics: Statistics

    def tells_of(self, request: Request) -> bool:
        """True if the numbers are those of ``request``, whatever it is to look like."""
        mine = self.request
        return mine.first is request.first and mine.second is request.second and mine.frame == request.frame


class DifferenceMaker(QObject):
    """``ready`` fires when a difference, or why there is none, is there. One is worked out at a time."""

    ready = Signal()

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._wanted: Request | None = None
        self._running: tuple[Request, Job, threading.Event] | None = None
        self._failed: tuple[Request, str] | None = None
        self.made: Made | None = None

    @property
    def busy(self) -> bool:
        """True while what is wanted is not there yet."""
        return self._running is not None

    def want(self, request: Request) -> Made | str | None:
        """The latest difference that there is, or why there is none; that of ``request`` follows if it is not yet."""
        self._wanted = request
        if self._failed is not None:
            failed, text = self._failed
            if request.is_served_by(failed):
                return text
        if not request.is_served_by(self.made.request if self.made is not None else None):
            self._begin()
        return self.made

    def release(self) -> None:
        """Nothing is wanted any more."""
        self._wanted = self.made = self._failed = None
        if self._running is not None:
            _request, job, stop = self._running
            stop.set()
            job.cancel()
            self._running = None

    def _begin(self) -> None:
        request = self._wanted
        if request is None:
            return
        if self._running is not None:
            running, _job, stop = self._running
            # A newer gain waits for the older: while a slider moves each would be given up for the next.
            if running.first is not request.first or running.second is not request.second:
                stop.set()
            return
        stop = threading.Event()
        job = self._jobs.submit(
            lambda: make(request, stop.is_set), self._done, lambda error: self._fail(request, error)
        )
        self._running = (request, job, stop)

    def _done(self, made: Made) -> None:
        self._running = None
        self.made = made
        self._go_on()

    def _fail(self, request: Request, error: BaseException) -> None:
        self._running = None
        if not isinstance(error, Cancelled):
            text = "There is too little memory for the difference" if isinstance(error, MemoryError) else str(error)
            self._failed = (request, text or type(error).__name__)
            self.made = None
        self._go_on()

    def _go_on(self) -> None:
        wanted, there = self._wanted, self.made.request if self.made is not None else None
        failed = self._failed[0] if self._failed is not None else None
        if wanted is not None and not wanted.is_served_by(there) and not wanted.is_served_by(failed):
            self._begin()
        self.ready.emit()


def pixels_of(image: QImage) -> Pixels:
    """The values of a decoded frame in full size, without a copy: valid as long as the frame is."""
    wide = image.depth() == 64
    kind, order = (np.uint16, (0, 1, 2, 3)) if wide else (np.uint8, (2, 1, 0, 3))
    values: NDArray[np.uint8 | np.uint16] = np.frombuffer(image.constBits(), kind).reshape(
        image.height(), image.width(), 4
    )
    shown = order if image.hasAlphaChannel() else order[:3]
    return Pixels(tuple(values[..., channel] for channel in shown))


def make(request: Request, is_stopped: Callable[[], bool]) -> Made:
    """Work out a difference. Cancelled once ``is_stopped()``, MemoryError where there is too little."""
    first, second = (picture.frames[min(request.frame, len(picture.frames) - 1)] for picture in _both(request))
    theme = request.theme
    below, neutral, above = (_rgb(color) for color in (theme.series[0], theme.card, theme.series[1]))

    def table(largest: int) -> NDArray[np.uint32]:
        if request.signed:
            return signed_table(largest, request.gain, below, neutral, above)
        return absolute_table(largest, request.gain)

    image = QImage()

    def canvas(rows: int, columns: int) -> NDArray[np.uint32]:
        nonlocal image
        image = QImage(columns, rows, QImage.Format.Format_RGB32)
        if image.isNull():
            raise MemoryError
        return np.frombuffer(image.bits(), np.uint32).reshape(rows, columns)

    values = pixels_of(first), pixels_of(second)
    _seen, numbers = differ(*values, table, request.signed, is_stopped, request.level, canvas)
    rows, columns = (min(each.planes[0].shape[axis] for each in values) for axis in (0, 1))
    return Made(request, Picture((image,), (0,), columns, rows, "png", request.level), numbers)


def _both(request: Request) -> tuple[Picture, Picture]:
    return request.first, request.second


def _rgb(color: str) -> tuple[float, float, float]:
    made = QColor(color)
    return made.redF(), made.greenF(), made.blueF()
