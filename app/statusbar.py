"""The line at the bottom: how much there is, how new it is, how whole it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from . import words

if TYPE_CHECKING:
    from ..reader.api import LogHealth, Progress, Totals

HEIGHT = 26


class StatusBar(QWidget):
    """Runs, tags, points, memory; age of the newest point; log health, which opens its panel when clicked."""

    health_clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("statusBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(HEIGHT)
        self._figures = {name: _label(name) for name in ("runs", "tags", "points", "memory", "progress", "newest")}
        self._health = QPushButton("")
        self._health.setObjectName("healthButton")
        self._health.setCursor(Qt.CursorShape.PointingHandCursor)
        self._health.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._health.setToolTip("What was read of every file, and what was odd (Ctrl+Shift+H)")
        self._health.clicked.connect(self.health_clicked)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 0, 8, 0)
        row.setSpacing(20)
        for name in ("runs", "tags", "points", "memory", "progress"):
            row.addWidget(self._figures[name])
        row.addStretch(1)
        row.addWidget(self._figures["newest"])
        row.addWidget(self._health)
        self.clear()

    def clear(self) -> None:
        """No folder is open."""
        for label in self._figures.values():
            label.clear()
            label.hide()
        self._health.hide()

    def show_totals(self, totals: Totals, memory: int | None, grouping: str) -> None:
        """``memory``: bytes that the program holds, None if the system does not say."""
        self._set("runs", words.counted(totals.runs, "run", grouping))
        self._set("tags", words.counted(totals.tags, "tag", grouping))
        self._set("points", words.counted(totals.points, "point", grouping))
        used = words.size(totals.columns)
        if memory is None:
            self._set("memory", used, f"{used} of points")
        else:
            self._set("memory", words.size(memory), f"{words.size(memory)} held by Runglass, {used} of it points")

    def show_age(self, seconds: float | None) -> None:
        """Age of the newest point; None before the first."""
        self._set("newest", "" if seconds is None else f"newest point {words.age(seconds)} ago")

    def show_progress(self, progress: Progress) -> None:
        """Bytes read of bytes known, while the first pass runs."""
        if progress.loading and progress.total:
            self._set("progress", f"reading {words.size(progress.read)} of {words.size(progress.total)}")
        else:
            self._set("progress", "")

    def show_health(self, health: LogHealth, loading: bool) -> None:
        """The state of the log in a few words and one of three colours."""
        text, level = health_words(health, loading)
        self._health.setText(text)
        if self._health.property("level") != level:
            self._health.setProperty("level", level)
            self._health.style().unpolish(self._health)
            self._health.style().polish(self._health)
        self._health.show()

    @property
    def health_text(self) -> str:
        """The words of the health button."""
        return self._health.text()

    def figure(self, name: str) -> str:
        """The text of one of "runs", "tags", "points", "memory", "progress", "newest"."""
        return self._figures[name].text()

    def _set(self, name: str, text: str, tooltip: str = "") -> None:
        label = self._figures[name]
        if label.text() != text:
            label.setText(text)
            label.setVisible(bool(text))
        if label.toolTip() != tooltip:
            label.setToolTip(tooltip)


def health_words(health: LogHealth, loading: bool) -> tuple[str, str]:
    """Text and level ("quiet", "ok", "warning", "error") of a log's health."""
    serious = [problem for problem in health.problems if problem.severity.value != "info"]
    number = sum(problem.count for problem in serious)
    if any(problem.severity.value == "error" for problem in serious):
        return f"Log health: {words.counted(number, 'problem')}", "error"
    if serious:
        return f"Log health: {words.counted(number, 'problem')}", "warning"
    if loading:
        return "Log health: reading", "quiet"
    pending = sum(file.pending for file in health.files)
    if pending:
        return f"Log health: {words.size(pending)} still being written", "ok"
    return ("Log health: all bytes read", "ok") if health.files else ("Log health: no files", "quiet")


def _label(name: str) -> QLabel:
    label = QLabel()
    label.setObjectName(f"status:{name}")
    label.setProperty("role", "status")
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
