"""Event files to measure with: made once, always the same, kept in the system's folder for temporary files.

Records are built from their fields here, as the writers of the field build them, and framed by Runglass' own
:func:`pack_record`; the peers read the same files.
"""

from __future__ import annotations

import io
import os
import shutil
import struct
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from runglass.reader.wire.frame import pack_record

#: Raised when the logs below change, so that older ones are not taken for them.
VERSION = 1
START_WALL = 1_750_000_000.0
FOLDER = Path(os.environ.get("RUNGLASS_BENCH_LOGS") or Path(tempfile.gettempdir()) / f"runglass-bench-logs-{VERSION}")


def kept(name: str, fill: Callable[[Path], None]) -> Path:
    """The folder ``name`` of the logs, filled by ``fill(folder)`` if it is not there yet."""
    folder = FOLDER / name
    if not folder.is_dir():
        FOLDER.mkdir(parents=True, exist_ok=True)
        print(f"  writing the log {name} ...", flush=True)
        half = Path(tempfile.mkdtemp(prefix=f"{name}.", dir=FOLDER))
        try:
            fill(half)
            half.rename(folder)
        finally:
            shutil.rmtree(half, ignore_errors=True)
    return folder


def warm(folder: Path, pattern: str = "*tfevents*") -> int:
    """Bring the files of ``folder`` into the page cache; returns their bytes."""
    total = 0
    for path in sorted(folder.rglob(pattern)):
        with open(path, "rb", buffering=0) as file:
            while part := file.read(1 << 22):
                total += len(part)
    return total


# Logs


def single_tag(points: int = 1_000_000) -> Path:
    """One run with one scalar tag, as torch's and tensorboardX's SummaryWriter write it."""

    def fill(folder: Path) -> None:
        steps, walls, values = series(points, seed=1)
        write(folder, (scalar("train/loss", *row) for row in zip(steps, walls, values)))

    return kept(f"single-tag-{points}", fill)


def many_runs(runs: int = 100, tags: int = 20, points: int = 1000) -> Path:
    """Runs whose tags are written in turn at every step."""

    def fill(folder: Path) -> None:
        for number in range(runs):
            write(folder / f"sweep-{number // 10}/run-{number:03d}", interleaved(tags, points, seed=number))

    return kept(f"many-runs-{runs}x{tags}x{points}", fill)


def tf2_tensors(points: int = 1_000_000) -> Path:
    """One run with one scalar tag, as TensorFlow 2's tf.summary.scalar writes it: a tensor with its metadata."""

    def fill(folder: Path) -> None:
        steps, walls, values = series(points, seed=2)
        write(folder, (tensor_scalar("epoch_loss", *row) for row in zip(steps, walls, values)))

    return kept(f"tf2-{points}", fill)


def mixed(points: int = 20_000, histograms: int = 500, images: int = 500) -> Path:
    """One run: five scalar tags, and every few steps a histogram and an image between them."""

    def fill(folder: Path) -> None:
        write(folder, _mixed_records(points, histograms, images))

    return kept(f"mixed-5x{points}-{histograms}-{images}", fill)


def many_tags(tags: int = 1000, runs: int = 5, points: int = 100) -> Path:
    """Runs with very many tags, in groups of twenty."""

    def fill(folder: Path) -> None:
        names = [f"layer_{number // 20:02d}/metric_{number % 20:02d}" for number in range(tags)]
        for number in range(runs):
            write(folder / f"run-{number}", interleaved(names, points, seed=number))

    return kept(f"tags-{tags}x{runs}x{points}", fill)


def gallery(tags: int, steps: int, side: int) -> Path:
    """One run with a scalar and ``tags`` image tags of ``steps`` steps each; every picture differs."""

    def fill(folder: Path) -> None:
        random = np.random.default_rng(7)
        names = [f"group_{number // 50:02d}/sample_{number % 50:02d}" for number in range(tags)]
        pictures = [image(random, side) for _ in range(min(tags * steps, 200))]

        def payloads() -> Iterator[bytes]:
            for step in range(steps):
                yield scalar("loss", step, START_WALL + step, 1.0 / (step + 1))
                for number, name in enumerate(names):
                    picture = pictures[(step * 31 + number) % len(pictures)]
                    yield event(step, START_WALL + step + number * 1e-4, summary(name, field(4, picture)))

        write(folder, payloads())

    return kept(f"gallery-{tags}x{steps}-{side}", fill)


def weights(tags: int, steps: int) -> Path:
    """One run with a scalar and ``tags`` histogram tags of ``steps`` steps each, 64 buckets in each."""

    def fill(folder: Path) -> None:
        random = np.random.default_rng(8)
        names = [f"layer_{number // 10:02d}/weights_{number % 10}" for number in range(tags)]

        def payloads() -> Iterator[bytes]:
            for step in range(steps):
                yield scalar("loss", step, START_WALL + step, 1.0 / (step + 1))
                for number, name in enumerate(names):
                    values = random.normal(0.1 * np.sin(step / 40 + number), 1 + step / steps, 500)
                    wall = START_WALL + step + number * 1e-4
                    yield event(step, wall, summary(name, field(5, histogram(values))))

        write(folder, payloads())

    return kept(f"weights-{tags}x{steps}", fill)


def table(rows: int, columns: int) -> Path:
    """A table of normal random numbers with eight digits each, separated by tabs."""

    def fill(folder: Path) -> None:
        random = np.random.default_rng(0)
        with open(folder / "tensors.tsv", "w") as file:
            for begin in range(0, rows, 1000):
                numbers = random.normal(size=(min(1000, rows - begin), columns)).astype(np.float32)
                file.writelines("\t".join(np.char.mod("%.8g", row)) + "\n" for row in numbers)

    return kept(f"table-{rows}-{columns}", fill) / "tensors.tsv"


