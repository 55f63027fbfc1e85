"""`--selftest`: is this copy of the program whole? Starts itself once more on the demo and listens to all it says.

The program that is tried runs as a process of its own, so that a crash and a window that hangs are seen too. Each of
its lines that is not one of :data:`OURS` is a failure: a warning, a message of Qt, a log record, a word of a library.
No Qt here.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from .demo_process import own_command
from .words import counted, visible

#: Begins the lines by which the tried program reports.
OURS = "self-test: "
FAILED = f"{OURS}failed: "
DONE = f"{OURS}done"
#: How long the tried program may take, in seconds; it gives up by itself before that.
MOST_SECONDS = 300.0
#: Folders for what the system's libraries keep, not the program: they may hold something afterwards.
RUNTIME, CACHE = "runtime", "cache"


@dataclass(slots=True)
class Verdict:
    """What was seen; ``failures`` is empty for a program that is whole."""

    passed: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


def main(report: str | None = None, renderer: str | None = None) -> int:
    """Try the program, print a line for each thing that is wrong, and return 0 or 1.

    ``report``: a file that gets the same lines, for programs without a terminal. ``renderer`` draws the projector's
    points, numpy if it is not given.
    """
    began = time.monotonic()
    try:
        # The folder goes whatever is found in it.
        with tempfile.TemporaryDirectory(prefix="runglass-selftest-", ignore_cleanup_errors=True) as folder:
            verdict = try_program(Path(folder), renderer or "raster")
    except OSError as error:
        verdict = Verdict(failures=[f"no folder for temporary files, or the program cannot be started: {error}"])
    except KeyboardInterrupt:
        return 130
    lines = [f"runglass: {line}" for line in verdict.passed]
    failures = [f"runglass: self-test failed: {visible(line)}" for line in verdict.failures]
    if not failures:
        checks, seconds = counted(len(lines), "check"), time.monotonic() - began
        lines.append(f"runglass: self-test passed: {checks} in {seconds:.1f} s")
    _print(lines, sys.stdout)
    _print(failures, sys.stderr)
    lines += failures
    if report is not None:
        try:
            Path(report).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        except OSError as error:
            _print([f"runglass: {visible(report)} cannot be written: {error.strerror}"], sys.stderr)
            return 1
    return 1 if failures else 0


def try_program(folder: Path, renderer: str, seconds: float = MOST_SECONDS) -> Verdict:
    """Run the program until it ends by itself, at most ``seconds``; all its files are to go into ``folder``."""
    process = subprocess.Popen(
        own_command("--selftest-window", "--renderer", renderer),
        env=environment(folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=sys.platform != "win32",
    )
    try:
        output, _none = process.communicate(timeout=seconds)
    except KeyboardInterrupt:
        _kill(process)
        process.wait()
        raise
    except subprocess.TimeoutExpired:
        _kill(process)
        output, _none = process.communicate()
        verdict = judge(output, 0)
        verdict.failures.insert(0, f"the window did not come to an end within {seconds:.0f} s")
        return verdict
    verdict = judge(output, process.returncode)
    left = sorted(path.name for path in folder.iterdir() if path.name not in (RUNTIME, CACHE))
    verdict.failures += [f"left behind: {name}" for name in left]
    return verdict


def judge(output: bytes, code: int) -> Verdict:
    """What the tried program's output and its exit code mean."""
    verdict = Verdict()
    done = False
    for line in output.decode("utf-8", "backslashreplace").splitlines():
        if line.startswith(FAILED):
            verdict.failures.append(line.removeprefix(FAILED))
        elif line == DONE:
            done = True
        elif line.startswith(OURS):
            verdict.passed.append(line.removeprefix(OURS))
        elif line.strip():
            verdict.failures.append(f"unexpected output: {line.strip()}")
    if code < 0:
        verdict.failures.append(f"the program was ended by {_signal(-code)}")
    elif (code or not done) and not verdict.failures:
        verdict.failures.append(f"the program ended with code {code} before it was done")
    return verdict


def environment(folder: Path, given: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Variables that lead all temporary files into ``folder``, and keep caches from being written elsewhere."""
    runtime, cache = folder / RUNTIME, folder / CACHE
    for path in (runtime, cache):
        path.mkdir(mode=0o700)
    return {
        "XDG_RUNTIME_DIR": str(runtime),
        **given,
        **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(folder)),
        "XDG_CACHE_HOME": str(cache),
        "MESA_SHADER_CACHE_DISABLE": "true",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _print(lines: Sequence[str], stream: TextIO | None) -> None:
    """Windows gives a program without a terminal no streams."""
    if stream is not None:
        stream.writelines(f"{line}\n" for line in lines)
        stream.flush()


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End the program with the processes that it started."""
    if sys.platform == "win32":
        process.kill()
    else:
        os.killpg(process.pid, signal.SIGKILL)
