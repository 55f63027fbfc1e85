"""The popover that gives runs a colour: the palette, or any colour by its hexadecimal name."""

from __future__ import annotations

import re

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QHBoxLayout, QLineEdit, QWidget

from ..theme import Theme
from ..widgets.buttons import Button
from ..widgets.focus import KeyboardFocus, draw_ring
from ..widgets.icons import pixmap
from ..widgets.labels import SectionLabel
from ..widgets.popover import Popover
from ..widgets.state import set_state
from ..widgets.theming import current_theme
from .palette import ink_on

_COLUMNS = 10
_HEX = re.compile(r"#?([0-9a-fA-F]{6}|[0-9a-fA-F]{3})")


def read_hex(text: str) -> str | None:
    """ "#rrggbb" for a colour typed with or without "#", in three or six digits; None for anything else."""
    found = _HEX.fullmatch(text.strip())
    if found is None:
        return None
    digits = found.group(1).lower()
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    return f"#{digits}"


class Swatch(KeyboardFocus, QAbstractButton):
    """One colour of the palette, ticked if it is the one in use."""

    def __init__(self, color: str, chosen: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._color = QColor(color)
        self._chosen = chosen
        self.setAccessibleName(f"Colour {color}{', in use' if chosen else ''}")
        self.setToolTip(color)
        self.setFixedSize(26, 26)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's hook."""
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._color)
        rect = QRectF(self.rect())
        painter.drawRoundedRect(rect.adjusted(3, 3, -3, -3), 5, 5)
        if self._chosen:
            mark = pixmap("check-small", ink_on(self._color, theme), 14, self.devicePixelRatioF())
            painter.drawPixmap(6, 6, mark)
        if self.ring_visible:
            draw_ring(painter, rect, 7, theme.accent)
        elif self.underMouse():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(theme.line_strong), 1))
            painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 7, 7)


class ColorPicker(Popover):
    """``picked(str)`` gives "#rrggbb", or "" for the run's own colour again; the popover then closes."""

    picked = Signal(str)

    def __init__(self, theme: Theme, current: str | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName("Colour of the run")
        self.body().addWidget(SectionLabel("Colour"))
        grid = QGridLayout()
        grid.setSpacing(0)
        self.swatches: list[Swatch] = []
        for number, color in enumerate(theme.series):
            swatch = Swatch(color, color == current)
            swatch.clicked.connect(lambda _checked=False, chosen=color: self._pick(chosen))
            grid.addWidget(swatch, number // _COLUMNS, number % _COLUMNS)
            self.swatches.append(swatch)
        self.body().addLayout(grid)
        self.hex = QLineEdit(current or "")
        self.hex.setPlaceholderText("#rrggbb")
        self.hex.setAccessibleName("Colour as hexadecimal digits")
        self.hex.setMaxLength(9)
        self.hex.returnPressed.connect(self._take_hex)
        self.hex.textEdited.connect(self._check_hex)
        reset = Button("Reset")
        reset.setToolTip("Give the run its own colour back")
        reset.clicked.connect(lambda: self._pick(""))
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.hex, 1)
        row.addWidget(reset)
        self.body().addLayout(row)

    def _check_hex(self, text: str) -> None:
        set_state(self.hex, "invalid", bool(text) and read_hex(text) is None and len(text) >= 7)

    def _take_hex(self) -> None:
        color = read_hex(self.hex.text())
        if color is None:
            set_state(self.hex, "invalid", True)
        else:
            self._pick(color)

    def _pick(self, color: str) -> None:
        self.picked.emit(color)
        self.close()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go from swatch to swatch."""
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -_COLUMNS,
            Qt.Key.Key_Down: _COLUMNS,
        }
        key = Qt.Key(event.key())
        at = next((number for number, swatch in enumerate(self.swatches) if swatch.hasFocus()), None)
        if key in steps and at is not None and 0 <= at + steps[key] < len(self.swatches):
            self.swatches[at + steps[key]].setFocus(Qt.FocusReason.TabFocusReason)
            return
        super().keyPressEvent(event)
