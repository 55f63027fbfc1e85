"""Gives memory back that was needed for reading alone."""

from __future__ import annotations

import ctypes
import sys


def give_back() -> None:
    """Hand freed memory back to the system, where the C library would keep it.

    glibc keeps large blocks once one of their size was freed: the buffers of a first pass over a log leave some twenty
    megabytes behind that nothing uses any more. Other libraries and systems give memory back by themselves.
    """
    if not sys.platform.startswith("linux"):
        return
    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError):  # another C library
        return
    trim(0)
