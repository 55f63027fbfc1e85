"""A program that does not start says why, also to who double-clicked it and sees no terminal."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="boxes of Linux desktops")
MAIN = "import sys; from runglass.app.cli import main; sys.exit(main(sys.argv[1:]))"
LINE = "runglass: No display: nothing answers at DISPLAY=:7777.\n"


@pytest.fixture
def box(tmp_path: Path) -> Path:
    """Stands in for the desktop's program that shows a text: it notes its words."""
    tools = tmp_path / "tools"
    tools.mkdir()
    tool = tools / "zenity"
    tool.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >"{tmp_path}/new"\nmv "{tmp_path}/new" "{tmp_path}/shown"\n')
    tool.chmod(0o755)
    return tmp_path / "shown"


def refused(box: Path, stderr: Any) -> None:
    """Start where nothing answers, with ``stderr`` as the standard error."""
    environment = {
        **os.environ,
        "PATH": f"{box.parent / 'tools'}:/usr/bin:/bin",
        "HOME": str(box.parent),
        "DISPLAY": ":7777",
        "WAYLAND_DISPLAY": "",
        "QT_QPA_PLATFORM": "",
    }
    done = subprocess.run([sys.executable, "-c", MAIN, "/logs"], env=environment, stderr=stderr, timeout=60)
    assert done.returncode == 2


def shown(box: Path, seconds: float = 10.0) -> str:
    """What the box showed; empty if none came."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if box.exists():
            return box.read_text(encoding="utf-8").splitlines()[-1]
        time.sleep(0.02)
    return ""


def test_box_where_nobody_sees_a_line(box: Path) -> None:
    refused(box, subprocess.DEVNULL)
    assert shown(box) == f"--text={LINE.strip()}"


def test_box_and_a_line_for_the_journal(box: Path) -> None:
    """Desktops give their programs a socket of the system's journal."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        refused(box, theirs)
        assert ours.recv(1000).decode() == LINE
    assert shown(box) == f"--text={LINE.strip()}"


def test_box_and_a_line_for_the_log_of_the_session(box: Path, tmp_path: Path) -> None:
    with open(tmp_path / ".xsession-errors", "w+", encoding="utf-8") as log:
        refused(box, log)
        log.seek(0)
        assert log.read() == LINE
    assert shown(box) == f"--text={LINE.strip()}"


def test_no_box_where_somebody_listens(box: Path, tmp_path: Path) -> None:
    with open(tmp_path / "log.txt", "w+", encoding="utf-8") as log:
        refused(box, log)
        log.seek(0)
        assert log.read() == LINE
    ours, theirs = os.openpty()
    refused(box, theirs)
    assert os.read(ours, 1000).decode().replace("\r", "") == LINE
    for descriptor in (ours, theirs):
        os.close(descriptor)
    assert shown(box, 0.5) == ""


def test_desktop_without_such_a_program(box: Path) -> None:
    (box.parent / "tools" / "zenity").unlink()
    refused(box, subprocess.DEVNULL)
