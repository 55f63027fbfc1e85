"""Sounds as WAV files."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from ..reader.wire.events_pb2 import Summary
from .values import to_array, to_number

Samples = npt.NDArray[np.int16]

#: Frames a second from which on a WAV file has no place for the number of its bytes a second.
HIGHEST_RATE = 1 << 30
_LOUDEST = 32767


def to_samples(sound: Any, note: Callable[[str], None]) -> Samples:
    """Sound of the shape (frames,), (frames, channels) or (channels, frames), with 1 or 2 channels, as 16-bit samples
    (frames, channels); a copy.

    Numbers go from -1 to 1; what lies outside is cut off, which ``note`` is told, and NaN is silence. int16 is taken
    as it is. ValueError for other shapes.
    """
    array = to_array(sound)
    shape = array.shape
    if array.ndim == 1:
        array = array[:, np.newaxis]
    elif array.ndim == 2 and shape[1] not in (1, 2):
        array = array.T
    if array.ndim != 2 or array.shape[1] not in (1, 2) or not array.size:
        raise ValueError(f"a sound has the shape (frames,) or (frames, channels) with 1 or 2 channels, not {shape}")
    if array.dtype == np.int16:
        return np.array(array)
    numbers = array.astype(np.float64)
    if not (np.abs(numbers) <= 1).all():
        note("samples outside -1 to 1 are cut off")
        numbers = np.nan_to_num(numbers, nan=0.0).clip(-1, 1)
    samples: Samples = np.rint(numbers * _LOUDEST).astype(np.int16)
    return samples


def to_rate(sample_rate: Any) -> int:
    """Frames a second. ValueError where a WAV file could not say it."""
    rate = to_number(sample_rate)
    if not 1 <= rate <= HIGHEST_RATE:
        raise ValueError(f"a sample rate of {sample_rate} Hz; 1 to {HIGHEST_RATE} are possible")
    return round(rate)


def audio_value(tag: str, samples: Samples, rate: int) -> Summary.Value:
    """The summary value of 16-bit samples (frames, channels) at ``rate`` frames a second."""
    frames, channels = samples.shape
    out = io.BytesIO()
    import wave

    with wave.open(out, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.astype("<i2", copy=False).tobytes())
    audio = Summary.Audio(
        sample_rate=rate,
        num_channels=channels,
        length_frames=frames,
        encoded_audio_string=out.getvalue(),
        content_type="audio/wav",
    )
    return Summary.Value(tag=tag, audio=audio)
