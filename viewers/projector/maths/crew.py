"""Threads for blocks of numbers: numpy, BLAS and scipy let go of the interpreter while they compute."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from types import TracebackType
from typing import TypeVar

from .control import NOBODY, Control

Item = TypeVar("Item")
Result = TypeVar("Result")

#: More threads than this wait for memory, not for a core.
MOST_THREADS = 8


def cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


class Crew:
    """A pool of ``threads``; with one thread everything runs in the caller's."""

    def __init__(self, threads: int | None = None) -> None:
        self.threads = max(1, threads if threads is not None else min(cores(), MOST_THREADS))
        self._pool = ThreadPoolExecutor(self.threads, "projection") if self.threads > 1 else None

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End the threads; what they have begun is waited for."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def map(
        self, work: Callable[[Item], Result], items: Sequence[Item], control: Control = NOBODY, phase: str = ""
    ) -> list[Result]:
        """``work`` of each item, in order; ``control`` is asked and told after each of them.

        Only a few are begun ahead, so that a cancelled row of blocks ends with the blocks under way.
        """
        results: list[Result] = []
        if self._pool is None or len(items) < 2:
            for item in items:
                control.check()
                results.append(work(item))
                _tell(control, phase, len(results), len(items))
            return results
        begun: deque[Future[Result]] = deque()
        try:
            for item in items:
                if len(begun) > self.threads:
                    results.append(begun.popleft().result())
                    control.check()
                    _tell(control, phase, len(results), len(items))
                begun.append(self._pool.submit(work, item))
            while begun:
                results.append(begun.popleft().result())
                control.check()
                _tell(control, phase, len(results), len(items))
        finally:
            for future in begun:
                future.cancel()
            wait(begun)
        return results


def blocks(count: int, size: int) -> list[slice]:
    """``range(count)`` cut into stretches of at most ``size``."""
    return [slice(start, min(start + size, count)) for start in range(0, count, max(1, size))]


def _tell(control: Control, phase: str, done: int, all_of_them: int) -> None:
    if phase:
        control.progress(phase, done / all_of_them)
