"""Live layouts: t-SNE and UMAP, iteration by iteration, with the commands that arrive between two of them."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod

import numpy as np

from ..maths.affinities import Affinities, affinities, feasible_perplexity, neighbours_for, supervised
from ..maths.crew import Crew
from ..maths.distances import Neighbours
from ..maths.fuzzy import fuzzy_graph, initial_layout
from ..maths.numbers import Matrix
from ..maths.pca import pca
from ..maths.trust import Trust
from ..maths.tsne import EXAGGERATED_ITERATIONS, INITIAL_SPREAD, Tsne
from ..maths.umap import Umap, default_epochs
from .line import JobControl
from .messages import Change, Finished, Frame, LayoutResult, Measures, Pause, Perturb, Restart, Resume, TsneJob, UmapJob
from .shared import Places
from .subject import Subject

#: Seconds between two frames: screens show no more.
_FRAME_EVERY = 1 / 60
#: Iterations between two values of the divergence, which cost half of one.
_KL_EVERY = 20
#: Iterations without a mesh at the end of a layout in space.
_EXACT_AT_LAST = 250
#: Seconds between two figures of trust, and the share of the time that they may take.
_TRUST_EVERY = 1.0
_TRUST_SHARE = 0.03


class Layout(ABC):
    """A layout of the points of a job on its way."""

    #: Sentences for the user about what was made of the settings.
    notes: tuple[str, ...] = ()

    @abstractmethod
    def step(self) -> None:
        """One iteration."""

    @property
    @abstractmethod
    def iteration(self) -> int:
        """Iterations done."""

    @property
    @abstractmethod
    def limit(self) -> int | None:
        """Iterations to be done, None without an end."""

    @property
    @abstractmethod
    def coordinates(self) -> Matrix:
        """float32 (n, dimensions), a copy."""

    @property
    def kl(self) -> float | None:
        """The divergence that is minimised, None where the method has none."""
        return None

    @abstractmethod
    def perturb(self, strength: float, random: np.random.Generator) -> None:
        """Move every point by chance."""

    @abstractmethod
    def restart(self) -> None:
        """Back to the first coordinates."""

    def change(self, change: Change) -> tuple[str, ...]:
        """Other settings from now on; returns sentences for the user."""
        del change
        return ()


class TsneLayout(Layout):
    """t-SNE over a subject's points."""

    def __init__(self, subject: Subject, job: TsneJob, control: JobControl) -> None:
        self._subject, self._job, self._control = subject, job, control
        self._labels = None if job.labels is None else subject.pick(job.labels).astype(np.int32)
        self._supervise = job.supervise
        self._perplexity, self.notes = self._feasible(job.perplexity)
        self._plain = self._affinities()
        initial = None if job.initial is None else subject.pick(job.initial)
        fresh = initial is None or initial.shape[1] != job.dimensions or not np.isfinite(initial).all()
        if initial is None or fresh:
            initial = first_coordinates(subject, job.dimensions, job.seed, control)
        exaggerated = EXAGGERATED_ITERATIONS if fresh else 0
        self._tsne = Tsne(self._weights(), initial, subject.crew, job.learning_rate, exaggerated)

    def step(self) -> None:
        """One iteration."""
        if self._job.dimensions == 3 and self.limit is not None:
            self._tsne.be_exact(self.iteration >= self.limit - _EXACT_AT_LAST)
        self._tsne.step(self._tsne.iteration % _KL_EVERY == 0)

    @property
    def iteration(self) -> int:
        """Iterations done."""
        return self._tsne.iteration

    @property
    def limit(self) -> int | None:
        """Iterations to be done, None without an end."""
        return self._job.iterations

    @property
    def coordinates(self) -> Matrix:
        """float32 (n, dimensions), a copy."""
        return self._tsne.coordinates

    @property
    def kl(self) -> float | None:
        """The Kullback-Leibler divergence."""
        return self._tsne.kl

    def perturb(self, strength: float, random: np.random.Generator) -> None:
        """Move every point by chance."""
        self._tsne.perturb(strength, random)

    def restart(self) -> None:
        """Back to the first coordinates."""
        self._tsne.restart()

    def change(self, change: Change) -> tuple[str, ...]:
        """Perplexity, learning rate or supervision from now on."""
        notes: tuple[str, ...] = ()
        if change.learning_rate is not None:
            self._tsne.learning_rate = change.learning_rate if change.learning_rate > 0 else None
        if change.perplexity is not None:
            perplexity, notes = self._feasible(change.perplexity)
            if perplexity != self._perplexity:
                self._perplexity = perplexity
                self._plain = self._affinities()
        if change.supervise is not None:
            self._supervise = change.supervise
        if change.perplexity is not None or change.supervise is not None:
            self._tsne.take_affinities(self._weights())
        return notes

    def _feasible(self, asked: float) -> tuple[float, tuple[str, ...]]:
        n = len(self._subject.points)
        perplexity = feasible_perplexity(asked, n)
        if perplexity == asked:
            return perplexity, ()
        side = "high" if perplexity < asked else "low"
        return perplexity, (f"A perplexity of {asked:g} is too {side} for {n:,} points: {perplexity:.3g} is used.",)

    def _affinities(self) -> Affinities:
        count = neighbours_for(self._perplexity, len(self._subject.points))
        near = self._subject.neighbours(count, self._control)
        return affinities(near, self._perplexity, self._control, self._subject.crew)

    def _weights(self) -> Affinities:
        if self._labels is None or self._supervise <= 0:
            return self._plain
        return supervised(self._plain, self._labels, self._supervise)


