"""The virtual environment: made where it is missing, filled with the pinned packages, left alone when it is right."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from console import Problem, run, say

WINDOWS = os.name == "nt"
#: What can be installed; each holds the ones before it.
EXTRAS = ("viewer", "dev", "bench")


class Environment:
    """A virtual environment of a clone, by default the one to work in.

    ``RUNGLASS_VENV`` moves that one, as into the cache folder of a CI.
    """

    def __init__(self, root: Path, folder: Path | None = None) -> None:
        self.root = root
        self.folder = folder or Path(os.environ.get("RUNGLASS_VENV") or root / ".venv").absolute()
        self.scripts = self.folder / ("Scripts" if WINDOWS else "bin")
        self.python = self.scripts / ("python.exe" if WINDOWS else "python")
        self._constraints = root / "packaging" / "constraints.txt"
        self._stamp = self.folder / "runglass-setup.json"

    # What is there

    def is_ready(self, extra: str) -> bool:
        """True if the packages of ``extra`` are installed as this clone pins them."""
        try:
            stamp = json.loads(self._stamp.read_text(encoding="utf-8"))
            return bool(
                stamp["key"] == self._key()
                and EXTRAS.index(stamp["extra"]) >= EXTRAS.index(extra)
                and self.python.exists()
            )
        except (OSError, ValueError, KeyError, TypeError):
            return False

    def exists(self) -> bool:
        """True if there is an environment of this very Python version, whatever it holds."""
        try:
            config = (self.folder / "pyvenv.cfg").read_text(encoding="utf-8")
        except OSError:
            return False
        version = re.search(r"^version(?:_info)?\s*=\s*(\d+)\.(\d+)", config, re.MULTILINE)
        same = version is not None and (int(version[1]), int(version[2])) == sys.version_info[:2]
        return same and self.python.exists()

    def _key(self) -> str:
        """Changes when anything changes that what is installed depends on."""
        digest = hashlib.sha256()
        for file in (self.root / "pyproject.toml", self._constraints):
            digest.update(file.read_bytes())
        digest.update(repr((sys.version_info[:2], sys.platform, str(self.root))).encode())
        return digest.hexdigest()

    # Set-up

    @contextmanager
    def alone(self) -> Iterator[None]:
        """One set-up at a time: a second one waits here until the first is done."""
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        with open(self.folder.parent / f"{self.folder.name}.lock", "w", encoding="utf-8") as file:
            if not _lock(file.fileno(), wait=False):
                say("another set-up of this clone is running; waiting for it")
                while not _lock(file.fileno(), wait=True):
                    pass
            yield

    def way_in(self) -> list[str] | None:
        """The start of a command that installs into the environment; None if nothing here can make one."""
        if self.exists():
            if _works([str(self.python), "-m", "pip", "--version"]):
                return [str(self.python), "-m", "pip", "install"]
        elif has_venv_module():
            return [str(self.python), "-m", "pip", "install"]
        uv = shutil.which("uv")
        if uv:
            return [uv, "pip", "install", "--python", str(self.python)]
        # A pip of the system can serve an environment that has none (pip 22.3 or newer).
        if _works([sys.executable, "-m", "pip", "--python", sys.executable, "--version"]):
            return [sys.executable, "-m", "pip", "--python", str(self.python), "install"]
        return None

    def fill(self, extra: str) -> None:
        """Make the environment if it is missing, and install the pinned packages of ``extra``."""
        install = self.begin()
        say(f"installing the pinned packages into {self.folder} (the first time some hundred megabytes are fetched)")
        failure = (
            "The packages could not be installed. If the lines above speak of the network or a proxy, mend that and "
            "run the same command again: it goes on where it stopped."
        )
        # setuptools first: the clone itself is then built without an environment of its own to fetch.
        run([*install, "setuptools"], failure, _progress)
        run([*install, "--no-build-isolation", "--editable", f"{self.root}[{extra}]"], failure, _progress)
        self.finish(extra)

    def begin(self) -> list[str]:
        """Make the environment if it is missing; returns the start of a command that installs pinned packages."""
        install = self.way_in()
        if install is None:
            raise Problem(
                "this Python can make no virtual environment: it has neither venv with ensurepip nor pip.\n"
                f"  On Debian and Ubuntu: sudo apt-get install python{sys.version_info[0]}.{sys.version_info[1]}-venv"
            )
        if not self.exists():
            self._make(install)
        self._stamp.unlink(missing_ok=True)
        install += ["--constraint", str(self._constraints), "--only-binary", ":all:"]
        if "pip" in install[1:] and "uv" not in Path(install[0]).stem:
            install += ["--disable-pip-version-check", "--no-input", "--progress-bar", "off"]
        return install

    def finish(self, extra: str) -> None:
        """Remember that the packages of ``extra`` are there."""
        self._stamp.write_text(json.dumps({"key": self._key(), "extra": extra}), encoding="utf-8")

    def _make(self, install: list[str]) -> None:
        if self.folder.exists():
            say(f"{self.folder} is of another Python or incomplete: making it anew")
            shutil.rmtree(self.folder)
        say(f"making a virtual environment with Python {sys.version.split()[0]}")
        failure = f"The virtual environment {self.folder} could not be made."
        # Not the python of an environment that dev.py itself may have been started with.
        python = getattr(sys, "_base_executable", None) or sys.executable
        if install[0] == str(self.python):
            run([python, "-m", "venv", self.folder], failure)
        elif install[0] == sys.executable:
            run([python, "-m", "venv", "--without-pip", self.folder], failure)
        else:
            run([install[0], "venv", "--quiet", "--python", python, self.folder], failure)

    def variables(self) -> dict[str, str]:
        """The environment variables of programs that run inside."""
        return {
            "VIRTUAL_ENV": str(self.folder),
            "PATH": f"{self.scripts}{os.pathsep}{os.environ.get('PATH', '')}",
            # Folders of the clone are no modules of their own.
            "PYTHONSAFEPATH": "1",
        }

    def package_link(self) -> Path:
        """A folder in which the clone is called ``runglass`` whatever its own name, for tools that read sources."""
        folder = self.folder / "link"
        link = folder / "runglass"
        if not link.exists():
            folder.mkdir(exist_ok=True)
            if WINDOWS:
                import _winapi  # a junction needs no rights, a symbolic link does

                _winapi.CreateJunction(str(self.root), str(link))  # type: ignore[attr-defined,unused-ignore]
            else:
                link.unlink(missing_ok=True)
                link.symlink_to(self.root, target_is_directory=True)
        return folder


def has_venv_module() -> bool:
    """True if this Python can make a virtual environment with pip in it; Debian packs that part by itself."""
    return _works([sys.executable, "-c", "import venv, ensurepip; ensurepip.version()"])


def _works(words: list[str]) -> bool:
    return subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode == 0


def _lock(descriptor: int, wait: bool) -> bool:
    """Lock a file until it is closed. False if another has it (on Windows also after ten seconds of waiting)."""
    try:
        if WINDOWS:
            import msvcrt

            mode = msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK  # type: ignore[attr-defined,unused-ignore]
            msvcrt.locking(descriptor, mode, 1)  # type: ignore[attr-defined,unused-ignore]
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError:
        return False
    return True


def _progress(line: str) -> tuple[str, bool] | None:
    """What to show of a line of pip's output: names of packages as they come, and large downloads for good."""
    words = line.split()
    if words[:1] == ["Collecting"] and len(words) > 1:
        return f"looking up {words[1]}", False
    if words[:1] == ["Downloading"] and len(words) > 1:
        size = re.search(r"\((\d+)(?:\.\d+)? MB\)", line)
        name = Path(words[1]).name
        return f"fetching {name.split('-')[0]} {size[0] if size else ''}".rstrip(), bool(size) and int(size[1]) >= 10
    if words[:1] == ["Installing"] and "collected" in words:
        return f"unpacking {line.count(',') + 1} packages", True
    return None
