"""The program as a process of its own: starts, is told to stop, leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

MAIN = "import sys; from runglass.app.cli import main; sys.exit(main(sys.argv[1:]))"


def environment(home: Path) -> dict[str, str]:
    """The user's files in a temporary home."""
    places = {"HOME": str(home), "XDG_CONFIG_HOME": str(home / "config"), "XDG_STATE_HOME": str(home / "state")}
    return {**os.environ, **places}


def start(home: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", MAIN, *arguments],
        env=environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_close_the_window_in_order(tmp_path: Path, number: Any) -> None:
    process = start(tmp_path)
    log = tmp_path / "state" / "runglass" / "runglass.log"
    until = time.monotonic() + 20
    while not log.exists() and time.monotonic() < until:
        time.sleep(0.02)
    time.sleep(0.8)
    process.send_signal(number)
    output, errors = process.communicate(timeout=20)
    assert process.returncode == 0
    assert (output, errors) == ("", "")
    assert log.read_text(encoding="utf-8") == ""
    assert (tmp_path / "state" / "runglass" / "crash.log").read_text(encoding="utf-8") == ""


def test_version(tmp_path: Path) -> None:
    process = start(tmp_path, "--version")
    output, _errors = process.communicate(timeout=20)
    assert process.returncode == 0
    assert output.startswith("runglass ")
    assert list(tmp_path.iterdir()) == []
