"""What a place shows while it has nothing to show: an icon, a title, what to do, and buttons for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from .buttons import Button
from .icons import pixmap
from .labels import TextLabel
from .theming import current_theme, is_theme_change

_ICON = 32


class EmptyState(QWidget):
    """Centred in its place. ``actions`` are (label, callback) pairs; the first is the primary one."""

    def __init__(
        self,
        icon_name: str,
        title: str,
        text: str = "",
        actions: Sequence[tuple[str, Callable[[], object]]] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._icon_name = icon_name
        self._picture = QLabel()
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._title = TextLabel("", "heading")
        self._text = TextLabel("", "text")
        self._text.setProperty("role", "hint")
        self._text.setWordWrap(True)
        self._text.setMinimumWidth(120)
        self._text.setMaximumWidth(400)
        self._text.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.MinimumExpanding)
        for label in (self._title, self._text):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._title.setWordWrap(True)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        self._buttons.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(8)
        column.addStretch(2)
        column.addWidget(self._picture)
        column.addSpacing(4)
        column.addWidget(self._title)
        row = QHBoxLayout()
        row.addStretch()
        row.addWidget(self._text, 100)
        row.addStretch()
        column.addLayout(row)
        column.addSpacing(8)
        column.addLayout(self._buttons)
        column.addStretch(3)
        self.set_content(icon_name, title, text, actions)

    def set_content(
        self,
        icon_name: str,
        title: str,
        text: str = "",
        actions: Sequence[tuple[str, Callable[[], object]]] = (),
    ) -> None:
        """Say something else."""
        self._icon_name = icon_name
        self._title.setText(title)
        self._text.setText(text)
        self._text.setVisible(bool(text))
        while (item := self._buttons.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        for index, (label, callback) in enumerate(actions):
            button = Button(label, primary=index == 0)
            button.clicked.connect(lambda _checked=False, call=callback: call())
            self._buttons.addWidget(button)
        self._recolor()

    def _recolor(self) -> None:
        self._picture.setPixmap(pixmap(self._icon_name, current_theme().faint, _ICON, self.devicePixelRatioF()))

    def changeEvent(self, event: QEvent) -> None:
        """Takes the colours of another theme."""
        if is_theme_change(event):
            self._recolor()
        super().changeEvent(event)

    def event(self, event: QEvent) -> bool:
        """Draws the icon anew when the window moves to a screen of another scale."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._recolor()
        return super().event(event)
