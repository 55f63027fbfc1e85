"""One program for each user, screen and set of settings: a second start hands its folders to the one that runs.

The first start holds a lock as long as it lives; the system gives it back however the program ends, so that nothing
has to be guessed about what a dead program left behind. Who does not get the lock asks at the holder's socket. Both
stand in a folder that nobody else can write to. A program that hangs sends no greeting and so never gets a request
that it would carry out after all when the second start has long opened a window of its own.

Windows' pipes stand in no folder: whoever is first to take a name has it, and could pose as the program. There each
holder takes a name that nobody can know beforehand, and tells it in a file beside the lock; Qt lets only the user open
the pipe, or add to it.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import stat
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from .opening import absolute
from .places import Places

if TYPE_CHECKING:
    # Qt's network part takes its time to load: a start that meets no other one does without.
    from PySide6.QtNetwork import QLocalSocket

GREETING = b"runglass 1\n"
DONE = b"ok\n"
#: A program that is just starting may need this long until it listens.
LISTEN_SECONDS = 5.0
#: A program that works answers at once; one that does not greet in this time hangs.
GREET_SECONDS = 2.0


class Instance:
    """This start's place among others. ``folder`` holds the lock and, where sockets are files, the socket; else
    (``pipes``) the file that names the pipe.

    OSError where no lock can be made there.
    """

    def __init__(self, folder: Path, name: str, *, pipes: bool = sys.platform == "win32") -> None:
        self._socket = str(folder / f"{name}.socket")
        self._pipe_file = folder / f"{name}.pipe" if pipes else None
        self._pipe = ""
        self._lock: int | None = os.open(folder / f"{name}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        self.is_claimed = False

    @property
    def address(self) -> str:
        """Where the holder of the lock listens, as Qt's local sockets have it; empty while that is not known."""
        if self._pipe_file is None:
            return self._socket
        if self.is_claimed:
            return self._pipe
        try:
            return self._pipe_file.read_text(encoding="ascii").strip()
        except (OSError, ValueError):
            return ""

    def claim(self) -> bool:
        """Become the program that others hand their folders to; False if another one is."""
        if self._lock is not None and not self.is_claimed and _try_lock(self._lock):
            self.is_claimed = True
            self._choose_pipe()
        return self.is_claimed

    def _choose_pipe(self) -> None:
        """Take a new name: the one of a holder that is gone may have been seen by others."""
        if self._pipe_file is not None:
            name = f"runglass-{secrets.token_hex(16)}"
            # Where it cannot be told nobody finds the pipe, and each start has a window of its own.
            with suppress(OSError):
                self._pipe_file.write_text(name, encoding="ascii")
                self._pipe = name

    def release(self) -> None:
        """Give the place up."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None
            self.is_claimed = False

    def hand_over(self, paths: Sequence[str], patience: float = LISTEN_SECONDS) -> bool:
        """Ask the program that runs to open ``paths``, or to come to the front where there are none.

        False if it does not answer, or went away meanwhile, and this start has to open a window itself.
        """
        from PySide6.QtNetwork import QLocalSocket

        until = time.monotonic() + patience
        socket = QLocalSocket()
        try:
            while True:
                address = self.address
                if address:
                    socket.connectToServer(address)
                    if socket.waitForConnected(500):
                        break
                if self.claim() or time.monotonic() > until:
                    return False
                time.sleep(0.05)
            if _line(socket, GREET_SECONDS) != GREETING:
                return False
            _let_come_to_front()
            socket.write(json.dumps({"paths": list(absolute(paths))}).encode("ascii") + b"\n")
            return _line(socket, GREET_SECONDS) == DONE
        finally:
            socket.abort()


def instance_of(
    places: Places, environ: Mapping[str, str] = os.environ, platform: str = sys.platform
) -> Instance | None:
    """The place for a program over these files on this screen; None where there is no folder that is safe for it."""
    if places.config is None or places.state is None:
        return None
    folder = places.state if platform == "win32" else private_folder(environ)
    if folder is None:
        return None
    screen = _session() if platform == "win32" else "" if platform == "darwin" else _screen(environ)
    name = hashlib.sha256(f"{places.config}\n{screen}".encode("utf-8", "surrogatepass")).hexdigest()[:16]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return Instance(folder, name)
    except OSError:
        return None


def private_folder(environ: Mapping[str, str] = os.environ) -> Path | None:
    """A folder of the user's that nobody else can enter, in which sockets can stand; None where there is none."""
    base = environ.get("XDG_RUNTIME_DIR", "")
    if base and _is_private(Path(base)):
        folder = Path(base) / "runglass"
    else:
        try:
            folder = Path(tempfile.gettempdir()) / f"runglass-{os.getuid()}"
        except OSError:
            return None
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError:
        return None
    return folder if _is_private(folder) else None


def _is_private(folder: Path) -> bool:
    """True for a real folder of this user's, closed to all others. Anyone may make a folder in /tmp before us."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o077


def _screen(environ: Mapping[str, str]) -> str:
    display = environ.get("DISPLAY", "")
    host, colon, rest = display.rpartition(":")
    return "\n".join((environ.get("WAYLAND_DISPLAY", ""), host + colon + rest.split(".")[0]))


def _session() -> str:
    """Windows: which of the user's sessions this is. Windows of another one, as over a remote desktop, are not seen."""
    if sys.platform == "win32":
        import ctypes

        number = ctypes.c_uint32()
        if ctypes.windll.kernel32.ProcessIdToSessionId(os.getpid(), ctypes.byref(number)):
            return str(number.value)
    return ""


def _try_lock(handle: int) -> bool:
    """Lock an open file for this process without waiting; False if another one has it."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _line(socket: QLocalSocket, seconds: float) -> bytes:
    """What comes up to the end of a line; less where that takes too long or the other side goes away."""
    until = time.monotonic() + seconds
    heard = b""
    while not heard.endswith(b"\n") and len(heard) < 64:
        left = until - time.monotonic()
        if left <= 0 or not (socket.bytesAvailable() or socket.waitForReadyRead(max(1, round(1000 * left)))):
            break
        heard += socket.readLine(64).data()
    return heard


def _let_come_to_front() -> None:
    """Windows lets a program take the front only if the one that was started by the user allows it."""
    if sys.platform == "win32":
        import ctypes

        anyone = -1
        ctypes.windll.user32.AllowSetForegroundWindow(anyone)
