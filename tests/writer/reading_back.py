"""What a run of the SummaryWriter holds, read by TensorBoard's loader and by Runglass."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image
from tensorboard.backend.event_processing.event_file_loader import LegacyEventFileLoader
from tensorboard.util import tensor_util

from runglass.reader.api import LogSession, decode_value, load

Pixels = npt.NDArray[np.uint8]


def events_of(folder: Path) -> list[Any]:
    """All events of a run, as TensorBoard's loader gives them: nothing converted."""
    files = sorted(entry for entry in folder.iterdir() if "tfevents" in entry.name)
    return [event for file in files for event in LegacyEventFileLoader(str(file)).Load()]


def points_of(folder: Path) -> list[tuple[int, Any]]:
    """(step, value) of a run, in file order."""
    return [(event.step, value) for event in events_of(folder) for value in event.summary.value]


def values_of(folder: Path) -> list[Any]:
    return [value for _, value in points_of(folder)]


def pixels_of(image: Any, mode: str = "RGB") -> Pixels:
    """A picture of a summary, (height, width, channels of the mode)."""
    return np.asarray(Image.open(io.BytesIO(image.encoded_image_string)).convert(mode))


def array_of(value: Any) -> Any:
    """The tensor of a value, as TensorBoard decodes it."""
    return tensor_util.make_ndarray(value.tensor)


def ours(folder: Path) -> LogSession:
    """The log as Runglass reads it; every byte of it must be sound."""
    session = load([str(folder)])
    assert not session.store.health().problems, session.store.health().problems
    return session


def our_arrays(session: LogSession, key: Any) -> list[Any]:
    """The arrays of a series of tensors, as Runglass decodes them."""
    values = session.store.tensors(key).values
    return [decode_value(value, session.read_blob(value.ref)).array for value in values]
