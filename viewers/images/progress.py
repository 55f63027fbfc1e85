"""A strip at the foot of the pane that says how far an export is, and stops it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from ..widgets import Chip, ElidedLabel, current_theme, set_surface


class ProgressBar(QWidget):
    """A thin bar, filled to a share."""

    def __init__(self) -> None:
        super().__init__()
        self.share = 0.0
        self.setFixedSize(160, 4)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_share(self, share: float) -> None:
        """Fill it to ``share``, 0 to 1."""
        self.share = min(max(share, 0.0), 1.0)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's hook."""
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        whole = QRectF(self.rect())
        painter.setBrush(QColor(theme.line_strong))
        painter.drawRoundedRect(whole, 2, 2)
        if self.share:
            painter.setBrush(QColor(theme.accent))
            painter.drawRoundedRect(QRectF(0, 0, max(whole.width() * self.share, 4), 4), 2, 2)
        painter.end()


class ProgressStrip(QWidget):
    """Hidden while nothing goes on; ``cancelled`` fires when the user gives up."""

    cancelled = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("progressStrip")
        set_surface(self, "panel", "top")
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 6, 14, 6)
        row.setSpacing(12)
        self.label = ElidedLabel("", "dim")
        self.bar = ProgressBar()
        self.cancel = Chip("Cancel")
        self.cancel.clicked.connect(self.cancelled)
        row.addWidget(self.label, 1)
        row.addWidget(self.bar)
        row.addWidget(self.cancel)
        self._title = ""
        self.hide()

    def begin(self, title: str) -> None:
        """Something begins."""
        self._title = title
        self.label.setText(title)
        self.bar.set_share(0.0)
        self.cancel.setEnabled(True)
        self.show()

    def advance(self, done: int, total: int) -> None:
        """``done`` of ``total`` are there."""
        self.label.setText(f"{self._title}: {done:,} of {total:,}")
        self.bar.set_share(done / max(total, 1))

    def end(self) -> None:
        """Nothing goes on any more."""
        self.hide()
