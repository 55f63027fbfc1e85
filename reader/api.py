"""The reader's door: what the rest of the program may import."""

from __future__ import annotations

from .decode.tensors import BadTensor
from .decode.values import DecodedValue, decode_value
from .inspect import inspect_logdir
from .inspect import main as inspect_main
from .live.session import BlobError, LogSession, load
from .model import (
    BlobRef,
    BlobView,
    Change,
    Delta,
    FileHealth,
    HistogramView,
    Kind,
    LogHealth,
    Problem,
    Progress,
    RestartMode,
    RunInfo,
    ScalarSelection,
    ScalarView,
    SeriesKey,
    SeriesMetadata,
    Session,
    Severity,
    TensorValue,
    TensorView,
    Totals,
    WatchStatus,
)
from .store.changes import Subscription
from .store.changes import merge as merge_delta
from .store.restarts import select
from .store.store import RunStore

__all__ = [
    "BadTensor",
    "BlobError",
    "BlobRef",
    "BlobView",
    "Change",
    "DecodedValue",
    "Delta",
    "FileHealth",
    "HistogramView",
    "Kind",
    "LogHealth",
    "LogSession",
    "Problem",
    "Progress",
    "RestartMode",
    "RunInfo",
    "RunStore",
    "ScalarSelection",
    "ScalarView",
    "SeriesKey",
    "SeriesMetadata",
    "Session",
    "Severity",
    "Subscription",
    "TensorValue",
    "TensorView",
    "Totals",
    "WatchStatus",
    "decode_value",
    "inspect_logdir",
    "inspect_main",
    "load",
    "merge_delta",
    "select",
]