def write_small(folder: str) -> str:
    """One run, one tag, ten points, below ``folder``; returns ``folder``."""
    write(Path(folder) / "run", interleaved(1, 10, seed=0))
    return folder


def series(points: int, seed: int) -> tuple[list[int], list[float], list[float]]:
    """Steps from 0, wall times a few milliseconds apart, and a falling, noisy value."""
    random = np.random.default_rng(seed)
    walls = START_WALL + np.cumsum(random.uniform(0.001, 0.009, points))
    return list(range(points)), walls.tolist(), falling(points, random).tolist()


def falling(points: int, random: np.random.Generator) -> NDArray[np.float32]:
    """A value that falls as a loss does, with noise; float32 (points,)."""
    clean = 0.15 + 2.2 * np.exp(-np.linspace(0, 6, points) * random.uniform(0.6, 1.6))
    return (clean + random.normal(0, 0.08, points)).astype(np.float32)


def interleaved(tags: int | list[str], points: int, seed: int) -> Iterator[bytes]:
    """Payloads of all tags at each step, one record each."""
    names = [f"metrics/tag_{number:02d}" for number in range(tags)] if isinstance(tags, int) else tags
    random = np.random.default_rng(seed)
    values = np.stack([falling(points, random) for _ in names], 1).tolist()
    walls = (START_WALL + 60 * seed + np.cumsum(random.uniform(0.01, 0.09, points))).tolist()
    for step, (wall, row) in enumerate(zip(walls, values)):
        for number, (name, value) in enumerate(zip(names, row)):
            yield scalar(name, step, wall + number * 1e-5, value)


def _mixed_records(points: int, histograms: int, images: int) -> Iterator[bytes]:
    random = np.random.default_rng(5)
    names = [f"train/metric_{number}" for number in range(5)]
    values = np.stack([falling(points, random) for _ in names], 1).tolist()
    for step in range(points):
        wall = START_WALL + step * 0.05
        for name, value in zip(names, values[step]):
            yield scalar(name, step, wall, value)
        if step % (points // histograms) == 0:
            yield event(step, wall, summary("weights", field(5, histogram(random.normal(0, 1 + step / points, 2000)))))
        if step % (points // images) == 0:
            yield event(step, wall, summary("sample", field(4, image(random, 96))))


# Files and records


def write(folder: Path, payloads: Iterator[bytes]) -> Path:
    """Write one event file with ``payloads`` behind the version record; returns its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"events.out.tfevents.{int(START_WALL)}.bench.1.0"
    with open(path, "wb", buffering=1 << 20) as file:
        file.write(pack_record(struct.pack("<Bd", 0x09, START_WALL) + field(3, b"brain.Event:2")))
        for payload in payloads:
            file.write(pack_record(payload))
    return path


def varint(number: int) -> bytes:
    """A base-128 varint of a number that is not negative."""
    parts = bytearray()
    while number > 0x7F:
        parts.append(number & 0x7F | 0x80)
        number >>= 7
    parts.append(number)
    return bytes(parts)


def field(number: int, content: bytes) -> bytes:
    """A length-delimited field."""
    return varint(number << 3 | 2) + varint(len(content)) + content


def event(step: int, wall: float, content: bytes) -> bytes:
    """An Event with a Summary; step 0 is left out, as proto3 writers do."""
    return struct.pack("<Bd", 0x09, wall) + (b"\x10" + varint(step) if step else b"") + field(5, content)


def summary(tag: str, content: bytes) -> bytes:
    """A Summary of one value."""
    return field(1, field(1, tag.encode()) + content)


def scalar(tag: str, step: int, wall: float, value: float) -> bytes:
    """An Event with a simple_value."""
    return event(step, wall, summary(tag, struct.pack("<Bf", 0x15, value)))


_TF2_METADATA = field(9, field(1, field(1, b"scalars") + field(2, b"")) + b"\x20\x01")
_TF2_TENSOR = b"\x08\x01" + field(2, b"")


def tensor_scalar(tag: str, step: int, wall: float, value: float) -> bytes:
    """An Event with a rank-0 float tensor as its content bytes, and the metadata of the scalars plugin."""
    tensor = _TF2_TENSOR + field(4, struct.pack("<f", value))
    return event(step, wall, summary(tag, field(8, tensor) + _TF2_METADATA))


def histogram(values: NDArray[np.float64]) -> bytes:
    """A HistogramProto of 64 buckets."""
    counts, edges = np.histogram(values, 64)
    numbers = (values.min(), values.max(), len(values), values.sum(), np.square(values).sum())
    head = b"".join(struct.pack("<Bd", place << 3 | 1, number) for place, number in enumerate(numbers, 1))
    return head + field(6, edges[1:].astype("<f8").tobytes()) + field(7, counts.astype("<f8").tobytes())


def image(random: np.random.Generator, side: int) -> bytes:
    """An Image of noise over a ramp, as PNG."""
    ramp = np.linspace(0, 180, side)[None, :, None]
    pixels = (ramp + random.integers(0, 70, (side, side, 3))).astype(np.uint8)
    png = io.BytesIO()
    Image.fromarray(pixels).save(png, "PNG", compress_level=1)
    size = b"\x08" + varint(side) + b"\x10" + varint(side) + b"\x18\x03"
    return size + field(4, png.getvalue())
