"""From the start of the process to the first curve on the screen."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import logs
from harness import HERE, Benchmark, Row, Settings, environment, fresh, seconds, times

METHOD = """\
The log of the demo without its embeddings, in the page cache. Ours: the program with that folder on its command
line, from the start of the process to the end of the turn of the event loop in which a chart with a curve was painted
and handed to the display. tensorboard: from the start of its process to the first byte of the answer to GET / over
localhost; its page still has to load its scripts, ask for the data and draw. One start of each is left out, as it fills
the page cache."""


def demo_log() -> Path:
    """Four small simulated trainings, by the program's own demo. Without its embeddings: where these are found before
    the first scalars, the window opens on the projector, and there is no curve to wait for.
    """

    def fill(folder: Path) -> None:
        subprocess.run(
            [sys.executable, "-m", "runglass", "demo", str(folder)], check=True, stdout=subprocess.DEVNULL, timeout=300
        )
        for config in folder.rglob("projector_config.pbtxt"):
            config.unlink()

    return logs.kept("demo-curves", fill)


def first_byte(logdir: str) -> dict[str, Any]:
    """Start tensorboard on ``logdir`` and ask for its page until the first byte comes."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    began = time.time()
    words = [sys.executable, "-m", "tensorboard.main", f"--logdir={logdir}", f"--port={port}", "--host=127.0.0.1"]
    with tempfile.TemporaryDirectory() as home, tempfile.TemporaryFile() as messages:
        server = subprocess.Popen(words, stdout=messages, stderr=messages, env=environment(home))
        try:
            while server.poll() is None:
                with contextlib.suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)) as link:
                    link.sendall(b"GET / HTTP/1.0\r\nHost: localhost\r\n\r\n")
                    if not link.recv(1).startswith(b"H"):
                        raise RuntimeError("tensorboard closed the connection")
                    return {"seconds": time.time() - began}
                time.sleep(0.002)
            messages.seek(0)
            raise RuntimeError(f"tensorboard ended: {messages.read()[-300:]!r}")
        finally:
            server.terminate()
            server.wait(30)


def frozen_starter(folder: Path) -> list[str]:
    """The beginning of a command that runs a function of this folder in the frozen program's modules. RuntimeError
    where it is not there.
    """
    sys.path[:0] = [str(HERE.parent / "packaging" / name) for name in ("setup", "release")]
    import freezing
    from console import Problem

    try:
        return [str(freezing.probe(folder)), "--call", str(HERE)]
    except Problem as problem:
        raise RuntimeError(str(problem)) from problem


def _run_frozen(settings: Settings) -> list[Row]:
    logdir = str(demo_log())
    logs.warm(Path(logdir))
    with tempfile.TemporaryDirectory() as folder:
        starter = frozen_starter(Path(folder))
        takers = {
            "frozen": lambda: fresh("firstcurve:first_curve", starter, logdir=logdir),
            "from an environment": lambda: fresh("firstcurve:first_curve", logdir=logdir),
        }
        for taker in takers.values():
            taker()
        found = settings.interleave(takers)
    ours, other = (found[name].median("seconds") for name in takers)
    print(
        f"  frozen: window painted at {found['frozen'].spread('window')} s, curve {found['frozen'].spread('seconds')} s"
    )
    what = "frozen program, start to first painted curve, demo log, warm"
    return [
        Row(
            what,
            seconds(ours),
            f"{seconds(other)} (from its environment)",
            times(other / ours),
            "≥ 0.9×",
            other >= 0.9 * ours,
        )
    ]


def _run(settings: Settings) -> list[Row]:
    logdir = str(demo_log())
    logs.warm(Path(logdir))
    takers = {
        "Runglass": lambda: fresh("firstcurve:first_curve", logdir=logdir),
        "tensorboard": lambda: first_byte(logdir),
    }
    for taker in takers.values():
        taker()
    found = settings.interleave(takers)
    ours, theirs = found["Runglass"], found["tensorboard"]
    mine, other = ours.median("seconds"), theirs.median("seconds")
    print(f"  window painted at {ours.spread('window')} s, first curve {ours.spread('seconds')} s")
    what = "process start to first painted curve, demo log, warm"
    peer = f"{seconds(other)} (tensorboard, first byte)"
    return [Row(what, seconds(mine), peer, times(other / mine), "≤ 1.2 s", mine <= 1.2)]


METHOD_FROZEN = """\
The same, by the modules of the frozen program (python3 dev.py freeze has made it) under a start script that measures,
against the program in the environment of the clone."""

BENCHMARKS = (
    Benchmark(
        "start_to_first_curve", "start to first painted curve", "tensorboard, first byte of its page", _run, METHOD
    ),
    Benchmark(
        "start_frozen", "start of the frozen program", "the same from its environment", _run_frozen, METHOD_FROZEN
    ),
)
