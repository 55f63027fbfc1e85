"""A field to filter by: regular expression, settled after a short pause, with room for what is wrong with it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from .icons import icon
from .labels import TextLabel, plain_tooltip
from .state import set_state
from .theming import CAPTION_PX, CONTROL_HEIGHT, current_theme, font, is_theme_change

DEBOUNCE_MS = 120


class _Edit(QLineEdit):
    """Escape clears; the arrow down key is told, so that an owner can move the focus into its list."""

    down_pressed = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
            return
        if event.key() == Qt.Key.Key_Down:
            self.down_pressed.emit()
            return
        super().keyPressEvent(event)


class SearchField(QWidget):
    """``changed(str)`` fires when typing pauses, at once on Enter and when cleared.

    ``regex`` shows the ".*" mark: the owner takes the text as a regular expression and reports an invalid one by
    :meth:`set_error`, which is said below the field until the next valid text.
    """

    changed = Signal(str)
    down_pressed = Signal()

    def __init__(self, placeholder: str = "", regex: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sent = ""
        self._error: str | None = None
        self._edit = _Edit()
        self._edit.setPlaceholderText(placeholder)
        self._edit.setAccessibleName(placeholder)
        self._edit.setFixedHeight(CONTROL_HEIGHT + 2)
        self._clear = QAction("Clear", self._edit)
        self._clear.setToolTip("Clear (Esc)")
        self._clear.triggered.connect(self._edit.clear)
        self._clear.setVisible(False)
        self._mark = QAction("Regular expression", self._edit)
        self._mark.setToolTip("Regular expression, upper and lower case alike")
        self._mark.setEnabled(False)
        if regex:
            self._edit.addAction(self._mark, QLineEdit.ActionPosition.TrailingPosition)
        self._edit.addAction(self._clear, QLineEdit.ActionPosition.TrailingPosition)
        self._message = TextLabel("", "error")
        self._message.setFont(font(CAPTION_PX))
        self._message.setWordWrap(True)
        self._message.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._edit)
        column.addWidget(self._message)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusProxy(self._edit)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DEBOUNCE_MS)
        self._timer.timeout.connect(self._send)
        self._edit.textChanged.connect(self._typed)
        self._edit.returnPressed.connect(self._send)
        self._edit.down_pressed.connect(self.down_pressed)
        self._recolor()

    def text(self) -> str:
        """What stands in the field."""
        return self._edit.text()

    def set_text(self, text: str, *, silent: bool = False) -> None:
        """Another text; ``changed`` follows at once unless ``silent``."""
        self._edit.setText(text)
        self._timer.stop()
        if silent:
            self._sent = text
        else:
            self._send()

    def clear(self) -> None:
        """Empty the field."""
        self._edit.clear()

    def select_all(self) -> None:
        """Select the text, as when a shortcut brings the focus here."""
        self._edit.selectAll()

    @property
    def error(self) -> str | None:
        """What is wrong with the text, as said."""
        return self._error

    def set_error(self, message: str | None) -> None:
        """Say below the field what is wrong; None takes it away."""
        self._error = message
        set_state(self._edit, "invalid", message is not None)
        self._message.setText(message or "")
        self._message.setVisible(message is not None)
        self._edit.setToolTip(plain_tooltip(message or ""))
        self._edit.setAccessibleDescription(message or "")

    def line_edit(self) -> QLineEdit:
        """The line edit within."""
        return self._edit

    def _typed(self, text: str) -> None:
        self._clear.setVisible(bool(text))
        if text:
            self._timer.start()
        else:
            self._send()

    def _send(self) -> None:
        self._timer.stop()
        text = self._edit.text()
        if text != self._sent:
            self._sent = text
            self.changed.emit(text)

    def _recolor(self) -> None:
        theme = current_theme()
        self._clear.setIcon(icon("close", theme.dim, 14))
        self._mark.setIcon(icon("regex", theme.faint, 16, disabled=theme.faint))

    def changeEvent(self, event: QEvent) -> None:
        """Takes the colours of another theme."""
        if is_theme_change(event):
            self._recolor()
        super().changeEvent(event)

    def sizeHint(self) -> QSize:
        """A comfortable field."""
        return QSize(240, super().sizeHint().height())
