"""One event file, followed: which contents it has, how far they are read, and when to look again."""

from __future__ import annotations

import contextlib
import errno
import time
from collections.abc import Callable
from dataclasses import dataclass

from ..model import FileHealth, Problem
from ..store.sink import FileSink
from ..store.store import RunStore
from ..wire.crc import crc32c
from ..wire.items import ColumnBatch, PendingKind, RawRecord, Rewound, RowBatch
from ..wire.memory import PatternMemory
from ..wire.records import RecordScanner
from ..wire.sniff import SNIFF_BYTES, sniff
from ..wire.source import ByteSource
from . import reports
from .blobs import BlobIndex, BlobSource
from .logdir import FileEntry, FileStamp, LogDir, OpenFile

PREFIX = 4096
_TAIL = 256
#: Seconds between two commits of a file that is still far from its end.
COMMIT_INTERVAL = 0.1
_RETRIES = (0.25, 0.5, 1.0, 2.0, 5.0, 15.0, 30.0)
_CONFIRM_DELETION = 0.25
_EARLY = 0.05
#: Records read one by one that take about as long as a batch of columns.
_POLITE_RECORDS = 32
_SOONEST = 0.02


class Generation:
    """One state of a file's contents, from its first byte on, and what proves that the file still has it.

    The proof are checksums of bytes that were accepted: of the first 4 KiB, and of the end of the last record. Size,
    inode and times of change prove nothing: rsync and cloud drives give a new file with the old contents, an editor the
    old file with new ones.
    """

    __slots__ = ("number", "prefix", "scanner", "sink", "staged", "stamp", "tail")

    def __init__(self, sink: FileSink, number: int, memory: PatternMemory) -> None:
        self.sink = sink
        self.number = number
        self.scanner = RecordScanner(memory=memory)
        self.staged = False
        self.stamp: FileStamp | None = None
        # (bytes, their checksum), and (begin, end, checksum): replaced as a whole, because other threads read them.
        self.prefix = (0, 0)
        self.tail = (0, 0, 0)

    def matches(self, source: OpenFile, stamp: FileStamp) -> bool:
        """Whether the open file still holds what was accepted. Raises OSError."""
        if stamp.size < self.scanner.offset or not self.begins_like(source):
            return False
        begin, end, crc = self.tail
        if end > self.prefix[0] and crc32c(source.read_at(begin, end - begin)) != crc:
            return False
        if not self.prefix[0] and self.scanner.offset and self.stamp is not None:
            # Nothing at the front was ever valid: only the file's own identity is left.
            return self.stamp.identity == stamp.identity
        return True

    def begins_like(self, source: ByteSource) -> bool:
        """Whether the first bytes are those that were accepted. Raises OSError."""
        size, crc = self.prefix
        return not size or crc32c(source.read_at(0, size)) == crc

    def remember(self, source: ByteSource, begin: int, end: int) -> None:
        """Take the proof anew, after records up to ``end`` were accepted, the last of them not before ``begin``."""
        if self.prefix[0] < PREFIX:
            gaps = self.scanner.gaps
            whole = min(gaps[0].start if gaps else self.scanner.offset, PREFIX)
            if whole > self.prefix[0]:
                data = source.read_at(0, whole)
                self.prefix = (len(data), crc32c(data))
        begin = max(begin, end - _TAIL)
        self.tail = (begin, end, crc32c(source.read_at(begin, end - begin)) if end > self.prefix[0] else 0)


@dataclass(slots=True)
class Visit:
    """What a look at a file brought: ``read`` bytes; ``more`` is waiting; ``published``: the store has news."""

    read: int = 0
    more: bool = False
    published: bool = False
    error: OSError | None = None


