"""Which program this is and what it stands on, in the words that a report of an error needs. No Qt is imported."""

from __future__ import annotations

import sys
from pathlib import Path

from .cli import version

#: Made when the program is frozen, and put beside it.
BUILD_FILE, LICENSES_FILE = "build.txt", "licenses.txt"


def versions() -> str:
    """One line on the program, and one on what it stands on."""
    import platform

    parts = [f"Python {platform.python_version()}"]
    core = sys.modules.get("PySide6.QtCore")
    if core is not None:
        parts.append(f"Qt {core.qVersion()}")
    parts.append(f"{platform.system()} {platform.machine()} {platform.release()}")
    libc = " ".join(platform.libc_ver())
    if libc.strip():
        parts.append(libc)
    return f"{program()}\n{', '.join(parts)}"


def program() -> str:
    """The program with version and build."""
    return f"Runglass {version()} ({build()})"


def build() -> str:
    """Which build this is: what the frozen program says of itself, or how it is run."""
    if not getattr(sys, "frozen", False):
        return "run from its sources" if (Path(__file__).parents[1] / "dev.py").is_file() else "installed with pip"
    file = beside_program(BUILD_FILE)
    if file is not None:
        text = file.read_text(encoding="utf-8", errors="replace").strip()
        if text:
            return " ".join(text.split())[:100]
    return "frozen"


def beside_program(name: str) -> Path | None:
    """A file that came with the frozen program: beside it, or among its own; None where there is none."""
    folders = [Path(sys.executable).resolve().parent]
    inner = getattr(sys, "_MEIPASS", None)
    if isinstance(inner, str):
        folders.append(Path(inner))
    return next((folder / name for folder in folders if (folder / name).is_file()), None)
