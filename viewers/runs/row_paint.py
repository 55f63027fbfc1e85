"""Paints the rows of the run list: chevron, coloured box, name, live dot, last value."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import NamedTuple

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QLineEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ..theme import Theme
from ..widgets.focus import draw_ring
from ..widgets.icons import pixmap
from ..widgets.state import set_state
from ..widgets.theming import RADIUS, SECONDARY_PX, TEXT_PX, current_theme, font
from .list_model import RunListModel
from .palette import ink_on, run_color, stands_out
from .rows import Row

ROW_HEIGHT = 29
_EDGE = 8
_INDENT = 14
_CHEVRON = 16
_BOX = 14
#: Pictures of rows that are kept: several times what a tall window shows.
_MOST_PICTURES = 160
#: Seconds of one paint event that go into new pictures.
DRAWING_SECONDS = 0.004
_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class RowShape:
    """Where the parts of a row stand, in the view's coordinates."""

    frame: QRectF
    chevron: QRectF
    box: QRectF
    text: QRectF
    value: QRectF


def row_shape(row: Row, rect: QRect, value_width: float) -> RowShape:
    """The parts of ``row`` in the rectangle of its item; ``value_width`` is what the value (and live dot) takes."""
    left = rect.left() + _EDGE + min(row.depth, 8) * _INDENT
    middle = rect.top() + rect.height() / 2
    chevron = QRectF(left, rect.top(), _CHEVRON, rect.height())
    box_left = left + _CHEVRON if row.run is None else left + 8
    box = QRectF(box_left, middle - _BOX / 2, _BOX, _BOX)
    right = rect.left() + rect.width() - _EDGE - 8
    text_left = box.right() + 8
    value = QRectF(right - value_width, rect.top(), value_width, rect.height())
    text_right = right - (value_width + 8 if value_width else 0)
    text = QRectF(text_left, rect.top(), max(0.0, text_right - text_left), rect.height())
    frame = QRectF(rect).adjusted(_EDGE, 1, -_EDGE, -1)
    return RowShape(frame, chevron, box, text, value)


def format_value(value: float | str | None) -> str:
    """A value for a narrow column: three or four figures."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if math.isnan(value):
        return "nan"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    size = abs(value)
    if size == 0:
        return "0"
    if size >= 999_999.5 or size < 0.000_95:
        mantissa, _, exponent = f"{value:.2e}".partition("e")
        text = f"{mantissa}e{int(exponent)}"
    elif size >= 999.5:
        text = f"{value:,.0f}"
    else:
        text = f"{value:.{1 if size >= 99.95 else 2 if size >= 9.995 else 3 if size >= 0.1 else 4}f}"
    return text.replace("-", "−")


class _Look(NamedTuple):
    """All that a row's picture depends on, but for the theme. ``folded`` is None for a run, ``color`` for a folder."""

    label: str
    depth: int
    folded: bool | None
    color: int | None
    state: Qt.CheckState
    value: str
    live: bool
    deleted: bool
    selected: bool
    hovered: bool
    ringed: bool
    width: int
    height: int
    ratio: float


