"""Where bytes come from: anything that has a size and can be read at an offset."""

from __future__ import annotations

import os
from types import TracebackType
from typing import Protocol


class ByteSource(Protocol):
    """Random access to the bytes of one file. Every method may raise OSError, which passes through the scanner."""

    def size(self) -> int:
        """How many bytes there are now."""
        ...

    def read_at(self, offset: int, length: int) -> bytes:
        """``length`` bytes from ``offset``; fewer only where the file ends before them."""
        ...


class BytesSource:
    """Bytes in memory."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def size(self) -> int:
        """How many bytes there are now."""
        return len(self.data)

    def read_at(self, offset: int, length: int) -> bytes:
        """``length`` bytes from ``offset``; fewer only where the data ends before them."""
        return self.data[offset : offset + length]


class FileSource:
    """A file on disk, opened at the first use and meant to be closed after each poll.

    A handle that stays open keeps Windows from renaming or deleting the file, and shows stale pages on network drives.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = os.fspath(path)
        self._descriptor: int | None = None

    def descriptor(self) -> int:
        """The open file descriptor (for ``os.fstat``); opens the file where it is not open yet."""
        if self._descriptor is None:
            flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOINHERIT", 0)
            # A FIFO that lies under an event file's name must not block the reader: opened so, it reads as empty.
            flags |= getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0)
            self._descriptor = os.open(self.path, flags)
        return self._descriptor

    def size(self) -> int:
        """How many bytes the open file has now."""
        return os.fstat(self.descriptor()).st_size

    def read_at(self, offset: int, length: int) -> bytes:
        """``length`` bytes from ``offset``; fewer only where the file ends before them."""
        descriptor = self.descriptor()
        data = _pread(descriptor, length, offset)
        if len(data) >= length or not data:
            return data
        # One call may give less than is there (signals, network drives, the 2 GiB limit of Linux).
        parts = [data]
        got = len(data)
        while got < length:
            data = _pread(descriptor, length - got, offset + got)
            if not data:
                break
            parts.append(data)
            got += len(data)
        return b"".join(parts)

    def close(self) -> None:
        """Gives the handle back; the next use opens the file again."""
        if self._descriptor is not None:
            descriptor, self._descriptor = self._descriptor, None
            os.close(descriptor)

    def __enter__(self) -> FileSource:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


if hasattr(os, "pread"):

    def _pread(descriptor: int, length: int, offset: int) -> bytes:
        return os.pread(descriptor, length, offset)

else:

    def _pread(descriptor: int, length: int, offset: int) -> bytes:
        os.lseek(descriptor, offset, os.SEEK_SET)
        return os.read(descriptor, length)
