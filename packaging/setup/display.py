"""A screen for programs that need one: the user's, or an X server in memory of our own."""

from __future__ import annotations

import os
import select
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from console import Problem

LINUX = sys.platform.startswith("linux")
SCREEN = "1920x1200x24"
START_SECONDS = 30


def have_display() -> bool:
    """True where a window can open. On Linux a DISPLAY at which nobody answers counts as none."""
    if not LINUX or os.environ.get("WAYLAND_DISPLAY"):
        return True
    display = os.environ.get("DISPLAY", "")
    host, _, rest = display.rpartition(":")
    number = rest.split(".")[0]
    if not number.isdigit():
        return False
    if host not in ("", "unix"):
        return True
    path = f"/tmp/.X11-unix/X{number}"
    return _is_listed(path) or _accepts(path)


def _is_listed(path: str) -> bool:
    """True if the kernel knows a socket of that name. Asked first: a bare X server starts anew after a visit."""
    try:
        with open("/proc/net/unix", encoding="utf-8", errors="replace") as table:
            return any(line.split()[-1].lstrip("@") == path for line in table)
    except OSError:
        return False


def _accepts(path: str) -> bool:
    """True if somebody listens at a socket that came from outside, as into a container."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(2)
        return probe.connect_ex(path) == 0


@contextmanager
def screen_in_memory() -> Iterator[dict[str, str]]:
    """The environment of programs that draw on an X server of their own; it ends with the block.

    Xvfb picks the number of the display itself and says it through a pipe: two test runs never meet. It is started
    directly because xvfb-run needs xauth, which minimal systems do not have.
    """
    if shutil.which("Xvfb") is None:
        raise Problem("Xvfb is not installed, and there is no display: python3 dev.py setup")
    ours, theirs = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(theirs), "-screen", "0", SCREEN, "-nolisten", "tcp", "-noreset"],
        pass_fds=[theirs],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl+C reaches the programs on the screen first
    )
    os.close(theirs)
    try:
        number = _first_line(ours)
        if not number:
            raise Problem(f"Xvfb did not start within {START_SECONDS} s; try: Xvfb :99")
        with tempfile.TemporaryDirectory(prefix="runglass-runtime-") as runtime:
            environment = {**os.environ, "DISPLAY": f":{number}"}
            # What may still point at a screen of the user.
            for name in ("WAYLAND_DISPLAY", "XDG_SESSION_TYPE", "QT_QPA_PLATFORM", "XAUTHORITY"):
                environment.pop(name, None)
            environment.setdefault("XDG_RUNTIME_DIR", runtime)
            yield environment
    finally:
        os.close(ours)
        server.terminate()
        try:
            server.wait(5)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _first_line(descriptor: int) -> str:
    text = b""
    while not text.endswith(b"\n"):
        ready, _, _ = select.select([descriptor], [], [], START_SECONDS)
        part = os.read(descriptor, 16) if ready else b""
        if not part:
            return ""
        text += part
    return text.decode().strip()
