"""From what a writer wrote to what Runglass keeps: the only place that knows the older encodings.

Each value of a summary becomes one :class:`Item`: its kind, its plug-in under today's name, and the content. Blobs are
places on disk.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ..model import BlobRef, Kind, SeriesMetadata, TensorValue
from ..wire.tolerant import parse_event
from .histograms import from_message, from_tensor
from .tensors import BadTensor, dtype_name, elements, shape, to_array
from .text import text

KINDS: dict[str, Kind] = {
    "scalars": Kind.SCALAR,
    "images": Kind.IMAGE,
    "audio": Kind.AUDIO,
    "histograms": Kind.HISTOGRAM,
    "text": Kind.TEXT,
    "hparams": Kind.HPARAMS,
    "pr_curves": Kind.PR_CURVE,
    "mesh": Kind.MESH,
    "custom_scalars": Kind.CUSTOM_SCALARS,
    "graphs": Kind.GRAPH,
    "graph_run_metadata": Kind.GRAPH,
    "graph_run_metadata_graph": Kind.GRAPH,
    "graph_keras_model": Kind.GRAPH,
    "graph_tagged_run_metadata": Kind.GRAPH,
}
#: Kinds whose points are not kept as a :class:`TensorValue`.
PLAIN = frozenset((Kind.SCALAR, Kind.IMAGE, Kind.AUDIO, Kind.HISTOGRAM))
GRAPH_TAG = "__run_graph__"
_NARROW = frozenset(("float32", "float16", "bool", "int8", "uint8", "int16", "uint16"))


@dataclass(frozen=True, slots=True)
class Image:
    """The samples of one step, pictures or clips, and the size as logged (0 where it says none)."""

    samples: tuple[BlobRef, ...]
    width: int
    height: int
    labels: tuple[str, ...] = ()
    content_type: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One value: ``content`` is a float, :class:`Image`, :class:`Histogram` or :class:`TensorValue`.

    ``oddity`` says what is wrong with it, in a user's words, or is empty. ``double``: a scalar of a type that float32
    cannot hold exactly.
    """

    tag: str
    kind: Kind
    metadata: SeriesMetadata
    content: Any
    oddity: str = ""
    double: bool = False


class Unreadable(ValueError):
    """The value holds nothing that can be kept; the text says why."""


def metadata_of(value: Any) -> SeriesMetadata | None:
    """The value's own metadata, None where it carries none."""
    if not value.HasField("metadata"):
        return None
    found = value.metadata
    return SeriesMetadata(
        text(found.plugin_data.plugin_name),
        text(found.display_name),
        text(found.summary_description),
        found.plugin_data.content,
    )


