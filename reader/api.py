"""The reader's door: what the rest of the program may import."""

from __future__ import annotations

from .decode.histograms import usable as usable_buckets
from .decode.tensors import BadTensor
from .decode.values import DecodedValue, decode_value
from .embeddings.loading import EmbeddingError
from .embeddings.loading import load_file as load_embedding_file
from .embeddings.model import (
    EmbeddingData,
    EmbeddingNote,
    EmbeddingSeries,
    EmbeddingSource,
    MetadataColumn,
    Sprite,
)
from .embeddings.tables import LoadCancelled
from .inspect import inspect_logdir
from .inspect import main as inspect_main
from .live.session import BlobError, LogSession, load
from .model import (
    BlobRef,
    BlobView,
    Change,
    Delta,
    EmbeddingKey,
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
from .store.restarts import kept as kept_points
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
    "EmbeddingData",
    "EmbeddingError",
    "EmbeddingKey",
    "EmbeddingNote",
    "EmbeddingSeries",
    "EmbeddingSource",
    "FileHealth",
    "HistogramView",
    "Kind",
    "LoadCancelled",
    "LogHealth",
    "LogSession",
    "MetadataColumn",
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
    "Sprite",
    "Subscription",
    "TensorValue",
    "TensorView",
    "Totals",
    "WatchStatus",
    "decode_value",
    "inspect_logdir",
    "inspect_main",
    "kept_points",
    "load",
    "load_embedding_file",
    "merge_delta",
    "select",
    "usable_buckets",
]
