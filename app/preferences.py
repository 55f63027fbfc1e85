"""The preferences, made from the declaration of the settings."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ..viewers.widgets import SectionLabel, SegmentedControl, Switch
from .settings import DECLARED, Setting, Settings


class PreferencesPage(QWidget):
    """One row a setting: title, what it does, and its control. A change works at once."""

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("preferences")
        self._settings = settings
        self._controls: dict[str, SegmentedControl | Switch] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 4, 24, 8)
        column.setSpacing(0)
        section = ""
        grid = QGridLayout()
        for setting in DECLARED:
            if setting.section != section:
                section = setting.section
                column.addSpacing(10 if column.count() == 0 else 22)
                column.addWidget(SectionLabel(section))
                column.addSpacing(8)
                grid = QGridLayout()
                grid.setHorizontalSpacing(24)
                grid.setVerticalSpacing(14)
                grid.setColumnStretch(0, 1)
                column.addLayout(grid)
            self._row(grid, setting)
        column.addSpacing(16)
        bottom = QHBoxLayout()
        reset = QPushButton("Restore defaults")
        reset.clicked.connect(settings.reset)
        bottom.addStretch(1)
        bottom.addWidget(reset)
        column.addLayout(bottom)
        settings.changed.connect(self._show)

    def control(self, name: str) -> QWidget:
        """The control of a setting; KeyError for none."""
        return self._controls[name]

    def _row(self, grid: QGridLayout, setting: Setting) -> None:
        title, help_text = QLabel(setting.title), QLabel(setting.help)
        help_text.setProperty("role", "help")
        for label in (title, help_text):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(title)
        words.addWidget(help_text)
        control: SegmentedControl | Switch
        if setting.choices:
            control = SegmentedControl(list(setting.choices))
            control.set_value(self._settings[setting.name])
            control.changed.connect(partial(self._settings.set, setting.name))
        else:
            control = Switch("")
            control.setChecked(self._settings[setting.name])
            control.toggled.connect(partial(self._settings.set, setting.name))
        control.setAccessibleName(setting.title)
        control.setAccessibleDescription(setting.help)
        self._controls[setting.name] = control
        row = grid.rowCount()
        grid.addLayout(words, row, 0)
        grid.addWidget(control, row, 1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def _show(self, name: str) -> None:
        control = self._controls[name]
        if isinstance(control, SegmentedControl):
            control.set_value(self._settings[name])
        else:
            control.setChecked(self._settings[name])
