"""One event file that grows: records are collected in memory and reach the disk whole, in order, a little later."""

from __future__ import annotations

import atexit
import itertools
import logging
import os
import socket
import threading
import time
from pathlib import Path

from ..reader.wire.frame import pack_record

#: Bytes in memory from which the writing thread is woken before its time.
WAKE_BYTES = 1 << 20
#: Bytes in memory from which a caller writes them itself: a bound on memory where the disk is slow.
FULL_BYTES = 64 << 20

_log = logging.getLogger(__name__)
_counter = itertools.count()


class EventFile:
    """Appends records to a new file ``events.out.tfevents.<seconds>.<host>.<pid>.<n><suffix>`` in ``folder``.

    Any thread may call any method. Records reach the file at the latest ``flush_seconds`` after :meth:`append`; they
    are never interleaved, and a record that does not fit on a full disk is cut off again, so that the file always
    ends with a whole record. A process that is forked off writes nothing here: the file stays its parent's.
    """

    def __init__(self, folder: Path, suffix: str = "", flush_seconds: float = 2.0) -> None:
        self._flush_seconds = flush_seconds
        self._pid = os.getpid()
        self._buffer: list[bytes] = []
        self._buffered = 0
        self._good = 0
        self._failed = False
        self._closed = False
        self._changed = threading.Condition()
        self._writing = threading.Lock()
        folder.mkdir(parents=True, exist_ok=True)
        self.path, self._file = _create(folder, suffix)
        self._thread = threading.Thread(target=self._write_on, name="runglass-writer", daemon=True)
        self._thread.start()
        atexit.register(self.close)

    @property
    def closed(self) -> bool:
        """True after :meth:`close`."""
        return self._closed

    def append(self, payload: bytes) -> None:
        """Add one record. ValueError if the file is closed."""
        if os.getpid() != self._pid:
            return
        record = pack_record(payload)
        with self._changed:
            if self._closed:
                raise ValueError(f"{self.path} is closed")
            self._buffer.append(record)
            before = self._buffered
            self._buffered += len(record)
            if not before or before < WAKE_BYTES <= self._buffered:
                self._changed.notify()
            full = self._buffered > FULL_BYTES
        if full:
            self._try_to_write()

    def flush(self) -> None:
        """Bring every record that was appended to the operating system. OSError where that is not possible."""
        if os.getpid() == self._pid:
            self._write()

    def close(self) -> None:
        """Flush and close; again is allowed. OSError where the last records could not be written."""
        if os.getpid() != self._pid:
            return
        with self._changed:
            if self._closed:
                return
            self._closed = True
            self._changed.notify()
        atexit.unregister(self.close)
        self._thread.join()
        try:
            self._write()
        finally:
            os.close(self._file)

    def _write_on(self) -> None:
        """The writing thread."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._buffer or self._closed)
                self._changed.wait_for(lambda: self._closed or self._buffered >= WAKE_BYTES, self._flush_seconds)
                if self._closed:
                    return
            if not self._try_to_write():
                with self._changed:
                    self._changed.wait_for(lambda: self._closed, max(1.0, self._flush_seconds))

    def _try_to_write(self) -> bool:
        """Write, or keep the records for the next time and say so once: a training goes on without its log."""
        try:
            self._write()
        except OSError as error:
            if not self._failed:
                _log.warning("%s cannot be written (%s); trying again", self.path, error)
            self._failed = True
            return False
        self._failed = False
        return True

    def _write(self) -> None:
        with self._writing:
            with self._changed:
                records, self._buffer = self._buffer, []
                size, self._buffered = self._buffered, 0
            if not records:
                return
            data = b"".join(records)
            done = 0
            try:
                while done < len(data):
                    done += os.write(self._file, memoryview(data)[done:])
                self._good += done
            except OSError:
                self._cut_torn_record()
                with self._changed:
                    self._buffer[:0] = records
                    self._buffered += size
                raise

    def _cut_torn_record(self) -> None:
        try:
            os.ftruncate(self._file, self._good)
            os.lseek(self._file, self._good, os.SEEK_SET)
        except OSError as error:
            _log.warning("%s may end in a torn record (%s)", self.path, error)


def _create(folder: Path, suffix: str) -> tuple[Path, int]:
    """A new file and its descriptor; the number at the end keeps writers of one process and second apart."""
    flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    while True:
        name = f"events.out.tfevents.{int(time.time()):010d}.{socket.gethostname()}.{os.getpid()}.{next(_counter)}"
        path = folder / (name + suffix)
        try:
            return path, os.open(path, flags, 0o666)
        except FileExistsError:
            continue  # a container with the same host name and process number
