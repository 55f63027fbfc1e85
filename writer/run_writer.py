"""What a SummaryWriter does whatever is logged: the run's folder and file, steps, scalars, and input that is bad."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from ..reader.wire.events_pb2 import Summary
from . import encoding, scalars
from .event_file import EventFile
from .guard import Complaints, guarded
from .values import to_number, to_step, to_tag, to_wall_time

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
        *,
        strict: bool = False,
    ) -> None:
        folder = log_dir if logdir is None else logdir
        if not folder:
            started = datetime.now().strftime("%b%d_%H-%M-%S")
            folder = Path("runs") / f"{started}_{socket.gethostname()}{comment}"
        self._folder = Path(folder)
        # With these the runs below this one are opened.
        self._settings: dict[str, Any] = {
            "purge_step": purge_step,
            "max_queue": max_queue,
            "flush_secs": flush_secs,
            "filename_suffix": filename_suffix,
            "write_to_disk": write_to_disk,
            "strict": strict,
        }
        self._strict = strict
        self._flush_secs = flush_secs
        self._suffix = filename_suffix
        self._complaints = Complaints()
        self._unnumbered: dict[str, int] = {}
        self._prefixes: dict[str, bytes] = {}
        resumed = self._folder.is_dir() and any("tfevents" in name for name in os.listdir(self._folder))
        self._file = EventFile(self._folder, filename_suffix, min(flush_secs, 2.0))
        now = time.time()
        self._file.append(encoding.version_event(now))
        # TensorBoard's Python loader passes over the first START of a run: without one in the first session it would
        # pass over the one that purges. A later session that purges nothing must not say START.
        if purge_step is not None or not resumed:
            self._file.append(encoding.start_event(now, purge_step or 0))

    @property
    def log_dir(self) -> str:
        """The run's folder."""
        return str(self._folder)

    @property
    def logdir(self) -> str:
        """The run's folder."""
        return str(self._folder)

    def get_logdir(self) -> str:
        """The run's folder."""
        return str(self._folder)

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
        name = self._tag(tag)
        if display_name or summary_description or new_style or double_precision or self._defaults is not None:
            extras = (display_name, summary_description, new_style, double_precision)
            self._log(scalars.scalar_value(name, to_number(scalar_value), *extras), global_step, walltime)
            return
        prefix = self._prefixes.get(name)
        if prefix is None:
            prefix = self._prefixes[name] = encoding.scalar_prefix(name)
        number, step = to_number(scalar_value), self._step(name, global_step)
        self._file.append(encoding.scalar_event(prefix, number, step, to_wall_time(walltime)))

    def flush(self) -> None:
        """Bring everything logged so far to the operating system. OSError where that is not possible."""
        self._file.flush()

    def close(self) -> None:
        """Flush, and end the file; again is allowed."""
        self._file.close()

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
        self._file.append(encoding.summary_event(several, number, wall))

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
        self._log(make(), step, walltime)

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


def _place(method: str, tag: object) -> str:
    """Whom a message is about: ``add_scalar('loss')``."""
    if tag is None:
        return method
    shown = repr(tag) if isinstance(tag, str) else type(tag).__name__
    return f"{method}({shown if len(shown) < 200 else shown[:200] + '…'})"
