"""The window that `--selftest` tries: opens the demo, shows every pane, and looks whether something is drawn there."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QWidget

from .demo_process import DemoProcess
from .script import Script
from .selftest import DONE, FAILED, OURS

if TYPE_CHECKING:
    from ..viewers.pane import PaneSpec
    from .window import Window

LOOK_SECONDS = 0.25
#: The demo's process writes its history in some seconds, on a busy machine in some ten.
DATA_SECONDS = 90.0
DRAWN_SECONDS = 40.0
#: Curves, pictures and points are in colour, and shaded; text, axes and tools are hardly. Panes with data show 2 to
#: 20 % of coloured pixels in 160 to 500 shades, panes whose runs are all hidden at most 0.6 % in 92.
COLORED_SHARE = 0.01
SHADES = 120
_CHROMA = 48


class SelfTest(Script):
    """Prints a line for each check; the process that started this one judges them."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._failed = False
        self._began = time.monotonic()
        window.controller.message.connect(self._message)
        window.controller.make_demo = partial(DemoProcess, heard=True)

    def begin(self) -> None:
        """Open the demo and start."""
        self.window.controller.begin((), demo=True)
        self.start()

    def trouble(self, error: OSError) -> None:
        self._fail(str(error))

    def steps(self) -> Iterator[float]:
        from ..viewers.registry import PANES

        window = self.window
        yield from self._until(lambda: window.bench is not None, DATA_SECONDS, "the demo did not open")
        if not self._can_look:
            raise OSError("no picture of this screen can be taken, as under Wayland; --renderer raster needs none")
        for spec in PANES:
            try:
                yield from self._try_pane(spec)
            except OSError as error:
                self._fail(str(error))
        # What is said late comes out now.
        yield LOOK_SECONDS

    def end(self, in_order: bool) -> int:
        if not in_order:
            self._fail("a thread did not end")
        if self.code == 0 and not self._failed:
            _say(DONE)
            return 0
        if not self._failed:
            self._fail("the window was closed before all was tried")
        return 1

    def _try_pane(self, spec: PaneSpec) -> Iterator[float]:
        window = self.window
        bench = window.bench
        assert bench is not None
        panes, title = bench.panes, spec.title
        left = self._began + DATA_SECONDS - time.monotonic()
        yield from self._until(lambda: bool(bench.counts.get(spec.id)), left, f"{title}: the demo brought no data")
        began = time.monotonic()
        window.show_pane(spec.id)
        yield from self._until(
            lambda: panes.pane(spec.id) is None or is_drawn(self._look_at(panes)),
            DRAWN_SECONDS,
            f"{title}: the pane is blank",
        )
        if panes.pane(spec.id) is None:
            raise OSError(f"{title}: the pane stopped with an error")
        _say(f"{OURS}{title} drawn in {time.monotonic() - began:.1f} s")

    @property
    def _can_look(self) -> bool:
        """False where programs may not see what is on the screen, and OpenGL may draw there."""
        if self.window.controller.limits.renderer == "raster":
            return True
        return not self.window.screen().grabWindow(self.window.winId(), 0, 0, 8, 8).isNull()

    def _look_at(self, panes: QWidget) -> QPixmap:
        """A picture of the pane that is shown; of the screen where OpenGL draws in a window of its own."""
        if self.window.controller.limits.renderer == "raster":
            return panes.grab()
        place = panes.mapTo(self.window, QPoint(0, 0))
        return self.window.screen().grabWindow(self.window.winId(), place.x(), place.y(), panes.width(), panes.height())

    def _until(self, true: Callable[[], bool], seconds: float, otherwise: str) -> Iterator[float]:
        began = time.monotonic()
        while not true():
            if time.monotonic() - began > seconds:
                raise OSError(f"{otherwise}, also after {time.monotonic() - began:.0f} s")
            yield LOOK_SECONDS

    def _message(self, text: str, kind: str, detail: str) -> None:
        if kind != "info":
            self._fail(f"the window said: {text} {detail}".strip())

    def _fail(self, text: str) -> None:
        self._failed = True
        _say(FAILED + " ".join(text.split()))


def is_drawn(picture: QPixmap) -> bool:
    """True if there is more on it than text, lines and tools."""
    import numpy as np

    image = picture.toImage().convertToFormat(QImage.Format.Format_RGB32)
    height, width = image.height(), image.width()
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(height, image.bytesPerLine())
    # Every third row and column is enough to look at.
    pixels = rows[::3, : width * 4].reshape(-1, width, 4)[:, ::3, :3].astype(np.int16)
    if not pixels.size:
        return False
    colored = pixels.max(2) - pixels.min(2) > _CHROMA
    coarse = pixels >> 4
    shades = np.unique(coarse[:, :, 0] << 8 | coarse[:, :, 1] << 4 | coarse[:, :, 2])
    return bool(colored.mean() >= COLORED_SHARE and len(shades) >= SHADES)


def _say(line: str) -> None:
    if sys.stdout is not None:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
