"""Typing a limit at the end of an axis."""

from __future__ import annotations

import math
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit

from ..lod.ticks import clock
from ..selection import XAxis
from .view import usable

if TYPE_CHECKING:
    from .chart import Chart

_WIDTH, _HEIGHT = 92, 24


def parse_limit(text: str, axis: XAxis | None, origin: int) -> float | None:
    """The number that was typed, less ``origin``; None where it is not one.

    Accepts 1e5, 1,000, 20k, 3M; on the wall axis also a local date and time; on the relative axis 90s, 5m, 2h, 1d.
    """
    plain = text.strip().replace(",", "").replace("_", "").replace("−", "-")
    if not plain:
        return None
    if axis is XAxis.WALL:
        try:
            return datetime.fromisoformat(text.strip()).timestamp()
        except ValueError:
            pass
    units = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0} if axis is XAxis.RELATIVE else {}
    units = units or {"k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9}
    try:
        if axis is XAxis.STEP:
            try:
                return float(int(plain) - origin)
            except ValueError:
                pass
        factor = units.get(plain[-1])
        value = float(plain[:-1]) * factor if factor is not None else float(plain)
    except ValueError:
        return None
    return value - origin if math.isfinite(value) else None


class LimitEditor(QLineEdit):
    """A small field over the end of an axis. Enter takes the value, empty fits the axis again, Escape leaves it."""

    def __init__(self, chart: Chart, end: str) -> None:
        super().__init__(chart)
        self._chart, self._end = chart, end
        self.setObjectName("limitEditor")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName(f"Limit {end} of the axis")
        self.setToolTip("Type a limit; Enter to take it, empty to fit the axis again, Esc to leave it")
        self.setText(self._written())
        self.returnPressed.connect(self._take)

    def open(self) -> None:
        """Show the field where the limit stands, with its text selected."""
        geometry = self._chart.geometry_now
        ratio = self._chart.devicePixelRatio()
        width, height = self._chart.width(), self._chart.height()
        left, top = 0, 0
        if geometry is not None:
            if self._end == "y0":
                top = int((geometry.top + geometry.height) / ratio) - _HEIGHT
            elif self._end[0] == "x":
                top = height - _HEIGHT
                left = int(geometry.left / ratio) if self._end == "x0" else width - _WIDTH
        room = _WIDTH * 2 if self._end[0] == "x" and self._chart.scene.axis is XAxis.WALL else _WIDTH
        self.setGeometry(min(left, width - room), max(top, 0), room, _HEIGHT)
        self.show()
        self.selectAll()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def _written(self) -> str:
        scene = self._chart.scene
        value = getattr(scene.limits, self._end)
        if self._end[0] == "y":
            return f"{value:.6g}"
        if scene.axis is XAxis.WALL:
            return clock(value)
        if scene.axis is XAxis.STEP:
            return str(round(value) + scene.origin)
        return f"{value:.6g}"

    def _take(self) -> None:
        chart, scene = self._chart, self._chart.scene
        along_x = self._end[0] == "x"
        scale = scene.x_scale if along_x else scene.y_scale
        limits = scene.limits
        now = (limits.x0, limits.x1) if along_x else (limits.y0, limits.y1)
        if not self.text().strip():
            new = None
        else:
            value = parse_limit(self.text(), scene.axis if along_x else None, scene.origin if along_x else 0)
            if value is None:
                self._refuse("Not a number")
                return
            new = (value, now[1]) if self._end[1] == "0" else (now[0], value)
            if not usable(new, scale):
                self._refuse("The lower limit has to be below the upper one, and above 0 on a logarithmic axis")
                return
        chart.view.remember()
        if along_x:
            chart.view.x = new
        else:
            chart.view.y = new
        self.close()
        chart.setFocus(Qt.FocusReason.PopupFocusReason)
        chart.moved()

    def _refuse(self, why: str) -> None:
        self.setProperty("error", True)
        self.setToolTip(why)
        self.style().unpolish(self)
        self.style().polish(self)
        self.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
            self._chart.setFocus(Qt.FocusReason.PopupFocusReason)
            return
        super().keyPressEvent(event)
        event.accept()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.close()
