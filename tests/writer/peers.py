"""Reads a logdir by TensorBoard's Python loader and by its data server; prints what both say as JSON.

A program of its own, as both leave threads behind. Keys: loader, then plug-in, run, tag; each entry is a list of points
(step, wall time, digest of the value).
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from typing import Any

import numpy as np
from tensorboard import context
from tensorboard.backend.event_processing import data_provider, plugin_event_multiplexer
from tensorboard.data import provider, server_ingester
from tensorboard.util import grpc_util

CLASSES = {
    "scalars": ("scalars",),
    "tensors": ("histograms", "text", "pr_curves", "mesh", "hparams", "custom_scalars"),
    "blob_sequences": ("images", "audio", "graphs"),
}
ALL = 1_000_000


def everything(source: Any) -> dict[str, Any]:
    """All points of all plug-ins."""
    asked = context.RequestContext()
    found: dict[str, Any] = {}
    for kind, plugins in CLASSES.items():
        for plugin in plugins:
            read = getattr(source, f"read_{kind}")
            table = read(
                asked,
                experiment_id="",
                plugin_name=plugin,
                downsample=ALL,
                run_tag_filter=provider.RunTagFilter(None, None),
            )
            for run, tags in table.items():
                for tag, points in tags.items():
                    rows = [[p.step, p.wall_time, digest(source, asked, p)] for p in points]
                    found.setdefault(plugin, {}).setdefault(run, {})[tag] = rows
    return found


def digest(source: Any, asked: Any, point: Any) -> Any:
    """A value in few characters; histograms as their number of values, as the two loaders cut them differently."""
    if hasattr(point, "value"):
        return repr(float(point.value))
    if hasattr(point, "numpy"):
        array = np.asarray(point.numpy)
        if array.dtype.kind in "OSU":
            return hashlib.sha256(repr([str(item) for item in array.ravel().tolist()]).encode()).hexdigest()
        if array.ndim == 2 and array.shape[1] == 3:
            return ["buckets", float(array[:, 2].sum())]
        return [list(array.shape), hashlib.sha256(array.astype(np.float64).tobytes()).hexdigest()]
    blobs = [source.read_blob(asked, blob_key=reference.blob_key) for reference in point.values]
    return [hashlib.sha256(blob).hexdigest() for blob in blobs]


def by_python(logdir: str) -> dict[str, Any]:
    """What the Python loader keeps."""
    unlimited = {"scalars": 0, "tensors": 0, "blob_sequences": 0, "images": 0, "audio": 0, "histograms": 0}
    multiplexer = plugin_event_multiplexer.EventMultiplexer(
        size_guidance={"tensors": 0}, tensor_size_guidance=dict.fromkeys([*sum(CLASSES.values(), ()), *unlimited], 0)
    )
    multiplexer.AddRunsFromDirectory(logdir)
    multiplexer.Reload()
    return everything(data_provider.MultiplexerDataProvider(multiplexer, logdir))


def by_server(logdir: str, enough: dict[str, Any]) -> dict[str, Any]:
    """What the data server keeps: as soon as it has as many points as ``enough``, or after some seconds."""
    ingester = server_ingester.SubprocessServerDataIngester(
        server_ingester.get_server_binary(),
        logdir,
        reload_interval=0,
        channel_creds_type=grpc_util.ChannelCredsType.LOCAL,
        samples_per_plugin=dict.fromkeys(sum(CLASSES.values(), ()), 0),
        extra_flags=["--checksum"],
    )
    ingester.start()
    for _ in range(100):
        found = everything(ingester.data_provider)
        if count(found) >= count(enough):
            break
        time.sleep(0.1)
    return found


def count(found: dict[str, Any]) -> int:
    """Points in all."""
    return sum(len(points) for runs in found.values() for tags in runs.values() for points in tags.values())


if __name__ == "__main__":
    python = by_python(sys.argv[1])
    server = by_server(sys.argv[1], python)
    print(json.dumps({"python": python, "server": server}))
