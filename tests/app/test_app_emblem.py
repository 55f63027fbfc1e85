"""The program's icon in taskbars and window switchers."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QIcon

from runglass.app import emblem

#: Stands in for the program's application object, and tells which icon the windows have after a while.
TELLING = """
import sys
from PySide6.QtCore import QTimer
from runglass.app import program
from runglass.app.cli import main

class Application(program.Application):
    def __init__(self, words):
        super().__init__(words)
        QTimer.singleShot(400, lambda: print(self.topLevelWidgets()[0].windowIcon().isNull()))
        QTimer.singleShot(2500, self.tell)

    def tell(self):
        window = next(widget for widget in self.topLevelWidgets() if widget.objectName() == "window")
        sizes = window.windowIcon().availableSizes()
        print(self.desktopFileName(), *[size.width() for size in sizes])
        self.closeAllWindows()

program.Application = Application
sys.exit(main([]))
"""


@pytest.fixture
def app(qapp: Any) -> Iterator[Any]:
    yield qapp
    qapp.setWindowIcon(QIcon())


def test_icon_is_sharp_at_every_size(app: Any) -> None:
    emblem.show_emblem(app)
    icon = app.windowIcon()
    assert sorted(size.width() for size in icon.availableSizes()) == list(emblem.SIZES)
    for size in emblem.SIZES:
        image = icon.pixmap(size, size).toImage()
        assert image.width() == size
        assert image.pixelColor(0, 0).alpha() == 0, "its corners are round"
        middle = image.pixelColor(size // 2, size // 2)
        assert middle.alpha() == 255


def test_bundle_of_macos_keeps_its_own(app: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    emblem.show_emblem(app, "darwin")
    assert app.windowIcon().isNull()


def test_windows_of_the_program_have_it(tmp_path: Path) -> None:
    places = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", TELLING], env={**os.environ, **places}, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
    early, late = done.stdout.splitlines()
    assert early == "True", "drawing it has to wait until the first charts stand"
    assert late == "runglass " + " ".join(map(str, emblem.SIZES))
