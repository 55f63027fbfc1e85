"""System libraries and programs that wheels cannot bring: found where missing, installed where allowed.

Only Linux needs them: Qt's windows want X and GL libraries, the tests want an X server in memory and software GL.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from console import Problem, command_line, run, say
from display import LINUX

#: Leave the system alone: say what is missing instead of installing it.
NO_SYSTEM = "RUNGLASS_NO_SYSTEM"

# What Qt's window and its X platform plug-in want, as (apt, pacman); dnf and zypper find a library by its own name.
LIBRARIES = {
    "libEGL.so.1": ("libegl1", "libglvnd"),
    "libGL.so.1": ("libgl1", "libglvnd"),
    "libX11-xcb.so.1": ("libx11-xcb1", "libx11"),
    "libX11.so.6": ("libx11-6", "libx11"),
    "libdbus-1.so.3": ("libdbus-1-3", "dbus"),
    "libfontconfig.so.1": ("libfontconfig1", "fontconfig"),
    "libfreetype.so.6": ("libfreetype6", "freetype2"),
    "libglib-2.0.so.0": ("libglib2.0-0", "glib2"),
    "libgthread-2.0.so.0": ("libglib2.0-0", "glib2"),
    "libxcb-cursor.so.0": ("libxcb-cursor0", "xcb-util-cursor"),
    "libxcb-glx.so.0": ("libxcb-glx0", "libxcb"),
    "libxcb-icccm.so.4": ("libxcb-icccm4", "xcb-util-wm"),
    "libxcb-image.so.0": ("libxcb-image0", "xcb-util-image"),
    "libxcb-keysyms.so.1": ("libxcb-keysyms1", "xcb-util-keysyms"),
    "libxcb-randr.so.0": ("libxcb-randr0", "libxcb"),
    "libxcb-render-util.so.0": ("libxcb-render-util0", "xcb-util-renderutil"),
    "libxcb-render.so.0": ("libxcb-render0", "libxcb"),
    "libxcb-shape.so.0": ("libxcb-shape0", "libxcb"),
    "libxcb-shm.so.0": ("libxcb-shm0", "libxcb"),
    "libxcb-sync.so.1": ("libxcb-sync1", "libxcb"),
    "libxcb-util.so.1": ("libxcb-util1", "xcb-util"),
    "libxcb-xfixes.so.0": ("libxcb-xfixes0", "libxcb"),
    "libxcb-xkb.so.1": ("libxcb-xkb1", "libxcb"),
    "libxcb.so.1": ("libxcb1", "libxcb"),
    "libxkbcommon-x11.so.0": ("libxkbcommon-x11-0", "libxkbcommon-x11"),
    "libxkbcommon.so.0": ("libxkbcommon0", "libxkbcommon"),
}
# Wanted by some of Qt's files, in some releases: looked for only where the loader misses them.
LATE_LIBRARIES = {
    "libbrotlidec.so.1": ("libbrotli1", "brotli"),
    "libgomp.so.1": ("libgomp1", "gcc-libs"),
    "libgssapi_krb5.so.2": ("libgssapi-krb5-2", "krb5"),
    "libstdc++.so.6": ("libstdc++6", "gcc-libs"),
    "libwayland-client.so.0": ("libwayland-client0", "wayland"),
    "libwayland-cursor.so.0": ("libwayland-cursor0", "wayland"),
    "libwayland-egl.so.1": ("libwayland-egl1", "wayland"),
    "libz.so.1": ("zlib1g", "zlib"),
    "libzstd.so.1": ("libzstd1", "zstd"),
}
VENV_MODULE, FONT, SOFTWARE_GL, XVFB = "Python's venv module", "a font", "software OpenGL", "Xvfb"
_VERSION = f"{sys.version_info[0]}.{sys.version_info[1]}"
# Not libraries, so that every package manager needs a name: (apt, dnf and zypper, pacman).
THINGS = {
    VENV_MODULE: (f"python{_VERSION}-venv", "python3", "python"),
    FONT: ("fonts-dejavu-core", "dejavu-sans-fonts", "ttf-dejavu"),
    SOFTWARE_GL: ("libgl1-mesa-dri", "mesa-dri-drivers", "mesa"),
    XVFB: ("xvfb", "xorg-x11-server-Xvfb", "xorg-server-xvfb"),
}
#: Without these no window opens; without the others it opens and looks poor.
OPTIONAL = (FONT, SOFTWARE_GL)


@dataclass(frozen=True)
class Manager:
    """A package manager: how it installs, and how its lists of packages are brought up to date first."""

    program: str
    install: tuple[str, ...]
    refresh: tuple[str, ...] = ()

    def packages(self, missing: Iterable[str]) -> list[str]:
        """The packages that bring what is missing, in order, each once."""
        names: list[str] = []
        known = {**LIBRARIES, **LATE_LIBRARIES}
        for item in missing:
            if item in THINGS:
                names.append(THINGS[item][{"apt-get": 0, "pacman": 2}.get(self.program, 1)])
            elif self.program in ("dnf", "zypper"):
                names.append(f"{item}()(64bit)")
            elif item in known:
                names.append(known[item][0 if self.program == "apt-get" else 1])
            else:
                raise Problem(f"{item} is missing on this system, and no package is known for it: please install it")
        return list(dict.fromkeys(names))


MANAGERS = (
    Manager("apt-get", ("apt-get", "install", "--yes", "--no-install-recommends"), ("apt-get", "update")),
    Manager("dnf", ("dnf", "install", "--assumeyes")),
    Manager("pacman", ("pacman", "-S", "--needed", "--noconfirm")),
    Manager("zypper", ("zypper", "--non-interactive", "install")),
)


def missing(venv: Path, memory_screen: bool, venv_module: bool) -> list[str]:
    """What this system lacks. ``memory_screen``: Xvfb is wanted; ``venv_module``: Python's own is to be brought."""
    if not LINUX:
        return []
    found = [VENV_MODULE] if venv_module else []
    found += _missing_libraries(venv)
    if memory_screen and shutil.which("Xvfb") is None:
        found.append(XVFB)
    if memory_screen and not _have_software_gl():
        found.append(SOFTWARE_GL)
    if not _have_font():
        found.append(FONT)
    return found


