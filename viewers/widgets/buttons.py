"""Buttons: an icon alone, text (primary or not), and a value that opens a menu."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QMenu, QPushButton, QSizePolicy, QToolButton, QWidget

from .focus import KeyboardFocus, draw_ring
from .icons import icon, pixmap
from .list_popover import ListPopover
from .theming import RADIUS, SECONDARY_PX, current_theme, font, is_theme_change

#: More options than that would make a menu of several columns, and one larger than a small screen.
_MOST_IN_MENU = 24


class IconButton(QToolButton):
    """A flat button of one icon; ``tooltip`` also names it for screen readers. ``size`` is the side of the button."""

    def __init__(
        self,
        icon_name: str,
        tooltip: str = "",
        *,
        checkable: bool = False,
        size: int = 26,
        icon_size: int = 16,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._icon_name = icon_name
        self._checked_name = ""
        self.setAutoRaise(True)
        self.setCheckable(checkable)
        self.setIconSize(QSize(icon_size, icon_size))
        self.setFixedSize(size, size)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setToolTip(tooltip)
        self.setAccessibleName(tooltip.partition(" (")[0])

    def set_icon_name(self, icon_name: str, checked_name: str = "") -> None:
        """Another icon; ``checked_name`` is shown instead while the button is checked."""
        if (icon_name, checked_name) != (self._icon_name, self._checked_name):
            self._icon_name, self._checked_name = icon_name, checked_name
            self.update()

    def set_tooltip(self, tooltip: str) -> None:
        """Another tooltip and accessible name (what stands before a shortcut in brackets)."""
        self.setToolTip(tooltip)
        self.setAccessibleName(tooltip.partition(" (")[0])

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's hook. The icon is drawn here: a QIcon of all screen scales costs more than the rest of a card."""
        super().paintEvent(event)
        theme = current_theme()
        on = self.isChecked()
        name = self._checked_name if on and self._checked_name else self._icon_name
        color = theme.accent if on else theme.text if self.underMouse() else theme.dim
        side = self.iconSize().width()
        drawn = pixmap(name, color if self.isEnabled() else theme.line_strong, side, self.devicePixelRatioF())
        painter = QPainter(self)
        painter.drawPixmap(QPointF((self.width() - side) / 2, (self.height() - side) / 2), drawn)
        painter.end()


class Button(QPushButton):
    """A text button. One of a place may be ``primary``: it is filled with the accent. ``compact`` is for panels."""

    def __init__(
        self,
        text: str,
        *,
        primary: bool = False,
        compact: bool = False,
        icon_name: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._icon_name = icon_name
        self._primary = primary
        self.setProperty("primary", primary)
        self.setProperty("compact", compact)
        self.setIconSize(QSize(16, 16))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._recolor()

    def _recolor(self) -> None:
        if self._icon_name:
            theme = current_theme()
            self.setIcon(icon(self._icon_name, theme.on_accent if self._primary else theme.dim, disabled=theme.faint))

    def changeEvent(self, event: QEvent) -> None:
        """Takes the colours of another theme."""
        if is_theme_change(event):
            self._recolor()
        super().changeEvent(event)


class ChoiceButton(KeyboardFocus, QAbstractButton):
    """The chosen one of ``options`` (id, label) as a bold text with a small arrow; a click opens the menu of all."""

    changed = Signal(str)

    def __init__(
        self, options: Sequence[tuple[str, str]], value: str | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        if not options:
            raise ValueError("a choice needs at least one option")
        self._options = dict(options)
        self._value = value if value is not None else next(iter(self._options))
        if self._value not in self._options:
            raise KeyError(self._value)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.clicked.connect(self.open_menu)

    @property
    def value(self) -> str:
        """Id of the chosen option."""
        return self._value

    def options(self) -> list[str]:
        """The ids of the options."""
        return list(self._options)

    def set_value(self, value: str) -> None:
        """Choose by id; KeyError for an unknown one. ``changed`` fires if it was another."""
        if value not in self._options:
            raise KeyError(value)
        if value != self._value:
            self._value = value
            self.setAccessibleDescription(self._options[value])
            self.updateGeometry()
            self.update()
            self.changed.emit(value)

    def set_options(self, options: Sequence[tuple[str, str]], value: str | None = None) -> None:
        """Other options (at least one). ``value`` or, where it is none of them, the first is chosen; no signal."""
        self._options = dict(options)
        if value is not None:
            self._value = value
        if self._value not in self._options:
            self._value = next(iter(self._options))
        self.setAccessibleDescription(self._options[self._value])
        self.updateGeometry()
        self.update()

    def menu(self) -> QMenu:
        """A fresh menu of the options, the chosen one ticked."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        group = QActionGroup(menu)
        for key, label in self._options.items():
            action = QAction(label.replace("&", "&&"), menu)
            action.setCheckable(True)
            action.setChecked(key == self._value)
            action.triggered.connect(lambda _checked=False, chosen=key: self.set_value(chosen))
            group.addAction(action)
            menu.addAction(action)
        return menu

    def open_menu(self) -> None:
        """Show the menu below the button; very many options are a list that can be filtered."""
        if len(self._options) > _MOST_IN_MENU:
            popover = ListPopover(list(self._options.items()), self._value, "Filter", self)
            popover.chosen.connect(self.set_value)
            popover.show_for(self)
            return
        menu = self.menu()
        height = menu.sizeHint().height()
        below = self.mapToGlobal(QPoint(0, self.height() + 2))
        if below.y() + height > self.screen().availableGeometry().bottom():
            below = self.mapToGlobal(QPoint(0, -height - 2))
        menu.popup(below)

    def sizeHint(self) -> QSize:
        """The text and the arrow."""
        text = QFontMetricsF(font(SECONDARY_PX, 600)).horizontalAdvance(self._options[self._value])
        return QSize(round(text) + 28, 24)

    def minimumSizeHint(self) -> QSize:
        """A few letters and the arrow."""
        return QSize(min(64, self.sizeHint().width()), 24)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's hook."""
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.underMouse() and self.isEnabled():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.hover))
            painter.drawRoundedRect(QRectF(self.rect()), RADIUS, RADIUS)
        ink = theme.text if self.isEnabled() else theme.faint
        used = font(SECONDARY_PX, 600)
        painter.setFont(used)
        painter.setPen(QColor(ink))
        room = QRectF(6, 0, self.width() - 26, self.height())
        text = QFontMetricsF(used).elidedText(self._options[self._value], Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, text)
        arrow = pixmap("chevron-down", theme.dim, 12, self.devicePixelRatioF())
        painter.drawPixmap(QPointF(self.width() - 17, (self.height() - 12) / 2), arrow)
        if self.ring_visible:
            draw_ring(painter, QRectF(self.rect()), RADIUS - 0.5, theme.accent)
