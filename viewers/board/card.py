"""The frame of a card: title, icons that appear under the mouse, what it shows, and a note below."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QFont,
    QFontMetricsF,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from ..charts.frames import FrameScheduler
from ..charts.style import axis_font
from ..theme import Theme
from ..widgets import IconButton

RADIUS = 9.0
_HEADER = 36
_NOTE = 24
_SIDE = 13
_BUTTON = 26
_DOT = 4.5
_LEAST_BEHIND = 60.0


class CardFrame(QWidget):
    """What a pane shows under one tag. Signals carry no tag: a card shows one at a time, :attr:`tag`.

    Subclasses hand their ``content`` to :meth:`hold`, which keeps its focus in sight. ``refill(deadline)`` is what the
    owner has done to bring the card up to date; False where the time was too short. ``noun`` is what it calls itself.
    """

    noun = "chart"

    pin_clicked = Signal()
    expand_clicked = Signal()
    menu_clicked = Signal(QPoint)
    note_clicked = Signal()

    def __init__(self, frames: FrameScheduler, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._frames = frames
        self._content: QWidget | None = None
        self.tag = ""
        self.group = -1
        self.refill: Callable[[float], bool] = lambda _deadline: True
        self._theme = theme
        self._pinned = self._expanded = False
        self._state: tuple[bool, bool] | None = None
        self._note, self._note_link = "", ""
        self._title: _Title | None = None
        self._dot: QColor | None = None
        self._behind = ""
        self.pin_button = IconButton("pin", checkable=True)
        self.pin_button.set_icon_name("pin", "pinned")
        self.expand_button = IconButton("expand")
        self.more_button = IconButton("more", f"More for this {self.noun}")
        self._buttons: tuple[IconButton, ...] = (self.more_button, self.expand_button, self.pin_button)
        for button in self._buttons:
            button.setParent(self)
            button.hide()
        self.pin_button.clicked.connect(self.pin_clicked)
        self.expand_button.clicked.connect(self.expand_clicked)
        self.more_button.clicked.connect(
            lambda: self.menu_clicked.emit(self.more_button.mapToGlobal(self.more_button.rect().bottomLeft()))
        )
        self.setMouseTracking(True)
        self.setAccessibleName(self.noun.capitalize())

    def hold(self, content: QWidget) -> None:
        """Show ``content`` below the title."""
        self._content = content
        content.setParent(self)
        content.lower()

    def add_button(self, button: IconButton) -> None:
        """Give the card one more icon, left of the others."""
        button.setParent(self)
        button.hide()
        self._buttons = (*self._buttons, button)

    @property
    def title(self) -> str:
        """What stands on top of the card."""
        return self.tag

    @property
    def indent(self) -> float:
        """Pixels that the title leaves free at its left, for a mark of the subclass."""
        return 0.0

    @property
    def ringed(self) -> bool:
        """True while keys go to the card because the user came here by keyboard."""
        return False

    @property
    def content_has_focus(self) -> bool:
        """True while keys go to what the card shows."""
        return self._content is not None and self._content.hasFocus()

    def focus_content(self) -> None:
        """Have keys go to what the card shows."""
        if self._content is not None:
            self._content.setFocus(Qt.FocusReason.OtherFocusReason)

    def forget_frames(self) -> None:
        """The card left the board: nothing of it is painted any more."""
        self._frames.forget(self)

    @property
    def pinned(self) -> bool:
        """True while the card's pin is set."""
        return self._pinned

    def bind(self, tag: str, group: int) -> None:
        """Show another tag, as it stands in another group."""
        if tag != self.tag:
            self.setToolTip("")
        self.tag, self.group = tag, group
        self._dot, self._behind = None, ""
        self._state = None
        self.setAccessibleName(f"{self.noun.capitalize()} of {self.title}")

    def set_state(self, *, pinned: bool, expanded: bool) -> None:
        """Whether the tag is pinned, and shown alone."""
        if (pinned, expanded) == self._state:
            return
        self._state = (pinned, expanded)
        self._pinned, self._expanded = pinned, expanded
        noun = self.noun
        pin = f"Take the pin off this {noun}" if pinned else f"Pin this {noun} to the top"
        self.pin_button.set_tooltip(f"{pin} (P)")
        self.pin_button.setChecked(pinned)
        self.expand_button.set_tooltip(f"Back to all {noun}s (Esc)" if expanded else f"Show this {noun} alone (F)")
        self.expand_button.set_icon_name("collapse" if expanded else "expand")
        self._show_buttons(self.underMouse())
        self.update()

    def advance(self, deadline: float) -> bool:
        """Fill the card again, if it is still on the board."""
        return not self.isVisible() or self.refill(deadline)

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        self._theme = theme
        self._title = None
        self.update()

    def set_mark(self, dot: QColor | None, behind: str = "") -> None:
        """A coloured dot before the title and a name in faint letters behind it: the run that the card shows."""
        if (dot, behind) != (self._dot, self._behind):
            self._dot, self._behind = dot, behind
            self.setAccessibleName(f"{self.noun.capitalize()} of {self.title}{behind and f', run {behind}'}")
            self.update()

    def set_note(self, text: str, link: str = "") -> None:
        """A line below the content, with words that can be clicked behind it; empty for none."""
        if (text, link) != (self._note, self._note_link):
            self._note, self._note_link = text, link
            self._arrange()
            self.update()

    @property
    def note(self) -> str:
        """The line below the content."""
        return self._note

    def content_rect(self) -> QRect:
        """Where the content stands in the card."""
        room = self.height() - _HEADER - (_NOTE if self._note else 0) - 4
        return QRect(2, _HEADER, max(self.width() - 4, 1), max(room, 1))

    def _arrange(self) -> None:
        if self._content is not None:
            self._content.setGeometry(self.content_rect())
        x = self.width() - 8
        for button in self._buttons:
            x -= _BUTTON
            button.move(x, 6)
            x -= 2

    def _show_buttons(self, shown: bool) -> None:
        for button in self._buttons:
            button.setVisible(shown or (button is self.pin_button and self._pinned) or button.hasFocus())
        if self._pinned and not shown:
            self.pin_button.move(self.width() - 8 - _BUTTON, 6)
        else:
            self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_buttons(self.underMouse())
        self._arrange()
        self._show_buttons(self.underMouse())

    def enterEvent(self, event: QEnterEvent) -> None:
        self._show_buttons(True)
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._show_buttons(False)
        self.update()
        super().leaveEvent(event)

    def _link_rect(self) -> QRect:
        metrics = QFontMetricsF(axis_font(self.font()))
        left = _SIDE + metrics.horizontalAdvance(self._fitted_note(metrics)) + 8
        return QRect(int(left), self.height() - _NOTE - 2, int(metrics.horizontalAdvance(self._note_link)) + 4, _NOTE)

    def _fitted_note(self, metrics: QFontMetricsF) -> str:
        """The note as it fits in: what can be clicked behind it is never cut off."""
        taken = metrics.horizontalAdvance(self._note_link) + 12 if self._note_link else 0.0
        return metrics.elidedText(self._note, Qt.TextElideMode.ElideRight, self.width() - 2 * _SIDE - taken)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        over = bool(self._note_link) and self._link_rect().contains(at)
        self.setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)
        named = f"{self.title} · {self._behind}" if self._behind else self.title
        below = bool(self._note) and at.y() > self.height() - _NOTE
        self.setToolTip("" if over else escape(named) if at.y() < _HEADER else escape(self._note) if below else "")
        super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._note_link and self._link_rect().contains(event.position().toPoint()):
            self.note_clicked.emit()
        super().mouseReleaseEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        focused = self._content is not None and self._content.hasFocus()
        edge = theme.line_strong if self.underMouse() or focused else theme.line
        ring = self.ringed
        painter.setPen(QPen(QColor(theme.accent if ring else edge), 2.0 if ring else 1.0))
        painter.setBrush(QColor(theme.card))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        # Most repaints are those of the content alone: its ground is all that the card has to give.
        if event.rect().top() < _HEADER:
            self._paint_title(painter)
        if self._note and event.rect().bottom() >= self.height() - _NOTE - 2:
            font = axis_font(self.font())
            painter.setFont(font)
            painter.setPen(QColor(theme.dim))
            strip = QRectF(_SIDE, self.height() - _NOTE - 2, self.width() - 2 * _SIDE, _NOTE)
            flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
            painter.drawText(strip, flags, self._fitted_note(QFontMetricsF(font)))
            painter.setPen(QColor(theme.accent))
            painter.drawText(QRectF(self._link_rect()), flags, self._note_link)
        painter.end()

    def _paint_title(self, painter: QPainter) -> None:
        shown = [button for button in self._buttons if not button.isHidden()]
        right = min((button.x() for button in shown), default=self.width() - _SIDE)
        left = _SIDE + self.indent
        if self._dot is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._dot)
            painter.drawEllipse(QPointF(left + _DOT, 6 + _BUTTON / 2), _DOT, _DOT)
            left += 2 * _DOT + 7
        room = right - left - 6.0
        title = self._title
        # A name behind the title gives way to it, but for its first letters.
        least = min(_LEAST_BEHIND, room / 3) if self._behind else 0.0
        if title is None or (title.text, title.room) != (self.title, room - least):
            title = self._title = _Title.fitted(self.title, room - least, self.font())
        baseline = 6 + _BUTTON / 2 + title.cap_height / 2
        painter.setFont(title.plain)
        painter.setPen(QColor(self._theme.faint))
        painter.drawText(QPointF(left, baseline), title.prefix)
        painter.setFont(title.strong)
        painter.setPen(QColor(self._theme.text))
        painter.drawText(QPointF(left + title.leaf_at, baseline), title.leaf)
        if self._behind:
            end = title.leaf_at + QFontMetricsF(title.strong).horizontalAdvance(title.leaf) + 7
            metrics = QFontMetricsF(title.plain)
            behind = metrics.elidedText(f"· {self._behind}", Qt.TextElideMode.ElideMiddle, room - end)
            painter.setFont(title.plain)
            painter.setPen(QColor(self._theme.dim))
            painter.drawText(QPointF(left + end, baseline), behind)


@dataclass(frozen=True, slots=True)
class _Title:
    """A title as it fits into ``room`` pixels: its folders in faint, its last part in strong letters."""

    text: str
    room: float
    prefix: str
    leaf: str
    leaf_at: float
    cap_height: float
    plain: QFont
    strong: QFont

    @staticmethod
    def fitted(text: str, room: float, font: QFont) -> _Title:
        """The title ``text`` in ``font``."""
        prefix, slash, leaf = text.rpartition("/")
        prefix += slash
        plain, strong = QFont(font), QFont(font)
        plain.setPixelSize(13)
        strong.setPixelSize(13)
        strong.setWeight(QFont.Weight.DemiBold)
        metrics, bold = QFontMetricsF(plain), QFontMetricsF(strong)
        leaf = bold.elidedText(leaf, Qt.TextElideMode.ElideMiddle, room)
        taken = bold.horizontalAdvance(leaf)
        prefix = metrics.elidedText(prefix, Qt.TextElideMode.ElideMiddle, max(room - taken, 0.0)) if prefix else ""
        at = metrics.horizontalAdvance(prefix)
        return _Title(text, room, prefix, leaf, at, metrics.capHeight(), plain, strong)
