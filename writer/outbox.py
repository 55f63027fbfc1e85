"""What waits between a training and the disk: a bounded queue, and the thread that encodes and writes it.

A training appends to the queue and goes on; it takes no lock and waits for nobody. The thread takes the queue every
second or two, turns it into records and writes them. Where the disk is full, hangs or is gone, what was logged waits in
memory up to a bound; what comes beyond it is dropped and counted.
"""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from ..reader.wire.frame import pack_record
from .event_file import EventFile, NotWritten
from .guard import Complaints
from .lifecycle import process
from .scalar_rows import Point, record, records

#: Items that may wait, and bytes of those that are no scalars.
MOST_ITEMS = 400_000
MOST_BYTES = 64 << 20
#: Items that the thread takes at once.
BATCH_ITEMS = 16_384
#: So many items waiting wake the thread before its time. A caller who goes on at that rate pauses for so many seconds
#: at each so many calls.
BUSY_ITEMS = 16_384
PRESSED_CALLS, PRESSED_SECONDS = 2048, 0.0002
#: Seconds after which a disk that refused is tried again, and how long :meth:`Outbox.flush` and ``close`` wait for it.
RETRY_SECONDS = 1.0
FLUSH_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Later:
    """A payload that the thread makes: ``make()`` returns it. ``size`` is about what waits with it in memory.

    ``refused(error)`` is told what it raises.
    """

    make: Callable[[], bytes]
    size: int
    refused: Callable[[Exception], None]


Item = Point | bytes | Later


