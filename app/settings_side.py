"""The right side of the window: the settings of the pane that is shown."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QStackedWidget, QVBoxLayout, QWidget


class SettingsSide(QFrame):
    """The settings of the pane that is shown; its widget scrolls by itself where it is too long."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("sidePanel")
        self.setMinimumWidth(220)
        self.setMaximumWidth(420)
        self._pages: dict[str, QWidget] = {}
        self._stack = QStackedWidget()
        self._empty = QWidget()
        self._stack.addWidget(self._empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)

    def put(self, pane_id: str, widget: QWidget | None) -> None:
        """Take the settings of a pane; None takes away those it had."""
        old = self._pages.pop(pane_id, None)
        if old is not None:
            self._stack.removeWidget(old)
            old.deleteLater()
        if widget is not None:
            self._pages[pane_id] = widget
            self._stack.addWidget(widget)

    def show_of(self, pane_id: str) -> None:
        """Show the settings of this pane; nothing as long as it has none."""
        self._stack.setCurrentWidget(self._pages.get(pane_id, self._empty))
