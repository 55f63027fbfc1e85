"""One event file on the disk: it holds whole records and nothing else, whatever goes wrong."""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import socket
import time
from collections.abc import Callable
from pathlib import Path

from ..reader.wire.frame import HEADER_SIZE, OVERHEAD

#: There may be room again later: the same file is written on. After any other error a new one is begun.
NO_ROOM = frozenset({errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)})

_counter = itertools.count()


class NotWritten(Exception):
    """Why records could not be written. ``accepted``: bytes of whole records that were."""

    def __init__(self, error: OSError, accepted: int) -> None:
        super().__init__(str(error))
        self.error = error
        self.accepted = accepted


class EventFile:
    """A file ``events.out.tfevents.<seconds>.<host>.<pid>.<n><suffix>`` in ``folder``, used by one thread at a time.

    It is created at the first :meth:`open` or :meth:`write`, beginning with what ``header()`` gives, and again where it
    was deleted or became unwritable. :attr:`path` is the present one. With ``durable`` each write is brought to the
    medium itself, and not to the operating system alone: a power cut loses no more than a kill does.
    """

    def __init__(self, folder: Path, suffix: str, header: Callable[[], bytes], *, durable: bool = False) -> None:
        self.path: Path | None = None
        self._folder, self._suffix, self._header = folder, suffix, header
        self._durable = durable
        self._file: int | None = None
        self._pending_header: bytes | None = None
        self._good = 0

    def open(self) -> None:
        """Make the folder and the file, if it is not there. OSError where that is not possible."""
        if self._file is not None and self._is_gone(self._file):
            self._close()
        if self._file is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            self.path, self._file = _create(self._folder, self._suffix)
            self._good = 0
            header, self._pending_header = self._pending_header or self._header(), None
            try:
                self._append(header)
            except NotWritten as problem:
                # A file without its first records is of no use to anybody.
                self._close()
                with contextlib.suppress(OSError):
                    self.path.unlink()
                self._pending_header = header
                raise problem.error from problem

    def write(self, records: bytes) -> None:
        """Append whole records. NotWritten where not all of them could be; those that were are whole."""
        try:
            self.open()
        except OSError as error:
            raise NotWritten(error, 0) from error
        self._append(records)

    def close(self) -> None:
        """Give the handle back; :meth:`write` begins a new file then."""
        self._close()

    def abandon(self) -> None:
        """In a forked process: forget the file, which is the parent's."""
        self._close()
        self.path = self._pending_header = None

    def _append(self, data: bytes) -> None:
        assert self._file is not None
        done = 0
        try:
            while done < len(data):
                written = os.write(self._file, memoryview(data)[done:])
                if not written:
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                done += written
            if self._durable:
                os.fsync(self._file)
        except OSError as error:
            whole = _whole(data, done)
            self._good += whole
            self._cut_torn_record()
            if error.errno not in NO_ROOM:
                self._close()
            raise NotWritten(error, whole) from error
        self._good += done

    def _cut_torn_record(self) -> None:
        assert self._file is not None
        try:
            os.ftruncate(self._file, self._good)
            os.lseek(self._file, self._good, os.SEEK_SET)
        except OSError:
            # It may end in a torn record, which readers pass over at the end of a file: nothing follows it.
            self._close()

    def _close(self) -> None:
        if self._file is not None:
            with contextlib.suppress(OSError):
                os.close(self._file)
            self._file = None

    @staticmethod
    def _is_gone(file: int) -> bool:
        """True for a file that was deleted. What is written into it no reader sees."""
        try:
            return os.fstat(file).st_nlink == 0
        except OSError:
            return True


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


def _whole(data: bytes, end: int) -> int:
    """Bytes of the whole records among the first ``end`` of ``data``."""
    at = 0
    while at + HEADER_SIZE <= end:
        behind = at + int.from_bytes(data[at : at + 8], "little") + OVERHEAD
        if behind > end:
            break
        at = behind
    return at
