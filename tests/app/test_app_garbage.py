"""Cyclic garbage is collected in the GUI thread, whichever thread makes it."""

from __future__ import annotations

import gc
import threading
import weakref

from PySide6.QtCore import QCoreApplication, QObject, QTimer
from pytestqt.qtbot import QtBot

from runglass.app.garbage import GarbageCollector


class Ring(QObject):
    """An object of Qt's that only a collection frees; notes the thread that freed it."""

    def __init__(self, freed_in: list[int]) -> None:
        super().__init__()
        self.me = self
        self.timer = QTimer()
        self.timer.start(10_000)
        weakref.finalize(self, lambda: freed_in.append(threading.get_ident()))


def allocate(kept: list[list[int]]) -> None:
    kept.extend([number] for number in range(200_000))


def test_a_busy_thread_destroys_no_object_of_qt(qtbot: QtBot) -> None:
    collector = GarbageCollector()
    try:
        assert not gc.isenabled()
        freed_in: list[int] = []
        rings = [Ring(freed_in) for _ in range(20)]
        del rings
        kept: list[list[int]] = []
        busy = threading.Thread(target=allocate, args=(kept,))
        busy.start()
        busy.join()
        assert freed_in == []
        qtbot.waitUntil(lambda: len(freed_in) == 20, timeout=10_000)
        assert set(freed_in) == {threading.get_ident()}
    finally:
        collector.close()
    assert gc.isenabled()
    QCoreApplication.processEvents()


def test_what_was_there_before_is_looked_at_no_more(qtbot: QtBot) -> None:
    collector = GarbageCollector()
    try:
        collector.freeze()
        frozen = gc.get_freeze_count()
        assert frozen > 1000
        kept: list[list[int]] = []
        allocate(kept)
        collector.freeze()
        # Only the first call counts: what a folder brings must be collected when it is closed.
        assert gc.get_freeze_count() <= frozen
    finally:
        collector.close()
    assert gc.get_freeze_count() == 0


def test_a_closed_folder_is_let_go(qtbot: QtBot) -> None:
    collector = GarbageCollector()
    try:
        freed_in: list[int] = []
        ring = Ring(freed_in)
        gc.collect()
        del ring
        collector.collect_soon()
        qtbot.waitUntil(lambda: len(freed_in) == 1, timeout=10_000)
    finally:
        collector.close()
