"""The simulated trainings of the demo: four runs that behave as real ones do, the same at every start.

Two networks are trained to tell digits apart. One run is restarted from a checkpoint after a crash, one has a learning
rate so high that it spikes and meets a NaN.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

Floats = npt.NDArray[np.float64]
Steps = npt.NDArray[np.int64]

#: A point is logged every so many steps, and the trainings end at the last of them.
STEPS_A_POINT = 4
LAST_STEP = 24_000
SECONDS_A_STEP = 0.05

VALID_EVERY = 60
HISTOGRAMS_EVERY = 200
IMAGES_EVERY = 600
WARM_UP_STEPS = 400
STEPS_AN_EPOCH = 500
CLASSES = 10


@dataclass(frozen=True)
class Recipe:
    """How one run behaves.

    Losses fall as ``(1 + step / tau) ** -power`` from ``start`` to ``floor``, and validation ends ``gap``
    higher. ``spikes`` are (step, height); the loss jumps there and calms down. From ``crash`` the run is resumed at
    ``checkpoint``. At ``nan_step`` the loss is not a number for a few points.
    """

    name: str
    seed: int
    optimizer: str
    lr: float
    start: float
    floor: float
    tau: float
    power: float
    top: float
    gap: float
    noise: float
    gradient: float
    images_a_second: float
    memory: float
    spikes: tuple[tuple[int, float], ...] = ()
    crash: int | None = None
    checkpoint: int = 0
    nan_step: int | None = None


RECIPES = (
    Recipe("cnn/sgd-0.1", 11, "SGD, momentum 0.9", 0.1, 2.35, 0.08, 330, 0.95, 0.985, 0.05, 0.10, 2.4, 1840, 5.4),
    Recipe("cnn/adam-0.001", 12, "Adam", 0.001, 2.31, 0.13, 130, 0.80, 0.972, 0.16, 0.12, 1.3, 1795, 5.9),
    Recipe(
        "vit/adam-0.001",
        13,
        "AdamW",
        0.001,
        2.42,
        0.10,
        620,
        1.05,
        0.978,
        0.08,
        0.14,
        0.8,
        1210,
        9.3,
        spikes=((3460, 1.1),),
        crash=3600,
        checkpoint=3000,
    ),
    Recipe(
        "vit/adam-0.01",
        14,
        "AdamW",
        0.01,
        2.42,
        0.48,
        420,
        0.70,
        0.87,
        0.10,
        0.22,
        4.6,
        1215,
        9.3,
        spikes=((900, 1.2), (2300, 0.9), (4180, 1.6), (6240, 0.8), (9800, 1.1)),
        nan_step=4200,
    ),
)


class Training:
    """One run: what it would log at given steps. The noise comes from the recipe's seed, in the order of the calls."""

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe
        self._spikes = recipe.spikes
        self._random = np.random.default_rng(recipe.seed)

    def resume(self) -> None:
        """Go on from the checkpoint; what made the run crash does not happen again."""
        crash = self.recipe.crash
        assert crash is not None
        self._spikes = tuple(spike for spike in self._spikes if not self.recipe.checkpoint <= spike[0] < crash)

    def scalars(self, steps: Steps) -> Iterator[tuple[str, Steps, Floats]]:
        """(tag, steps, values) of each scalar that is logged at ``steps``; validation less often than the rest."""
        recipe = self.recipe
        loss = self._loss(steps, recipe.floor) * np.exp(self._random.normal(0, recipe.noise, len(steps)))
        accuracy = self._accuracy(steps, recipe.top) + self._random.normal(0, 0.10 * recipe.noise, len(steps))
        gradient = recipe.gradient * (1 + steps / 500) ** -0.4 * np.exp(self._random.normal(0, 0.16, len(steps)))
        gradient *= 1 + 4 * self._bumps(steps)
        if recipe.nan_step is not None:
            broken = (steps >= recipe.nan_step) & (steps < recipe.nan_step + 4 * STEPS_A_POINT)
            loss[broken] = np.nan
            gradient[broken] = np.nan
            gradient[steps == recipe.nan_step - STEPS_A_POINT] = np.inf
        yield "loss/train", steps, loss
        yield "accuracy/train", steps, accuracy.clip(0, 1)
        yield "optim/lr", steps, self.learning_rate(steps)
        yield "optim/grad_norm", steps, gradient
        pause = np.where(steps % STEPS_AN_EPOCH < STEPS_A_POINT, 0.55, 1.0)
        speed = recipe.images_a_second * pause * (1 + self._random.normal(0, 0.012, len(steps)))
        yield "system/images_per_second", steps, speed
        memory = recipe.memory * (1 - 0.35 * np.exp(-steps / 40)) + self._random.normal(0, 0.01, len(steps))
        yield "system/gpu_memory_gb", steps, memory

        seldom = steps[steps % VALID_EVERY == 0]
        done = seldom / LAST_STEP
        valid_loss = self._loss(seldom, recipe.floor + recipe.gap) + recipe.gap * 2.2 * done
        valid_accuracy = self._accuracy(seldom, recipe.top - recipe.gap / 3)
        yield "loss/valid", seldom, valid_loss * np.exp(self._random.normal(0, 0.03, len(seldom)))
        yield "accuracy/valid", seldom, (valid_accuracy + self._random.normal(0, 0.004, len(seldom))).clip(0, 1)

    def learning_rate(self, steps: Steps) -> Floats:
        """Linear warm-up, then half a cosine down to a hundredth."""
        lr = self.recipe.lr
        cosine = lr * (0.01 + 0.99 * 0.5 * (1 + np.cos(np.pi * np.minimum(steps / LAST_STEP, 1))))
        rates: Floats = np.where(steps < WARM_UP_STEPS, lr * (steps + 1) / WARM_UP_STEPS, cosine)
        return rates

    def _falling(self, steps: Steps) -> Floats:
        fall: Floats = (1 + steps / self.recipe.tau) ** -self.recipe.power
        return fall

    def _loss(self, steps: Steps, floor: float) -> Floats:
        fall = floor + (self.recipe.start - floor) * self._falling(steps)
        return fall * (1 + self._bumps(steps))

    def _accuracy(self, steps: Steps, top: float) -> Floats:
        rise = top - (top - 1 / CLASSES) * self._falling(steps) ** 1.25
        return rise / (1 + 0.6 * self._bumps(steps))

    def _bumps(self, steps: Steps) -> Floats:
        total = np.zeros(len(steps))
        for where, height in self._spikes:
            behind = steps - where
            rise = height * np.exp(-np.maximum(behind, 0) / 90)
            total += np.where(behind >= 0, rise, 0)
        return total

    # Weights, pictures, words

    def layers(self, step: int) -> Iterator[tuple[str, Floats]]:
        """(tag, values) of weights and gradients; weights spread and split while the network learns."""
        learned = 1 - float(self._falling(np.array([step]))[0])
        draw = self._random.normal
        first = np.concatenate([draw(-0.25 * learned, 0.12, 600), draw(0.3 * learned, 0.09 + 0.05 * learned, 600)])
        yield "layers/first/weight", first
        yield "layers/middle/weight", draw(0.02 * learned, 0.05 + 0.11 * learned, 1500)
        yield "layers/last/weight", draw(0, 0.08 + 0.3 * learned, 400) * (1 + 2 * learned * self._random.random(400))
        yield "layers/last/grad", self._random.laplace(0, 0.02 * (1.15 - learned), 400)

    def samples(self, step: int) -> npt.NDArray[np.float64]:
        """Two rows of digits as the network would draw them, (height, width, 3), 0 to 1: from noise to clear."""
        learned = float(self._accuracy(np.array([step]), self.recipe.top)[0])
        size, across = 32, 5
        sheet = np.zeros((2 * size, across * size, 3))
        for digit in range(2 * across):
            row, column = divmod(digit, across)
            clear = digit_picture(digit, size, self._random)
            seen = clear * learned + self._random.normal(0.45, 0.33, clear.shape) * (1 - learned)
            tint = _COLORS[digit] * learned + 0.75 * (1 - learned)
            place = sheet[row * size : (row + 1) * size, column * size : (column + 1) * size]
            place[:] = seen[:, :, None] * tint
        return sheet.clip(0, 1)

    def confusion(self, step: int) -> npt.NDArray[np.float64]:
        """The confusion matrix of the ten digits as a picture, (height, width, 3), 0 to 1."""
        right = float(self._accuracy(np.array([step]), self.recipe.top)[0])
        wrong = self._random.dirichlet(np.full(CLASSES, 0.6), CLASSES) * (1 - right)
        matrix = wrong + np.diag(np.full(CLASSES, right) - self._random.random(CLASSES) * 0.05)
        shade = np.sqrt(matrix.clip(0, 1)).repeat(16, 0).repeat(16, 1)[:, :, None]
        low, high = np.array([0.07, 0.09, 0.16]), np.array([0.36, 0.80, 0.98])
        picture: Floats = low + (high - low) * shade
        return picture

    def embedding(self, step: int) -> tuple[npt.NDArray[np.float32], list[tuple[str, str]], Floats]:
        """Points (n, 32), their (digit, split) labels and thumbnails (n, 3, 24, 24): classes part as the run learns."""
        learned = float(self._accuracy(np.array([step]), self.recipe.top)[0])
        count, dimensions = 400, 32
        digits = self._random.integers(0, CLASSES, count)
        centres = self._random.normal(0, 1, (CLASSES, dimensions)) * (0.4 + 1.3 * learned)
        points = centres[digits] + self._random.normal(0, 0.55, (count, dimensions))
        # Digits that look alike stay neighbours.
        for one, other in ((4, 9), (3, 8), (1, 7)):
            points[digits == one] += 0.35 * (centres[other] - centres[one])
        labels = [(str(digit), "valid" if index % 5 == 0 else "train") for index, digit in enumerate(digits)]
        pictures = np.stack([digit_picture(int(digit), 24, self._random) for digit in digits])
        thumbnails = pictures[:, None] * _COLORS[digits][:, :, None, None]
        return points.astype(np.float32), labels, thumbnails

    def notes(self) -> str:
        """The settings of the run, in Markdown."""
        recipe = self.recipe
        network = "Convolutional network, 4 layers" if recipe.name.startswith("cnn") else "Vision transformer, 6 blocks"
        return (
            f"### {recipe.name}\n\n| setting | value |\n|---|---|\n| network | {network} |\n"
            f"| optimizer | {recipe.optimizer} |\n"
            f"| learning rate | {recipe.lr:g}, cosine after {WARM_UP_STEPS} steps |\n"
            f"| steps | {LAST_STEP} |\n\nA simulated training."
        )

    def predictions(self, step: int) -> str:
        """What the network takes ten digits for, in Markdown."""
        right = float(self._accuracy(np.array([step]), self.recipe.top)[0])
        guesses = [
            digit if self._random.random() < right else int(self._random.integers(0, CLASSES))
            for digit in range(CLASSES)
        ]
        cells = " | ".join(str(guess) if guess == digit else f"**{guess}**" for digit, guess in enumerate(guesses))
        heads = " | ".join(map(str, range(CLASSES)))
        return f"| digit | {heads} |\n|{'---|' * (CLASSES + 1)}\n| taken for | {cells} |"


def digit_picture(digit: int, size: int, random: np.random.Generator) -> Floats:
    """A digit, (size, size), 0 to 1, a little moved and turned, as written by hand."""
    large = Image.new("L", (size * 2, size * 2))
    font = ImageFont.load_default(size * 1.7)
    ImageDraw.Draw(large).text((size, size), str(digit), fill=255, font=font, anchor="mm")
    turned = large.rotate(
        float(random.normal(0, 9)),
        Image.Resampling.BICUBIC,
        translate=(int(random.integers(-2, 3)), int(random.integers(-2, 3))),
    )
    pixels: Floats = np.asarray(turned.resize((size, size), Image.Resampling.BOX), np.float64) / 255
    return pixels


def _hues(count: int) -> Floats:
    """Colours around the wheel, (count, 3), 0 to 1, all light enough for a dark ground."""
    phases = np.arange(count)[:, None] / count * 2 * math.pi + np.array([0, 2, 4]) * math.pi / 3
    colours: Floats = 0.68 + 0.32 * np.cos(phases)
    return colours


_COLORS = _hues(CLASSES)
