"""Where the program that runs takes what other starts were to open. Imported when the window stands, as it is slow."""

from __future__ import annotations

import json

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from .faults import log
from .instance import DONE, GREETING, Instance

MOST_BYTES = 1 << 20
MOST_PATHS = 1000
MOST_GUESTS = 16
GUEST_MS = 5000


class Door(QObject):
    """Where other starts hand over what they were to open; for the holder of the lock. ``asked(paths)`` tells it."""

    asked = Signal(object)

    def __init__(self, instance: Instance, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._address = instance.address
        self._server: QLocalServer | None = None
        self._guests = 0

    def open(self) -> None:
        """Let others in."""
        self._server = server = QLocalServer(self)
        # On Windows too: the pipe gets a list of access with the user alone on it.
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        server.newConnection.connect(self._greet)
        # The lock is ours, so whatever stands there belongs to a program that is gone.
        QLocalServer.removeServer(self._address)
        if not self._address or not server.listen(self._address):
            log.warning("other starts cannot reach this one: %s", server.errorString())

    def close(self) -> None:
        """Nobody can ask any more."""
        if self._server is not None:
            self._server.close()

    def _greet(self) -> None:
        assert self._server is not None
        while (socket := self._server.nextPendingConnection()) is not None:
            if self._guests >= MOST_GUESTS:
                socket.abort()
                socket.deleteLater()
                continue
            self._guests += 1
            guest = _Guest(socket, self)
            guest.asked.connect(self.asked)
            guest.destroyed.connect(self._left)
            socket.write(GREETING)

    def _left(self) -> None:
        self._guests -= 1


class _Guest(QObject):
    """Another start, until it has said what it wants."""

    asked = Signal(object)

    def __init__(self, socket: QLocalSocket, parent: QObject) -> None:
        super().__init__(parent)
        self._socket = socket
        self._heard = b""
        socket.setParent(self)
        socket.readyRead.connect(self._read)
        socket.disconnected.connect(self.deleteLater)
        patience = QTimer(self)
        patience.setSingleShot(True)
        patience.setInterval(GUEST_MS)
        patience.timeout.connect(self._show_out)
        patience.start()

    def _show_out(self) -> None:
        self._socket.abort()
        self.deleteLater()

    def _read(self) -> None:
        self._heard += self._socket.read(MOST_BYTES + 1 - len(self._heard)).data()
        line, newline, _rest = self._heard.partition(b"\n")
        if not newline:
            if len(self._heard) > MOST_BYTES:
                self._socket.abort()
            return
        paths = wanted_paths(line)
        if paths is None:
            self._socket.abort()
            return
        self._socket.readyRead.disconnect(self._read)
        self._socket.write(DONE)
        self._socket.flush()
        self._socket.disconnectFromServer()
        self.asked.emit(paths)


def wanted_paths(line: bytes) -> tuple[str, ...] | None:
    """The paths of a request, None for anything that is not one."""
    try:
        request = json.loads(line)
    except (ValueError, RecursionError):
        return None
    paths = request.get("paths") if isinstance(request, dict) else None
    if not isinstance(paths, list) or len(paths) > MOST_PATHS or not all(isinstance(path, str) for path in paths):
        return None
    return tuple(paths)
