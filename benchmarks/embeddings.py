"""Reading a table of vectors, as programs export them, to a float32 matrix."""

from __future__ import annotations

import importlib.util
import time
from typing import Any

import logs
from harness import Benchmark, Row, Settings, fresh, seconds, times

METHOD = """\
A tensors.tsv of normal random numbers with eight digits each, in the page cache. Each reader in a fresh process, from
the call to the float32 matrix in memory, imports left out: ours is load_embedding_file, which also looks for headers
and columns of labels; numpy.loadtxt gets delimiter and dtype; pandas and pyarrow take part where they are installed.
The matrices of ours and of numpy have to be equal bit for bit."""


def our_table(path: str) -> dict[str, Any]:
    """Read a table as the projector does. Called in a fresh process."""
    from runglass.app import guard

    guard.prepare_interpreter()
    from runglass.reader.api import load_embedding_file

    began = time.perf_counter()
    cpu = time.process_time()
    data = load_embedding_file(path)
    took, cpu = time.perf_counter() - began, time.process_time() - cpu
    if data.notes:
        raise RuntimeError("the table was not read whole")
    return {"seconds": took, "cpu": cpu, "sum": _mark(data.matrix)}


def numpy_table(path: str) -> dict[str, Any]:
    """The same by numpy.loadtxt."""
    import numpy as np

    began = time.perf_counter()
    cpu = time.process_time()
    matrix = np.loadtxt(path, delimiter="\t", dtype=np.float32)
    return {"seconds": time.perf_counter() - began, "cpu": time.process_time() - cpu, "sum": _mark(matrix)}


def pandas_table(path: str) -> dict[str, Any]:
    """The same by pandas."""
    import numpy as np
    import pandas as pd  # type: ignore[import-not-found,import-untyped,unused-ignore]

    began = time.perf_counter()
    matrix = pd.read_csv(path, sep="\t", header=None, dtype=np.float32).to_numpy()
    return {"seconds": time.perf_counter() - began, "sum": _mark(matrix)}


def arrow_table(path: str) -> dict[str, Any]:
    """The same by pyarrow."""
    import numpy as np
    from pyarrow import csv  # type: ignore[import-not-found,import-untyped,unused-ignore]

    began = time.perf_counter()
    table = csv.read_csv(path, csv.ReadOptions(autogenerate_column_names=True), csv.ParseOptions(delimiter="\t"))
    matrix = np.stack([column.to_numpy() for column in table.columns], axis=1).astype(np.float32)
    return {"seconds": time.perf_counter() - began, "sum": _mark(matrix)}


def _mark(matrix: Any) -> int:
    """A checksum of all bits of a matrix."""
    import zlib

    import numpy as np

    return zlib.crc32(np.ascontiguousarray(matrix, np.float32).tobytes())


def _run(settings: Settings) -> list[Row]:
    rows, columns = settings.size(100_000, 5000), 128
    file = logs.table(rows, columns)
    path = str(file)
    size = logs.warm(file.parent, file.name)
    takers = {
        "Runglass": lambda: fresh("embeddings:our_table", path=path),
        "numpy.loadtxt": lambda: fresh("embeddings:numpy_table", path=path),
    }
    for name, function in (("pandas", "pandas_table"), ("pyarrow", "arrow_table")):
        if importlib.util.find_spec(name) is not None:
            takers[name] = lambda function=function: fresh(f"embeddings:{function}", path=path)  # type: ignore[misc]
    found = settings.interleave(takers)
    ours, numpy = found["Runglass"], found["numpy.loadtxt"]
    if {sample["sum"] for sample in ours.taken} != {sample["sum"] for sample in numpy.taken}:
        raise RuntimeError("the matrices differ")
    mine = ours.median("seconds")
    print(
        f"  {rows:,} × {columns}, {size / 1e6:.0f} MB: {size / mine / 1e6:.0f} MB/s\n"
        f"  seconds: Runglass {ours.spread('seconds')}, of all cores {ours.spread('cpu')}\n"
        f"  numpy.loadtxt {numpy.spread('seconds')}, of all cores {numpy.spread('cpu')}"
    )
    what = f"a tensors.tsv of {rows:,} × {columns} to float32"
    rows_of_table = []
    for name, samples in found.items():
        if name != "Runglass":
            theirs = samples.median("seconds")
            goal = ("≥ 5×", theirs / mine >= 5) if name == "numpy.loadtxt" else ("–", None)
            rows_of_table.append(
                Row(what, seconds(mine), f"{seconds(theirs)} ({name})", times(theirs / mine), goal[0], goal[1])
            )
    return rows_of_table


BENCHMARKS = (Benchmark("load_table", "read a tensors.tsv of 100,000 × 128", "numpy.loadtxt", _run, METHOD),)
