"""The controls of each method: what it can be told, and the buttons of a live one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from ..widgets import Button, ChoiceButton, SegmentedControl, Switch, TextLabel, ValueSlider, set_state
from .labels import short
from .settings import CLUSTERS, COMPONENTS, PERPLEXITY, SMALLEST, UMAP_NEIGHBOURS, SettingsModel

#: Typing in a field is over after so many milliseconds.
_TYPED_MS = 250


class Controls(QWidget):
    """The controls of one method, bound to the settings both ways."""

    def __init__(self, settings: SettingsModel) -> None:
        super().__init__()
        self._settings = settings
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(6)

    def follow(self) -> None:
        """Show the settings in force."""
        raise TypeError(f"{type(self).__name__} has to define follow")

    def choice(self, text: str, field: str) -> ChoiceButton:
        """A row with a name and a choice."""
        choice = ChoiceButton([("", "–")])
        choice.setAccessibleName(text)
        choice.changed.connect(lambda value: self._settings.update(**{field: value}))
        self.column.addLayout(labelled(text, choice))
        return choice

    def slider(self, text: str, field: str, ends: tuple[float, float], step: float, decimals: int) -> ValueSlider:
        """A slider for a field of the settings."""
        slider = ValueSlider(*ends, step, ends[0], decimals, text=text)
        slider.changed.connect(lambda value: self._settings.update(**{field: value}))
        self.column.addWidget(slider)
        return slider


def labelled(text: str, control: QWidget) -> QHBoxLayout:
    """A name at the left and a control at the right."""
    row = QHBoxLayout()
    row.setSpacing(8)
    row.addWidget(TextLabel(text, "dim"))
    row.addStretch()
    row.addWidget(control)
    return row


class PcaControls(Controls):
    """Which components stand on which axis, and how much of the variance each describes."""

    def __init__(self, settings: SettingsModel) -> None:
        super().__init__(settings)
        self._axes: list[ChoiceButton] = []
        self._rows: list[QWidget] = []
        self._shares: NDArray[np.float64] = np.zeros(0)
        for axis in "xyz":
            choice = ChoiceButton([("0", "–")])
            choice.setAccessibleName(f"Component on the axis {axis}")
            choice.changed.connect(lambda value, axis=axis: settings.update(**{f"pca_{axis}": int(value)}))
            row, line = QWidget(), labelled(axis.upper(), choice)
            line.setContentsMargins(0, 0, 0, 0)
            row.setLayout(line)
            self._axes.append(choice)
            self._rows.append(row)
            self.column.addWidget(row)
        self.total = TextLabel("", "caption", tabular=True)
        self.total.setWordWrap(True)
        self.column.addWidget(self.total)

    def show_shares(self, shares: NDArray[np.float64] | None) -> None:
        """The share of the variance that each component describes, float64 (c,); None while it is not known."""
        self._shares = np.zeros(0) if shares is None else shares
        self.follow()

    def follow(self) -> None:
        now, count = self._settings.now, len(self._shares)
        options = [(str(i), f"Component {i + 1} · {100 * self._shares[i]:.1f} %") for i in range(count)]
        chosen = (now.pca_x, now.pca_y, now.pca_z)[: 3 if now.three else 2]
        for choice, component in zip(self._axes, (now.pca_x, now.pca_y, now.pca_z), strict=True):
            usual = [(str(i), f"Component {i + 1}") for i in range(COMPONENTS)]
            choice.set_options(options or usual, str(component))
            choice.setEnabled(bool(options))
        self._rows[2].setVisible(now.three)
        described = sum(float(self._shares[i]) for i in set(chosen) if i < count)
        self.total.setText(f"Total variance described: {100 * described:.1f} %" if count else "")


class LiveButtons(QWidget):
    """Run or pause, and what else a live layout can be told."""

    run_wanted = Signal()
    perturb_wanted = Signal()
    restart_wanted = Signal()

    def __init__(self, perturb: bool) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 2, 0, 2)
        row.setSpacing(6)
        self.run = Button("Run", compact=True)
        self.perturb = Button("Perturb", compact=True)
        self.restart = Button("Restart", compact=True)
        self.run.setToolTip("Begin, pause or go on (Space)")
        self.perturb.setToolTip("Push each point a little, to free those that are stuck. Hold to go on pushing")
        self.restart.setToolTip("Begin again with these settings")
        self.perturb.setAutoRepeat(True)
        self.perturb.setAutoRepeatInterval(100)
        self.perturb.setVisible(perturb)
        for button, signal in (
            (self.run, self.run_wanted),
            (self.perturb, self.perturb_wanted),
            (self.restart, self.restart_wanted),
        ):
            button.clicked.connect(signal)
            row.addWidget(button)
        row.addStretch()

    def show_state(self, *, running: bool, paused: bool, known: bool) -> None:
        """Whether a layout is worked at, is held, and is there at all."""
        self.run.setText("Go on" if paused else "Pause" if running else "Again" if known else "Run")
        set_state(self.run, "on", running and not paused)
        self.perturb.setEnabled(running)
        self.restart.setEnabled(running)


class TsneControls(Controls):
    """Perplexity, learning rate, and a column whose values are drawn together."""

    def __init__(self, settings: SettingsModel) -> None:
        super().__init__(settings)
        self._usual = (30.0, 200.0)
        self.perplexity = self.slider("Perplexity", "perplexity", PERPLEXITY, 1.0, 0)
        self.perplexity.setToolTip("About how many neighbours each point tries to keep; a double click: the usual")
        self.rate = self.slider("Learning rate", "rate", (1.0, 1000.0), 1.0, 0)
        self.rate.setToolTip("How far points go at once; a double click: the usual for this many points")
        self.supervise = self.slider("Supervise", "supervise", (0.0, 100.0), 1.0, 0)
        self.supervise.setToolTip("How strongly points of one label are drawn together")
        self.by = self.choice("Supervise by", "supervise_by")
        self.buttons = LiveButtons(perturb=True)
        self.column.addWidget(self.buttons)

    def show_usual(self, perplexity: float, rate: float, most: float) -> None:
        """What suits the points, and the largest perplexity that they allow."""
        self._usual = (perplexity, rate)
        self.perplexity.set_range(PERPLEXITY[0], max(min(PERPLEXITY[1], most), PERPLEXITY[0] + 1))
        self.perplexity.set_default(perplexity)
        self.rate.set_range(1.0, max(4 * rate, 1000.0))
        self.rate.set_default(rate)
        self.follow()

    def show_columns(self, columns: Sequence[str]) -> None:
        """What points can be supervised by."""
        options = [("", "nothing"), *((name, short(name)) for name in columns)]
        self.by.set_options(options, self._settings.now.supervise_by)

    def follow(self) -> None:
        now = self._settings.now
        self.perplexity.set_value(now.perplexity or self._usual[0])
        self.rate.set_value(now.rate or self._usual[1])
        self.supervise.set_value(now.supervise)
        if now.supervise_by != self.by.value and now.supervise_by in ("", *self.by.options()):
            self.by.set_value(now.supervise_by)


class UmapControls(Controls):
    """Neighbours and least distance."""

    def __init__(self, settings: SettingsModel) -> None:
        super().__init__(settings)
        self.near = ValueSlider(*UMAP_NEIGHBOURS, 1.0, 15.0, 0, text="Neighbours")
        self.near.setToolTip("How many neighbours make the structure: few show detail, many the whole")
        self.near.changed.connect(lambda value: settings.update(near=round(value)))
        self.column.addWidget(self.near)
        self.least = ValueSlider(0.0, 0.99, 0.01, 0.1, 2, text="Least distance")
        self.least.setToolTip("How close points may come to each other")
        self.least.changed.connect(lambda value: settings.update(least_distance=value))
        self.column.addWidget(self.least)
        self.buttons = LiveButtons(perturb=True)
        self.column.addWidget(self.buttons)

    def follow(self) -> None:
        self.near.set_value(self._settings.now.near)
        self.least.set_value(self._settings.now.least_distance)


class ClusterControls(Controls):
    """How clusters are found: so many of them, or wherever points are dense.

    ``again_wanted`` fires where they were not found and are to be looked for once more.
    """

    again_wanted = Signal()

    def __init__(self, settings: SettingsModel) -> None:
        super().__init__(settings)
        self.way = SegmentedControl([("means", "k-means"), ("density", "HDBSCAN")])
        self.way.setAccessibleName("How clusters are found")
        self.way.changed.connect(lambda value: settings.update(by_density=value == "density"))
        self.column.addWidget(self.way)
        self.count = ValueSlider(*CLUSTERS, 1.0, 10.0, 0, text="Clusters")
        self.count.changed.connect(lambda value: settings.update(clusters=round(value)))
        self.column.addWidget(self.count)
        self.smallest = ValueSlider(*SMALLEST, 1.0, 20.0, 0, text="Smallest cluster")
        self.smallest.changed.connect(lambda value: settings.update(smallest=round(value)))
        self.column.addWidget(self.smallest)
        self._said = TextLabel("Finding clusters…", "caption")
        self.column.addWidget(self._said)
        self.again = Button("Find again", compact=True)
        self.again.clicked.connect(self.again_wanted)
        self.column.addWidget(self.again, 0, Qt.AlignmentFlag.AlignLeft)
        self.show_state(finding=False, found=True)

    def show_state(self, *, finding: bool, found: bool) -> None:
        """Whether clusters are being looked for, or were found: until then all points have one colour."""
        self._said.setVisible(finding)
        self.again.setVisible(not finding and not found)

    def follow(self) -> None:
        now = self._settings.now
        self.way.set_value("density" if now.by_density else "means")
        self.count.set_value(now.clusters)
        self.smallest.set_value(now.smallest)
        self.count.setVisible(not now.by_density)
        self.smallest.setVisible(now.by_density)


class AxesControls(Controls):
    """Two searches for each axis: it goes from the middle of what one finds to that of what the other finds."""

    FIELDS = ("left", "right", "down", "up", "back", "front")

    def __init__(self, settings: SettingsModel) -> None:
        super().__init__(settings)
        self.by = self.choice("Search in", "axes_by")
        self.fields: dict[str, QLineEdit] = {}
        self._counts: dict[str, TextLabel] = {}
        self._rows: dict[str, QWidget] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_TYPED_MS)
        self._timer.timeout.connect(self._send)
        for name in self.FIELDS:
            text = name.capitalize()
            field, count = QLineEdit(), TextLabel("", "caption", tabular=True)
            field.setPlaceholderText("Label")
            field.setAccessibleName(f"{text} end of the axis")
            field.textEdited.connect(lambda _text: self._timer.start())
            field.editingFinished.connect(self._send)
            row = QWidget()
            line = QHBoxLayout(row)
            line.setContentsMargins(0, 0, 0, 0)
            line.setSpacing(8)
            title = TextLabel(text, "dim")
            title.setFixedWidth(38)
            line.addWidget(title)
            line.addWidget(field, 1)
            line.addWidget(count)
            count.setMinimumWidth(38)
            self.fields[name], self._counts[name], self._rows[name] = field, count, row
            self.column.addWidget(row)
        self.regex = Switch("Regular expressions")
        self.regex.toggled.connect(lambda on: settings.update(axes_regex=on))
        self.column.addWidget(self.regex)

    def show_columns(self, columns: Sequence[str]) -> None:
        """What can be searched."""
        names = [(name, short(name)) for name in columns] or [("", "no labels")]
        self.by.set_options(names, self._settings.now.axes_by)

    def show_counts(self, counts: dict[str, str]) -> None:
        """What each search found, in a few words."""
        for name, label in self._counts.items():
            label.setText(counts.get(name, ""))

    def follow(self) -> None:
        now = self._settings.now
        for name, field in self.fields.items():
            wanted = getattr(now, name)
            if field.text() != wanted and not field.hasFocus():
                field.setText(wanted)
        for name in ("back", "front"):
            self._rows[name].setVisible(now.three)
        self.regex.setChecked(now.axes_regex)

    def _send(self) -> None:
        self._timer.stop()
        self._settings.update(**{name: field.text() for name, field in self.fields.items()})
