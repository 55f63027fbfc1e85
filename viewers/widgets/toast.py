"""Quiet messages at the lower right of the window, which go by themselves."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPropertyAnimation, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QEnterEvent, QGuiApplication, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGraphicsOpacityEffect, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from .buttons import IconButton
from .icons import pixmap
from .labels import TextLabel
from .motion import fade_ms
from .theming import CARD_RADIUS, current_theme, is_theme_change

_WIDTH = 360
_MARGIN = 16
_SECONDS = {"info": 5, "warning": 10, "error": 0}
_MOST = 4


class Toast(QWidget):
    """One message. It stays while pointed at; an error stays until it is closed."""

    closed = Signal()

    def __init__(self, text: str, kind: str, detail: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._kind = kind
        self._count = 1
        self.key = (text, kind, detail)
        self._picture = QLabel()
        self._picture.setFixedSize(16, 20)
        self._label = TextLabel(text, "text")
        self._label.setWordWrap(True)
        self._label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 9, 8, 9)
        row.setSpacing(10)
        row.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._label, 1)
        if detail:
            copy = IconButton("copy", "Copy the details", size=22)
            copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(f"{text}\n{detail}"))
            row.addWidget(copy, 0, Qt.AlignmentFlag.AlignTop)
        close = IconButton("close", "Close", size=22)
        close.clicked.connect(self.closed)
        row.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self.setAccessibleName(text)
        self.setFixedWidth(_WIDTH)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.closed)
        self._seconds = _SECONDS.get(kind, 5)
        self._recolor()
        self._wait()

    def repeat(self) -> None:
        """The same message came again: count it and start its time anew."""
        self._count += 1
        self._label.setText(f"{self.key[0]} (×{self._count})")
        self._wait()

    def _wait(self) -> None:
        if self._seconds:
            self._timer.start(self._seconds * 1000)

    def _recolor(self) -> None:
        theme = current_theme()
        color = {"warning": theme.warning, "error": theme.error}.get(self._kind, theme.accent)
        name = self._kind if self._kind in ("warning", "error") else "info"
        self._picture.setPixmap(pixmap(name, color, 16, self.devicePixelRatioF()))

    def changeEvent(self, event: QEvent) -> None:
        """Takes the colours of another theme."""
        if is_theme_change(event):
            self._recolor()
        super().changeEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Qt's hook."""
        self._timer.stop()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Qt's hook."""
        self._wait()
        super().leaveEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's hook."""
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.line_strong), 1))
        painter.setBrush(QColor(theme.card))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), CARD_RADIUS, CARD_RADIUS)


class ToastArea(QWidget):
    """Lies over the lower right of ``host``. :meth:`notify` has the signature of ``Notify``; at most four are shown."""

    def __init__(self, host: QWidget, bottom_margin: int = _MARGIN) -> None:
        super().__init__(host)
        self._host = host
        self._bottom = bottom_margin
        self._toasts: list[Toast] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self.setFixedWidth(_WIDTH)
        host.installEventFilter(self)
        self.hide()

    def notify(self, text: str, kind: str = "info", detail: str = "") -> None:
        """Show a message; ``kind`` is "info", "warning" or "error", ``detail`` is what the copy button adds."""
        for shown in self._toasts:
            if shown.key == (text, kind, detail):
                shown.repeat()
                return
        toast = Toast(text, kind, detail, self)
        toast.closed.connect(lambda: self._remove(toast))
        self._toasts.append(toast)
        self._column.addWidget(toast)
        while len(self._toasts) > _MOST:
            self._remove(self._toasts[0])
        self._place()
        self.show()
        self.raise_()
        self._fade_in(toast)

    def messages(self) -> list[str]:
        """The texts now shown."""
        return [toast.key[0] for toast in self._toasts]

    def clear(self) -> None:
        """Take all messages away."""
        for toast in list(self._toasts):
            self._remove(toast)

    def _fade_in(self, toast: Toast) -> None:
        duration = fade_ms()
        if not duration:
            return
        effect = QGraphicsOpacityEffect(toast)
        toast.setGraphicsEffect(effect)
        motion = QPropertyAnimation(effect, b"opacity", effect)
        motion.setStartValue(0.0)
        motion.setEndValue(1.0)
        motion.setDuration(duration)
        motion.finished.connect(lambda: toast.setGraphicsEffect(None))  # type: ignore[arg-type]
        motion.start()

    def _remove(self, toast: Toast) -> None:
        if toast not in self._toasts:
            return
        self._toasts.remove(toast)
        self._column.removeWidget(toast)
        toast.hide()
        toast.deleteLater()
        self._place()
        self.setVisible(bool(self._toasts))

    def _place(self) -> None:
        height = sum(toast.heightForWidth(_WIDTH) + 8 for toast in self._toasts) - 8
        self.setFixedHeight(max(0, height))
        self.move(self._host.width() - _WIDTH - _MARGIN, self._host.height() - self.height() - self._bottom)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follows the host's size."""
        if watched is self._host and event.type() == QEvent.Type.Resize:
            self._place()
        return False