def repair(venv: Path, memory_screen: bool) -> None:
    """After a set-up: bring what has gone since and without which no window opens."""
    if any(item not in OPTIONAL for item in missing(venv, memory_screen, venv_module=False)):
        prepare(venv, memory_screen, venv_module=False)


def _missing_libraries(venv: Path) -> list[str]:
    """Before Qt is there: what a list of its needs says; afterwards what the loader says of its files."""
    files = _files_of_qt(venv)
    if not files or shutil.which("ldd") is None:
        return [name for name in LIBRARIES if not _loads(name)]
    asked = subprocess.run(
        ["ldd", *map(str, files)], capture_output=True, text=True, env={**os.environ, "LC_ALL": "C"}, check=False
    )
    lines = [line.split("=>") for line in asked.stdout.splitlines() if "not found" in line]
    return sorted({line[0].strip() for line in lines if len(line) == 2})


def _files_of_qt(venv: Path) -> list[Path]:
    for qt in sorted(venv.glob("lib/python3*/site-packages/PySide6")):
        names = ("QtCore", "QtGui", "QtWidgets", "QtOpenGL", "QtSvg", "QtTest")
        files = [qt / f"{name}.abi3.so" for name in names]
        files += [qt / "Qt/plugins/platforms/libqxcb.so", *qt.glob("Qt/plugins/xcbglintegrations/*.so")]
        if os.environ.get("WAYLAND_DISPLAY"):
            files += qt.glob("Qt/plugins/platforms/libqwayland*.so")
        return [file for file in files if file.is_file()]
    return []


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _have_software_gl() -> bool:
    folders = [Path("/usr/lib"), Path("/usr/lib64"), *Path("/usr/lib").glob("*-linux-gnu")]
    return any(next(folder.glob(p), None) for folder in folders for p in ("dri/swrast_dri.so", "libgallium-*.so"))


def _have_font() -> bool:
    home = Path.home()
    folders = ("/usr/share/fonts", "/usr/local/share/fonts", home / ".fonts", home / ".local/share/fonts")
    return any(next(Path(folder).rglob("*.[ot]tf"), None) for folder in folders)


def named(items: Sequence[str]) -> str:
    """What is missing in a line that one can read."""
    libraries = [item for item in items if item.startswith("lib")]
    others = [item for item in items if item not in libraries]
    if len(libraries) > 4:
        libraries = [f"{len(libraries)} libraries that Qt's windows need"]
    return ", ".join([*others, *libraries])


def install(items: Sequence[str]) -> bool:
    """Bring what is missing through the system's package manager; False where that was not allowed or possible.

    As root it is done at once; as a user through sudo, after asking. Else the one line to run is printed.
    """
    say("missing on this system: " + named(items))
    manager = next((m for m in MANAGERS if shutil.which(m.program)), None)
    if manager is None:
        say("no package manager is known here; please install these with yours")
        return False
    packages = manager.packages(items)
    words = [*manager.install, *packages]
    prefix = _rights(words)
    if prefix is None:
        say("please run:  " + command_line(["sudo", *words]))
        return False
    environment = {"DEBIAN_FRONTEND": "noninteractive"}
    if prefix and manager.program == "apt-get":
        prefix = [*prefix, "DEBIAN_FRONTEND=noninteractive"]
    say("$ " + command_line([*prefix, *words]))
    if manager.refresh:
        run(
            [*prefix, *manager.refresh],
            "The lists of packages could not be brought up to date. Is the network there?",
            lambda line: (line, False),
            environment,
        )
    run(
        [*prefix, *words],
        f"{manager.program} could not install what is missing.",
        lambda line: (line, False),
        environment,
    )
    return True


def _rights(words: Sequence[str]) -> list[str] | None:
    """What to put before a command that needs root; None where it must not or cannot be run."""
    if os.environ.get(NO_SYSTEM):
        return None
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        return None
    if os.environ.get("CI"):
        quiet = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False)
        return ["sudo", "-n"] if quiet.returncode == 0 else None
    if sys.stdin is None or not sys.stdin.isatty():
        return None
    print(f"dev: run this with sudo?  {command_line(words)}\ndev: [Y/n] ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() not in ("", "y", "yes"):
        return None
    # sudo asks for the password here, where its question can be seen.
    return ["sudo"] if subprocess.run(["sudo", "-v"], check=False).returncode == 0 else None


def prepare(venv: Path, memory_screen: bool, venv_module: bool) -> None:
    """Bring all that is missing, or raise :class:`Problem`; a second look follows, as libraries want libraries."""
    for attempt in range(3):
        lacking = missing(venv, memory_screen, venv_module)
        if not lacking:
            return
        if attempt == 2 or not install(lacking):
            hard = [item for item in lacking if item not in OPTIONAL]
            if hard:
                raise Problem("Runglass needs this on your system: " + named(hard))
            return
        venv_module = False
