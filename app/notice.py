"""A strip below the bar of the window with something that waits for an answer: what the last start left behind."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from ..viewers.widgets import ElidedLabel, IconButton
from .crash_reports import Report
from .words import counted


class CrashNotice(QFrame):
    """Offers the reports of starts that ended unexpectedly.

    ``show_wanted``, ``copy_wanted`` and ``delete_wanted`` say what the user chose; closing it leaves them for the next
    start.
    """

    show_wanted = Signal()
    copy_wanted = Signal()
    delete_wanted = Signal()

    def __init__(self, reports: Sequence[Report], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("crashNotice")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.reports = tuple(reports)
        what = "a report of it is" if len(reports) == 1 else f"{counted(len(reports), 'report')} of it are"
        self._text = ElidedLabel(f"Runglass ended unexpectedly earlier; {what} kept on this computer only.", "text")
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 6, 8, 6)
        row.setSpacing(8)
        row.addWidget(self._text, 1)
        for label, tip, signal in (
            ("Show", "Read what was written down", self.show_wanted),
            ("Copy", "Copy it, to send it to whoever may mend it", self.copy_wanted),
            ("Delete", "Remove it from this computer", self.delete_wanted),
        ):
            button = QPushButton(label)
            button.setToolTip(tip)
            button.clicked.connect(signal)
            row.addWidget(button)
        close = IconButton("close", "Not now")
        close.clicked.connect(self.hide)
        row.addWidget(close)

    @property
    def text(self) -> str:
        """All reports, the newest first."""
        return "\n\n".join(report.text for report in self.reports)
