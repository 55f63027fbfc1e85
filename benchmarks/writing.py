"""What logging costs the training."""

from __future__ import annotations

import logging
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from harness import Benchmark, Row, Settings, fresh, percentile, seconds, times

SCALARS_METHOD = """\
A fresh process for each side. add_scalar of one tag, a Python float and a rising step, in a loop; from the first call
to the return of close(), when all of it is in the file. Default settings of both. The median call is timed by itself in
a second loop."""
HISTOGRAMS_METHOD = """\
A fresh process for each side. add_histogram of 10,000 normally distributed float32 values, bins as by default; from the
first call to the return of close(), by the call."""
IMAGES_METHOD = """\
A fresh process for each side. add_image of a picture of 256 x 256 with noise, uint8, channels first; from the first
call to the return of close(), by the call. The pixels are read back from both files and compared."""
STALL_METHOD = """\
The system call that writes is replaced by one that waits for ten seconds without the interpreter, as a hanging network
drive would. 200,000 calls of add_scalar are timed one by one meanwhile."""


def writer_of(side: str, folder: str) -> Any:
    """Runglass' SummaryWriter or tensorboardX's."""
    if side == "Runglass":
        from runglass import SummaryWriter

        return SummaryWriter(folder)
    from tensorboardX import SummaryWriter as Theirs

    return Theirs(folder)


def scalars(side: str, calls: int) -> dict[str, Any]:
    """Seconds a call of add_scalar, close included, and the median call. Called in a fresh process."""
    with tempfile.TemporaryDirectory() as folder:
        writer = writer_of(side, folder)
        add = writer.add_scalar
        began = time.perf_counter()
        for step in range(calls):
            add("train/loss", 0.25, step)
        writer.close()
        whole = (time.perf_counter() - began) / calls
        if getattr(writer, "dropped", 0):
            raise RuntimeError("points were dropped")
    with tempfile.TemporaryDirectory() as folder:
        writer = writer_of(side, folder)
        median = statistics.median(timed(writer.add_scalar, min(calls, 20_000)))
        writer.close()
    return {"seconds": whole, "median": median}


def timed(add: Callable[..., None], calls: int) -> list[float]:
    """Seconds of each of so many calls."""
    clock, taken = time.perf_counter, []
    for step in range(calls):
        began = clock()
        add("train/loss", 0.25, step)
        taken.append(clock() - began)
    return taken


def stalled(calls: int) -> dict[str, Any]:
    """Calls while nothing can be written. Called in a fresh process."""
    from runglass import SummaryWriter
    from runglass.writer import event_file

    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as folder:
        writer = SummaryWriter(folder)
        writer.add_scalar("train/loss", 0.25, 0)
        writer.flush()
        gate, really = threading.Event(), event_file.os.write

        def hang(file: int, data: memoryview) -> int:
            gate.wait(10)
            return really(file, data)

        event_file.os.write = hang  # type: ignore[assignment]
        taken = timed(writer.add_scalar, calls)
        gate.set()
        writer.close()
    return {"p999": percentile(taken, 0.999), "median": statistics.median(taken), "longest": max(taken)}


def histograms(side: str, calls: int) -> dict[str, Any]:
    """Seconds a call of add_histogram, close included. Called in a fresh process."""
    import numpy as np

    values = np.random.default_rng(1).normal(size=10_000).astype(np.float32)
    with tempfile.TemporaryDirectory() as folder:
        writer = writer_of(side, folder)
        writer.add_histogram("w", values, 0)
        began = time.perf_counter()
        for step in range(1, calls):
            writer.add_histogram("weights", values, step)
        writer.close()
        return {"seconds": (time.perf_counter() - began) / (calls - 1)}


def images(side: str, calls: int, folder: str) -> dict[str, Any]:
    """Seconds a call of add_image, close included, into ``folder``. Called in a fresh process."""
    import numpy as np

    ramp = np.linspace(0, 180, 256)[None, None, :] + np.linspace(0, 20, 256)[None, :, None]
    picture = (ramp + np.random.default_rng(1).integers(0, 40, (3, 256, 256))).astype(np.uint8)
    writer = writer_of(side, folder)
    writer.add_image("picture", picture, 0)
    began = time.perf_counter()
    for step in range(1, calls):
        writer.add_image("picture", picture, step)
    writer.close()
    return {"seconds": (time.perf_counter() - began) / (calls - 1)}


