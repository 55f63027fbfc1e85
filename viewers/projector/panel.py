"""The right side of the projector: what is shown, by which method, in which colours, and the inspector below."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from ...reader.api import EmbeddingNote
from ..lod import ticks
from ..widgets import Button, ChoiceButton, Divider, SectionLabel, SegmentedControl, Switch, TextLabel, set_surface
from ..widgets.slider import SliderTrack
from .dressing import CLUSTERS, NUMBER
from .inspector import Inspector
from .labels import breakable, short
from .legend_view import LegendView
from .method_controls import AxesControls, ClusterControls, Controls, PcaControls, TsneControls, UmapControls, labelled
from .settings import METHOD_NAMES, Method, SettingsModel
from .source_picker import SourcePicker

_ROW = 28


class StepRow(QWidget):
    """A slider over the steps of an embedding; ``chosen`` carries the rank of one."""

    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._count, self._rank = 0, 0
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 0)
        column.setSpacing(0)
        top = QHBoxLayout()
        top.addWidget(TextLabel("Step", "dim"))
        top.addStretch()
        self.value = TextLabel("", "title", tabular=True)
        top.addWidget(self.value)
        column.addLayout(top)
        self.track = SliderTrack()
        self.track.setAccessibleName("Step of the embedding")
        self.track.setToolTip("Step of the embedding (Left, Right). A double click goes to the newest")
        self.track.moved.connect(lambda share: self._choose(round(share * (self._count - 1))))
        self.track.stepped.connect(lambda by: self._choose(self._rank + by))
        self.track.reset.connect(lambda: self._choose(self._count - 1))
        column.addWidget(self.track)

    def show_step(self, steps: Sequence[int | None], rank: int) -> None:
        """Stand at ``rank`` of ``steps``; hidden where there is but one."""
        self._count, self._rank = len(steps), rank
        self.setVisible(self._count > 1)
        if self._count > 1:
            step = steps[rank]
            text = "–" if step is None else ticks.step_label(step)
            self.value.setText(text)
            self.track.setAccessibleDescription(text)
            self.track.set_share(rank / (self._count - 1))

    def _choose(self, rank: int) -> None:
        self.chosen.emit(min(max(rank, 0), self._count - 1))


class ProjectorPanel(QScrollArea):
    """Two-way bound to the settings; what the log and the points bring is put in by the pane.

    ``color_by`` and ``label_by`` offer columns and what else can be taken for one.
    """

    #: Carries the method that the current view is to show.
    method_chosen = Signal(object)
    #: Carries the path of a file outside the log that the user lets be read.
    allow_wanted = Signal(str)

    def __init__(
        self,
        settings: SettingsModel,
        label: Callable[[str], str],
        name: Callable[[int], str],
        picture: Callable[[int], QImage | None],
    ) -> None:
        super().__init__()
        self.setObjectName("projectorPanel")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        # The controls in it take the keys, and it follows them.
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._settings = settings
        self._permission = ""
        body = self._body = QWidget()
        body.setObjectName("panelBody")
        set_surface(body, "panel")
        self.setWidget(body)
        column = self._column = QVBoxLayout(body)
        column.setContentsMargins(12, 14, 12, 10)
        column.setSpacing(6)
        column.addWidget(SectionLabel("Embedding"))
        column.addSpacing(2)
        self.source = SourcePicker(label)
        column.addWidget(self.source)
        self.steps = StepRow()
        column.addWidget(self.steps)
        self.notes = TextLabel("", "warning")
        self.notes.setWordWrap(True)
        self.allow = Button("Read the file outside", compact=True)
        self.allow.clicked.connect(lambda: self.allow_wanted.emit(self._permission))
        column.addWidget(self.notes)
        column.addWidget(self.allow, 0, Qt.AlignmentFlag.AlignLeft)
        self.show_notes(())
        column.addSpacing(4)
        self.method = SegmentedControl([(method.value, name) for method, name in METHOD_NAMES.items()])
        self.method.setAccessibleName("Projection")
        self.method.changed.connect(self._choose_method)
        column.addWidget(TextLabel("Projection", "dim"))
        column.addWidget(self.method)
        self.pca, self.tsne = PcaControls(settings), TsneControls(settings)
        self.umap, self.axes = UmapControls(settings), AxesControls(settings)
        self._controls: dict[Method, Controls] = {
            Method.PCA: self.pca,
            Method.TSNE: self.tsne,
            Method.UMAP: self.umap,
            Method.AXES: self.axes,
        }
        for controls in self._controls.values():
            column.addWidget(controls)
        self.spherize = Switch("Spherize")
        self.spherize.setToolTip("Move the middle to zero and make every point of length one before projecting")
        self.spherize.toggled.connect(lambda on: settings.update(spherize=on))
        column.addWidget(self.spherize)
        self._divide()
        self.color_by = self._choice("Colour by", "color_by")
        self.categorical = Switch("As categories")
        self.categorical.setToolTip("Give each number a colour of its own instead of a place on a ramp")
        self.categorical.toggled.connect(lambda on: settings.update(categorical=on))
        column.addWidget(self.categorical)
        self.clusters = ClusterControls(settings)
        column.addWidget(self.clusters)
        self.legend = LegendView()
        column.addWidget(self.legend)
        self.label_by = self._choice("Label by", "label_by")
        self._divide()
        self.inspector = Inspector(settings, name, picture)
        self.inspector.found_shown.connect(self._search_found)
        column.addWidget(self.inspector)
        column.addStretch()
        self.current = Method.PCA
        settings.changed.connect(lambda _names: self.follow())
        self.show_method(settings.now.method)

    def show_notes(self, notes: Sequence[EmbeddingNote]) -> None:
        """What was left out of the embedding, and why."""
        self._permission = next((note.permission for note in notes if note.permission), "")
        self.notes.setText("\n".join(breakable(note.text) for note in notes))
        self.notes.setVisible(bool(notes))
        self.allow.setVisible(bool(self._permission))

    def show_method(self, method: Method) -> None:
        """Show the controls of the method of the current view."""
        self.current = method
        self.method.set_value(method.value)
        for one, controls in self._controls.items():
            controls.setVisible(one is method)
        self.spherize.setVisible(method is not Method.AXES)
        self.follow()

    def show_columns(self, columns: Sequence[str], colors: Sequence[tuple[str, str]]) -> None:
        """The labels of the points, and what they can be coloured by."""
        now = self._settings.now
        self.color_by.set_options(list(colors), now.color_by)
        names = [(name, short(name)) for name in columns]
        self.label_by.set_options([*names, (NUMBER, "number")], now.label_by or (columns[0] if columns else NUMBER))
        self.tsne.show_columns(columns)
        self.axes.show_columns(columns)
        self.inspector.show_columns(columns)

    def follow(self) -> None:
        """Show the settings in force."""
        now = self._settings.now
        for controls in self._controls.values():
            controls.follow()
        self.inspector.follow()
        self.spherize.setChecked(now.spherize)
        self.categorical.setChecked(now.categorical)
        self.clusters.setVisible(now.color_by == CLUSTERS)
        self.clusters.follow()
        for choice, value in ((self.color_by, now.color_by), (self.label_by, now.label_by)):
            if value != choice.value and value in choice.options():
                choice.set_value(value)

    def reveal_neighbours(self) -> None:
        """Scroll so far that the list of neighbours is seen, where nothing of it is."""
        points = self.inspector.neighbours
        top = points.mapTo(self._body, points.rect().topLeft()).y()
        bar, height = self.verticalScrollBar(), self.viewport().height()
        if points.isVisibleTo(self._body) and top + 2 * _ROW > bar.value() + height:
            bar.setValue(min(self.inspector.selection.mapTo(self._body, QPoint()).y() - 8, bar.maximum()))

    def reveal_search(self) -> None:
        """Scroll so far that the search and what it found are seen."""
        search, results = self.inspector.search, self.inspector.results
        top = search.mapTo(self._body, QPoint()).y()
        last = results if results.isVisibleTo(self._body) else self.inspector.by
        bottom = last.mapTo(self._body, last.rect().bottomLeft()).y()
        bar = self.verticalScrollBar()
        if top < bar.value() or bottom > bar.value() + self.viewport().height():
            bar.setValue(min(top - 8, bar.maximum()))

    def _search_found(self) -> None:
        if self.inspector.search.line_edit().hasFocus():
            # The list has no place before the next turn.
            QTimer.singleShot(0, self, self.reveal_search)

    def _choose_method(self, value: str) -> None:
        if Method(value) is not self.current:
            self.method_chosen.emit(Method(value))

    def _choice(self, text: str, field: str) -> ChoiceButton:
        choice = ChoiceButton([("", "–")])
        choice.setAccessibleName(text)
        choice.changed.connect(lambda value: self._settings.update(**{field: value}))
        self._column.addLayout(labelled(text, choice))
        return choice

    def _divide(self) -> None:
        self._column.addSpacing(4)
        self._column.addWidget(Divider())
        self._column.addSpacing(6)