@lru_cache(maxsize=1024)
def metadata_in(payload: bytes, index: int) -> SeriesMetadata | None:
    """The own metadata of one of the values of an event. Remembered: files of one program begin alike."""
    event, _oddities = parse_event(payload)
    return metadata_of(event.summary.value[index])


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands: the file's id, the record, and the payload with the value's range in it."""

    file: int
    record_offset: int
    record_length: int
    header: int
    payload: bytes
    begin: int
    end: int

    def blob(self, content: bytes) -> BlobRef:
        """Where ``content``, a field of this value, lies in the file."""
        at = self.end - len(content)
        # Most writers put it last, and a search for a picture of many kilobytes takes its time.
        if at < self.begin or not self.payload.startswith(content, at):
            at = max(self.payload.find(content, self.begin, self.end), self.begin)
        return BlobRef(self.file, self.record_offset, self.record_length, self._file_offset(at), len(content))

    def whole(self) -> BlobRef:
        """The value itself."""
        return BlobRef(
            self.file, self.record_offset, self.record_length, self._file_offset(self.begin), self.end - self.begin
        )

    def _file_offset(self, at: int) -> int:
        return self.record_offset + self.header + at


def modern(value: Any, known: SeriesMetadata | None, place: Place) -> Item:
    """What a Summary.Value means, given the metadata that the run knows for its tag. Raises Unreadable."""
    tag = text(value.tag or value.node_name)
    metadata = known or SeriesMetadata()
    which = value.WhichOneof("value")
    if which == "simple_value":
        return Item(tag, Kind.SCALAR, under("scalars", metadata), value.simple_value)
    if which == "image":
        picture = value.image
        content = Image((place.blob(picture.encoded_image_string),), picture.width, picture.height)
        return Item(tag, Kind.IMAGE, under("images", metadata), content)
    if which == "histo":
        histogram, oddity = from_message(value.histo)
        return Item(tag, Kind.HISTOGRAM, under("histograms", metadata), histogram, oddity)
    if which == "audio":
        sound = value.audio
        clip = Image((place.blob(sound.encoded_audio_string),), 0, 0, content_type=text(sound.content_type))
        return Item(tag, Kind.AUDIO, under("audio", metadata), clip)
    if which == "tensor":
        return _tensor(tag, value.tensor, metadata, place)
    if which == "obsolete_old_style_histogram":
        raise Unreadable("a histogram in a form that was given up before TensorFlow 1.0")
    kind = KINDS.get(metadata.plugin, Kind.TENSOR)
    if metadata.plugin and kind not in PLAIN:
        return Item(tag, kind, metadata, TensorValue((), "", place.whole(), 0))
    raise Unreadable("a value without content")


def under(plugin: str, metadata: SeriesMetadata) -> SeriesMetadata:
    """The metadata with this plug-in in the place of another."""
    if metadata.plugin == plugin:
        return metadata
    return SeriesMetadata(plugin, metadata.display_name, metadata.description, metadata.content)


def _tensor(tag: str, tensor: Any, metadata: SeriesMetadata, place: Place) -> Item:
    kind = KINDS.get(metadata.plugin, Kind.TENSOR)
    oddity = ""
    try:
        if kind is Kind.SCALAR:
            array = to_array(tensor)
            if array.size == 1 and array.dtype.kind in "fiub":
                return Item(tag, kind, metadata, float(array.reshape(-1)[0]), double=array.dtype.name not in _NARROW)
            oddity = f"a scalar of shape {list(array.shape)} and type {array.dtype}"
        elif kind is Kind.HISTOGRAM:
            histogram, oddity = from_tensor(to_array(tensor))
            return Item(tag, kind, metadata, histogram, oddity)
        elif kind is Kind.IMAGE:
            return Item(tag, kind, metadata, _image(tensor, place))
        elif kind is Kind.AUDIO:
            return Item(tag, kind, metadata, _audio(tensor, place))
        sides = shape(tensor)
        value = TensorValue(sides, dtype_name(tensor), place.whole(), place.end - place.begin)
        if not oddity and elements(sides) > max(place.end - place.begin, 1) * 8 and len(tensor.tensor_content):
            oddity = f"shape {list(sides)} does not fit {place.end - place.begin} bytes"
        return Item(tag, Kind.TENSOR if oddity and kind is Kind.SCALAR else kind, metadata, value, oddity)
    except BadTensor as error:
        value = TensorValue((), dtype_name(tensor), place.whole(), place.end - place.begin)
        return Item(tag, Kind.TENSOR, metadata, value, f"bad tensor: {error}")


def _image(tensor: Any, place: Place) -> Image:
    strings = list(tensor.string_val)
    if len(strings) < 2:
        raise BadTensor(f"an image of {len(strings)} strings; width, height and pictures were expected")
    try:
        width, height = int(strings[0]), int(strings[1])
    except ValueError:
        width = height = 0
    if not 0 <= width < 1 << 31 or not 0 <= height < 1 << 31:
        width = height = 0
    return Image(tuple(place.blob(encoded) for encoded in strings[2:]), width, height)


def _audio(tensor: Any, place: Place) -> Image:
    strings = list(tensor.string_val)
    sides = shape(tensor)
    labelled = len(sides) == 2 and sides[1] == 2
    clips = strings[::2] if labelled else strings
    labels = tuple(text(label) for label in strings[1::2]) if labelled and any(strings[1::2]) else ()
    return Image(tuple(place.blob(clip) for clip in clips), 0, 0, labels)
