"""What set-up says: short lines on stderr, one moving line while something takes time, and what to do on failure."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

#: Lines of a failed command that are shown.
SHOWN_OF_FAILURE = 40


class Problem(Exception):
    """Set-up cannot go on; the text says why and what to do about it."""


def say(text: str) -> None:
    print(f"dev: {text}", file=sys.stderr, flush=True)


class Moving:
    """One line that is written over in a terminal; elsewhere only what is worth keeping is printed."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._started = time.monotonic()

    def show(self, text: str, keep: bool = False) -> None:
        """Show where the work is; ``keep`` prints it also where lines cannot be written over."""
        line = f"dev:   {time.monotonic() - self._started:4.0f} s  {text}"
        if self._terminal:
            width = shutil.get_terminal_size().columns - 1
            sys.stderr.write("\r" + line[:width].ljust(width))
            sys.stderr.flush()
        elif keep:
            print(line, file=sys.stderr, flush=True)

    def end(self) -> None:
        if self._terminal:
            width = shutil.get_terminal_size().columns - 1
            sys.stderr.write("\r" + " " * width + "\r")
            sys.stderr.flush()


def command_line(words: Sequence[str | Path]) -> str:
    """The words as a person would type them."""
    return " ".join(f"'{word}'" if set(str(word)) & set(" ()[]<>;*?") else str(word) for word in words)


def run(
    words: Sequence[str | Path],
    failure: str,
    progress: Callable[[str], tuple[str, bool] | None] = lambda _line: None,
    environment: Mapping[str, str] | None = None,
) -> None:
    """Run a command and keep its output to itself unless it fails.

    ``progress`` turns a line of the output into what the moving line shows, and whether that is worth keeping.
    Raises :class:`Problem` with the last lines of the output and ``failure``.
    """
    moving = Moving()
    lines: list[str] = []
    process = subprocess.Popen(
        [str(word) for word in words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        env={**os.environ, **(environment or {})},
    )
    try:
        assert process.stdout is not None
        with process.stdout:
            for line in process.stdout:
                lines.append(line.rstrip())
                shown = progress(lines[-1])
                if shown is not None:
                    moving.show(*shown)
        code = process.wait()
    except BaseException:
        process.terminate()
        process.wait()
        raise
    finally:
        moving.end()
    if code:
        for line in lines[-SHOWN_OF_FAILURE:]:
            print(f"  | {line}", file=sys.stderr)
        raise Problem(f"{failure}\n  The command was: {command_line(words)}\n  It ended with code {code}.")
