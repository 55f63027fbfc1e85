"""The peers of the reader: TensorBoard's data server (Rust) and its EventAccumulator (Python)."""

from __future__ import annotations

import re
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from harness import resident

#: All samples of all kinds; without this the server keeps 1000 scalars of a tag.
ALL_KEPT = ",".join(f"{plugin}=all" for plugin in ("scalars", "images", "histograms", "text", "audio", "tensors"))
_FINISHED = re.compile(r"Finished load cycle \(([\d.]+)(ns|µs|us|ms|s)\)")
_UNITS = {"ns": 1e-9, "µs": 1e-6, "us": 1e-6, "ms": 1e-3, "s": 1.0}


@contextmanager
def loaded_server(logdir: Path) -> Iterator[dict[str, Any]]:
    """A data server that has read ``logdir``: ``seconds`` from its start to its own message that all is read,
    ``own_seconds`` what that message says, ``pid``. It reads every run in a thread, on as many cores as there are.
    """
    import tensorboard_data_server

    words = [
        tensorboard_data_server.server_binary(),
        f"--logdir={logdir}",
        "--port=0",
        "--reload=once",
        "--checksum",
        f"--samples-per-plugin={ALL_KEPT}",
        "--verbose",
    ]
    # Its messages go through a pipe without a buffer: the line is here as soon as it is written.
    began = time.perf_counter()
    process = subprocess.Popen(words, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, bufsize=0)
    try:
        assert process.stderr is not None
        for line in iter(process.stderr.readline, b""):
            found = _FINISHED.search(line.decode("utf-8", "replace"))
            if found:
                took = time.perf_counter() - began
                own = float(found[1]) * _UNITS[found[2]]
                yield {"seconds": took, "own_seconds": own, "pid": process.pid}
                break
        else:
            raise RuntimeError("the data server ended without having read the log")
    finally:
        process.kill()
        process.wait()
        process.stderr and process.stderr.close()


def server_load(logdir: str) -> dict[str, Any]:
    """How long the server takes to read ``logdir``, and what it holds in memory then."""
    with loaded_server(Path(logdir)) as server:
        return {**server, "rss": resident(server["pid"])}


def server_empty() -> int:
    """Resident bytes of a server over an empty folder."""
    with tempfile.TemporaryDirectory(prefix="runglass-bench-") as folder, loaded_server(Path(folder)) as server:
        return resident(server["pid"])


def accumulator_load(logdir: str) -> dict[str, Any]:
    """How long EventAccumulator takes for all runs below ``logdir`` without size limits. Imports do not count.

    Called in a fresh process.
    """
    from tensorboard.backend.event_processing import event_accumulator as module

    folders = sorted({path.parent for path in Path(logdir).rglob("*tfevents*")})
    unlimited = dict.fromkeys(module.DEFAULT_SIZE_GUIDANCE, 0)
    began = time.perf_counter()
    kept = []
    for folder in folders:
        accumulator = module.EventAccumulator(str(folder), size_guidance=unlimited)
        accumulator.Reload()
        kept.append(accumulator)
    took = time.perf_counter() - began
    points = 0
    for accumulator in kept:
        tags = accumulator.Tags()
        points += sum(len(accumulator.Scalars(tag)) for tag in tags["scalars"])
        points += sum(len(accumulator.Tensors(tag)) for tag in tags["tensors"])
    return {"seconds": took, "points": points}
