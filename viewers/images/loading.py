"""Brings pictures from the disk, decoded in the pool, to those who want to show them; keeps the latest of them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from ...reader.api import BlobError, BlobRef
from ..jobs import Job, Jobs
from .decoding import FULL, Need, Picture, decode
from .sniff import BadPicture

#: Twice the threads of the pool, so that none of them idles until the GUI thread has a turn; no more, as what waits in
#: the pool's queue could not be dropped as cheaply as what waits here.
_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a picture cannot be shown, for the user. ``lasting``: its bytes are bad and stay so."""

    text: str
    lasting: bool


class PictureLoader(QObject):
    """``read(ref)`` is called in the pool. ``ready(ref)`` fires when a picture, a better one, or its failure is there.

    ``limit`` bytes of pictures are kept; what is wanted now stays beyond it.

    Owners say what they want with :meth:`want`, one picture each; what nobody wants any more is not begun.
    """

    ready = Signal(object)

    def __init__(
        self,
        read: Callable[[BlobRef], bytes],
        jobs: Jobs,
        limit: int,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._read, self._jobs, self._limit = read, jobs, limit
        self._cache: OrderedDict[BlobRef, Picture] = OrderedDict()
        self._bytes = 0
        self._failed: dict[BlobRef, Failure] = {}
        self._wants: dict[Hashable, tuple[BlobRef, Need]] = {}
        self._running: dict[BlobRef, Job] = {}

    @property
    def nbytes(self) -> int:
        """Memory of the pictures that are kept."""
        return self._bytes

    @property
    def busy(self) -> bool:
        """True while something that is wanted is not there yet."""
        return bool(self._running) or any(not self._has(ref, need) for ref, need in self._wants.values())

    def want(self, owner: Hashable, ref: BlobRef, need: Need = FULL) -> Picture | Failure | None:
        """What there is of a picture now; one that is fine enough for ``need`` follows. None: nothing yet."""
        self._wants[owner] = (ref, need)
        self._begin()
        failure = self._failed.get(ref)
        if failure is not None:
            return failure
        return self.peek(ref)

    def peek(self, ref: BlobRef) -> Picture | None:
        """A picture if it is kept."""
        picture = self._cache.get(ref)
        if picture is not None:
            self._cache.move_to_end(ref)
        return picture

    def set_limit(self, limit: int) -> None:
        """Keep ``limit`` bytes from now on."""
        self._limit = limit
        self._trim()

    def wants(self, owner: Hashable, ref: BlobRef) -> bool:
        """True if ``ref`` is what the owner wants now."""
        wanted = self._wants.get(owner)
        return wanted is not None and wanted[0] == ref

    def release(self, owner: Hashable) -> None:
        """The owner wants nothing any more."""
        self._wants.pop(owner, None)

    def retry(self) -> None:
        """Forget failures that do not last: the files may be there again."""
        self._failed = {ref: failure for ref, failure in self._failed.items() if failure.lasting}

    def close(self) -> None:
        """Drop everything; nothing is delivered any more."""
        self._wants.clear()
        for job in self._running.values():
            job.cancel()
        self._running.clear()
        self._cache.clear()
        self._bytes = 0

    def _has(self, ref: BlobRef, need: Need) -> bool:
        picture = self._cache.get(ref)
        return ref in self._failed or (picture is not None and picture.serves(need))

    def _begin(self) -> None:
        if len(self._running) >= _AT_ONCE:
            return
        for ref, need in list(self._wants.values()):
            if ref not in self._running and not self._has(ref, need):
                self._start(ref, need)
                if len(self._running) >= _AT_ONCE:
                    return

    def _start(self, ref: BlobRef, need: Need) -> None:
        read = self._read

        def work() -> Picture:
            return decode(read(ref), need)

        self._running[ref] = self._jobs.submit(
            work, lambda picture: self._done(ref, picture), lambda error: self._fail(ref, error)
        )

    def _done(self, ref: BlobRef, picture: Picture) -> None:
        del self._running[ref]
        old = self._cache.pop(ref, None)
        self._bytes += picture.nbytes - (old.nbytes if old is not None else 0)
        self._cache[ref] = picture
        self._trim()
        self._begin()
        self.ready.emit(ref)

    def _trim(self) -> None:
        # What is wanted stays: without it, it would be fetched again at once.
        wanted = {ref for ref, _need in self._wants.values()}
        while self._bytes > self._limit:
            oldest = next((ref for ref in self._cache if ref not in wanted), None)
            if oldest is None:
                return
            self._bytes -= self._cache.pop(oldest).nbytes

    def _fail(self, ref: BlobRef, error: BaseException) -> None:
        del self._running[ref]
        if isinstance(error, (BadPicture, BlobError)):
            text = str(error)
        elif isinstance(error, MemoryError):
            text = "There is too little memory to show this picture"
        else:
            text = f"This picture cannot be shown: {str(error) or type(error).__name__}"
        self._failed[ref] = Failure(text, isinstance(error, BadPicture))
        self._begin()
        self.ready.emit(ref)
