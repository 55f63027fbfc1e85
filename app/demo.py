"""``runglass demo DIR [--live]``: writes the logs of a few simulated trainings, and goes on writing with ``--live``.

This is a training script like any other: it calls the SummaryWriter and knows nothing of the window that looks at it.
"""

from __future__ import annotations

import argparse
import os
import signal
import stat
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ..writer import SummaryWriter
from .demo_runs import (
    HISTOGRAMS_EVERY,
    IMAGES_EVERY,
    LAST_STEP,
    RECIPES,
    SECONDS_A_STEP,
    STEPS_A_POINT,
    Recipe,
    Steps,
    Training,
)
from .demo_tutorial import write_tutorial

HISTORY_STEPS = 6000
POINTS_A_SECOND = 5
FLUSH_SECONDS = 0.1


class LoggedRun:
    """A simulated training with the writer it logs to. ``started`` is the wall time of its first step."""

    def __init__(self, folder: Path, recipe: Recipe, started: float) -> None:
        self._folder = folder / recipe.name
        self._training = Training(recipe)
        self._started = started
        self._recipe = recipe
        self._next = 0
        self._writer = SummaryWriter(self._folder, flush_secs=FLUSH_SECONDS, strict=True)
        self._writer.add_text("notes", self._training.notes(), 0, started)

    def history(self, until: int) -> None:
        """Log every step below ``until``; a run that crashed is resumed from its checkpoint."""
        crash = self._recipe.crash
        if crash is not None and crash < until:
            self._log(_steps(0, crash))
            self._writer.close()
            self._writer = SummaryWriter(
                self._folder, purge_step=self._recipe.checkpoint, flush_secs=FLUSH_SECONDS, strict=True
            )
            self._training.resume()
            self._next = self._recipe.checkpoint
        self._log(_steps(self._next, until))
        points, labels, thumbnails = self._training.embedding(until)
        header = ["digit", "split"]
        self._writer.add_embedding(points, labels, thumbnails, until, "last_layer", header)

    def go_on(self) -> None:
        """Log one point more, as of now, unless the training has ended."""
        if self._next < LAST_STEP:
            self._started = time.time() - self._next * SECONDS_A_STEP
            self._log(_steps(self._next, self._next + STEPS_A_POINT))

    def close(self) -> None:
        """Bring everything to the disk."""
        self._writer.close()

    def _wall(self, step: int) -> float:
        return self._started + step * SECONDS_A_STEP

    def _log(self, steps: Steps) -> None:
        writer, training = self._writer, self._training
        for tag, at, values in training.scalars(steps):
            for step, value in zip(at.tolist(), values.tolist(), strict=True):
                writer.add_scalar(tag, value, step, self._wall(step))
        for step in steps.tolist():
            if step % HISTOGRAMS_EVERY == 0:
                for tag, layer in training.layers(step):
                    writer.add_histogram(tag, layer, step, walltime=self._wall(step))
            if step % IMAGES_EVERY == 0:
                wall = self._wall(step)
                writer.add_image("samples/digits", training.samples(step), step, wall, dataformats="HWC")
                writer.add_image("valid/confusion", training.confusion(step), step, wall, dataformats="HWC")
                writer.add_text("valid/predictions", training.predictions(step), step, wall)
        self._next = int(steps[-1]) + STEPS_A_POINT if len(steps) else self._next


def _steps(start: int, stop: int) -> Steps:
    return np.arange(start, stop, STEPS_A_POINT, dtype=np.int64)


def write_demo(folder: Path, live: bool, stop: threading.Event) -> None:
    """Write the demo's runs into ``folder``; with ``live`` go on until ``stop`` is set. OSError if it cannot."""
    started = time.time() - HISTORY_STEPS * SECONDS_A_STEP
    runs = [LoggedRun(folder, recipe, started) for recipe in RECIPES]
    try:
        for run in runs:
            run.history(HISTORY_STEPS)
        write_tutorial(folder, started, FLUSH_SECONDS)
        due = time.monotonic()
        while live:
            due = max(due + 1 / POINTS_A_SECOND, time.monotonic() - 1)
            if stop.wait(max(0.0, due - time.monotonic())):
                break
            for run in runs:
                run.go_on()
    finally:
        for run in runs:
            run.close()


def main(arguments: Sequence[str]) -> int:
    """The command ``runglass demo``; returns the exit code (2: the folder cannot be written)."""
    parser = argparse.ArgumentParser(
        prog="runglass demo", description="Writes the logs of four small simulated trainings into a folder."
    )
    parser.add_argument("folder", metavar="DIR", help="where to write; it is made if it is missing")
    parser.add_argument("--live", action="store_true", help="go on as trainings do, until stopped")
    options = parser.parse_args(arguments)
    stop = threading.Event()
    if options.live:
        _stop_on_request(stop)
    try:
        write_demo(Path(options.folder), options.live, stop)
    except OSError as error:
        print(f"runglass demo: {options.folder} cannot be written: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


def _stop_on_request(stop: threading.Event) -> None:
    """Set ``stop`` at SIGTERM, and at the end of a pipe on standard input: who started the demo is gone then."""
    signal.signal(signal.SIGTERM, lambda _number, _frame: stop.set())
    try:
        piped = stat.S_ISFIFO(os.fstat(0).st_mode)
    except OSError:
        return
    if piped:

        def wait_for_the_end() -> None:
            while os.read(0, 4096):
                pass
            stop.set()

        threading.Thread(target=wait_for_the_end, name="runglass-demo-parent", daemon=True).start()
