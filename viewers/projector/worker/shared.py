"""Memory that the program and the projection process both see: the points, and the places for coordinates."""

from __future__ import annotations

import os
import weakref
from dataclasses import dataclass
from multiprocessing.shared_memory import SharedMemory

import numpy as np

from ..maths.numbers import Matrix

#: Columns that a place for coordinates has room for: the principal components that are offered.
WIDEST = 10
_PLACES = 2
_HEADER_BYTES = 64


class Segment(SharedMemory):
    """Shared memory whose arrays may outlive it: the mapping goes with the last of them."""

    @classmethod
    def reserve(cls, size: int) -> Segment:
        """A new one of ``size`` bytes. Raises OSError where the system does not have them."""
        segment = cls(create=True, size=size)
        descriptor = getattr(segment, "_fd", -1)
        if descriptor >= 0 and hasattr(os, "posix_fallocate"):
            try:
                # A container may have little shared memory, and to touch a page too many would kill this process.
                os.posix_fallocate(descriptor, 0, size)
            except OSError:
                segment.close()
                segment.unlink()
                raise
        return segment

    def close(self) -> None:
        """Unmap now, or when the last array over it is gone."""
        try:
            super().close()
        except BufferError:
            # An array still looks at the pages and keeps them; the file descriptor is not needed for that.
            descriptor = getattr(self, "_fd", -1)
            if descriptor >= 0:
                os.close(descriptor)
                self._fd = -1


@dataclass(frozen=True, slots=True)
class Handle:
    """What another process needs to find a :class:`SharedMatrix`."""

    name: str
    rows: int
    columns: int


class SharedMatrix:
    """A float32 matrix (rows, columns) in shared memory.

    ``array`` may be filled and read by whoever holds it. The process that made the matrix owns it: :meth:`unlink`
    gives the memory back once nobody maps it any more, and so does the end of the last reference to a matrix that was
    lost on its way. If the owner dies, Python's resource tracker does so.
    """

    def __init__(self, segment: Segment, rows: int, columns: int, owned: bool) -> None:
        self._segment = segment
        self._free = weakref.finalize(self, segment.unlink) if owned else None
        self.array: Matrix = _matrix(segment, rows, columns)

    @classmethod
    def create(cls, rows: int, columns: int) -> SharedMatrix:
        """An empty one, all zeros. Raises OSError where there is not enough memory."""
        return cls(Segment.reserve(max(4, rows * columns * 4)), rows, columns, True)

    @classmethod
    def of(cls, matrix: Matrix) -> SharedMatrix:
        """A copy of ``matrix`` (rows, columns)."""
        shared = cls.create(*matrix.shape)
        shared.array[:] = matrix
        return shared

    @classmethod
    def attach(cls, handle: Handle) -> SharedMatrix:
        """One that another process made. Raises FileNotFoundError where it is gone."""
        return cls(Segment(name=handle.name), handle.rows, handle.columns, False)

    @property
    def handle(self) -> Handle:
        """For the other process."""
        rows, columns = self.array.shape
        return Handle(self._segment.name, rows, columns)

    def close(self) -> None:
        """Let go of it; arrays taken from it stay readable."""
        self.array = np.empty((0, 0), np.float32)
        self._segment.close()

    def unlink(self) -> None:
        """Let go of it and, as its owner, have the memory freed. May be called twice."""
        self.close()
        if self._free is not None:
            self._free()


class Places:
    """Two places for coordinates of up to ``rows`` points, each with the number of the frame that it holds.

    The child writes into a free place and then names it in a message; the program copies and says so in a message.
    Between the two nobody writes there, so no frame is ever torn, on whatever processor.
    """

    def __init__(self, segment: Segment, rows: int, owned: bool) -> None:
        self._segment = segment
        self._owned = owned
        self._rows = rows
        self._numbers = np.frombuffer(_pages(segment), np.uint64, _PLACES)

    @classmethod
    def create(cls, rows: int) -> Places:
        """Raises OSError where there is not enough memory."""
        return cls(Segment.reserve(_HEADER_BYTES + _PLACES * _place_bytes(rows)), rows, True)

    @classmethod
    def attach(cls, handle: Handle) -> Places:
        """Those that another process made."""
        return cls(Segment(name=handle.name), handle.rows, False)

    @property
    def handle(self) -> Handle:
        """For the other process."""
        return Handle(self._segment.name, self._rows, WIDEST)

    def write(self, number: int, coordinates: Matrix) -> None:
        """Put frame ``number`` into its place, which must be free: that of frame ``number - 2``."""
        view = self._view(number, *coordinates.shape)
        view[:] = coordinates
        self._numbers[number % _PLACES] = number

    def read(self, number: int, rows: int, columns: int) -> Matrix:
        """A copy of frame ``number``, each axis in one piece. Raises LookupError where its place holds another one."""
        if int(self._numbers[number % _PLACES]) != number:
            raise LookupError(f"frame {number} is gone")
        copied: Matrix = self._view(number, rows, columns).copy(order="K")
        return copied

    def close(self) -> None:
        """Let go of them and, as their owner, have the memory freed."""
        self._numbers = np.zeros(_PLACES, np.uint64)
        self._segment.close()
        if self._owned:
            self._owned = False
            self._segment.unlink()

    def _view(self, number: int, rows: int, columns: int) -> Matrix:
        if rows > self._rows or columns > WIDEST:
            raise ValueError(f"{rows} x {columns} coordinates do not fit {self._rows} x {WIDEST}")
        offset = _HEADER_BYTES + (number % _PLACES) * _place_bytes(self._rows)
        # Axis after axis: the window picks axes, in turns of its event loop that are to be short.
        view: Matrix = _matrix(self._segment, columns, rows, offset).T
        return view


def _matrix(segment: Segment, rows: int, columns: int, offset: int = 0) -> Matrix:
    """A view that keeps the pages mapped: only ``frombuffer`` holds on to the buffer itself, ``ndarray`` does not."""
    whole: Matrix = np.frombuffer(_pages(segment), np.float32, rows * columns, offset)
    return whole.reshape(rows, columns)


def _pages(segment: Segment) -> memoryview:
    pages = segment.buf
    assert pages is not None
    return pages


def _place_bytes(rows: int) -> int:
    return max(1, rows) * WIDEST * 4