class FileTail:
    """Follows one file of one run; used by the ingest thread alone. Holds no handle between two visits.

    Not ``patient``: what waits at the end of the file is reported at once, as nobody looks again. ``memory`` is what
    the files of the session have in common. ``shown`` are name and path as text that any widget and file takes.
    ``due``, ``must_at``, ``hinted``, ``warm``, ``counted`` belong to the ingest thread's book-keeping, ``seen`` is the
    walk in which the file was met last. Times are those of the clock that is passed in.
    """

    __slots__ = (
        "_blobs",
        "_candidate",
        "_committed",
        "_committed_at",
        "_error",
        "_generations",
        "_memory",
        "_missing_since",
        "_patient",
        "_retries",
        "_retry_at",
        "_sniffed",
        "_store",
        "changed_at",
        "counted",
        "current",
        "deleted",
        "due",
        "hinted",
        "logdir",
        "must_at",
        "name",
        "path",
        "quiet",
        "run",
        "seen",
        "shown_path",
        "stamp",
        "verified_at",
        "visited_at",
        "warm",
    )

    def __init__(
        self,
        logdir: LogDir,
        run: str,
        entry: FileEntry,
        shown: tuple[str, str],
        store: RunStore,
        blobs: BlobIndex,
        memory: PatternMemory,
        *,
        patient: bool = True,
    ) -> None:
        self.logdir = logdir
        self.run = run
        self.name, self.shown_path = shown
        self.path = entry.path
        self.stamp = entry.stamp
        self.counted = (0, 0)
        self.hinted = False
        self.must_at: float | None = None
        self.quiet = False
        self.warm = False
        self.seen = 0
        self.due: float | None = None
        self.deleted = False
        self.changed_at: float | None = None
        self.verified_at = 0.0
        self.visited_at = float("-inf")
        self._store = store
        self._blobs = blobs
        self._memory = memory
        self._patient = patient
        self._generations = 0
        self.current = self._generation()
        self._candidate: Generation | None = None
        self._committed: tuple[FileHealth, tuple[Problem, ...]] | None = None
        self._committed_at = float("-inf")
        self._error: OSError | Exception | None = None
        self._retries = 0
        self._retry_at: float | None = None
        self._missing_since: float | None = None
        self._sniffed: str | None = None

    @property
    def size(self) -> int:
        """Bytes of the file, as far as known."""
        return self.stamp.size

    @property
    def unread(self) -> int:
        """Bytes that no scan has passed yet."""
        generation = self._candidate or self.current
        return max(self.stamp.size - generation.scanner.offset, 0)

    @property
    def failing(self) -> bool:
        """True while something went wrong and is tried again at a set time."""
        return self._retry_at is not None

    @property
    def file(self) -> int:
        """The id of the generation that is shown."""
        return self.current.sink.file

    def visit(
        self,
        now: float,
        budget: int,
        deadline: float,
        clock: Callable[[], float] = time.monotonic,
        give_way: Callable[[], None] | None = None,
    ) -> Visit:
        """Open the file, read about ``budget`` bytes or until ``deadline``, publish, and close it. Never raises.

        ``give_way`` is called every millisecond of work or so.
        """
        self.visited_at = now
        try:
            source = self.logdir.open(self.path)
        except OSError as error:
            return self._refused(error, now)
        try:
            visit = self._read(source, now, budget, deadline, clock, give_way)
        except OSError as error:
            return self._refused(error, now)
        except Exception as error:  # noqa: BLE001 - a fault in one file's reading must not stop the others
            return self._failed(error, now)
        finally:
            # Network drives report late errors on closing; the bytes were verified already.
            with contextlib.suppress(OSError):
                source.close()
        return visit

    def recheck(self, now: float) -> None:
        """Look at every gap again in the next visit, and try again at once what failed."""
        self.current.scanner.recheck(now)
        self._retry_at = None
        self._retries = 0

    def next_look(self, now: float) -> float | None:
        """When a visit is due for the file's own sake: retries, gaps and tails to look at again, patience that ends."""
        times = []
        if self._retry_at is not None:
            times.append(self._retry_at)
        elif self.deleted:
            return None
        else:
            scanner = (self._candidate or self.current).scanner
            if scanner.next_check is not None:
                times.append(scanner.next_check)
            waiting = scanner.waiting
            if waiting is not None and waiting.kind is not PendingKind.SUSPECT:
                news = waiting.since + reports.PATIENCE
                if news > now:
                    times.append(news)
        # A time in the past, for whatever reason, must not keep the thread busy.
        return max(min(times), now + _SOONEST) if times else None

    def drop(self) -> None:
        """Take the file's points out of the store."""
        self._candidate = None
        self._blobs.forget(self.file)
        self.current.sink.drop()

    # Reading.

    def _generation(self) -> Generation:
        number, self._generations = self._generations, self._generations + 1
        sink = FileSink(self._store, self.run, self.name, generation=number)
        generation = Generation(sink, number, self._memory)
        self._blobs.add(generation.sink.file, BlobSource(self.logdir, self.path, self.run, self.name, generation))
        return generation

    def _discard_candidate(self) -> None:
        if self._candidate is not None:
            self._blobs.forget(self._candidate.sink.file)
            self._candidate = None

    def _read(
        self,
        source: OpenFile,
        now: float,
        budget: int,
        deadline: float,
        clock: Callable[[], float],
        give_way: Callable[[], None] | None,
    ) -> Visit:
        stamp = source.stamp()
        generation = self._identify(source, stamp)
        if stamp != self.stamp:
            self.changed_at = now
        self.stamp = stamp
        self.deleted = False
        self._missing_since = None
        generation.stamp = stamp
        visit = self._scan(generation, source, now, budget, deadline, clock, give_way)
        if generation is not self.current and generation.scanner.records:
            self._promote(generation, now)
        if not self.current.scanner.records and not visit.more:
            self._sniffed = sniff(source.read_at(0, SNIFF_BYTES)) if stamp.size else None
        self._error = None
        self._retries = 0
        self._retry_at = None
        # While a file is read for the first time its points come in instalments, then at once.
        if not visit.more or now - self._committed_at >= COMMIT_INTERVAL:
            if give_way is not None and generation.staged:
                give_way()
            visit.published = self._commit(now)
        return visit

    def _identify(self, source: OpenFile, stamp: FileStamp) -> Generation:
        """The generation that the open file's contents belong to; a new one where it is none that is known."""
        if self.current.matches(source, stamp):
            self._discard_candidate()
            return self.current
        if self._candidate is None or not self._candidate.matches(source, stamp):
            # Drives may hand out a wrong page once: what was shown stays until the new contents prove themselves.
            self._discard_candidate()
            self._candidate = self._generation()
        return self._candidate

    def _scan(
        self,
        generation: Generation,
        source: OpenFile,
        now: float,
        budget: int,
        deadline: float,
        clock: Callable[[], float],
        give_way: Callable[[], None] | None,
    ) -> Visit:
        scanner, sink = generation.scanner, generation.sink
        before = scanner.offset
        begin = end = -1
        unfinished = False
        records = 0
        try:
            for item in scanner.scan(source, now, budget=budget):
                generation.staged = True
                sink.take(item)
                if isinstance(item, RawRecord):
                    begin, end = item.offset, item.end
                    records += 1
                elif isinstance(item, (ColumnBatch, RowBatch)):
                    begin, end = item.start, item.end
                    records += _POLITE_RECORDS
                elif isinstance(item, Rewound):
                    begin = end = -1
                    generation.tail = (0, 0, 0)
                    before = min(before, item.offset)
                if give_way is not None and records >= _POLITE_RECORDS:
                    give_way()
                    records = 0
                if clock() >= deadline:
                    unfinished = True
                    break
        finally:
            # What was taken before an error stays, so it must be provable.
            if end >= 0:
                generation.remember(source, begin, end)
        self.verified_at = now
        more = scanner.more or (unfinished and scanner.offset < scanner.size)
        return Visit(read=max(scanner.offset - before, 0), more=more)

    def _promote(self, generation: Generation, now: float) -> None:
        """The new contents have a valid record: they take the place of the old at once."""
        old = self.current
        self.current, self._candidate = generation, None
        self._blobs.forget(old.sink.file)
        self._committed = None
        with self._store.lock:
            old.sink.drop()
            generation.sink.commit(*self._account(now))
        generation.staged = False

    def _commit(self, now: float) -> bool:
        account = self._account(now)
        if account == self._committed and not self.current.staged:
            return False
        self.current.sink.commit(*account)
        self.current.staged = False
        self._committed = account
        self._committed_at = now
        return True

    def _account(self, now: float) -> tuple[FileHealth, tuple[Problem, ...]]:
        scanner = self.current.scanner
        gaps = scanner.gaps
        problems = reports.gap_problems(self.run, self.name, gaps) if gaps else []
        state = "ok"
        if scanner.waiting is not None:
            state = f"waiting-{scanner.waiting.kind.value}"
        if self.stamp.size == 0 and not scanner.records:
            state = "empty"
            problems.append(reports.empty_problem(self.run, self.name))
        elif self._sniffed is not None and not scanner.records:
            state = self._sniffed
            problems.append(reports.impostor_problem(self.run, self.name, self._sniffed))
        elif scanner.waiting is not None:
            waited = now - scanner.waiting.since if self._patient else reports.PATIENCE
            row = reports.pending_problem(self.run, self.name, scanner.waiting, scanner.pending, waited)
            if row is not None:
                problems.append(row)
        if self._candidate is not None:
            state = "replaced"
            problems.append(reports.replaced_problem(self.run, self.name))
        if self.deleted:
            state = "deleted"
            problems.append(reports.deleted_problem(self.run, self.name))
        if isinstance(self._error, OSError):
            state = "unreadable"
            problems.append(reports.error_problem(self.run, self.name, self._error))
        elif self._error is not None:
            state = "fault"
            problems.append(reports.failure_problem(self.run, self.name, self._error))
        health = FileHealth(
            self.run,
            self.name,
            self.shown_path,
            scanner.size,
            scanner.accepted,
            scanner.pending,
            scanner.gap_bytes,
            scanner.records,
            len(gaps),
            state,
            self.current.number,
        )
        return health, tuple(problems)

    # What goes wrong.

    def _refused(self, error: OSError, now: float) -> Visit:
        """The system did not give the file, or not all of it."""
        visit = Visit(error=error)
        if error.errno in (errno.ENOENT, errno.ENOTDIR):
            # Some programs delete and write anew: a file is called deleted only when it stays away.
            if self._missing_since is None:
                self._missing_since = now
                self._retry_at = now + _CONFIRM_DELETION
                return visit
            confirm = self._missing_since + _CONFIRM_DELETION
            if now < confirm - _EARLY:
                self._retry_at = confirm
                return visit
            self.deleted = True
            self._retry_at = None
            self._error = None
        else:
            self._error = error
            self._back_off(now)
        visit.published = self._commit(now)
        return visit

    def _failed(self, error: Exception, now: float) -> Visit:
        self._error = error
        self._retries = max(self._retries, len(_RETRIES) - 2)
        self._back_off(now)
        return Visit(published=self._commit(now))

    def _back_off(self, now: float) -> None:
        self._retry_at = now + _RETRIES[min(self._retries, len(_RETRIES) - 1)]
        self._retries += 1
