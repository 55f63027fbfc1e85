"""The live demo: a small simulated training in a process of its own, writing into a folder that goes with it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

STOP_SECONDS = 3


class DemoProcess:
    """Starts with :meth:`start`; :meth:`close` ends the process and removes the folder.

    ``heard``: what the process says comes out as this process' own; else it is dropped.
    """

    def __init__(self, heard: bool = False) -> None:
        self.folder = ""
        self._output = None if heard else subprocess.DEVNULL
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> str:
        """Start writing; returns the folder. OSError where there is no room for a folder or a process."""
        # The parent is given a name of its own, so that the breadcrumb reads like a project's.
        parent = Path(tempfile.mkdtemp(prefix="runglass-"))
        self.folder = str(parent / "demo")
        os.mkdir(self.folder)
        try:
            self._process = subprocess.Popen(
                own_command("demo", self.folder, "--live"),
                stdin=subprocess.PIPE,
                stdout=self._output,
                stderr=self._output,
            )
        except OSError:
            self.close()
            raise
        return self.folder

    @property
    def failed(self) -> bool:
        """True if the process ended with an error."""
        return self._process is not None and self._process.poll() not in (None, 0)

    def close(self) -> None:
        """End the process and remove what it wrote."""
        if self._process is not None:
            if self._process.poll() is None:
                self._process.terminate()
                try:
                    self._process.wait(STOP_SECONDS)
                except subprocess.TimeoutExpired:
                    self._process.kill()
                    self._process.wait()
            if self._process.stdin is not None:
                self._process.stdin.close()
            self._process = None
        if self.folder:
            shutil.rmtree(Path(self.folder).parent, ignore_errors=True)
            self.folder = ""


def own_command(*arguments: str) -> list[str]:
    """The command line that starts this program once more; a frozen program calls itself."""
    program = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "runglass"]
    return [*program, *arguments]
