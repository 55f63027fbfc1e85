"""What the window shows while no folder is open: where to drop one, the recent ones, the demo."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ..viewers.pane import ThemeHolder
from ..viewers.widgets import SectionLabel, icons
from . import words
from .actions import with_shortcut

WIDTH = 560
RECENT_SHOWN = 6


class WelcomePage(QWidget):
    """``open_wanted``, ``demo_wanted`` and ``roots_wanted(roots)`` say what the user chose."""

    open_wanted = Signal()
    demo_wanted = Signal()
    roots_wanted = Signal(object)

    def __init__(self, theme: ThemeHolder, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("centre")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._theme = theme
        self._note = _Note()
        self._note.open_anyway.connect(self.roots_wanted)
        self._recent = QVBoxLayout()
        self._recent.setSpacing(2)
        self._recent_title = SectionLabel("Recent folders")
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addStretch(2)
        column.addWidget(self._note)
        column.addSpacing(16)
        column.addWidget(self._drop_area())
        column.addSpacing(24)
        column.addWidget(self._recent_title)
        column.addSpacing(6)
        column.addLayout(self._recent)
        column.addStretch(3)
        row = QHBoxLayout(self)
        row.setContentsMargins(32, 16, 32, 16)
        row.addStretch(1)
        row.addLayout(column)
        row.addStretch(1)
        self._note.hide()
        self.set_recent(())

    def set_recent(self, sets: Sequence[tuple[str, ...]]) -> None:
        """The folders opened lately, latest first."""
        while self._recent.count():
            item = self._recent.takeAt(0)
            assert item is not None
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        for roots in sets[:RECENT_SHOWN]:
            row = _RecentRow(roots, self._theme)
            row.clicked.connect(lambda _checked=False, roots=roots: self.roots_wanted.emit(roots))
            self._recent.addWidget(row)
        self._recent_title.setVisible(bool(sets))

    def warn(self, text: str, roots: tuple[str, ...]) -> None:
        """Say why the last folders were not opened by themselves, with a button that opens them all the same."""
        self._note.show_note(text, roots)

    def clear_warning(self) -> None:
        """The warning has done its work."""
        self._note.hide()

    def _drop_area(self) -> QWidget:
        area = _DropArea(self._theme)
        title = QLabel("Open a folder of event logs")
        title.setObjectName("welcomeTitle")
        text = QLabel("Drop folders here. Every run below them is found and followed live.")
        text.setObjectName("welcomeText")
        text.setWordWrap(True)
        for label in (title, text):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        open_button, demo_button = QPushButton("Open folder…"), QPushButton("Open the demo")
        open_button.setProperty("primary", True)
        open_button.setToolTip(with_shortcut("Choose a folder", "Ctrl+O"))
        demo_button.setToolTip("A small simulated training, live")
        open_button.clicked.connect(self.open_wanted)
        demo_button.clicked.connect(self.demo_wanted)
        buttons = QHBoxLayout()
        buttons.setSpacing(10)
        buttons.addStretch(1)
        buttons.addWidget(open_button)
        buttons.addWidget(demo_button)
        buttons.addStretch(1)
        column = QVBoxLayout(area)
        column.setContentsMargins(40, 92, 40, 34)
        column.setSpacing(8)
        column.addWidget(title)
        column.addWidget(text)
        column.addSpacing(14)
        column.addLayout(buttons)
        return area


class _DropArea(QWidget):
    """A dashed frame with the folder icon."""

    def __init__(self, theme: ThemeHolder) -> None:
        super().__init__()
        self._theme = theme
        theme.changed.connect(self.update)
        self.setMinimumWidth(min(WIDTH, 460))
        self.setMaximumWidth(WIDTH)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(WIDTH, super().sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = self._theme.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(QColor(theme.line_strong), 1.5, Qt.PenStyle.CustomDashLine)
        pen.setDashPattern([4, 4])
        painter.setPen(pen)
        painter.setBrush(QColor(theme.panel))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 9, 9)
        pixmap = icons.pixmap("folder-open", theme.accent, 40, self.devicePixelRatioF())
        painter.drawPixmap((self.width() - 40) // 2, 36, pixmap)


class _Note(QFrame):
    """Why something was not opened."""

    open_anyway = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("welcomeNote")
        self.setMaximumWidth(WIDTH)
        self._roots: tuple[str, ...] = ()
        self._text = QLabel()
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setWordWrap(True)
        self.button = QPushButton("Open it anyway")
        self.button.clicked.connect(lambda: self.open_anyway.emit(self._roots))
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 12, 12, 12)
        row.setSpacing(16)
        row.addWidget(self._text, 1)
        row.addWidget(self.button)

    def show_note(self, text: str, roots: tuple[str, ...]) -> None:
        """Show ``text``; the button opens ``roots``."""
        self._roots = roots
        self._text.setText(text)
        self.button.setVisible(bool(roots))
        self.show()


class _RecentRow(QAbstractButton):
    """A recent folder: its name, and faint the path before it."""

    def __init__(self, roots: tuple[str, ...], theme: ThemeHolder) -> None:
        super().__init__()
        self._name = words.title_of(roots)
        self._path = "   ".join(roots)
        self._theme = theme
        theme.changed.connect(self.update)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setMaximumWidth(WIDTH)
        self.setFixedHeight(34)
        self.setAccessibleName(f"Open {self._name}")
        self.setAccessibleDescription(self._path)

    def sizeHint(self) -> QSize:
        return QSize(WIDTH, 34)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = self._theme.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.underMouse() or self.hasFocus():
            painter.setPen(QColor(theme.accent) if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.hover))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.drawPixmap(10, 9, icons.pixmap("folder", theme.dim, 16, self.devicePixelRatioF()))
        strong, thin = QFont(self.font()), QFont(self.font())
        strong.setPixelSize(13)
        strong.setWeight(QFont.Weight.Medium)
        thin.setPixelSize(12)
        room = self.width() - 46
        name = QFontMetrics(strong).elidedText(self._name, Qt.TextElideMode.ElideMiddle, room * 3 // 5)
        used = QFontMetrics(strong).horizontalAdvance(name) + 14
        path = QFontMetrics(thin).elidedText(self._path, Qt.TextElideMode.ElideMiddle, room - used)
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.setFont(strong)
        painter.setPen(QColor(theme.text))
        painter.drawText(self.rect().adjusted(36, 0, 0, 0), middle, name)
        painter.setFont(thin)
        painter.setPen(QColor(theme.dim))
        painter.drawText(self.rect().adjusted(36 + used, 0, 0, 0), middle, path)
