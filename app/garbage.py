"""Collects the interpreter's cyclic garbage in the GUI thread and nowhere else."""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

INTERVAL_MS = 250
REST_MS = 1000
#: New containers since the last collection of each generation that make one due; the interpreter's own figures.
_DUE = (700, 10, 10)


class GarbageCollector(QObject):
    """Takes over from the interpreter until :meth:`close`.

    The interpreter collects in whichever thread happens to allocate. A reading thread would then destroy widgets and
    timers that stand in cycles, which Qt answers with a crash. And a collection of everything stops all threads for
    30 ms and more where a program holds 100,000 objects; what is there before the first folder stays until the end,
    so that :meth:`freeze` takes it out of all later collections.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._was_enabled = gc.isenabled()
        self._frozen = False
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self.collect_due)
        self._timer.start()
        self._all = QTimer(self)
        self._all.setSingleShot(True)
        self._all.setInterval(REST_MS)
        self._all.timeout.connect(gc.collect)

    def freeze(self) -> None:
        """Look no more at what there is now; only the first call counts, and any thread may make it."""
        if not self._frozen:
            self._frozen = True
            gc.freeze()

    def collect_due(self) -> None:
        """Collect the generations that are due, as the interpreter would."""
        counts = gc.get_count()
        if counts[0] <= _DUE[0]:
            return
        generation = 2 if counts[1] > _DUE[1] and counts[2] > _DUE[2] else 1 if counts[1] > _DUE[1] else 0
        gc.collect(generation)

    def collect_soon(self) -> None:
        """Collect everything in a moment, as much was let go of."""
        self._all.start()

    def close(self) -> None:
        """Give collecting back to the interpreter."""
        self._timer.stop()
        self._all.stop()
        gc.unfreeze()
        if self._was_enabled:
            gc.enable()
