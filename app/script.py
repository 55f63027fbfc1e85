"""Drives the window by a script, step by step, without holding it up: each step is a turn of the event loop."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

if TYPE_CHECKING:
    from .window import Window


class Script(QObject):
    """Runs :meth:`steps` from :meth:`start` on and closes the window at their end; ``code`` is then the exit code.

    A window that is closed before that leaves ``code`` at 1.
    """

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self.code = 1
        self.window = window
        self._steps = self.steps()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._step)
        self._ended = False
        window.controller.closed.connect(self._end)

    def steps(self) -> Iterator[float]:
        """What is done; each step yields how many seconds to wait before the next. OSError ends it with code 1."""
        raise TypeError(f"{type(self).__name__} has to define steps")

    def begin(self) -> None:
        """The window is painted."""
        raise TypeError(f"{type(self).__name__} has to define begin")

    def end(self, in_order: bool) -> int:
        """The window is closed, ``in_order`` if all threads have ended; the exit code."""
        return self.code

    def trouble(self, error: OSError) -> None:
        """The steps were ended by ``error``."""
        raise TypeError(f"{type(self).__name__} has to define trouble")

    def start(self) -> None:
        """Begin in the next turn of the event loop."""
        self._timer.start(0)

    def _step(self) -> None:
        if self._ended:
            return
        try:
            pause = next(self._steps)
        except StopIteration:
            self.code = 0
            self.window.close()
        except OSError as error:
            self.trouble(error)
            self.window.close()
        else:
            self._timer.start(round(1000 * pause))

    def _end(self) -> None:
        self._ended = True
        self._timer.stop()
