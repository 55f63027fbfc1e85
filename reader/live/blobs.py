"""Bytes that stay on disk until someone looks at them: read from any thread, and verified each time."""

from __future__ import annotations

import contextlib
import errno
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from ..model import BlobRef
from ..wire.crc import masked_crc
from ..wire.frame import FOOTER_SIZE, HEADER_SIZE, OVERHEAD, parse_header
from .logdir import LogDir

if TYPE_CHECKING:
    from ..wire.source import ByteSource


class BlobError(Exception):
    """The bytes cannot be had. The message is a sentence for users: which file, why, what to do."""


class Contents(Protocol):
    """What is known of the contents that a blob was found in."""

    def begins_like(self, source: ByteSource) -> bool:
        """Whether a file's first bytes are those of the contents that were read."""
        ...


@dataclass(frozen=True, slots=True)
class BlobSource:
    """Where the blobs of one file id are."""

    logdir: LogDir
    path: str
    run: str
    name: str
    contents: Contents


class BlobIndex:
    """Finds the file behind a :class:`~..model.BlobRef`. Written by the ingest thread, read by any."""

    def __init__(self) -> None:
        self._sources: dict[int, BlobSource] = {}

    def add(self, file: int, source: BlobSource) -> None:
        """Blobs of ``file`` can be read from now on."""
        self._sources[file] = source

    def forget(self, file: int) -> None:
        """These contents are no longer on disk."""
        self._sources.pop(file, None)

    def read(self, ref: BlobRef) -> bytes:
        """The bytes, after the checksum of the record that holds them was verified. Raises BlobError."""
        source = self._sources.get(ref.file)
        if source is None:
            raise BlobError("The file that held this was replaced on disk. The view is updated in a moment.")
        where = f"{source.name} of run {source.run}"
        try:
            file = source.logdir.open(source.path)
            try:
                same = source.contents.begins_like(file)
                frame = file.read_at(ref.record_offset, ref.record_length + OVERHEAD)
            finally:
                # Network drives report late errors on closing; the bytes are verified below.
                with contextlib.suppress(OSError):
                    file.close()
        except OSError as error:
            if error.errno in (errno.ENOENT, errno.ENOTDIR):
                raise BlobError(f"{where} was deleted on disk, so this cannot be loaded any more.") from error
            reason = error.strerror or str(error)
            raise BlobError(f"{where} cannot be read: {reason}. Try again in a moment.") from error
        if not same:
            raise BlobError(f"{where} was replaced on disk. The view is updated in a moment.")
        if len(frame) < ref.record_length + OVERHEAD:
            raise BlobError(f"{where} became shorter: the bytes at {ref.offset:,} are gone.")
        payload = frame[HEADER_SIZE:-FOOTER_SIZE]
        length, _holds = parse_header(frame[:HEADER_SIZE])
        if length != ref.record_length or masked_crc(payload) != int.from_bytes(frame[-FOOTER_SIZE:], "little"):
            raise BlobError(
                f"The checksum of the record at {ref.record_offset:,} in {where} does not hold any more: "
                "its bytes changed on disk. Press Reload."
            )
        begin = ref.offset - ref.record_offset - HEADER_SIZE
        return payload[begin : begin + ref.length]
