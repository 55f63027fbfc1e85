"""What the program writes down of its own end, for the user to read, copy and delete. Nothing is ever sent.

Whoever starts and finds the notes (:mod:`.crash_notes`) of a process that is gone makes a report of them.

A report holds no more of the machine than finding the fault takes: paths of the program's own sources are shortened to
what follows the installation, all other paths are left out.
"""

from __future__ import annotations

import ntpath
import re
import time
import traceback
from dataclasses import dataclass
from pathlib import Path

from .crash_guard import process_runs
from .crash_notes import QT_FATAL, RUNNING
from .places import Places, user_places
from .words import visible

#: Reports that are kept, the newest ones.
MOST_REPORTS = 5
#: Characters of a report: the stacks of a hundred threads.
MOST_CHARACTERS = 200_000
REPORT = "report-"
#: How what tells of an end begins: of the interpreter's (Linux and macOS, Windows) and of our own notes.
_FATAL = ("Fatal Python error", "Windows fatal exception", QT_FATAL)

_CODE = re.compile(r'File "([^"\n]*)"')
_QUOTED = re.compile(r"""(['"])(?:/|\\\\|[A-Za-z]:[\\/]|~/)[^'"\n]*\1""")
_BARE = re.compile(r"""(?<![\w./…>])(?:~?/[^\s/'"<>()\[\],:;]+/|\\\\|[A-Za-z]:[\\/])[^\s'"<>()\[\],;]*""")
#: What stands before the part of a source's path that says which source it is.
_INSTALLED = re.compile(r"^.*[\\/](?:site-packages|dist-packages|_internal|lib[\\/]python3\.\d+)[\\/]")
#: Where the program lies, by the name it was started by and by its real one.
_PACKAGES = tuple(dict.fromkeys((Path(__file__).parents[1], Path(__file__).resolve().parents[1])))


@dataclass(frozen=True, slots=True)
class Report:
    """A report of an earlier start."""

    file: Path
    text: str


class CrashReports:
    """The reports of earlier starts. All methods touch the disk."""

    def __init__(self, places: Places) -> None:
        self._folder = places.crashes

    def collect(self) -> list[Report]:
        """All reports, the newest first; what dead processes left becomes one. OSError where the disk fails."""
        if self._folder is None or not self._folder.is_dir():
            return []
        for path in self._folder.glob(f"{RUNNING}*.txt"):
            pid = path.stem.removeprefix(RUNNING)
            if pid.isdigit() and process_runs(int(pid)):
                continue
            text = _read(path)
            if any(line.startswith(_FATAL) for line in text.splitlines()):
                self._keep(text, path.stat().st_mtime)
            path.unlink(missing_ok=True)
        files = sorted(self._folder.glob(f"{REPORT}*.txt"), reverse=True)
        for path in files[MOST_REPORTS:]:
            path.unlink(missing_ok=True)
        return [Report(path, _read(path)) for path in files[:MOST_REPORTS]]

    def add(self, text: str) -> Path | None:
        """Keep a report of what ended the program just now; the file, None where nothing is kept."""
        if self._folder is None:
            return None
        self._folder.mkdir(parents=True, exist_ok=True)
        return self._keep(text, time.time())

    def delete(self) -> None:
        """Remove all reports."""
        if self._folder is not None:
            for path in self._folder.glob(f"{REPORT}*.txt"):
                path.unlink(missing_ok=True)

    def _keep(self, text: str, when: float) -> Path:
        assert self._folder is not None
        clock = time.strftime("%Y%m%d-%H%M%S", time.gmtime(when))
        # Several of one second: the names tell the order.
        taken = [int(file.stem[-3:]) for file in self._folder.glob(f"{REPORT}{clock}-[0-9][0-9][0-9].txt")]
        number = max(taken, default=0) + 1
        path = self._folder / f"{REPORT}{clock}-{number:03}.txt"
        heading = f"Runglass ended unexpectedly at {time.strftime('%Y-%m-%d %H:%M:%S', time.gmtime(when))} UTC\n\n"
        path.write_text(heading + without_paths(text)[:MOST_CHARACTERS], encoding="utf-8", errors="backslashreplace")
        return path


def without_paths(text: str) -> str:
    """``text`` with the paths of sources shortened, and all others replaced by ``<path>``."""
    lines = []
    for line in text.splitlines():
        if _CODE.search(line):
            lines.append(_CODE.sub(lambda found: f'File "{_source(found[1])}"', line))
        else:
            lines.append(_BARE.sub("<path>", _QUOTED.sub("<path>", line)))
    return "\n".join(lines) + "\n"


def report_of(error: BaseException, keeps: bool) -> str:
    """Write a report of what the program could not go on after, if it ``keeps`` files; one line for the user."""
    from .versions import versions

    name = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    line = f"Runglass stopped by an error of its own: {visible(name)[:300]}."
    text = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    try:
        file = CrashReports(user_places()).add(f"{versions()}\n\n{text}") if keeps else None
    except OSError:
        file = None
    if file is None:
        frame = traceback.extract_tb(error.__traceback__)[-1:]
        where = f" It was raised at {_source(frame[0].filename)}:{frame[0].lineno}." if frame else ""
        return line + where
    return f"{line} The details are in {visible(str(file))}."


def _source(path: str) -> str:
    shortened = _INSTALLED.sub("", path)
    if shortened != path:
        return shortened.replace("\\", "/")
    for package in _PACKAGES:
        if Path(path).is_relative_to(package):
            return f"runglass/{Path(path).relative_to(package).as_posix()}"
    return path if path.startswith("<") else f"…/{ntpath.basename(path)}"


def _read(path: Path) -> str:
    with open(path, encoding="utf-8", errors="backslashreplace") as stream:
        return stream.read(MOST_CHARACTERS)
