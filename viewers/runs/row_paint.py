"""Paints the rows of the run list: chevron, coloured box, name, live dot, last value."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
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


class RunRowDelegate(QStyledItemDelegate):
    """``hovered_row`` is told by the view; a folder's box is neutral, a run's box has the run's colour."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.hovered_row = -1
        self.keyboard_ring = False
        self._fonts: tuple[QFont, QFont, QFontMetricsF, QFontMetricsF] | None = None

    def forget_fonts(self) -> None:
        """After a change of the application's font."""
        self._fonts = None

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
        value = self.value_text(model, row)
        width = self._measures()[3].horizontalAdvance(value) if value else 0.0
        if row.run is not None and row.run in model.runs and model.runs.info(row.run).live:
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
        theme = current_theme()
        shape = self.shape(model, row, option.rect)
        ratio = painter.device().devicePixelRatioF()
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = index.row() == self.hovered_row or (row.run is not None and row.run == model.runs.hovered)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if selected or hovered:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.selected if selected else theme.hover))
            painter.drawRoundedRect(shape.frame, RADIUS, RADIUS)
        if self.keyboard_ring and option.state & QStyle.StateFlag.State_HasFocus:
            draw_ring(painter, shape.frame, RADIUS - 1, theme.accent)
        if row.run is None:
            self._paint_folder(painter, theme, model, row, shape, ratio)
        else:
            self._paint_run(painter, theme, model, row, row.run, shape, ratio)
        painter.restore()

    def _paint_folder(
        self, painter: QPainter, theme: Theme, model: RunListModel, row: Row, shape: RowShape, ratio: float
    ) -> None:
        name = "chevron-right" if row.folded else "chevron-down"
        _draw_icon(painter, pixmap(name, theme.dim, 12, ratio), shape.chevron.center(), 12)
        state = model.check_state(row)
        self._paint_box(painter, theme, shape.box, QColor(theme.line_strong), QColor(theme.faint), state, ratio)
        text_font, _, metrics, _ = self._measures()
        painter.setFont(text_font)
        painter.setPen(QColor(theme.dim))
        self._draw_text(painter, metrics, shape.text, row.label)

    def _paint_run(
        self, painter: QPainter, theme: Theme, model: RunListModel, row: Row, run: str, shape: RowShape, ratio: float
    ) -> None:
        info = model.runs.info(run)
        state = model.check_state(row)
        on = state is Qt.CheckState.Checked
        color = run_color(model.runs.style(run), theme)
        outline = QColor(color)
        if info.deleted:
            color.setAlphaF(0.45)
            outline.setAlphaF(0.45)
        self._paint_box(painter, theme, shape.box, color, outline, state, ratio)
        text_font, value_font, metrics, value_metrics = self._measures()
        ink = QColor(theme.text if on and not info.deleted else theme.faint)
        if info.deleted:
            text_font = QFont(text_font)
            text_font.setStrikeOut(True)
        painter.setFont(text_font)
        painter.setPen(ink)
        label = row.label
        used = self._draw_text(painter, metrics, shape.text, label)
        if info.deleted:
            room = shape.text.adjusted(used + 8, 0, 0, 0)
            painter.setFont(value_font)
            painter.setPen(QColor(theme.faint))
            for note in ("deleted on disk", "deleted"):
                if value_metrics.horizontalAdvance(note) <= room.width():
                    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, note)
                    break
        value = self.value_text(model, row)
        right = shape.value.right()
        if value:
            painter.setFont(value_font)
            painter.setPen(QColor(theme.dim if on and not info.deleted else theme.faint))
            painter.drawText(shape.value, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, value)
            right -= value_metrics.horizontalAdvance(value) + 8
        if info.live:
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
