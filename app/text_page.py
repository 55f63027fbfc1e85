"""A long plain text to read, select and copy, with buttons below it: licences, reports of crashes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, QTimer
from PySide6.QtGui import QFontDatabase, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from .words import visible

#: Characters that go in in one turn of the event loop: some milliseconds.
PIECE = 20_000
HEIGHT = 460


class TextPage(QWidget):
    """Shows ``text`` as it is. ``buttons`` are (label, what to do) pairs."""

    def __init__(
        self,
        text: str = "",
        buttons: Sequence[tuple[str, Callable[[], object]]] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._waiting = ""
        self.view = _Text()
        self.view.setObjectName("longText")
        self.view.setReadOnly(True)
        self.view.setUndoRedoEnabled(False)
        self.view.setTabChangesFocus(True)
        self.view.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(12)
        self.view.setFont(font)
        self.view.setMinimumHeight(120)
        self.view.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addStretch(1)
        for label, work in buttons:
            button = QPushButton(label)
            button.clicked.connect(lambda _checked=False, work=work: work())
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 4, 24, 8)
        column.setSpacing(12)
        column.addWidget(self.view, 1)
        if buttons:
            column.addLayout(row)
        self._more = QTimer(self)
        self._more.setInterval(0)
        self._more.timeout.connect(self._put_piece)
        self.show_text(text)

    def show_text(self, text: str) -> None:
        """Show another text. A long one comes in pieces, the beginning at once."""
        self.view.clear()
        self._waiting = "\n".join(visible(line.expandtabs()) for line in text.splitlines())
        self._put_piece()

    @property
    def is_complete(self) -> bool:
        """True if all of the text is there."""
        return not self._waiting

    def _put_piece(self) -> None:
        piece, self._waiting = self._waiting[:PIECE], self._waiting[PIECE:]
        cursor = QTextCursor(self.view.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertText(piece)
        if self._waiting:
            self._more.start()
        else:
            self._more.stop()
        if self.view.textCursor().position() and not self.view.textCursor().hasSelection():
            self.view.moveCursor(QTextCursor.MoveOperation.Start)


class _Text(QPlainTextEdit):
    """As high as is good to read in, less where the window is small."""

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), HEIGHT)
