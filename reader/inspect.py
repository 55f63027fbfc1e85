"""``runglass inspect LOGDIR [--json]``: what a log holds, and how whole it is, without a window."""

from __future__ import annotations

import argparse
import io
import json
import math
import os
import sys
from collections import Counter
from typing import Any, TextIO

import numpy as np
from numpy.typing import NDArray

from .digest import digest
from .live.session import LogSession, load
from .model import BlobView, Kind, LogHealth, Problem, ScalarView, SeriesKey, SeriesMetadata
from .store.restarts import superseded
from .store.store import RunStore

_DATA_CLASS = {
    Kind.SCALAR: "DATA_CLASS_SCALAR",
    Kind.IMAGE: "DATA_CLASS_BLOB_SEQUENCE",
    Kind.AUDIO: "DATA_CLASS_BLOB_SEQUENCE",
    Kind.GRAPH: "DATA_CLASS_BLOB_SEQUENCE",
    Kind.TENSOR: "DATA_CLASS_UNKNOWN",
}
CANNOT_OPEN = 2


def main(argv: list[str], out: TextIO | None = None) -> int:
    """Run the command. Returns 0, also for a damaged log; 2 for a folder that cannot be opened."""
    parser = argparse.ArgumentParser(
        prog="runglass inspect", description="Say what a folder of event files holds and how whole it is."
    )
    parser.add_argument("logdir", metavar="LOGDIR", help="a folder, or a single event file")
    parser.add_argument("--json", action="store_true", help="everything, as JSON")
    options = parser.parse_args(argv)
    stream = out or sys.stdout
    reason = why_not(options.logdir)
    if reason:
        print(f"runglass: cannot open {escape(options.logdir)}: {reason}", file=sys.stderr)
        return CANNOT_OPEN
    report = inspect_logdir(options.logdir, contents=options.json)
    if isinstance(stream, io.TextIOWrapper):
        # Names of a log may have characters that the terminal's encoding has not.
        stream.reconfigure(errors="backslashreplace")
    try:
        if options.json:
            json.dump(report, stream, indent=1, allow_nan=False)
            stream.write("\n")
        else:
            write_report(report, stream)
        stream.flush()
    except BrokenPipeError:
        # Whoever reads the output has seen enough, as `head` does. The interpreter flushes once more when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    return 0


def why_not(logdir: str) -> str:
    """Why ``logdir`` cannot be opened, in words; empty if it can."""
    try:
        if os.path.isdir(logdir):
            with os.scandir(logdir):
                return ""
        with open(logdir, "rb"):
            return ""
    except OSError as error:
        return (error.strerror or str(error)).lower()


def inspect_logdir(logdir: str, *, contents: bool = True) -> dict[str, Any]:
    """Everything about a log as JSON values; the keys are described in docs/file-format.md.

    ``contents``: also of images, clips, texts and tensors, which have to be read from disk for that.
    """
    with load([logdir]) as session:
        return report_of(session, logdir, contents=contents)


def report_of(session: LogSession, logdir: str, *, contents: bool = True) -> dict[str, Any]:
    """The report on what a session has read."""
    store = session.store
    health = store.health()
    runs: dict[str, Any] = {}
    with_files = {file.run for file in health.files}
    for info in sorted(store.runs(), key=lambda run: run.name):
        if info.name not in with_files:
            # A projector's config alone.
            continue
        runs[info.name] = {
            "files": _files(health, info.name),
            "first_event_time": _number(info.first_wall),
            "tags": _tags(session, info.name, contents),
        }
    return {
        "logdir": os.path.basename(os.path.abspath(logdir)),
        "runs": runs,
        "problems": [_problem(problem) for problem in health.problems],
    }


def _files(health: LogHealth, run: str) -> dict[str, Any]:
    return {
        file.name: {
            "bytes": file.size,
            "accepted": file.accepted,
            "pending": file.pending,
            "gap_bytes": file.gap_bytes,
            "records": file.records,
            "gaps": file.gaps,
            "state": file.state,
        }
        for file in health.files
        if file.run == run
    }


