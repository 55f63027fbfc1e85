"""X servers that lack what others have, as those far away do: every pane is drawn all the same."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="of X"),
    pytest.mark.skipif(shutil.which("Xvfb") is None, reason="needs Xvfb"),
]
MAIN = "import sys; from runglass.app.cli import main; sys.exit(main(sys.argv[1:]))"
PANES = ("Scalars", "Images", "Distributions", "Histograms", "Projector")
NO_OPENGL = ("-extension", "GLX")
FAR_AWAY = (*NO_OPENGL, "-extension", "MIT-SHM", "-listen", "tcp", "-ac")
#: Mesa's way of drawing through the connection, which knows OpenGL 1.4.
INDIRECT = {"LIBGL_ALWAYS_INDIRECT": "1"}


@contextmanager
def server(*options: str) -> Iterator[str]:
    """An X server with ``options``; the number of its display."""
    ours, theirs = os.pipe()
    words = ["Xvfb", "-displayfd", str(theirs), "-screen", "0", "1600x1000x24", *options]
    process = subprocess.Popen(words, pass_fds=[theirs], stderr=subprocess.DEVNULL)
    os.close(theirs)
    try:
        with os.fdopen(ours) as answer:
            number = answer.readline().strip()
        assert number, f"{words} does not start"
        yield number
    finally:
        process.terminate()
        process.wait()


def selftest(home: Path, display: str, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """What the program's own test says on a display."""
    left_out = ("WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "XAUTHORITY")
    given = {name: value for name, value in os.environ.items() if name not in left_out}
    return subprocess.run(
        [sys.executable, "-c", MAIN, "--selftest", *arguments],
        env={**given, "HOME": str(home), "DISPLAY": display, **variables},
        capture_output=True,
        text=True,
        timeout=100,
    )


@pytest.mark.parametrize(
    ("options", "host", "variables"),
    [(NO_OPENGL, "", {}), (("+iglx",), "", INDIRECT), (FAR_AWAY, "127.0.0.1", INDIRECT)],
    ids=["without OpenGL", "OpenGL through the connection", "over a network"],
)
def test_all_panes_are_drawn(tmp_path: Path, options: tuple[str, ...], host: str, variables: dict[str, str]) -> None:
    with server(*options) as number:
        done = selftest(tmp_path, f"{host}:{number}", **variables)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"passed: {len(PANES)} checks" in done.stdout


def test_opengl_that_is_asked_for_and_fails_is_said_and_done_without(tmp_path: Path) -> None:
    with server("-iglx") as number:
        done = selftest(tmp_path, f":{number}", "--renderer", "opengl", **INDIRECT)
    assert done.returncode == 1
    assert "OpenGL failed, so points are drawn without it" in done.stderr
    assert "Traceback" not in done.stderr
    assert all(f"{pane} drawn in" in done.stdout for pane in PANES)
