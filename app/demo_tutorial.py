"""The classic first steps with a SummaryWriter, one example for each of its calls: runs beside the demo's trainings."""

from __future__ import annotations

import importlib
import importlib.util
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ..writer import SummaryWriter
from .demo_runs import digit_picture

Floats = npt.NDArray[np.float64]

STEPS = 100
PICTURES = 12
NORMALS = {1: (0.0, 1.0), 50: (1.5, 0.7), 100: (3.0, 0.35)}
SIZE = 64


def write_tutorial(folder: Path, started: float, flush_secs: float) -> None:
    """Write the runs ``tutorial/...`` below ``folder``; their first point is of the wall time ``started``."""
    for name, values in {
        "quadratic": [(step / STEPS) ** 2 for step in range(STEPS)],
        "exponential": [2 ** (step / STEPS) - 1 for step in range(STEPS)],
    }.items():
        with SummaryWriter(folder / "tutorial" / name, flush_secs=flush_secs, strict=True) as writer:
            for step, value in enumerate(values):
                writer.add_scalar("tutorial/function", value, step, started + step)
    with SummaryWriter(folder / "tutorial" / "gallery", flush_secs=flush_secs, strict=True) as writer:
        gallery = _Gallery(writer, started)
        gallery.numbers()
        gallery.pictures()
        gallery.distributions()
        gallery.words_and_sounds()
        gallery.points()
        gallery.results()
        gallery.graph()


class _Gallery:
    """Everything that is no plain scalar."""

    def __init__(self, writer: SummaryWriter, started: float) -> None:
        self._writer, self._started = writer, started
        self._random = np.random.default_rng(5)

    def numbers(self) -> None:
        """Several lines under one name."""
        for step in range(STEPS):
            angle = step / 8
            waves = {"sin": float(np.sin(angle)), "cos": float(np.cos(angle)), "damped": float(np.exp(-angle / 6))}
            self._writer.add_scalars("waves/unit", waves, step, self._started + step)
        self._writer.export_scalars_to_json(str(Path(self._writer.log_dir) / "waves.json"))

    def pictures(self) -> None:
        """A sequence, a sheet, boxes, a figure and a video."""
        writer = self._writer
        for number in range(PICTURES):
            wall = self._started + number
            frame = ball(number / PICTURES)
            writer.add_image("tutorial/ball", frame, number, wall, dataformats="HWC")
            large, middle = frame.repeat(4, 0).repeat(4, 1), 4 * SIZE * centre(number / PICTURES)
            box = [[*(middle - 40), *(middle + 40)]]
            writer.add_image_with_boxes(
                "tutorial/found", large, box, number, wall, dataformats="HWC", labels=[f"ball {number}"]
            )
        digits = np.stack([digit_picture(number % 10, 28, self._random) for number in range(20)])[:, None]
        writer.add_images("tutorial/digits", digits, 0, self._started)
        frames = np.stack([ball(number / 24) for number in range(24)]).transpose(0, 3, 1, 2)[None]
        writer.add_video("tutorial/bounce", frames, 0, fps=12, walltime=self._started)
        if importlib.util.find_spec("matplotlib") is not None:
            figure = importlib.import_module("matplotlib.figure").Figure(figsize=(4, 3))
            figure.subplots().plot(np.linspace(0, 10, 100), np.sin(np.linspace(0, 10, 100)))
            writer.add_figure("tutorial/figure", figure, 0, walltime=self._started)

    def distributions(self) -> None:
        """Three normal distributions, and buckets that were counted elsewhere."""
        for step, (mean, width) in NORMALS.items():
            values = self._random.normal(mean, width, 2000)
            self._writer.add_histogram("tutorial/normal", values, step, walltime=self._started + step)
            counts, edges = np.histogram(values, 30)
            self._writer.add_histogram_raw(
                "tutorial/counted",
                float(values.min()),
                float(values.max()),
                len(values),
                float(values.sum()),
                float(np.square(values).sum()),
                edges[1:].tolist(),
                counts.tolist(),
                step,
                self._started + step,
            )

    def words_and_sounds(self) -> None:
        """A table, and a tone that rises."""
        table = "| call | shows |\n|---|---|\n| `add_text` | this |\n| `add_audio` | a rising tone |"
        self._writer.add_text("tutorial/notes", f"# A gallery\n\n{table}\n\n*Markdown* is **kept**.", 0, self._started)
        time = np.arange(22_050) / 22_050
        tone = 0.4 * np.sin(2 * np.pi * (220 + 330 * time) * time) * np.minimum(1, 8 * (1 - time))
        self._writer.add_audio("tutorial/tone", tone.astype(np.float32), 0, 22_050, self._started)

    def points(self) -> None:
        """Digits with labels and thumbnails, and a surface."""
        digits = np.arange(200) % 10
        pictures = np.stack([digit_picture(int(digit), 20, self._random) for digit in digits])
        self._writer.add_embedding(
            pictures.reshape(len(pictures), -1),
            [str(digit) for digit in digits],
            pictures[:, None].repeat(3, 1),
            0,
            "digits",
        )
        vertices, colors, faces = torus()
        self._writer.add_mesh(
            "tutorial/torus", vertices[None], colors[None], faces[None], global_step=0, walltime=self._started
        )

    def results(self) -> None:
        """How good a classifier is, what settings lead to, and which charts belong together."""
        writer = self._writer
        labels = self._random.integers(0, 2, 500)
        for step, skill in enumerate((0.1, 0.3, 0.6)):
            guesses = (labels * skill + self._random.random(500) * (1 - skill)).clip(0, 1)
            writer.add_pr_curve("tutorial/classifier", labels, guesses, step, walltime=self._started + step)
        recall = np.linspace(1, 0, 11)
        precision = 1 - 0.5 * recall**2
        positive, negative = 250, 250
        hits = (recall * positive).round()
        alarms = (hits * (1 - precision) / precision.clip(0.01)).round()
        writer.add_pr_curve_raw(
            "tutorial/curve", hits, alarms, negative - alarms, positive - hits, precision, recall, 0, 11
        )
        for rate, accuracy in ((0.1, 0.83), (0.01, 0.91), (0.001, 0.78)):
            settings = {"lr": rate, "optimizer": "Adam", "augment": rate < 0.05}
            writer.add_hparams(settings, {"trial/accuracy": accuracy}, run_name=f"lr-{rate:g}")
        writer.add_custom_scalars(
            {
                "training": {
                    "loss": ["Multiline", ["loss/train", "loss/valid"]],
                    "accuracy": ["Multiline", ["accuracy/train", "accuracy/valid"]],
                },
                "tutorial": {"spread": ["Margin", ["tutorial/function", "accuracy/valid", "accuracy/train"]]},
            }
        )

    def graph(self) -> None:
        """A network, where torch is there to trace it."""
        if importlib.util.find_spec("torch") is not None:
            torch = importlib.import_module("torch")
            model = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.ReLU(), torch.nn.Linear(8, 2))
            self._writer.add_graph(model, torch.zeros(1, 4))