def _problem(problem: Problem) -> dict[str, Any]:
    return {
        "code": problem.code,
        "severity": problem.severity.value,
        "run": problem.run,
        "file": problem.file,
        "offset": problem.offset,
        "length": problem.length,
        "count": problem.count,
        "cause": problem.cause,
        "remedy": problem.remedy,
    }


def _tags(session: LogSession, run: str, contents: bool) -> dict[str, Any]:
    """One entry a series, under its tag; where a tag has two kinds, the later ones under "tag (kind)"."""
    tags: dict[str, Any] = {}
    for key in session.store.series_of(run):
        name = key.tag if key.tag not in tags else f"{key.tag} ({key.kind.value})"
        metadata = session.store.metadata(key)
        tags[name] = _series(session.store, key, metadata)
        view = _view(session.store, key)
        if contents and len(view.step) and key.kind not in (Kind.SCALAR, Kind.HISTOGRAM):
            tags[name] |= digest(session, view, metadata)
    return tags


def _series(store: RunStore, key: SeriesKey, metadata: SeriesMetadata) -> dict[str, Any]:
    view = _view(store, key)
    step, wall = view.step, view.wall
    entry: dict[str, Any] = {
        "plugin": metadata.plugin,
        "kind": key.kind.value,
        "data_class": _DATA_CLASS.get(key.kind, "DATA_CLASS_TENSOR"),
        "display_name": metadata.display_name or key.tag,
        "count": len(step),
    }
    if metadata.description:
        entry["description"] = metadata.description
    if not len(step):
        return entry
    entry |= {
        "first_step": int(step[0]),
        "last_step": int(step[-1]),
        "min_step": int(step.min()),
        "max_step": int(step.max()),
        "steps_increasing": bool((step[1:] > step[:-1]).all()),
        "distinct_steps": len(np.unique(step)),
        "first_wall_time": _number(float(wall[0])),
        "last_wall_time": _number(float(wall[-1])),
    }
    if isinstance(view, ScalarView):
        entry |= _scalars(view)
    elif key.kind is Kind.HISTOGRAM:
        entry |= _histograms(view)
    elif isinstance(view, BlobView):
        entry |= _blobs(view, key.kind)
    else:
        entry["shapes"] = dict(Counter(str(list(value.shape)) for value in view.values))
        entry["dtypes"] = sorted({value.dtype for value in view.values if value.dtype})
    return entry


def _view(store: RunStore, key: SeriesKey) -> Any:
    if key.kind is Kind.SCALAR:
        return store.scalars(key)
    if key.kind in (Kind.IMAGE, Kind.AUDIO):
        return store.blobs(key)
    if key.kind is Kind.HISTOGRAM:
        return store.histograms(key)
    return store.tensors(key)


def _scalars(view: ScalarView) -> dict[str, Any]:
    value: NDArray[Any] = view.value
    finite = value[np.isfinite(value)].astype(np.float64)
    return {
        "sum": math.fsum(finite.tolist()),
        "min": float(finite.min()) if len(finite) else None,
        "max": float(finite.max()) if len(finite) else None,
        "first": _number(float(value[0])),
        "last": _number(float(value[-1])),
        "nan": int(np.isnan(value).sum()),
        "inf": int(np.isinf(value).sum()),
        "dtypes": [str(value.dtype)],
        "superseded": superseded(view),
    }


def _histograms(view: Any) -> dict[str, Any]:
    sizes = np.diff(view.start)
    filled = np.flatnonzero(sizes)
    with np.errstate(over="ignore"):
        left, right = view.left.astype(np.float32), view.right.astype(np.float32)
    finite = view.count[np.isfinite(view.count)]
    return {
        "total_count": math.fsum(finite.tolist()),
        "empty": int((sizes == 0).sum()),
        "bucket_counts": dict(Counter(str(size) for size in sizes.tolist())),
        "left_of_first": _number(float(left[view.start[filled[0]]])) if len(filled) else None,
        "right_of_last": _number(float(right[view.start[filled[-1] + 1] - 1])) if len(filled) else None,
    }