class RunRowDelegate(QStyledItemDelegate):
    """``hovered_row`` is told by the view; a folder's box is neutral, a run's box has the run's colour.

    Pictures of rows are kept: the list is painted again and again while runs grow, and most of its rows stay as they
    are. A paint event that would draw very many shows what some rows looked like before, and asks for another by
    ``late``.
    """

    late = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.hovered_row = -1
        self.keyboard_ring = False
        self._fonts: tuple[QFont, QFont, QFontMetricsF, QFontMetricsF] | None = None
        self._pictures: dict[_Look, QPixmap] = {}
        self._latest: dict[str, QPixmap] = {}
        self._time_left = DRAWING_SECONDS

    def begin(self) -> None:
        """A paint event begins."""
        self._time_left = DRAWING_SECONDS

    def forget_looks(self) -> None:
        """After a change of the theme or of the application's font."""
        self._fonts = None
        self._pictures.clear()
        self._latest.clear()

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """Qt's hook."""
        return QSize(120, ROW_HEIGHT)

    def _measures(self) -> tuple[QFont, QFont, QFontMetricsF, QFontMetricsF]:
        if self._fonts is None:
            text, value = font(TEXT_PX), font(SECONDARY_PX, tabular=True)
            self._fonts = (text, value, QFontMetricsF(text), QFontMetricsF(value))
        return self._fonts

    def value_text(self, model: RunListModel, row: Row) -> str:
        """What stands at the right of a row."""
        if row.run is None:
            return ""
        return format_value(model.last_value(row.run))

    def shape(self, model: RunListModel, row: Row, rect: QRect) -> RowShape:
        """Where the parts of a row stand."""
        live = row.run is not None and row.run in model.runs and model.runs.info(row.run).live
        return self._shape(row, rect, self.value_text(model, row), live)

    def _shape(self, row: Row, rect: QRect, value: str, live: bool) -> RowShape:
        width = self._measures()[3].horizontalAdvance(value) if value else 0.0
        if live:
            width += 14 if value else 6
        return row_shape(row, rect, width)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Qt's hook."""
        model = index.model()
        if not isinstance(model, RunListModel):
            return
        row = model.row(index)
        if row.run is not None and row.run not in model.runs:
            return
        rect = option.rect
        look = self._look(model, row, option, index.row(), rect, painter.device().devicePixelRatioF())
        picture = self._pictures.get(look)
        if picture is None and self._time_left > 0:
            if len(self._pictures) >= _MOST_PICTURES:
                self._pictures.clear()
                self._latest.clear()
            began = time.perf_counter()
            picture = self._pictures[look] = self._latest[row.key] = self._drawn(row, look)
            self._time_left -= time.perf_counter() - began
        elif picture is None:
            self.late.emit()
            picture = self._latest.get(row.key)
        if picture is not None:
            painter.drawPixmap(rect.topLeft(), picture)

    def _look(
        self, model: RunListModel, row: Row, option: QStyleOptionViewItem, number: int, rect: QRect, ratio: float
    ) -> _Look:
        runs, run, status = model.runs, row.run, option.state
        color, folded, live, deleted, value = None, None, False, False, ""
        if run is None:
            folded = row.folded
        else:
            info = runs.info(run)
            live, deleted = info.live, info.deleted
            color = run_color(runs.style(run), current_theme()).rgb()
            value = format_value(model.last_value(run))
        return _Look(
            row.label,
            row.depth,
            folded,
            color,
            model.check_state(row),
            value,
            live,
            deleted,
            bool(status & QStyle.StateFlag.State_Selected),
            number == self.hovered_row or (run is not None and run == runs.hovered),
            self.keyboard_ring and bool(status & QStyle.StateFlag.State_HasFocus),
            rect.width(),
            rect.height(),
            ratio,
        )

    def _drawn(self, row: Row, look: _Look) -> QPixmap:
        theme, ratio = current_theme(), look.ratio
        rect = QRect(0, 0, look.width, look.height)
        shape = self._shape(row, rect, look.value, look.live)
        picture = QPixmap(math.ceil(look.width * ratio), math.ceil(look.height * ratio))
        picture.setDevicePixelRatio(ratio)
        # Not transparent: text is only sharp on a ground that the painter knows.
        picture.fill(QColor(theme.panel))
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if look.selected or look.hovered:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.selected if look.selected else theme.hover))
            painter.drawRoundedRect(shape.frame, RADIUS, RADIUS)
        if look.ringed:
            draw_ring(painter, shape.frame, RADIUS - 1, theme.accent)
        if look.color is None:
            self._paint_folder(painter, theme, look, shape)
        else:
            self._paint_run(painter, theme, look, QColor(look.color), shape)
        painter.end()
        return picture

    def _paint_folder(self, painter: QPainter, theme: Theme, look: _Look, shape: RowShape) -> None:
        name = "chevron-right" if look.folded else "chevron-down"
        _draw_icon(painter, pixmap(name, theme.dim, 12, look.ratio), shape.chevron.center(), 12)
        line, faint = QColor(theme.line_strong), QColor(theme.faint)
        self._paint_box(painter, theme, shape.box, line, faint, look.state, look.ratio)
        text_font, _, metrics, _ = self._measures()
        painter.setFont(text_font)
        painter.setPen(QColor(theme.dim))
        self._draw_text(painter, metrics, shape.text, look.label)

    def _paint_run(self, painter: QPainter, theme: Theme, look: _Look, color: QColor, shape: RowShape) -> None:
        on = look.state is Qt.CheckState.Checked
        outline = QColor(color)
        if look.deleted:
            color.setAlphaF(0.45)
            outline.setAlphaF(0.45)
        self._paint_box(painter, theme, shape.box, color, outline, look.state, look.ratio)
        text_font, value_font, metrics, value_metrics = self._measures()
        ink = QColor(theme.text if on and not look.deleted else theme.faint)
        if look.deleted:
            text_font = QFont(text_font)
            text_font.setStrikeOut(True)
        painter.setFont(text_font)
        painter.setPen(ink)
        used = self._draw_text(painter, metrics, shape.text, look.label)
        if look.deleted:
            room = shape.text.adjusted(used + 8, 0, 0, 0)
            painter.setFont(value_font)
            painter.setPen(QColor(theme.faint))
            for note in ("deleted on disk", "deleted"):
                if value_metrics.horizontalAdvance(note) <= room.width():
                    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, note)
                    break
        right = shape.value.right()
        if look.value:
            painter.setFont(value_font)
            painter.setPen(QColor(theme.dim if on and not look.deleted else theme.faint))
            painter.drawText(shape.value, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, look.value)
            right -= value_metrics.horizontalAdvance(look.value) + 8
        if look.live:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.ok))
            painter.drawEllipse(QPointF(right - 3, shape.value.center().y()), 3, 3)

    def _paint_box(
        self,
        painter: QPainter,
        theme: Theme,
        box: QRectF,
        fill: QColor,
        outline: QColor,
        state: Qt.CheckState,
        ratio: float,
    ) -> None:
        inner = box.adjusted(0.75, 0.75, -0.75, -0.75)
        if state is Qt.CheckState.Unchecked:
            outline.setAlphaF(outline.alphaF() * 0.75)
            painter.setPen(QPen(outline, 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(inner, 3.25, 3.25)
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawRoundedRect(box, 4, 4)
        if not stands_out(fill, theme):
            painter.setPen(QPen(QColor(theme.faint), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 3.5, 3.5)
        mark = "check-small" if state is Qt.CheckState.Checked else "minus-small"
        _draw_icon(painter, pixmap(mark, ink_on(fill, theme), 12, ratio), box.center(), 12)

    def _draw_text(self, painter: QPainter, metrics: QFontMetricsF, room: QRectF, text: str) -> float:
        line = " ".join(text.splitlines())
        shown = metrics.elidedText(line, Qt.TextElideMode.ElideMiddle, room.width())
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextSingleLine
        painter.drawText(room, flags, shown)
        return metrics.horizontalAdvance(shown)

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: _Index) -> QWidget:
        """Qt's hook: the field for another name."""
        editor = QLineEdit(parent)
        editor.setAccessibleName("Name to show for the run")
        set_state(editor, "role", "inline")
        return editor

    def setEditorData(self, editor: QWidget, index: _Index) -> None:
        """Qt's hook."""
        if isinstance(editor, QLineEdit):
            model = index.model()
            row = model.row(index) if isinstance(model, RunListModel) else None
            editor.setPlaceholderText(row.run or "" if row is not None else "")
            editor.setText(str(index.data(Qt.ItemDataRole.EditRole) or (row.label if row is not None else "")))
            editor.selectAll()

    def setModelData(self, editor: QWidget, model: object, index: _Index) -> None:
        """Qt's hook: the run's own name, or none, gives it its own name back."""
        if isinstance(editor, QLineEdit) and isinstance(model, RunListModel):
            row = model.row(index)
            text = editor.text().strip()
            own = row.run is not None and text in (row.run, row.run.rpartition("/")[2])
            model.setData(index, "" if own else text)

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: _Index) -> None:
        """Qt's hook: over the name."""
        model = index.model()
        if isinstance(model, RunListModel):
            shape = row_shape(model.row(index), option.rect, 0)
            editor.setGeometry(shape.text.adjusted(-6, 2, 4, -2).toRect())


def _draw_icon(painter: QPainter, picture: QPixmap, center: QPointF, size: int) -> None:
    painter.drawPixmap(QPointF(center.x() - size / 2, center.y() - size / 2), picture)
