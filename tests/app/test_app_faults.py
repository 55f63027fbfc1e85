"""Errors that nobody handled are written down and shown, and the program goes on."""

from __future__ import annotations

import threading
from typing import Any

from PySide6.QtCore import QTimer, qWarning

from runglass.app.faults import Faults
from runglass.app.places import Places


def log_text(places: Places) -> str:
    assert places.log_file is not None
    return places.log_file.read_text(encoding="utf-8")


def test_exception_in_a_slot_is_shown_and_logged(program: Any, qtbot: Any, places: Places) -> None:
    def fail() -> None:
        raise ValueError("slot of <b>mine</b>")

    with qtbot.captureExceptions():
        # pytest-qt puts its own hook in place: the program's is called as Qt would call it.
        try:
            fail()
        except ValueError as error:
            program.faults._excepthook(ValueError, error, error.__traceback__)
    qtbot.waitUntil(lambda: any("slot of" in text for text in program.window.toasts.messages()))
    assert "ValueError: slot of" in log_text(places)
    assert program.window.isVisible()


def test_exception_in_a_thread_is_shown(program: Any, qtbot: Any, places: Places) -> None:
    hook = threading.excepthook
    assert hook == program.faults._thread_hook

    def fail() -> None:
        try:
            raise OSError("disk on fire")
        except OSError as error:
            hook(threading.ExceptHookArgs((type(error), error, error.__traceback__, None)))

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: any("disk on fire" in text for text in program.window.toasts.messages()))


def test_an_error_that_returns_is_shown_once(program: Any, qtbot: Any) -> None:
    reported = []
    program.faults.reported.connect(lambda text, _detail: reported.append(text))
    for _ in range(3):
        try:
            raise KeyError("again")
        except KeyError as error:
            program.faults._excepthook(KeyError, error, error.__traceback__)
    QTimer.singleShot(30, lambda: reported.append("end"))
    qtbot.waitUntil(lambda: "end" in reported)
    assert len(reported) == 2


def test_messages_of_qt_go_to_the_log(qapp: Any, places: Places) -> None:
    faults = Faults(places)
    qWarning("a word from Qt")
    faults.close()
    assert "a word from Qt" in log_text(places)
    assert places.crashes is not None and list(places.crashes.iterdir()) == []