def _blobs(view: BlobView, kind: Kind) -> dict[str, Any]:
    total = sum(blob.length for samples in view.samples for blob in samples)
    count = sum(len(samples) for samples in view.samples)
    if kind is Kind.AUDIO:
        return {"clips": count, "bytes": total}
    sizes: Counter[str] = Counter()
    for samples, width, height in zip(view.samples, view.width.tolist(), view.height.tolist()):
        if samples:
            sizes[f"{width}x{height}"] += len(samples)
    return {"images": count, "bytes": total, "sizes": dict(sizes)}


def _number(value: float | None) -> float | str | None:
    """A float that JSON can hold; what is not finite as a word."""
    if value is None or math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def escape(value: str) -> str:
    """``value`` with control characters, bidirectional overrides and invisible characters made visible.

    A log can name a tag so that a terminal obeys it; nothing of that reaches the terminal.
    """
    return "".join(character if character.isprintable() else _escaped(character) for character in value)


def _escaped(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def write_report(report: dict[str, Any], out: TextIO) -> None:
    """The report for people: a block a run, a line a file and a line a tag."""
    runs = report["runs"]
    files = [file for run in runs.values() for file in run["files"].values()]
    tags = sum(len(run["tags"]) for run in runs.values())
    print(
        f"{escape(report['logdir'])}: {_counted(len(runs), 'run')}, {tags:,} series, {_counted(len(files), 'file')},"
        f" {sum(file['bytes'] for file in files):,} bytes",
        file=out,
    )
    for name, run in runs.items():
        print(f"\n{escape(name)}", file=out)
        for file_name, file in run["files"].items():
            parts = [_counted(file["records"], "record"), f"{file['accepted']:,} of {file['bytes']:,} bytes read"]
            if file["pending"]:
                parts.append(f"{file['pending']:,} waiting")
            if file["gaps"]:
                parts.append(f"{file['gap_bytes']:,} in {_counted(file['gaps'], 'gap')}")
            print(f"  {escape(file_name)}: {', '.join(parts)}", file=out)
        _write_tags(run["tags"], out)
    if report["problems"]:
        print("\nProblems", file=out)
        for problem in report["problems"]:
            _write_problem(problem, out)


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _write_tags(tags: dict[str, Any], out: TextIO) -> None:
    names = [escape(name) for name in tags]
    width = min(max((len(name) for name in names), default=0), 60)
    for name, tag in zip(names, tags.values()):
        steps = f"steps {tag['min_step']:,} to {tag['max_step']:,}" if "min_step" in tag else "no points"
        more = ""
        if tag["kind"] == Kind.SCALAR.value and "last" in tag:
            more = f", last {tag['last']:.6g}" if isinstance(tag["last"], float) else f", last {tag['last']}"
            if tag["superseded"]:
                more += f", {tag['superseded']:,} superseded"
        print(f"    {name:<{width}}  {tag['kind']:<14} {tag['count']:>9,}  {steps}{more}", file=out)


def _write_problem(problem: dict[str, Any], out: TextIO) -> None:
    place = f"{problem['run']}/{problem['file']}" if problem["file"] else problem["run"]
    if problem["offset"] is not None and problem["length"] is not None:
        place += f", bytes {problem['offset']:,} to {problem['offset'] + problem['length']:,}"
    times = f" ({problem['count']:,} times)" if problem["count"] > 1 else ""
    print(f"  {problem['severity']}: {escape(place)}{times}", file=out)
    print(f"    {escape(problem['cause'])}\n    {escape(problem['remedy'])}", file=out)