class UmapLayout(Layout):
    """UMAP over a subject's points."""

    def __init__(self, subject: Subject, job: UmapJob, control: JobControl) -> None:
        n = len(subject.points)
        count = min(max(job.neighbours - 1, 1), n - 1)
        if count != job.neighbours - 1:
            self.notes = (f"{job.neighbours:,} neighbours of {n:,} points: {count + 1:,} are used.",)
        near: Neighbours = subject.neighbours(count, control)
        graph = fuzzy_graph(near.nearest(count), control)
        principal = pca(subject.points, job.dimensions, control, subject.crew).coordinates
        initial = initial_layout(graph, padded(principal, job.dimensions), job.seed)
        epochs = max(1, job.epochs if job.epochs is not None else default_epochs(n))
        self._umap = Umap(graph, initial, job.min_distance, epochs, job.seed)

    def step(self) -> None:
        """One epoch."""
        self._umap.step()

    @property
    def iteration(self) -> int:
        """Epochs done."""
        return self._umap.iteration

    @property
    def limit(self) -> int | None:
        """Epochs to be done."""
        return self._umap.epochs

    @property
    def coordinates(self) -> Matrix:
        """float32 (n, dimensions), a copy."""
        return self._umap.coordinates

    def perturb(self, strength: float, random: np.random.Generator) -> None:
        """Move every point by chance."""
        self._umap.perturb(strength, random)

    def restart(self) -> None:
        """Back to the first coordinates."""
        self._umap.restart()


def first_coordinates(subject: Subject, dimensions: int, seed: int, control: JobControl) -> Matrix:
    """For t-SNE: the principal components, very small, with a little chance where there are too few of them."""
    principal = padded(pca(subject.points, dimensions, control, subject.crew).coordinates, dimensions)
    spread = float(principal[:, 0].std()) or 1.0
    noise = np.random.default_rng(seed).normal(scale=0.01, size=principal.shape)
    first: Matrix = ((principal / spread + noise) * INITIAL_SPREAD).astype(np.float32)
    return first


def padded(coordinates: Matrix, dimensions: int) -> Matrix:
    """``coordinates`` with columns of zeros where there are fewer than ``dimensions``."""
    missing = dimensions - coordinates.shape[1]
    return np.pad(coordinates, ((0, 0), (0, missing))) if missing > 0 else coordinates


def run_live(layout: Layout, subject: Subject, control: JobControl, places: Places, seed: int) -> None:
    """Go on with ``layout`` to its end, sending frames and obeying commands. Raises Interrupted."""
    _Performance(layout, subject, control, places, seed).run()


class _Performance:
    """One live layout: its frames, figures and commands."""

    def __init__(self, layout: Layout, subject: Subject, control: JobControl, places: Places, seed: int) -> None:
        self._layout, self._control, self._places = layout, control, places
        self._crew: Crew = subject.crew
        self._trust = Trust(subject.compared)
        self._trusted: float | None = None
        self._trust_due = time.monotonic() + _TRUST_EVERY
        self._random = np.random.default_rng(seed)
        self._paused = False
        self._shown = -1.0
        self._notes = layout.notes

    def run(self) -> None:
        """Until the last iteration."""
        layout, control = self._layout, self._control
        self._show()
        while True:
            control.check()
            self._obey()
            if self._paused:
                control.line.wait_live(control.number)
                continue
            if layout.limit is not None and layout.iteration >= layout.limit:
                break
            layout.step()
            now = time.monotonic()
            if now - self._shown >= _FRAME_EVERY and control.line.has_place():
                self._show()
            if now >= self._trust_due:
                self._measure()
        self._measure()
        result = LayoutResult(layout.iteration, self._measures())
        control.place(self._places, Finished(control.number, layout.coordinates, result, self._notes))

    def _obey(self) -> None:
        """The commands that have arrived."""
        for command in self._control.line.take_live():
            if isinstance(command, Pause):
                self._paused = True
                self._measure()
            elif isinstance(command, Resume):
                self._paused = False
            elif isinstance(command, Restart):
                self._layout.restart()
                self._trusted = None
            elif isinstance(command, Perturb):
                self._layout.perturb(command.strength, self._random)
            else:
                self._notes += self._layout.change(command)
            self._show()

    def _show(self) -> None:
        """A frame, as soon as there is a place for it."""
        layout, number = self._layout, self._control.number
        frame = Frame(number, 0, layout.iteration, layout.coordinates, self._measures(), self._paused)
        self._control.place(self._places, frame)
        self._shown = time.monotonic()

    def _measure(self) -> None:
        began = time.monotonic()
        self._trusted = self._trust.of(self._layout.coordinates, self._control, self._crew)
        ended = time.monotonic()
        self._trust_due = ended + max(_TRUST_EVERY, (ended - began) / _TRUST_SHARE)

    def _measures(self) -> Measures:
        return Measures(self._layout.kl, self._trusted, self._trust.sampled)
