"""How much memory a computation will take, and how much there is."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np

from .numbers import Rows

#: Share of the available memory that one job may take.
SHARE = 0.6
_LEAST = 1 << 28


def available_bytes() -> int:
    """Memory that this process can still take: the system's figure and the limit of a container, whichever is less."""
    found = [value for value in (_linux_available(), _container_available(), _other_available()) if value is not None]
    return max(min(found, default=4 << 30), _LEAST)


def _linux_available() -> int | None:
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:")), None)


def _container_available() -> int | None:
    """By control groups, version 2."""
    try:
        limit = Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii").strip()
        used = Path("/sys/fs/cgroup/memory.current").read_text(encoding="ascii").strip()
        return None if limit == "max" else max(0, int(limit) - int(used))
    except (OSError, ValueError):
        return None


def _other_available() -> int | None:
    if sys.platform == "win32":
        return _windows_available()
    if sys.platform == "darwin":
        # What is free and what can be freed is not told apart cheaply: half of all is a fair guess.
        return int(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")) // 2
    return None


def _windows_available() -> int | None:
    import ctypes

    class Status(ctypes.Structure):
        _fields_ = (
            ("length", ctypes.c_ulong),
            ("load", ctypes.c_ulong),
            *(
                (name, ctypes.c_ulonglong)
                for name in ("total", "available", "t_page", "a_page", "t_virtual", "a_virtual", "x")
            ),
        )

    status = Status(length=ctypes.sizeof(Status))
    kernel = getattr(ctypes, "windll").kernel32  # noqa: B009 - other systems have none
    return int(status.available) if kernel.GlobalMemoryStatusEx(ctypes.byref(status)) else None


def copies_bytes(n: int, d: int, copies: int) -> int:
    """Of so many float32 copies of the points."""
    return 4 * n * d * copies


def neighbours_bytes(n: int, d: int, k: int, threads: int) -> int:
    """Of the search for neighbours: two copies of the points, the result, and the threads' blocks of distances."""
    return copies_bytes(n, d + 1, 2) + 12 * n * k + threads * max(64 << 20, 4 * n * 2)


def tsne_bytes(n: int, d: int, k: int, threads: int) -> int:
    """Of t-SNE on ``k`` neighbours: the search, the affinities while they are taken apart, the layout."""
    return neighbours_bytes(n, d, k, threads) + 70 * n * k + 3000 * n


def umap_bytes(n: int, d: int, k: int, threads: int) -> int:
    """Of UMAP on ``k`` neighbours."""
    return neighbours_bytes(n, d, k, threads) + 120 * n * k + 200 * n


def sample_rows(n: int, most: int, seed: int = 0) -> Rows:
    """``most`` of ``n`` rows by chance, in rising order."""
    return np.sort(np.random.default_rng(seed).choice(n, min(most, n), replace=False))
