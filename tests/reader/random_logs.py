"""Random event files: what writers do, and what disks do to it."""

from __future__ import annotations

import random
import struct

from hypothesis import strategies as st
from wire_logs import record, version_event

from runglass.reader.wire.events_pb2 import DT_DOUBLE, DT_FLOAT, Event


def add_value(event: Event, tag: str, form: str, value: float, metadata: str) -> None:
    entry = event.summary.value.add(tag=tag)
    if form == "simple":
        entry.simple_value = value
    elif form == "content":
        entry.tensor.dtype = DT_FLOAT
        entry.tensor.tensor_shape.SetInParent()
        entry.tensor.tensor_content = struct.pack("<f", value)
    elif form == "double":
        entry.tensor.dtype = DT_DOUBLE
        entry.tensor.tensor_content = struct.pack("<d", value)
    elif form == "listed":
        entry.tensor.dtype = DT_FLOAT
        entry.tensor.tensor_shape.SetInParent()
        entry.tensor.float_val.append(value)
    else:
        entry.histo.bucket.extend([value] * 3)
    if metadata:
        entry.metadata.plugin_data.plugin_name = "scalars"
        entry.metadata.display_name = metadata


FORMS = st.sampled_from(["simple", "simple", "simple", "content", "double", "listed"])
TAGS = st.tuples(st.text("abé/", min_size=0, max_size=9), FORMS, st.sampled_from(["", "", "name"]))


TAG_LISTS = st.lists(TAGS, min_size=1, max_size=6)


@st.composite
def logs(draw: st.DrawFn, tag_lists: st.SearchStrategy[list[tuple[str, str, str]]] = TAG_LISTS) -> bytes:
    """A log of interleaved tags with everything that writers do, and with a few things that disks do."""
    rnd = random.Random(draw(st.integers(0, 2**32)))
    tags = draw(tag_lists)
    step = draw(st.sampled_from([0, 1, 100, 120, 16_300, -40, -(2**63), 2**40, 2**63 - 300]))
    rows = draw(st.integers(1, 60))
    together = draw(st.booleans())
    shape = draw(st.sampled_from(["regular", "regular", "sometimes", "shuffled"]))
    foreign = draw(st.sampled_from([0.0, 0.0, 0.02, 0.2]))
    repeat = draw(st.booleans())
    parts = [record(version_event())]
    for row in range(rows):
        wall = 1.7e9 + row * rnd.random()
        chosen = list(tags)
        if shape == "shuffled":
            rnd.shuffle(chosen)
        if shape == "sometimes":
            chosen = [tag for tag in tags if rnd.random() < 0.6] or tags
        if together:
            event = Event(wall_time=wall, step=step + row)
            for tag, form, metadata in chosen:
                add_value(event, tag, form, rnd.choice([rnd.random(), float("nan"), 1e30]), metadata)
            parts.append(record(event))
        else:
            for tag, form, metadata in chosen:
                event = Event(wall_time=wall, step=step + row)
                add_value(event, tag, form, rnd.gauss(0, 1), metadata if repeat or row == 0 else "")
                parts.append(record(event))
        if rnd.random() < foreign:
            event = Event(wall_time=wall, step=step + row)
            add_value(event, "h", "histo", 1.0, "")
            parts.append(record(event))
    data = bytearray(b"".join(parts))
    for _damage in range(draw(st.sampled_from([0, 0, 0, 1, 3]))):
        place = rnd.randrange(len(data))
        kind = rnd.randrange(3)
        if kind == 0:
            data[place] ^= 1 << rnd.randrange(8)
        elif kind == 1:
            data[place : place + 70] = bytes(len(data[place : place + 70]))
        else:
            del data[place : place + rnd.randrange(1, 60)]
    return bytes(data)


@st.composite
def similar_logs(draw: st.DrawFn) -> list[bytes]:
    """A few logs whose tags are those of the first, or some of them, in that order or another."""
    tags = draw(TAG_LISTS)
    similar = st.one_of(
        st.just(tags),
        st.permutations(tags),
        st.just([(tag[::-1], form, metadata) for tag, form, metadata in tags]),
        st.just([(tag, "content" if form == "simple" else "simple", metadata) for tag, form, metadata in tags]),
        st.just([*tags, ("more", "simple", "")]),
        st.just(tags[: len(tags) // 2 + 1]),
    )
    return [draw(logs(similar)) for _number in range(draw(st.integers(2, 4)))]