def pixels(folder: str) -> list[bytes]:
    """The pixels of all pictures in a run, by TensorBoard's loader."""
    import io

    from PIL import Image
    from tensorboard.backend.event_processing.event_file_loader import LegacyEventFileLoader

    (file,) = Path(folder).glob("*tfevents*")
    events = LegacyEventFileLoader(str(file)).Load()
    found = [value.image.encoded_image_string for event in events for value in event.summary.value]
    return [Image.open(io.BytesIO(encoded)).convert("RGB").tobytes() for encoded in found]


def _pair(settings: Settings, name: str, function: str, **arguments: Any) -> tuple[Any, Any]:
    found = settings.interleave(
        {
            f"Runglass {name}": lambda: fresh(function, side="Runglass", **arguments),
            f"tensorboardX {name}": lambda: fresh(function, side="tensorboardX", **arguments),
        }
    )
    return found[f"Runglass {name}"], found[f"tensorboardX {name}"]


def _scalar_rows(settings: Settings) -> list[Row]:
    ours, theirs = _pair(settings, "add_scalar", "writing:scalars", calls=settings.size(100_000, 2000))
    mine, other = ours.median("seconds"), theirs.median("seconds")
    median, peer = ours.median("median"), theirs.median("median")
    print(f"  a call, close included: {ours.spread('seconds')} s; tensorboardX {theirs.spread('seconds')} s")
    return [
        Row(
            "add_scalar calls a second, to disk, close included",
            f"{1 / mine:,.0f}",
            f"{1 / other:,.0f} (tensorboardX)",
            times(other / mine),
            "≥ 10×",
            other / mine >= 10,
        ),
        Row("add_scalar, median call", micro(median), micro(peer), times(peer / median), "≤ 4 µs", median <= 4e-6),
    ]


def _histogram_rows(settings: Settings) -> list[Row]:
    ours, theirs = _pair(settings, "add_histogram", "writing:histograms", calls=settings.size(300, 20))
    mine, other = ours.median("seconds"), theirs.median("seconds")
    ratio = other / mine
    what = "add_histogram of 10,000 values"
    return [Row(what, seconds(mine), f"{seconds(other)} (tensorboardX)", times(ratio), "≥ 5×", ratio >= 5)]


def _image_rows(settings: Settings) -> list[Row]:
    calls = settings.size(100, 5)

    def taker(side: str) -> dict[str, Any]:
        with tempfile.TemporaryDirectory() as folder:
            found = fresh("writing:images", side=side, calls=calls, folder=folder)
            return {**found, "pixels": pixels(folder)}

    found = settings.interleave(
        {"Runglass add_image": lambda: taker("Runglass"), "tensorboardX add_image": lambda: taker("tensorboardX")}
    )
    ours, theirs = found["Runglass add_image"], found["tensorboardX add_image"]
    same = all(one.pop("pixels") == other.pop("pixels") for one, other in zip(ours.taken, theirs.taken, strict=True))
    if not same:
        raise RuntimeError("the pictures differ")
    mine, other = ours.median("seconds"), theirs.median("seconds")
    what = "add_image 256 × 256, same pixels"
    return [Row(what, seconds(mine), f"{seconds(other)} (tensorboardX)", times(other / mine), "≥ 1×", other >= mine)]


def _stall_rows(settings: Settings) -> list[Row]:
    calls = settings.size(200_000, 20_000)
    found = settings.interleave({"Runglass, stalled": lambda: fresh("writing:stalled", calls=calls)})
    late = found["Runglass, stalled"]
    print(f"  median {late.spread('median')} s, longest {late.spread('longest')} s")
    p999 = late.median("p999")
    return [Row("add_scalar p99.9 while the disk is stalled", micro(p999), "", "", "≤ 1 ms", p999 <= 1e-3)]


def micro(value: float) -> str:
    """Seconds as microseconds."""
    return f"{1e6 * value:.3g} µs"


BENCHMARKS = (
    Benchmark("write_scalars", "add_scalar", "tensorboardX", _scalar_rows, SCALARS_METHOD),
    Benchmark("write_histograms", "add_histogram", "tensorboardX", _histogram_rows, HISTOGRAMS_METHOD),
    Benchmark("write_images", "add_image", "tensorboardX", _image_rows, IMAGES_METHOD),
    Benchmark("write_stalled", "add_scalar on a hanging disk", "", _stall_rows, STALL_METHOD),
)