def centre(phase: float) -> Floats:
    """Where the ball is, (2,), 0 to 1, as it bounces once from left to right; x and y."""
    return np.array([0.15 + 0.7 * phase, 0.8 - 0.6 * abs(np.sin(2 * np.pi * phase))])


def ball(phase: float) -> npt.NDArray[np.uint8]:
    """A picture of the ball, (SIZE, SIZE, 3)."""
    y, x = np.mgrid[0:SIZE, 0:SIZE] / SIZE
    at = centre(phase)
    near = np.clip(1.6 - np.hypot(x - at[0], y - at[1]) * 14, 0, 1)[:, :, None]
    ground = np.array([24.0, 29, 37]) + 20 * y[:, :, None]
    picture: npt.NDArray[np.uint8] = (ground * (1 - near) + np.array([255.0, 143, 74]) * near).astype(np.uint8)
    return picture


def torus(
    around: int = 36, across: int = 18
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.uint8], npt.NDArray[np.int32]]:
    """Vertices (n, 3), their colours (n, 3) and triangles (m, 3) of vertex numbers."""
    u, v = np.meshgrid(np.arange(around) / around * 2 * np.pi, np.arange(across) / across * 2 * np.pi, indexing="ij")
    ring = 1 + 0.4 * np.cos(v)
    vertices = np.stack([ring * np.cos(u), ring * np.sin(u), 0.4 * np.sin(v)], -1).reshape(-1, 3)
    colors = (127 + 127 * np.stack([np.cos(u), np.sin(u), np.cos(v)], -1)).reshape(-1, 3)
    here = np.arange(around * across).reshape(around, across)
    right, down = np.roll(here, -1, 0), np.roll(here, -1, 1)
    both = np.roll(right, -1, 1)
    faces = np.concatenate([np.stack([here, right, both], -1), np.stack([here, both, down], -1)]).reshape(-1, 3)
    return vertices.astype(np.float32), colors.astype(np.uint8), faces.astype(np.int32)
