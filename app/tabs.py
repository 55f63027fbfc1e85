"""The tabs of the panes: those with data can be chosen; what does not fit stands in a menu at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QMenu, QSizePolicy, QToolButton, QWidget

from ..viewers.pane import PaneSpec, ThemeHolder
from .actions import with_shortcut

_PAD = 13
_GAP = 7
_MORE = 34


class TabStrip(QWidget):
    """``chosen(pane id)`` fires when the user picks a tab. Arrow keys move along the strip."""

    chosen = Signal(str)

    def __init__(self, theme: ThemeHolder, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._tabs: list[_Tab] = []
        self._current = ""
        self._more = QToolButton(self)
        self._more.setObjectName("moreTabs")
        self._more.setText("⋯")
        self._more.setToolTip("More panes")
        self._more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self._more)
        self._more.setMenu(self._menu)
        self._more.hide()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumWidth(120)

    def set_specs(self, specs: Sequence[PaneSpec]) -> None:
        """Make the tabs, all without data."""
        for tab in self._tabs:
            tab.hide()
            tab.deleteLater()
        self._tabs = [_Tab(spec, self._theme, self) for spec in specs]
        self._current = ""
        for tab in self._tabs:
            tab.clicked.connect(lambda _checked=False, pane_id=tab.spec.id: self.chosen.emit(pane_id))
        self._place()

    def set_counts(self, counts: Mapping[str, int]) -> None:
        """Number of tags of each pane; a pane without any cannot be chosen."""
        changed = [tab.set_count(counts.get(tab.spec.id, 0)) for tab in self._tabs]
        if any(changed):
            self._place()

    def set_current(self, pane_id: str) -> None:
        """Mark a tab as the one that is shown."""
        if pane_id != self._current:
            self._current = pane_id
            for tab in self._tabs:
                tab.setChecked(tab.spec.id == pane_id)
            self._place()

    def tab(self, pane_id: str) -> QAbstractButton:
        """The tab of a pane; KeyError for none."""
        for tab in self._tabs:
            if tab.spec.id == pane_id:
                return tab
        raise KeyError(pane_id)

    def sizeHint(self) -> QSize:
        return QSize(sum(tab.sizeHint().width() for tab in self._tabs) + 20, 46)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def step(self, by: int) -> None:
        """Choose the next (1) or previous (-1) pane that has data."""
        usable = [tab for tab in self._tabs if tab.isEnabled()]
        if usable:
            ids = [tab.spec.id for tab in usable]
            at = ids.index(self._current) if self._current in ids else -by
            self.chosen.emit(ids[(at + by) % len(ids)])

    def _place(self) -> None:
        widths = [tab.sizeHint().width() for tab in self._tabs]
        room = self.width()
        if sum(widths) > room:
            room -= _MORE
        kept: set[int] = set()
        current = next((index for index, tab in enumerate(self._tabs) if tab.spec.id == self._current), None)
        used = 0
        order = ([current] if current is not None else []) + [i for i in range(len(self._tabs)) if i != current]
        full = False
        for index in order:
            if (not full and used + widths[index] <= room) or index == current:
                kept.add(index)
                used += widths[index]
            else:
                full = True
        self._menu.clear()
        left = 0
        for index, tab in enumerate(self._tabs):
            tab.setVisible(index in kept)
            if index in kept:
                tab.setGeometry(left, 0, min(widths[index], self.width()), self.height())
                left += widths[index]
            else:
                action = self._menu.addAction(tab.text_shown.replace("&", "&&"))
                action.setEnabled(tab.isEnabled())
                action.triggered.connect(tab.click)
        self._more.setVisible(len(kept) < len(self._tabs))
        self._more.setGeometry(left + 2, (self.height() - 28) // 2, _MORE - 4, 28)


class _Tab(QAbstractButton):
    """One tab: title, faint count, a bar under the one that is shown."""

    def __init__(self, spec: PaneSpec, theme: ThemeHolder, parent: QWidget) -> None:
        super().__init__(parent)
        self.spec = spec
        self._theme = theme
        self._count = 0
        self.setObjectName(f"tab:{spec.id}")
        self.setCheckable(True)
        self.setEnabled(False)
        self.setText(spec.title)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(spec.title)
        self._tell()
        theme.changed.connect(self.update)

    @property
    def text_shown(self) -> str:
        """Title and count."""
        return f"{self.spec.title} {self._count}" if self._count else self.spec.title

    def set_count(self, count: int) -> bool:
        """Show the number of tags; True if it is another one."""
        if count == self._count:
            return False
        self._count = count
        self.setEnabled(count > 0)
        self._tell()
        self.update()
        return True

    def nextCheckState(self) -> None:
        """A click asks; whoever shows the pane marks the tab."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            strip = self.parent()
            assert isinstance(strip, TabStrip)
            strip.step(1 if event.key() == Qt.Key.Key_Right else -1)
            return
        super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        width = 2 * _PAD + QFontMetrics(self._title_font()).horizontalAdvance(self.spec.title)
        if self._count:
            width += _GAP + QFontMetrics(self._count_font()).horizontalAdvance("0" * len(str(self._count)))
        return QSize(width, 46)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = self._theme.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.underMouse() and self.isEnabled() and not self.isChecked():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.hover))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(2, 8, -2, -8), 6, 6)
        if self.hasFocus():
            painter.setPen(QPen(QColor(theme.accent), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(2.5, 8.5, -2.5, -8.5), 6, 6)
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        color = theme.text if self.isChecked() else theme.dim if self.isEnabled() else theme.line_strong
        painter.setPen(QColor(color))
        painter.setFont(self._title_font())
        painter.drawText(self.rect().adjusted(_PAD, 0, 0, 0), middle, self.spec.title)
        if self._count:
            left = _PAD + QFontMetrics(self._title_font()).horizontalAdvance(self.spec.title) + _GAP
            painter.setFont(self._count_font())
            painter.setPen(QColor(theme.faint))
            painter.drawText(self.rect().adjusted(left, 1, 0, 0), middle, str(self._count))
        if self.isChecked():
            painter.fillRect(QRectF(0, self.height() - 3, self.width(), 2), QColor(theme.accent))

    def _tell(self) -> None:
        text = f"{self.spec.title}: {self._count} tags" if self._count else f"{self.spec.title}: nothing in this log"
        self.setToolTip(with_shortcut(text, self.spec.shortcut))

    def _title_font(self) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(13)
        font.setWeight(QFont.Weight.Medium)
        return font

    def _count_font(self) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(12)
        return font
