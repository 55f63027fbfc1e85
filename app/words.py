"""Numbers, ages and places as the window writes them. No Qt."""

from __future__ import annotations

import ntpath
import os
import posixpath
from collections.abc import Sequence

_UNITS = ("B", "kB", "MB", "GB", "TB")


def count(number: int, grouping: str = ",") -> str:
    """1204118 as "1,204,118"."""
    text = f"{number:,}"
    return text if grouping == "," else text.replace(",", grouping)


def counted(number: int, noun: str, grouping: str = ",") -> str:
    """ "1 run", "6 runs"."""
    return f"{count(number, grouping)} {noun}{'' if number == 1 else 's'}"


def size(number: float) -> str:
    """Bytes in decimal units: "58 MB", "1.2 GB"."""
    for unit in _UNITS:
        if number < 999.5 or unit == _UNITS[-1]:
            return f"{number:.0f} {unit}" if unit == "B" or number >= 9.95 else f"{number:.1f} {unit}"
        number /= 1000
    raise AssertionError("unreachable")


def age(seconds: float) -> str:
    """Time since something: "0.2 s", "14 s", "3 min", "5 h", "2 d". Clocks that disagree give "0.0 s"."""
    seconds = max(0.0, seconds)
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    if seconds < 59.5:
        return f"{seconds:.0f} s"
    if seconds < 3570:
        return f"{seconds / 60:.0f} min"
    if seconds < 86400 * 2:
        return f"{seconds / 3600:.0f} h"
    return f"{seconds / 86400:,.0f} d"


def split_roots(roots: Sequence[str]) -> tuple[str, str]:
    """Parent and name of the folder for the breadcrumb; for several folders what they share, and their number."""
    if not roots:
        return "", "Runglass"
    if len(roots) > 1:
        return name_of(common_parent(roots)), f"{len(roots)} folders"
    parent, name = _split(roots[0])
    return (name_of(parent) if parent else ""), name or roots[0]


def name_of(root: str) -> str:
    """Last part of a path; the path itself where it has none (a drive, the root)."""
    return _split(root)[1] or root


def title_of(roots: Sequence[str]) -> str:
    """The folders in a few words, for window titles and lists."""
    if len(roots) <= 2:
        return ", ".join(name_of(root) for root in roots)
    return f"{name_of(roots[0])} and {len(roots) - 1} more"


def common_parent(roots: Sequence[str]) -> str:
    """The deepest folder that holds all of ``roots``, empty where there is none (other drives)."""
    try:
        return os.path.commonpath([os.path.dirname(root) for root in roots])
    except ValueError:
        return ""


def visible(text: str) -> str:
    """Log text with its control characters written out, so that it stays on one line and turns nothing around."""
    if text.isprintable():
        return text
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape", "backslashreplace").decode("ascii")
        for letter in text
    )


def _split(root: str) -> tuple[str, str]:
    module = ntpath if "\\" in root or root[1:2] == ":" else posixpath
    trimmed = root.rstrip("/\\") if len(root) > 3 else root
    parent, name = module.split(trimmed)
    return ("" if parent in ("/", "\\") else parent), name
