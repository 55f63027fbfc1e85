"""Texts: plain labels by role, captions of sections, dividing lines, and text elided in its middle."""

from __future__ import annotations

import html
import re

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget

from .theming import CAPTION_PX, SECONDARY_PX, TEXT_PX, current_theme, font

_JOINTS = re.compile(r"[/\\_.,=-](?=[^\s])")

ROLES = {
    "text": (TEXT_PX, 400),
    "title": (TEXT_PX, 600),
    "heading": (15, 600),
    "dim": (SECONDARY_PX, 400),
    "secondary": (SECONDARY_PX, 400),
    "caption": (CAPTION_PX, 400),
    "error": (SECONDARY_PX, 400),
    "warning": (SECONDARY_PX, 400),
    "ok": (SECONDARY_PX, 400),
}


def plain_tooltip(text: str) -> str:
    """A tooltip that shows ``text`` as it is, wrapped, whatever markup it holds.

    Names and paths have no spaces to break at, so a break is allowed behind the marks that join their parts.
    """
    if not text:
        return ""
    breakable = _JOINTS.sub("\\g<0>\u200b", text)
    return f"<qt>{html.escape(breakable)}</qt>".replace("\n", "<br>")


class TextLabel(QLabel):
    """Plain text in one of :data:`ROLES`; ``tabular`` for numbers in columns."""

    def __init__(
        self, text: str = "", role: str = "text", *, tabular: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)
        size, weight = ROLES[role]
        self.setFont(font(size, weight, tabular=tabular))
        self.setProperty("role", role)


class SectionLabel(QLabel):
    """The small capitals above a part of a panel."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        used = font(CAPTION_PX, 600, tabular=True)
        used.setCapitalization(QFont.Capitalization.AllUppercase)
        used.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, 0.7)
        self.setFont(used)
        self.setProperty("role", "section")
        self.setText(text)


class Divider(QFrame):
    """A 1 px line."""

    def __init__(self, vertical: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "divider")
        if vertical:
            self.setFixedWidth(1)
        else:
            self.setFixedHeight(1)


class ElidedLabel(QWidget):
    """One line of plain text, elided in its middle where room is short, or ``at_end``; the tooltip then shows all."""

    def __init__(
        self, text: str = "", role: str = "text", parent: QWidget | None = None, *, at_end: bool = False
    ) -> None:
        super().__init__(parent)
        self._mode = Qt.TextElideMode.ElideRight if at_end else Qt.TextElideMode.ElideMiddle
        self._text = ""
        self._role = role
        size, weight = ROLES[role]
        self.setFont(font(size, weight))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setText(text)

    def text(self) -> str:
        """The whole text."""
        return self._text

    def setText(self, text: str) -> None:
        """Show another text."""
        self._text = text
        self.setAccessibleName(text)
        self.updateGeometry()
        self._retip()
        self.update()

    def sizeHint(self) -> QSize:
        """The whole text."""
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self._text) + 2, metrics.height() + 2)

    def minimumSizeHint(self) -> QSize:
        """A few letters."""
        return QSize(min(36, self.sizeHint().width()), self.sizeHint().height())

    def _elided(self) -> str:
        return self.fontMetrics().elidedText(" ".join(self._text.splitlines()), self._mode, self.width())

    def _retip(self) -> None:
        self.setToolTip(plain_tooltip(self._text) if self._elided() != self._text else "")

    def resizeEvent(self, event: object) -> None:
        """Qt's hook."""
        self._retip()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's hook."""
        theme = current_theme()
        colors = {"dim": theme.dim, "caption": theme.dim, "secondary": theme.text, "error": theme.error}
        painter = QPainter(self)
        painter.setPen(QColor(colors.get(self._role, theme.text) if self.isEnabled() else theme.faint))
        painter.drawText(
            self.rect(),
            Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextSingleLine,
            self._elided(),
        )
