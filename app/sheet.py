"""A card over the window for things that are looked at for a moment: preferences, shortcuts, about."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from ..viewers.widgets import IconButton


class Sheet(QWidget):
    """Covers ``window`` with a veil and puts ``content`` into a card. Escape, a click beside it or Close end it.

    It deletes itself when closed; ``closed`` fires before that.
    """

    closed = Signal()

    def __init__(self, window: QWidget, title: str, content: QWidget, width: int = 560) -> None:
        super().__init__(window)
        self.setObjectName("sheet")
        self._host = window
        self._width = width
        self._content = content
        self.card = QFrame(self)
        self.card.setObjectName("sheetCard")
        heading = QLabel(title)
        heading.setObjectName("sheetTitle")
        self._close = IconButton("close", "Close (Esc)")
        self._close.setObjectName("sheetClose")
        self._close.clicked.connect(self.finish)
        self._area = QScrollArea()
        self._area.setObjectName("sheetScroll")
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidget(content)
        top = QHBoxLayout()
        top.setContentsMargins(24, 18, 16, 12)
        top.addWidget(heading, 1)
        top.addWidget(self._close)
        column = QVBoxLayout(self.card)
        column.setContentsMargins(1, 1, 1, 10)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self._area)
        self._before = window.focusWidget()
        window.installEventFilter(self)
        content.installEventFilter(self)
        self._place()
        self.show()
        self.raise_()
        self.card.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.card.setFocus()

    def finish(self) -> None:
        """Close the sheet and give the keyboard back."""
        self._host.removeEventFilter(self)
        self.hide()
        self.closed.emit()
        if self._before is not None:
            self._before.setFocus()
        self.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # The content's height is known once the style sheet has reached its labels.
        wanted = QEvent.Type.LayoutRequest if watched is self._content else QEvent.Type.Resize
        if event.type() == wanted:
            self._place()
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.finish()
        # Keys of the window behind must not act while the sheet lies over it.
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self.card.geometry().contains(event.position().toPoint()):
            self.finish()
        event.accept()

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab stays inside the card."""
        moved = super().focusNextPrevChild(forward)
        focus = self.window().focusWidget()
        if focus is None or not self.isAncestorOf(focus):
            self._close.setFocus(Qt.FocusReason.TabFocusReason)
        return moved

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(QRectF(self.rect()), QColor(0, 0, 0, 110))

    def _place(self) -> None:
        window = self._host
        self.setGeometry(window.rect())
        width = min(self._width, window.width() - 48)
        wanted = self._content.sizeHint().height() if self._content.layout() is None else 0
        layout = self._content.layout()
        if layout is not None:
            inner = width - 2
            wanted = (
                layout.totalHeightForWidth(inner) if layout.hasHeightForWidth() else layout.totalSizeHint().height()
            )
        height = min(wanted + 76, window.height() - 80)
        self.card.setGeometry((window.width() - width) // 2, max(24, (window.height() - height) // 3), width, height)
