"""The pool ends when it is told to, whatever still waits in it."""

from __future__ import annotations

import threading

import pytest
from pytestqt.qtbot import QtBot

from runglass.viewers.jobs import Jobs


@pytest.mark.parametrize("cancel", [True, False])
def test_closing_does_not_wait_for_what_was_never_begun(qapp: object, cancel: bool) -> None:
    jobs = Jobs(threads=1)
    begun, go_on = threading.Event(), threading.Event()
    delivered: list[object] = []

    def work() -> None:
        begun.set()
        go_on.wait(5)

    jobs.submit(work, delivered.append, delivered.append)
    assert begun.wait(5)
    waiting = jobs.submit(lambda: 1, delivered.append, delivered.append)
    if cancel:
        waiting.cancel()
    go_on.set()
    assert jobs.close(5)
    assert delivered == []


def test_a_result_and_an_exception_come_back(qtbot: QtBot) -> None:
    jobs = Jobs()
    got: list[object] = []
    jobs.submit(lambda: 3, got.append, got.append)
    jobs.submit(lambda: 1 / 0, got.append, got.append)
    qtbot.waitUntil(lambda: len(got) == 2)
    assert 3 in got and any(isinstance(item, ZeroDivisionError) for item in got)
    assert jobs.close()
