"""What has to be right before Qt is imported; everything wrong is said in one line."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import os
import re
import socket
import sys
from collections.abc import Mapping

#: Linux systems and the minor version of their glibc 2.
SYSTEMS = {"RHEL 9": 34, "Ubuntu 22.04": 35, "Debian 12": 36, "Ubuntu 24.04": 39, "Debian 13": 41}
INSTALL_VIEWER = "Runglass' window needs PySide6, which is not installed: pip install 'runglass[viewer]'"


class Refused(Exception):
    """The program cannot start; the text is the one line for the user."""


def prepare_interpreter() -> None:
    """Settings that must stand before numpy is imported, and the hand-over time between threads.

    Idle OpenBLAS threads make small matrix products many times slower in a window that also reads; a switch interval
    of 1 ms cuts the wait of the GUI thread behind a reading thread to a third for a few percent of throughput.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    sys.setswitchinterval(0.001)


def check_qt(python: tuple[int, ...] = sys.version_info[:3]) -> None:
    """Raise :class:`Refused` where PySide6 is absent or is the release that corrupts this Python.

    PySide6 6.12.0 gives back a reference to True, False or None too many in many calls; up to Python 3.11 these
    objects are counted, and the interpreter aborts after some hundred signals.
    """
    if importlib.util.find_spec("PySide6") is None:
        raise Refused(INSTALL_VIEWER)
    # Importing the package alone is harmless, and many times faster than asking the installer's records.
    try:
        # It prints what it raises.
        with contextlib.redirect_stderr(io.StringIO()):
            import PySide6
    except ImportError as error:
        raise explain_import(error) from error
    check_pair(getattr(PySide6, "__version__", None), python)


def check_pair(pyside: str | None, python: tuple[int, ...]) -> None:
    """Raise :class:`Refused` for PySide6 6.12.0 on a Python below 3.12."""
    if pyside is not None and pyside.split("+")[0] == "6.12.0" and python < (3, 12):
        raise Refused(
            "PySide6 6.12.0 makes Python below 3.12 crash; install another: "
            "pip install 'PySide6-Essentials>=6.8,!=6.12.0'"
        )


def check_display(platform: str = sys.platform, environ: Mapping[str, str] = os.environ) -> None:
    """Raise :class:`Refused` on Linux where no display answers; Qt would abort with a dozen lines."""
    if not platform.startswith("linux") or environ.get("QT_QPA_PLATFORM"):
        return
    display = environ.get("DISPLAY", "")
    wayland = environ.get("WAYLAND_DISPLAY", "")
    if wayland and os.path.exists(os.path.join(environ.get("XDG_RUNTIME_DIR", ""), wayland)):
        return
    if not display and wayland:
        raise Refused(f"No display: there is no WAYLAND_DISPLAY={wayland}, and DISPLAY is not set.")
    if not display:
        raise Refused(
            "No display: DISPLAY and WAYLAND_DISPLAY are not set. "
            "Start Runglass in a desktop session, with ssh -X, or with xvfb-run."
        )
    if not _answers(display):
        raise Refused(f"No display: nothing answers at DISPLAY={display}.")


def _answers(display: str) -> bool:
    """True if an X server is there for ``display`` (host:number.screen), or if that cannot be told."""
    host, colon, rest = display.rpartition(":")
    number = rest.split(".")[0]
    if not colon or not number.isdigit() or host.startswith("/"):
        return True
    if host in ("", "unix"):
        if _local_socket(f"/tmp/.X11-unix/X{number}"):
            return True
        host = "localhost"
    try:
        with socket.create_connection((host, 6000 + int(number)), timeout=3):
            return True
    except OSError:
        return False


def _local_socket(path: str) -> bool:
    """True if a server listens at ``path``. Connecting would tell more, but a bare X server starts anew when its last
    client leaves, and would be away when Qt comes.
    """
    if os.path.exists(path):
        return True
    try:
        with open("/proc/net/unix", encoding="utf-8", errors="replace") as table:
            return any(line.rstrip().endswith(f"@{path}") for line in table)
    except OSError:
        return False


def explain_import(error: ImportError) -> Refused:
    """One line for a Qt that is installed but does not load, mostly for want of a system library."""
    text = str(error)
    if ".so" in text or "DLL" in text:
        return Refused(explain_library(text))
    return Refused(f"{INSTALL_VIEWER} ({text})")


def explain_library(text: str) -> str:
    """What the loader's message ``text`` means, and what to do; one line."""
    import platform

    needed = re.search(r"version `GLIBC_2\.(\d+)[\d.]*' not found", text)
    if needed is not None:
        here = " ".join(platform.libc_ver()).strip() or "an older one"
        having = [name for name, minor in SYSTEMS.items() if minor >= int(needed[1])][:3]
        newer = f" {', '.join(having)} and newer ones have it." if having else ""
        return f"This system is too old for Qt: it needs glibc 2.{needed[1]} and finds {here}.{newer}"
    library = re.search(r"(lib[\w.+-]*\.so[.\d]*): cannot open shared object", text)
    if library is None:
        return f"Qt cannot be loaded: {text}"
    by_itself = "" if getattr(sys, "frozen", False) else "; `python3 dev.py run` of a clone installs it"
    return (
        f"Qt cannot be loaded: the system's library {library[1]} is missing. "
        f"Debian and Ubuntu have it in {debian_package(library[1])}{by_itself}."
    )


def debian_package(library: str) -> str:
    """The usual name of the package of a library, by section 8.1 of Debian's policy."""
    if library.startswith(("libglib-2.0.", "libgthread-2.0.")):
        return "libglib2.0-0"
    name = re.sub(r"(\d)\.so\.", r"\1-", library)
    return re.sub(r"\.so(\.|$)", "", name).replace("_", "-").lower()
