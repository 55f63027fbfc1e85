"""The right side of the histograms pane: choices above, the read-out below."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from ..board.panel import PanePanel
from ..widgets import NumberField, ValueSlider
from .settings import FEWEST_BINS, FEWEST_STEPS, MOST_BINS, MOST_STEPS, Mode

_MODE_HELP = {
    "offset": "Ridges behind one another, the newest in front",
    "overlay": "All steps on one base line",
    "heat": "Steps against values, the counts as colours",
    "runs": "All runs of a tag in a card: of each the histogram nearest to the step of the cursor, or the newest.\n"
    "Alt+Left and Alt+Right go through the steps",
}


class HistogramsPanel(PanePanel):
    """The choices of the histograms pane."""

    def build(self) -> None:
        settings = self._settings
        self.mode = self.choice(
            "Mode", [("offset", "Offset"), ("overlay", "Overlay"), ("heat", "Heat map"), ("runs", "Runs")],
            "How the steps of a card are drawn",
        )  # fmt: skip
        for value, key in (("offset", "O"), ("overlay", "V"), ("heat", "H"), ("runs", "U")):
            self.mode.set_option_tooltip(value, f"{_MODE_HELP[value]} (Ctrl+Alt+{key})")
        self.mode.changed.connect(lambda value: settings.update(mode=Mode(value)))
        self.axis = self.axis_choice("Axis of steps")
        self.bins = ValueSlider(FEWEST_BINS, MOST_BINS, 1, settings.now.bins, 0, text="Bins")
        self.bins.setToolTip("Bins of equal width over the range of all steps; TensorBoard has 30 (Ctrl+[ and Ctrl+])")
        self.bins.changed.connect(lambda value: settings.update(bins=round(value)))
        self.column.addWidget(self.bins)
        self.column.addSpacing(6)
        self.low = NumberField(placeholder="least")
        self.low.setAccessibleName("Lower end of the values")
        self.high = NumberField(placeholder="greatest")
        self.high.setAccessibleName("Upper end of the values")
        self.low.changed.connect(lambda value: settings.update(low=value))
        self.high.changed.connect(lambda value: settings.update(high=value))
        both = QWidget()
        row = QHBoxLayout(both)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.low)
        row.addWidget(self.high)
        both.setToolTip("Only values in this range; empty for all")
        self.labelled("Value range", both)
        self.log = self.switch("Log counts", "log_counts", "Heights by the logarithm of the counts (Ctrl+Alt+L)")
        self.density = self.switch("Density", "density", "Shares of a step's values in place of counts (Ctrl+Alt+D)")
        self.divide()
        self.steps = ValueSlider(FEWEST_STEPS, MOST_STEPS, 1, settings.now.steps, 0, text="Steps shown")
        self.steps.setToolTip("An even choice of all steps, always with the newest; a heat map has room for more")
        self.steps.changed.connect(lambda value: settings.update(steps=round(value)))
        self.column.addWidget(self.steps)
        self.column.addSpacing(6)
        self.restarts = self.restart_choice()

    def follow(self) -> None:
        now = self._settings.now
        self.mode.set_value(now.mode.value)
        self.axis.set_value(self._cursor.axis.value)
        self.bins.set_value(now.bins)
        self.low.set_value(now.low)
        self.high.set_value(now.high)
        self.log.setChecked(now.log_counts)
        self.density.setChecked(now.density)
        self.steps.set_value(now.steps)
        self.restarts.set_value(now.restarts.value)
        self.steps.setEnabled(now.mode in (Mode.OFFSET, Mode.OVERLAY))
