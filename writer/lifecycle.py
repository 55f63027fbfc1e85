"""What a process owes its writers: that all is written when it ends, and that a forked child leaves them alone."""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import sys
import threading
import weakref
from types import FrameType
from typing import Protocol

#: Seconds that the end of a process waits for a disk.
LAST_SECONDS = 20.0
#: Seconds within which a process that was told to end does so.
TERM_SECONDS = 5.0


class Living(Protocol):
    """What a process has to look after."""

    def finish(self, seconds: float) -> None:
        """Write all that waits and close, within about so many seconds. Raises nothing."""

    def forked(self) -> None:
        """This is the child: forget what is the parent's."""


class Process:
    """The writers of this process. Its hooks are set when the first one comes."""

    def __init__(self) -> None:
        self._living: weakref.WeakSet[Living] = weakref.WeakSet()
        self._hooked = False
        self._finalized = False

    def add(self, writer: Living) -> None:
        """Look after a writer until it is gone."""
        self._living.add(writer)
        if not self._hooked:
            self._hooked = True
            atexit.register(self._finish, LAST_SECONDS)
            if hasattr(os, "register_at_fork"):
                os.register_at_fork(after_in_child=self._forked)
            self._heed_sigterm()

    def writes(self) -> None:
        """A writer begins to write in this process."""
        util = sys.modules.get("multiprocessing.util")
        if util is not None and not self._finalized:
            # A child of multiprocessing ends without the interpreter's own exit.
            self._finalized = True
            util.Finalize(None, self._finish, (LAST_SECONDS,), exitpriority=5)

    def _finish(self, seconds: float) -> None:
        for writer in list(self._living):
            writer.finish(seconds)

    def _forked(self) -> None:
        self._finalized = False
        for writer in list(self._living):
            writer.forked()

    def _heed_sigterm(self) -> None:
        """A plain kill ends Python without its exit: where nobody else cares about it, write first and end then."""
        if threading.current_thread() is not threading.main_thread():
            return
        with contextlib.suppress(ValueError, OSError):
            if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
                signal.signal(signal.SIGTERM, self._terminated)

    def _terminated(self, number: int, _frame: FrameType | None) -> None:
        # In a thread of its own: the one that was interrupted may hold a lock that writing needs.
        last = threading.Thread(target=self._finish, args=(TERM_SECONDS,), name="runglass-last", daemon=True)
        last.start()
        last.join(TERM_SECONDS)
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)


process = Process()
