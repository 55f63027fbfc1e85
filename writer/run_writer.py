"""What a SummaryWriter does whatever is logged: the run's folder and file, steps, scalars, and input that is bad."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from time import time
from types import TracebackType
from typing import Any, TypeVar

from ..reader.wire.events_pb2 import Summary
from ..reader.wire.frame import pack_record
from . import encoding, scalars
from .event_file import EventFile
from .guard import Complaints, guarded
from .lifecycle import process
from .outbox import BUSY_ITEMS, Item, Later, Outbox
from .scalar_rows import ScalarTag
from .values import to_number, to_step, to_tag, to_wall_time

#: Seconds that what was logged waits at most before it is written, whatever ``flush_secs`` says: what a killed training
#: may lose.
LONGEST_WAIT = 1.0

Self = TypeVar("Self", bound="RunWriter")


class RunWriter:
    """Opens a run's event file and brings values into it; :class:`SummaryWriter` adds a method for each kind."""

    #: The step and the wall time of what comes without one; None outside of ``use_metadata``.
    _defaults: tuple[Any, Any] | None = None

    def __init__(
        self,
        logdir: str | os.PathLike[str] | None = None,
        comment: str = "",
        purge_step: int | None = None,
        max_queue: int = 10,
        flush_secs: float = 120,
        filename_suffix: str = "",
        write_to_disk: bool = True,
        log_dir: str | os.PathLike[str] | None = None,
        comet_config: object = None,
        *,
        strict: bool = False,
        durable: bool = False,
        **_others: object,
    ) -> None:
        folder = log_dir if logdir is None else logdir
        if not folder:
            started = datetime.now().strftime("%b%d_%H-%M-%S")
            folder = Path("runs") / f"{started}_{socket.gethostname()}{comment}"
        self._log_dir = os.fspath(folder)
        # A script that changes its working directory must not scatter its log.
        self._folder = Path(os.path.abspath(folder))
        # With these the runs below this one are opened.
        self._settings: dict[str, Any] = {
            "purge_step": purge_step,
            "max_queue": max_queue,
            "flush_secs": flush_secs,
            "filename_suffix": filename_suffix,
            "write_to_disk": write_to_disk,
            "strict": strict,
            "durable": durable,
        }
        self._strict = strict
        self._silent = not write_to_disk
        self._complaints = Complaints()
        # Held while a run below this one is opened.
        self._opening = threading.Lock()
        self._unnumbered: dict[str, int] = {}
        self._scalars: dict[str, ScalarTag] = {}
        # What is refused only when it is encoded comes too late for an exception at the call.
        self._quick: dict[str, ScalarTag] = {} if strict else self._scalars
        self._first_header: bytes | None = self._session_header(purge_step)
        self._file = EventFile(self._folder, filename_suffix, self._header, durable=durable)
        self._outbox = Outbox(self._file, min(max(flush_secs, 0.0), LONGEST_WAIT), self._complaints)
        self._queue, self._is_awake = self._outbox.queue, self._outbox.is_awake
        if self._silent:
            return
        process.add(self)
        try:
            self._file.open()
        except OSError as error:
            self._refuse("SummaryWriter", str(self._folder), error)

    def _session_header(self, purge_step: int | None) -> bytes:
        """What this session's file begins with."""
        now = time()
        header = pack_record(encoding.version_event(now))
        # TensorBoard's Python loader passes over the first START of a run: without one in the first session it would
        # pass over the one that purges. A later session that purges nothing must not say START: that loader would take
        # it for a restart of all tags, and hide what was logged from its step on.
        if purge_step is not None or not _holds_events(self._folder):
            header += pack_record(encoding.start_event(now, purge_step or 0))
        return header

    def _header(self) -> bytes:
        """What the next file begins with: only the first one of a session says what the session is."""
        header, self._first_header = self._first_header, None
        return header if header is not None else pack_record(encoding.version_event(time()))

    @property
    def log_dir(self) -> str:
        """The run's folder."""
        return self._log_dir

    @property
    def logdir(self) -> str:
        """The run's folder."""
        return self._log_dir

    def get_logdir(self) -> str:
        """The run's folder."""
        return self._log_dir

    @property
    def dropped(self) -> int:
        """How many values found no room in memory while the disk was full, hung or gone, and were not written."""
        return self._outbox.dropped

    @guarded
    def add_scalar(
        self,
        tag: str,
        scalar_value: Any,
        global_step: int | None = None,
        walltime: float | None = None,
        display_name: str | bool = "",
        summary_description: str | bool = "",
        new_style: bool = False,
        double_precision: bool = False,
    ) -> None:
        """Log one number; NaN and infinities as they are, anything beyond float32 as an infinity.

        ``display_name`` and ``summary_description`` (Markdown) are shown with the tag. ``new_style`` writes a tensor as
        TensorFlow 2 does, ``double_precision`` one that keeps float64; in torch these two come fifth and sixth.
        """
        if display_name or summary_description or new_style or double_precision or self._defaults is not None:
            extras = (display_name, summary_description, new_style, double_precision)
            self._log(scalars.scalar_value(self._tag(tag), to_number(scalar_value), *extras), global_step, walltime)
            return
        # The way of nearly all calls, as short as can be: a tag that was met before, a float, a step.
        try:
            known = self._quick.get(tag)
        except TypeError:
            known = None
        if known is not None and walltime is None and type(global_step) is int and isinstance(scalar_value, float):
            queue = self._queue
            if len(queue) < BUSY_ITEMS:
                queue.append((known, scalar_value, global_step, time()))
                if not self._is_awake():
                    self._outbox.wake()
                return
        self._add_scalar(tag, scalar_value, global_step, walltime)

    def _add_scalar(self, tag: Any, value: Any, step: Any, walltime: Any) -> None:
        if self._silent:
            return
        known = self._scalars.get(tag) if isinstance(tag, str) else None
        if known is None:
            name = self._tag(tag)
            known = self._scalars.get(name) or ScalarTag(name)
            self._scalars[tag] = self._scalars[name] = known
        number, wall = to_number(value), to_wall_time(walltime)
        self._put((known, number, self._step(known.name, step), wall))

    def flush(self) -> None:
        """Bring everything logged so far to the operating system.

        Where that is not possible, or the disk does not answer for a while, it is said, and tried again later; with
        ``strict`` it is an OSError.
        """
        if not self._silent and not self._outbox.flush():
            self._not_written("flush")

    def close(self) -> None:
        """Flush, and end the file; again is allowed. What is logged afterwards goes to another file of the run."""
        if not self._silent and not self._outbox.close():
            self._not_written("close")

    def finish(self, seconds: float) -> None:
        """Close within about so many seconds, as the process ends."""
        if not self._silent and not self._outbox.close(seconds):
            self._complaints.say(("finish",), f"{self._folder}: the last records could not be written")

    def forked(self) -> None:
        """This is a forked process: the file and what waits are the parent's. What is logged goes to one of its own."""
        self._first_header = None
        self._opening = threading.Lock()
        self._outbox.forget()
        self._queue, self._is_awake = self._outbox.queue, self._outbox.is_awake

    def _not_written(self, method: str) -> None:
        error = self._outbox.error or TimeoutError(f"the disk of {self._folder} does not answer")
        self._refuse(method, None, error)

    def __reduce__(self) -> tuple[Any, ...]:
        """A copy in another process writes a file of its own into the same run."""
        return _revived, (type(self), str(self._folder), {**self._settings, "purge_step": None})

    def __enter__(self: Self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    # What the methods for each kind are made of.

    def _log(self, values: Summary.Value | Sequence[Summary.Value], step: int | None, walltime: float | None) -> None:
        """Write one event with these values, under one step; without a step the next one of the first value's tag.

        Tags are taken as they are: they went through :meth:`_tag`.
        """
        wall = to_wall_time(walltime)
        several = [values] if isinstance(values, Summary.Value) else list(values)
        number = self._step(several[0].tag if several else "", step)
        self._put(encoding.summary_event(several, number, wall))

    def _log_later(
        self,
        tag: str,
        size: int,
        make: Callable[[], Summary.Value | Sequence[Summary.Value]],
        step: int | None,
        walltime: float | None,
    ) -> None:
        """Like :meth:`_log`, with values that ``make()`` computes in the writing thread.

        For what takes long and cannot be refused any more: all that may be wrong with the input is checked before, and
        ``make`` holds copies of what the caller may change. ``size`` is about the bytes that wait with it in memory.
        With ``strict`` it is called at once.
        """
        if self._strict or self._silent:
            self._log(make(), step, walltime)
            return
        wall, number = to_wall_time(walltime), self._step(tag, step)

        def payload() -> bytes:
            values = make()
            several = [values] if isinstance(values, Summary.Value) else list(values)
            return encoding.summary_event(several, number, wall)

        self._put(Later(payload, size, lambda error: self._refuse("log", tag, error)))

    def _put(self, item: Item) -> None:
        """Hand something to the writing thread."""
        if not self._silent:
            self._outbox.put(item)

    def _tag(self, tag: Any) -> str:
        """A tag as it is written; said once where it is not the caller's. TypeError or ValueError where it is none."""
        name = to_tag(tag)
        if name != tag:
            self._complaints.say(("tag", tag), f"the tag {tag!r} holds what cannot be shown; written as {name!r}")
        return name

    def _step(self, tag: str, step: Any) -> int:
        """A step as an integer; without one the number of points that came without one for this tag before."""
        if step is not None:
            return to_step(step)
        number = self._unnumbered.get(tag, 0)
        self._unnumbered[tag] = number + 1
        return number

    def _warn(self, method: str, tag: object, message: str) -> None:
        """Say once for each tag that something was written otherwise than it was given."""
        place = _place(method, tag)
        self._complaints.say((place, message), f"{place}: {message}")

    def _refuse(self, method: str, tag: object, error: Exception) -> None:
        """Say once for each tag and kind of cause that something was not written; with ``strict`` raise it."""
        if self._strict:
            raise error
        place, cause = _place(method, tag), str(error) or type(error).__name__
        self._complaints.say((place, type(error)), f"{place}: not written, {cause}; the training goes on")


def _holds_events(folder: Path) -> bool:
    try:
        return any("tfevents" in name for name in os.listdir(folder))
    except OSError:
        return False


def _revived(kind: type[RunWriter], folder: str, settings: dict[str, Any]) -> RunWriter:
    return kind(folder, **settings)


def _place(method: str, tag: object) -> str:
    """Whom a message is about: ``add_scalar('loss')``."""
    if tag is None:
        return method
    shown = repr(tag) if isinstance(tag, str) else type(tag).__name__
    return f"{method}({shown if len(shown) < 200 else shown[:200] + '…'})"
