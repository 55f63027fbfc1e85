"""The line above a compared picture: whose it is; for a difference its numbers and what its colours mean."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ...ramp import ramp
from ...theme import Theme
from ...widgets import ElidedLabel, current_theme, font, plain_tooltip
from .difference import Statistics
from .resolving import Entry

HEIGHT = 24
_GAP = 7.0
_STOPS = 9
_SCALE_WIDTH = 90.0
_LEAST_NAME = 60.0
_DOT = "  ·  "


@dataclass(frozen=True, slots=True)
class Mark:
    """What a caption says of one picture: its name, step and size. The name gives way first, but for some letters."""

    letter: str
    color: QColor
    name: str
    place: str
    size: str

    @staticmethod
    def of(entry: Entry) -> Mark:
        """The mark of a slot."""
        picture = entry.picture
        size = "" if picture is None else f"{picture.columns:,}×{picture.rows:,}"
        return Mark(entry.letter, entry.color, entry.named, entry.place, size)

    @property
    def text(self) -> str:
        """All of it but the letter."""
        return _DOT.join(part for part in (self.name, self.place, self.size) if part)

    def fitted(self, metrics: QFontMetricsF, room: float) -> str:
        """As much of the text as ``room`` pixels hold."""
        for behind in ([self.place, self.size], [self.place], []):
            tail = "".join(_DOT + part for part in behind if part)
            left = room - metrics.horizontalAdvance(tail)
            if left >= min(metrics.horizontalAdvance(self.name), _LEAST_NAME) or not behind:
                return metrics.elidedText(self.name, Qt.TextElideMode.ElideMiddle, left) + tail
        return ""


class Caption(QWidget):
    """One mark at the left or, for the two sides of a divider, another at the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._left: Mark | None = None
        self._right: Mark | None = None
        self.setFixedHeight(HEIGHT)

    def set_marks(self, left: Mark | None, right: Mark | None = None) -> None:
        """Show other marks."""
        if (left, right) != (self._left, self._right):
            self._left, self._right = left, right
            shown = [mark for mark in (left, right) if mark is not None]
            self.setAccessibleName("; ".join(f"{mark.letter} {mark.text}" for mark in shown))
            self.update()

    @property
    def text(self) -> str:
        """What it says, for screen readers and tests."""
        return self.accessibleName()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's hook."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = self.width() / 2 - _GAP if self._right is not None else float(self.width())
        if self._left is not None:
            self._paint(painter, self._left, 0.0, room)
        if self._right is not None:
            width = min(_width(self._right), room)
            self._paint(painter, self._right, self.width() - width, width)
        painter.end()

    def _paint(self, painter: QPainter, mark: Mark, x: float, room: float) -> None:
        theme, height = current_theme(), self.height() - 4
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        strong, plain = font(12, 600), font(12, tabular=True)
        painter.setFont(strong)
        painter.setPen(QColor(theme.text))
        painter.drawText(QRectF(x, 0, room, height), middle, mark.letter)
        at = x + QFontMetricsF(strong).horizontalAdvance(mark.letter) + _GAP
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(mark.color)
        painter.drawEllipse(QPointF(at + 4.5, height / 2), 4.5, 4.5)
        at += 9 + _GAP
        painter.setFont(plain)
        painter.setPen(QColor(theme.dim))
        left = x + room - at
        painter.drawText(QRectF(at, 0, left + 1, height), middle, mark.fitted(QFontMetricsF(plain), left))


def _width(mark: Mark) -> float:
    letter = QFontMetricsF(font(12, 600)).horizontalAdvance(mark.letter)
    return letter + 9 + 2 * _GAP + QFontMetricsF(font(12, tabular=True)).horizontalAdvance(mark.text) + 2


