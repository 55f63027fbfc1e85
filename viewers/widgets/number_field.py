"""A field for one number, or none."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from .state import set_state
from .theming import set_tabular


def format_number(value: float) -> str:
    """The shortest text that reads back as ``value``, without a trailing ".0"."""
    if math.isfinite(value) and value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return repr(float(value))


class NumberField(QLineEdit):
    """Holds a finite float or None (empty text). ``changed(object)`` fires when Enter or leaving it sets another.

    Text that is no number keeps the last value, marks the field and says so in its tooltip; Escape takes the text back.
    """

    changed = Signal(object)

    def __init__(self, value: float | None = None, placeholder: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._value: float | None = None
        self.setPlaceholderText(placeholder)
        set_tabular(self)
        self.set_value(value)
        self.editingFinished.connect(self._take)
        self.textEdited.connect(lambda: set_state(self, "invalid", False))

    @property
    def value(self) -> float | None:
        """The number, or None."""
        return self._value

    def set_value(self, value: float | None) -> None:
        """Show another value without a signal."""
        self._value = value
        self.setText("" if value is None else format_number(value))
        set_state(self, "invalid", False)

    def _take(self) -> None:
        text = self.text().strip().replace("\u2212", "-").replace(",", "")
        value: float | None = None
        if text:
            try:
                value = float(text)
            except ValueError:
                value = math.nan
            if not math.isfinite(value):
                set_state(self, "invalid", True)
                self.setToolTip("Not a number")
                return
        self.setToolTip("")
        set_state(self, "invalid", False)
        if value != self._value:
            self._value = value
            self.changed.emit(value)
        self.setText("" if value is None else format_number(value))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape takes back what was typed."""
        if event.key() == Qt.Key.Key_Escape and self.isModified():
            self.set_value(self._value)
            return
        super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Leaving with text that is no number brings the last value back."""
        super().focusOutEvent(event)
        if self.property("invalid"):
            self.set_value(self._value)
            self.setToolTip("")
