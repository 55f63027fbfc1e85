"""What tests of panes share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol, TypeVar

import pytest
from pytestqt.qtbot import QtBot


class Closing(Protocol):
    """Something that is closed at the end."""

    def close(self) -> object: ...


C = TypeVar("C", bound=Closing)


@pytest.fixture
def kept(qtbot: QtBot) -> Iterator[Callable[[C], C]]:
    """Hands on what it is given and closes it after the test, while its widgets are still there."""
    opened: list[Closing] = []

    def keep(one: C) -> C:
        opened.append(one)
        return one

    yield keep
    for each in opened:
        each.close()
