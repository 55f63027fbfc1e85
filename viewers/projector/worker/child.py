"""The projection process itself: a thread that listens, and the main thread that computes."""

from __future__ import annotations

import os
import sys
import threading
import traceback
import warnings
from multiprocessing.connection import Connection

from ..maths.control import Interrupted
from .jobs import Workshop
from .line import JobControl, Line
from .messages import Attached, Cancelled, Failed, Quit, SetData, Start

#: How much sooner than the window the system may take this process when memory runs out, of 1000.
_OOM_SCORE = 500
_NICE = 5


def main(connection: Connection, threads: int) -> None:
    """Run until the program says so or is gone. ``threads`` compute at once."""
    _make_modest()
    warnings.simplefilter("ignore")
    line = Line(connection)
    threading.Thread(target=line.listen, name="projection-listener", daemon=True).start()
    _limit_blas()
    with Workshop(threads) as workshop:
        _serve(line, workshop)
    # A library's exit handler must not hold up the window's end.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _serve(line: Line, workshop: Workshop) -> None:
    while True:
        task = line.next_task()
        if isinstance(task, Quit):
            return
        if isinstance(task, SetData):
            workshop.set_data(task)
            line.free_all()
            line.send(Attached(task.matrix.name))
        else:
            _do(task, line, workshop)


def _do(start: Start, line: Line, workshop: Workshop) -> None:
    control = JobControl(line, start.number)
    try:
        control.check()
        workshop.run(start.job, control)
    except Interrupted:
        line.send(Cancelled(start.number))
    except MemoryError:
        line.send(Failed(start.number, "There is not enough memory for this: try it with fewer points."))
    except Exception as error:  # noqa: BLE001 - whatever a library raises is one job's failure, not the process's
        traceback.print_exc()
        line.send(Failed(start.number, f"The computation failed: {type(error).__name__}: {error}"))


def _make_modest() -> None:
    """The window needs its share of the cores, and its life more than this process does."""
    if hasattr(os, "nice"):
        os.nice(_NICE)
    try:
        with open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:
            file.write(str(_OOM_SCORE))
    except OSError:
        # Other systems have no such file.
        return


def _limit_blas() -> None:
    """One thread for each call of BLAS: blocks are computed side by side already."""
    from threadpoolctl import threadpool_limits

    for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
        os.environ[name] = "1"
    threadpool_limits(1, "blas")
