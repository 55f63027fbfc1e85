"""What stands in the contents of a series that stayed on disk: for ``inspect --json``.

Reads every blob, its record's checksum verified. ``sha256`` goes over the samples of all points in file order; strings
that are not files are preceded by their length as eight bytes, little-endian.
"""

from __future__ import annotations

import hashlib
import math
import struct
from collections import Counter
from typing import Any

import numpy as np
from google.protobuf.message import DecodeError, Message
from numpy.typing import NDArray

from .decode.tensors import BadTensor
from .decode.values import DecodedValue, decode_value
from .live.session import BlobError, LogSession
from .model import BlobView, Kind, SeriesMetadata, TensorView
from .wire.events_pb2 import HParamsPluginData, Layout

_MAGIC = ((b"\x89PNG", "png"), (b"\xff\xd8\xff", "jpeg"), (b"GIF8", "gif"), (b"RIFF", "riff"), (b"BM", "bmp"))
_FIRST_TEXT = 200


def digest(session: LogSession, view: BlobView | TensorView, metadata: SeriesMetadata) -> dict[str, Any]:
    """Further keys of one series; ``detail_error`` says why there are none."""
    try:
        if isinstance(view, BlobView):
            return _blobs(session, view)
        if view.key.kind is Kind.HPARAMS:
            return {"hparams": _hparams(metadata.content)}
        return _tensors(session, view, metadata)
    except (BlobError, BadTensor, DecodeError) as error:
        return {"detail_error": f"{type(error).__name__}: {error}"}


def _blobs(session: LogSession, view: BlobView) -> dict[str, Any]:
    encodings: Counter[str] = Counter()
    checksum = hashlib.sha256()
    for samples in view.samples:
        for ref in samples:
            data = session.read_blob(ref)
            checksum.update(data)
            encodings[_encoding(data)] += 1
    return {"encodings": dict(encodings), "sha256": checksum.hexdigest()}


def _encoding(data: bytes) -> str:
    for magic, name in _MAGIC:
        if data.startswith(magic):
            return name
    return "other" if data else "empty"


def _tensors(session: LogSession, view: TensorView, metadata: SeriesMetadata) -> dict[str, Any]:
    content = {"plugin_content_bytes": len(metadata.content)} if metadata.content else {}
    decoded = (decode_value(value, session.read_blob(value.ref)) for value in view.values)
    if view.key.kind is Kind.CUSTOM_SCALARS:
        return content | {"layout": _layout(list(decoded)[-1])}
    checksum = hashlib.sha256()
    shapes: Counter[str] = Counter()
    dtypes: set[str] = set()
    sums: list[float] = []
    strings = 0
    first: bytes | None = None
    without = 0
    for value in decoded:
        array = value.array
        if array is None:
            without += 1
            continue
        if view.key.kind is Kind.GRAPH:
            # A graph is a row of files, whether or not its writer wrote a list.
            array = array.reshape(-1)
        shapes[str(list(array.shape))] += 1
        dtypes.add(str(array.dtype))
        if array.dtype != object:
            checksum.update(np.ascontiguousarray(array).tobytes())
            sums.append(_sum(array))
            continue
        for text in array.reshape(-1).tolist():
            first = text if first is None else first
            checksum.update(struct.pack("<Q", len(text)) + text)
            strings += 1
    if not shapes:
        return content | {"no_value": without}
    found: dict[str, Any] = {"shapes": dict(shapes), "dtypes": sorted(dtypes), "sha256": checksum.hexdigest()}
    if strings:
        found["strings"] = strings
    elif dtypes != {"object"}:
        found["sum"] = _number(math.fsum(sums) if all(map(math.isfinite, sums)) else sum(sums))
    if view.key.kind is Kind.TEXT and first is not None:
        found["first_text"] = first.decode("utf-8", "replace")[:_FIRST_TEXT]
    return content | found


def _sum(array: NDArray[Any]) -> float:
    with np.errstate(all="ignore"):
        total = array.sum()
    return float(total.real)


def _number(value: float) -> float | str:
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _layout(value: DecodedValue) -> list[dict[str, Any]]:
    if value.array is None or value.array.dtype != object or not value.array.size:
        raise BadTensor("a layout is a string")
    layout: Any = _message(Layout(), value.array.reshape(-1)[0])
    return [
        {
            "category": category.title,
            "charts": [{"title": chart.title, "kind": chart.WhichOneof("content")} for chart in category.chart],
        }
        for category in layout.category
    ]


def _hparams(content: bytes) -> dict[str, Any]:
    data: Any = _message(HParamsPluginData(), content)
    kind = data.WhichOneof("data")
    if kind == "session_start_info":
        info = data.session_start_info
        return {
            "session_start": {name: _hparam(info.hparams[name]) for name in sorted(info.hparams)},
            "group": info.group_name,
        }
    if kind == "session_end_info":
        return {"session_end": int(data.session_end_info.status)}
    if kind == "experiment":
        experiment = data.experiment
        return {
            "experiment": {
                "hparams": sorted(info.name for info in experiment.hparam_infos),
                "metrics": sorted(f"{info.name.group}/{info.name.tag}" for info in experiment.metric_infos),
            }
        }
    return {"kind": None}


def _hparam(value: Any) -> float | str | bool | None:
    kind = value.WhichOneof("kind")
    if kind == "number_value":
        return _number(value.number_value)
    if kind in ("string_value", "bool_value"):
        found: str | bool = getattr(value, kind)
        return found
    return None


def _message(message: Message, content: bytes) -> Message:
    message.ParseFromString(content)
    return message
