"""A labelled switch: the text at the left, a pill at the right."""

from __future__ import annotations

from PySide6.QtCore import QEasingCurve, QPoint, QPointF, QRectF, QSize, Qt, QVariantAnimation
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from .focus import KeyboardFocus, draw_ring
from .motion import fade_ms
from .theming import CONTROL_HEIGHT, TEXT_PX, current_theme, font

_TRACK = QSize(28, 16)
_KNOB = 5.5
_GAP = 12


def _mix(first: str, second: str, share: float) -> QColor:
    one, two = QColor(first), QColor(second)
    return QColor.fromRgbF(
        one.redF() + (two.redF() - one.redF()) * share,
        one.greenF() + (two.greenF() - one.greenF()) * share,
        one.blueF() + (two.blueF() - one.blueF()) * share,
    )


class Switch(KeyboardFocus, QAbstractButton):
    """On or off, at once; ``toggled(bool)`` as of any checkable button. The whole row is the target."""

    def __init__(self, text: str = "", checked: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(text)
        self.setAccessibleName(text)
        self.setCheckable(True)
        self.setChecked(checked)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding if text else QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._at = 1.0 if checked else 0.0
        self._motion = QVariantAnimation(self)
        self._motion.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._motion.valueChanged.connect(self._move_knob)
        self.toggled.connect(self._start)

    def _start(self, checked: bool) -> None:
        self._motion.stop()
        target = 1.0 if checked else 0.0
        duration = fade_ms()
        if not duration or not self.isVisible():
            self._move_knob(target)
            return
        self._motion.setStartValue(self._at)
        self._motion.setEndValue(target)
        self._motion.setDuration(duration)
        self._motion.start()

    def _move_knob(self, value: float) -> None:
        self._at = float(value)
        self.update()

    def sizeHint(self) -> QSize:
        """The text and the pill."""
        text = QFontMetricsF(font(TEXT_PX)).horizontalAdvance(self.text())
        width = _TRACK.width() + (round(text) + _GAP if self.text() else 0)
        return QSize(width, CONTROL_HEIGHT if self.text() else _TRACK.height())

    def minimumSizeHint(self) -> QSize:
        """The pill and a little text."""
        return QSize(min(self.sizeHint().width(), 96), self.sizeHint().height())

    def hitButton(self, position: QPoint) -> bool:
        """Anywhere in the row."""
        return self.rect().contains(position)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's hook."""
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        usable = self.isEnabled()
        track = QRectF(
            self.width() - _TRACK.width(), (self.height() - _TRACK.height()) / 2, _TRACK.width(), _TRACK.height()
        )
        radius = track.height() / 2
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_mix(theme.line_strong, theme.accent if usable else theme.line_strong, self._at))
        painter.drawRoundedRect(track, radius, radius)
        x = track.left() + radius + (track.width() - 2 * radius) * self._at
        painter.setBrush(_mix(theme.dim if usable else theme.faint, theme.knob if usable else theme.panel, self._at))
        painter.drawEllipse(QPointF(x, track.center().y()), _KNOB, _KNOB)
        if self.text():
            used = font(TEXT_PX)
            painter.setFont(used)
            painter.setPen(QPen(QColor(theme.text if usable else theme.faint)))
            room = QRectF(0, 0, track.left() - _GAP, self.height())
            shown = QFontMetricsF(used).elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
        if self.ring_visible:
            draw_ring(painter, track, radius - 1, theme.text)
