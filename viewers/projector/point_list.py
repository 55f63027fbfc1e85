"""A list of points: what was found, or the neighbours of one with their distances."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QFontMetricsF, QImage, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from ..lod import ticks
from ..widgets import current_theme, font

_ROW, _PICTURE, _BAR = 28, 22, 2.0
_Index = QModelIndex | QPersistentModelIndex


class _Rows(QAbstractListModel):
    """Points and, where they have one, distances."""

    def __init__(self, name: Callable[[int], str]) -> None:
        super().__init__()
        self.name = name
        self.indices: NDArray[np.int64] = np.zeros(0, np.int64)
        self.distances: NDArray[np.float32] | None = None

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.indices)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        point = int(self.indices[index.row()])
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            text = self.name(point)
            distance = self.distance(index.row())
            return text if distance is None else f"{text}, {ticks.number(distance)}"
        return None

    def distance(self, row: int) -> float | None:
        """The distance of a row."""
        return None if self.distances is None else float(self.distances[row])

    def put(self, indices: NDArray[np.int64], distances: NDArray[np.float32] | None) -> None:
        """Show other points."""
        self.beginResetModel()
        self.indices, self.distances = indices, distances
        self.endResetModel()


class _Delegate(QStyledItemDelegate):
    """Picture, name, distance, and below them a bar as long as the distance is beside the farthest."""

    def __init__(self, rows: _Rows, picture: Callable[[int], QImage | None]) -> None:
        super().__init__()
        self._rows, self._picture = rows, picture

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(80, _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        theme, rows = current_theme(), self._rows
        rect = QRectF(option.rect)
        point = int(rows.indices[index.row()])
        state = option.state
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & (QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_Selected):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.hover))
            painter.drawRoundedRect(rect.adjusted(-4, 1, 4, -1), 5, 5)
        left = rect.left()
        picture = self._picture(point)
        if picture is not None and not picture.isNull():
            scale = _PICTURE / max(picture.width(), picture.height())
            size = (picture.width() * scale, picture.height() * scale)
            at = QRectF(left + (_PICTURE - size[0]) / 2, rect.center().y() - size[1] / 2, *size)
            painter.drawImage(at, picture)
            left += _PICTURE + 8
        distance = rows.distance(index.row())
        right = rect.right()
        used = font(12, tabular=True)
        painter.setFont(used)
        metrics = QFontMetricsF(used)
        if distance is not None:
            text = f"{distance:.3f}" if distance < 1e4 else ticks.number(distance)
            painter.setPen(QColor(theme.dim))
            painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, text)
            right -= metrics.horizontalAdvance(text) + 8
            self._paint_bar(painter, rect, left, right, distance)
        name = metrics.elidedText(rows.name(point), Qt.TextElideMode.ElideRight, right - left)
        painter.setPen(QColor(theme.text))
        room = QRectF(left, rect.top(), right - left, rect.height())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)

    def _paint_bar(self, painter: QPainter, rect: QRectF, left: float, right: float, distance: float) -> None:
        distances = self._rows.distances
        most = float(distances[-1]) if distances is not None and len(distances) else 0.0
        share = distance / most if most > 0 and np.isfinite(most) else 0.0
        theme = current_theme()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.line))
        y = rect.bottom() - _BAR - 1
        painter.drawRoundedRect(QRectF(left, y, right - left, _BAR), 1, 1)
        painter.setBrush(QColor(theme.accent))
        painter.drawRoundedRect(QRectF(left, y, max((right - left) * min(share, 1.0), 1.0), _BAR), 1, 1)


class PointList(QListView):
    """``pointed`` carries the point under the mouse or -1, ``picked`` the one that was clicked or entered."""

    pointed = Signal(int)
    picked = Signal(int)

    def __init__(
        self, name: Callable[[int], str], picture: Callable[[int], QImage | None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._rows = _Rows(name)
        self._delegate = _Delegate(self._rows, picture)
        self.setModel(self._rows)
        self.setItemDelegate(self._delegate)
        self.setUniformItemSizes(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setObjectName("pointList")
        self.viewport().setAutoFillBackground(False)
        self.clicked.connect(lambda index: self.picked.emit(self._point(index)))
        self._most_rows = 8
        self.show_points(np.zeros(0, np.int64))

    @property
    def points(self) -> NDArray[np.int64]:
        """What is listed, int64 (k,)."""
        return self._rows.indices

    def show_points(self, indices: NDArray[np.int64], distances: NDArray[np.float32] | None = None) -> None:
        """List other points, in this order."""
        self._rows.put(indices, distances)
        self.scrollToTop()
        self.setFixedHeight(_ROW * min(len(indices), self._most_rows))
        self.setVisible(len(indices) > 0)

    def step(self, by: int) -> None:
        """Pick the next (1) or previous (-1) point of the list."""
        count = len(self._rows.indices)
        if count:
            row = (self.currentIndex().row() + by) % count if self.currentIndex().isValid() else (0 if by > 0 else -1)
            index = self._rows.index(row % count)
            self.setCurrentIndex(index)
            self.picked.emit(self._point(index))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.picked.emit(self._point(self.currentIndex()))
            return
        super().keyPressEvent(event)
        if self.currentIndex().isValid():
            self.pointed.emit(self._point(self.currentIndex()))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        by_keys = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        if by_keys and not self.currentIndex().isValid():
            self.setCurrentIndex(self._rows.index(0))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        index = self.indexAt(event.position().toPoint())
        self.pointed.emit(self._point(index) if index.isValid() else -1)

    def leaveEvent(self, event: object) -> None:
        super().leaveEvent(event)  # type: ignore[arg-type]
        self.pointed.emit(-1)

    def _point(self, index: _Index) -> int:
        return int(self._rows.indices[index.row()])