class Outbox:
    """Brings items to ``file`` in their order. Any thread may call any method.

    :attr:`queue` is for callers who append points themselves: as long as fewer than :data:`BUSY_ITEMS` wait, and
    followed by :meth:`wake` unless :attr:`is_awake` gives True. Both are new objects after :meth:`forget`. Nothing is
    done before the first item.
    """

    def __init__(self, file: EventFile, flush_seconds: float, complaints: Complaints) -> None:
        self.queue: deque[Item] = deque()
        self.dropped = 0
        self._pressed = 0
        self._file = file
        self._flush_seconds = flush_seconds
        self._complaints = complaints
        self._heavy = 0
        self._unwritten: list[bytes] = []
        self._error: OSError | None = None
        self._tickets = 0
        self._served = 0
        self._failed = 0
        self._closing = False
        self._thread: threading.Thread | None = None
        self._wake = threading.Event()
        self._hurry = threading.Event()
        self._changed = threading.Condition()
        self.is_awake = self._wake.is_set

    @property
    def error(self) -> OSError | None:
        """Why the last attempt to write failed; None where it did not."""
        return self._error

    def put(self, item: Item) -> None:
        """Add an item behind the others, or drop it where too much waits."""
        size = len(item) if isinstance(item, bytes) else item.size if isinstance(item, Later) else 0
        waiting = len(self.queue)
        if waiting >= MOST_ITEMS or (size and self._heavy + size > MOST_BYTES):
            self.drop()
            return
        if waiting >= BUSY_ITEMS:
            self._let_it_catch_up()
        if size:
            with self._changed:
                self._heavy += size
        self.queue.append(item)
        if not self.is_awake():
            self.wake()

    def _let_it_catch_up(self) -> None:
        """More is logged than can be encoded beside it: now and then the thread gets the interpreter for a moment."""
        self._hurry.set()
        self._pressed += 1
        if self._pressed % PRESSED_CALLS == 0:
            time.sleep(PRESSED_SECONDS)

    def drop(self) -> None:
        """Count an item that found no room, and say so once."""
        self.dropped += 1
        reason = f"; {self._error}" if self._error is not None else ""
        self._complaints.say(
            ("dropped",),
            f"{self._file.path or 'the log'} is written too slowly, or not at all{reason}: what is logged meanwhile is "
            "dropped, the training goes on",
        )

    def wake(self) -> None:
        """There is something in the queue."""
        if self._thread is None:
            self._start()
        self._wake.set()

    def flush(self, seconds: float = FLUSH_SECONDS) -> bool:
        """Wait until all that was put is with the operating system; False where it could not be brought there.

        :attr:`error` then says why; None where the disk did not answer within ``seconds``.
        """
        if not self.queue and not self._unwritten and self._thread is None:
            return True
        self.wake()
        with self._changed:
            self._tickets += 1
            ticket = self._tickets
        self._hurry.set()
        with self._changed:
            self._changed.wait_for(lambda: max(self._served, self._failed) >= ticket, seconds)
            return self._served >= ticket

    def close(self, seconds: float = FLUSH_SECONDS) -> bool:
        """Flush, and end the thread and the file; what is put later opens a new one. False as :meth:`flush`."""
        thread = self._thread
        if thread is None:
            self._file.close()
            return True
        done = self.flush(seconds)
        with self._changed:
            self._closing = True
        self._wake.set()
        self._hurry.set()
        thread.join(seconds if done else RETRY_SECONDS)
        if not thread.is_alive():
            self._thread = None
            self._closing = False
            self._file.close()
        return done

    def forget(self) -> None:
        """In a forked process: all that waits is the parent's, and so are its file and its thread."""
        self.queue = deque()
        self._unwritten = []
        self._heavy = 0
        self._thread = None
        self._closing = False
        self._error = None
        self._tickets = self._served = self._failed = 0
        # The parent's thread may have held them when the process was forked.
        self._wake, self._hurry, self._changed = threading.Event(), threading.Event(), threading.Condition()
        self.is_awake = self._wake.is_set
        self._file.abandon()

    def _start(self) -> None:
        with self._changed:
            if self._thread is None:
                process.writes()
                self._thread = threading.Thread(target=self._run, name="runglass-writer", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        """The writing thread."""
        pid = os.getpid()
        pause = self._flush_seconds
        while os.getpid() == pid:
            self._wake.wait()
            if not self._closing:
                self._hurry.wait(pause)
            self._wake.clear()
            self._hurry.clear()
            with self._changed:
                asked = self._tickets
            written = self._take_all()
            pause = self._flush_seconds if written else RETRY_SECONDS
            with self._changed:
                if written:
                    self._served = max(self._served, asked)
                else:
                    self._failed = max(self._failed, asked)
                    self._wake.set()
                self._changed.notify_all()
                if self._closing and (not written or not self.queue):
                    return
            if self.queue:
                self._wake.set()

    def _take_all(self) -> bool:
        """Encode and write all that is in the queue now; False where it cannot be written."""
        left = len(self.queue)
        if self._unwritten and not self._write():
            return False
        while left > 0:
            count = min(left, BATCH_ITEMS, len(self.queue))
            if not count:
                break
            left -= count
            items = [self.queue.popleft() for _ in range(count)]
            self._unwritten += self._encoded(items)
            if not self._write():
                return False
        return True

    def _encoded(self, items: list[Item]) -> list[bytes]:
        parts = []
        points: list[Point] = []
        freed = 0
        for item in items:
            if type(item) is tuple:
                points.append(item)
                continue
            if points:
                parts.append(self._points(points))
                points = []
            if isinstance(item, Later):
                freed += item.size
                try:
                    parts.append(pack_record(item.make()))
                except Exception as error:  # noqa: BLE001 - one value that cannot be encoded must not cost the others
                    item.refused(error)
            elif isinstance(item, bytes):
                freed += len(item)
                parts.append(pack_record(item))
        if points:
            parts.append(self._points(points))
        if freed:
            with self._changed:
                self._heavy -= freed
        return parts

    def _points(self, points: list[Point]) -> bytes:
        try:
            return records(points)
        except (OverflowError, TypeError, ValueError):
            good = []
            for point in points:
                try:
                    good.append(record(point))
                except (OverflowError, TypeError, ValueError) as error:
                    place = f"add_scalar({point[0].name!r})"
                    self._complaints.say((place, type(error)), f"{place}: not written, {error}; the training goes on")
            return b"".join(good)

    def _write(self) -> bool:
        """Write what is encoded; False where that was not possible: it is kept, and said once."""
        if not self._unwritten:
            return True
        data = b"".join(self._unwritten)
        self._unwritten = [data]
        try:
            self._file.write(data)
        except NotWritten as problem:
            error = problem.error
            self._unwritten = [data[problem.accepted :]]
            if self._error is None:
                where = self._file.path or "the log"
                self._complaints.say(
                    ("disk", error.errno, time.monotonic()), f"{where} cannot be written ({error}); trying again"
                )
            self._error = error
            return False
        self._error = None
        self._unwritten = []
        return True
