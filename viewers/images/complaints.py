"""What Qt's decoders complain of while they read a picture. They say it to Qt's messages, and to nobody else.

A picture that was half decoded comes out as a whole one with a grey or smeared part, so a complaint is worth a word.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

#: Begins the category of every message of Qt's picture decoders.
CATEGORY = "qt.gui.imageio"


class _Ear(threading.local):
    heard: list[str] | None = None


_ear = _Ear()


@contextmanager
def listening() -> Iterator[list[str]]:
    """Collect the complaints of this thread; the list grows as they come."""
    before, heard = _ear.heard, list[str]()
    _ear.heard = heard
    try:
        yield heard
    finally:
        _ear.heard = before


def overhear(category: str, text: str) -> bool:
    """Whoever takes Qt's messages passes them here; True if one belongs to a picture and needs no other place."""
    if not category.startswith(CATEGORY) or _ear.heard is None:
        return False
    _ear.heard.append(text)
    return True