class Scale(QWidget):
    """What the colours of a difference mean: the gradient, with the difference that has the full colour at its ends."""

    def __init__(self) -> None:
        super().__init__()
        self._signed, self._full = True, ""
        self.setFixedHeight(HEIGHT - 4)

    def show_scale(self, signed: bool, full: str) -> None:
        """``full`` is the difference that is shown in full colour, in words."""
        if (signed, full) != (self._signed, self._full):
            self._signed, self._full = signed, full
            self.updateGeometry()
            self.update()

    @property
    def ends(self) -> tuple[str, str]:
        """What stands at the left and the right end."""
        return scale_ends(self._signed, self._full)

    def sizeHint(self) -> QSize:
        """Gradient and ends."""
        metrics = QFontMetricsF(font(11, tabular=True))
        return QSize(round(sum(metrics.horizontalAdvance(end) + 6 for end in self.ends) + _SCALE_WIDTH), HEIGHT - 4)

    def minimumSizeHint(self) -> QSize:
        """The same."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's hook."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_scale(painter, QRectF(self.rect()), self.ends, self._signed, current_theme())
        painter.end()


def scale_ends(signed: bool, full: str) -> tuple[str, str]:
    """What stands at the left and the right end of a scale; ``full`` is what has the full colour, in words."""
    return (f"−{full}", f"+{full}") if signed else ("0", full)


def paint_scale(painter: QPainter, at: QRectF, ends: tuple[str, str], signed: bool, theme: Theme) -> None:
    """The gradient of a difference between the words for its ends, from the left of ``at``."""
    used = font(11, tabular=True)
    middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
    painter.setFont(used)
    painter.setPen(QColor(theme.dim))
    painter.drawText(at, middle, ends[0])
    x = at.left() + QFontMetricsF(used).horizontalAdvance(ends[0]) + 6
    painter.drawText(QRectF(x + _SCALE_WIDTH + 6, at.top(), at.width(), at.height()), middle, ends[1])
    bar = QRectF(x, at.center().y() - 4, _SCALE_WIDTH, 8)
    gradient = QLinearGradient(bar.topLeft(), bar.topRight())
    for place, color in _stops(signed, theme):
        gradient.setColorAt(place, color)
    painter.setPen(QColor(theme.line_strong))
    painter.setBrush(gradient)
    painter.drawRoundedRect(bar.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)


def _stops(signed: bool, theme: Theme) -> list[tuple[float, QColor]]:
    if not signed:
        return [(0.0, QColor(Qt.GlobalColor.black)), (1.0, QColor(Qt.GlobalColor.white))]
    below, neutral, above = (
        (color.redF(), color.greenF(), color.blueF())
        for color in map(QColor, (theme.series[0], theme.card, theme.series[1]))
    )
    stops = []
    for end, side in ((below, -0.5), (above, 0.5)):
        for share, color in enumerate(ramp(neutral, end, _STOPS, 0.0)):
            stops.append((0.5 + side * share / (_STOPS - 1), QColor.fromRgbF(*map(float, color))))
    return stops


class Numbers(ElidedLabel):
    """One line in the longest of several forms that there is room for; :attr:`full` is the longest."""

    def __init__(self) -> None:
        super().__init__("", "dim")
        self._forms = [""]

    @property
    def full(self) -> str:
        """The longest form."""
        return self._forms[0]

    def set_forms(self, forms: list[str]) -> None:
        """Other forms, from the longest to the shortest."""
        if forms != self._forms:
            self._forms = forms
            self._choose()

    def sizeHint(self) -> QSize:
        """The longest form."""
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self.full) + 2, metrics.height() + 2)

    def resizeEvent(self, event: object) -> None:
        """Qt's hook."""
        self._choose()
        super().resizeEvent(event)

    def _choose(self) -> None:
        metrics = self.fontMetrics()
        fitting = (form for form in self._forms if metrics.horizontalAdvance(form) <= self.width())
        self.setText(next(fitting, self._forms[-1]))
        self.setAccessibleName(self.full)
        if self.text() != self.full:
            self.setToolTip(plain_tooltip(self.full))


class DifferenceCaption(QWidget):
    """The numbers of a difference, and its scale."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 4)
        row.setSpacing(12)
        self.numbers = Numbers()
        self.scale = Scale()
        row.addWidget(self.numbers, 1)
        row.addWidget(self.scale)
        self.setFixedHeight(HEIGHT)

    def show_numbers(self, title: str, found: Statistics | None, signed: bool, gain: float, current: bool) -> None:
        """Show the numbers of a difference named ``title``; none while they are worked out.

        Of what is not ``current`` any more only the scale is shown.
        """
        self.scale.setVisible(found is not None)
        if found is None:
            self.numbers.set_forms([title])
            return
        self.scale.show_scale(signed, full_words(found, gain))
        self.numbers.set_forms([f"{title}{_DOT}{form}" for form in (in_words(found) if current else ["…"])])


def full_words(found: Statistics, gain: float) -> str:
    """The difference that has the full colour, in words."""
    return f"{found.largest / gain:,.4g}"


def in_words(found: Statistics) -> list[str]:
    """The numbers of a difference as people read them, from the longest form to the shortest."""
    if not found.most:
        return ["no difference in any pixel", "no difference"]
    # Not every pixel is never rounded to that.
    share = min(found.differing / found.pixels * 100, 99.9)
    part = "every pixel" if found.differing == found.pixels else f"{share:.3g} % of the pixels"
    most, mean, where = f"largest {found.most:,}", f"mean {found.mean:.4g}", f"at {found.column:,}, {found.row:,}"
    shares = f"({found.most / found.largest:.3g})", f"({found.mean / found.largest:.3g})"
    return [
        f"{most} {shares[0]} {where}  ·  {mean} {shares[1]}  ·  {part}",
        f"{most} {where}  ·  {mean}  ·  {part}",
        f"{most} {where}  ·  {mean}",
        f"{most}  ·  {mean}",
    ]
