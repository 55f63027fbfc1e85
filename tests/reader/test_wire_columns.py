"""The columnar path reads exactly what reading record by record reads."""

from __future__ import annotations

import random
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wire_logs import Reading, read, record, scalar_event, version_event

from runglass.reader.wire.events_pb2 import DT_DOUBLE, DT_FLOAT, Event
from runglass.reader.wire.frame import pack_record
from runglass.reader.wire.records import ColumnBatch, RecordScanner, ScalarEncoding
from runglass.reader.wire.source import BytesSource


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


@st.composite
def logs(draw: st.DrawFn) -> bytes:
    """A log of interleaved tags with everything that writers do, and with a few things that disks do."""
    rnd = random.Random(draw(st.integers(0, 2**32)))
    tags = draw(st.lists(TAGS, min_size=1, max_size=6))
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


@settings(max_examples=150, deadline=None)
@given(logs(), st.sampled_from([300, 2000, 1 << 20]), st.lists(st.floats(0, 1), max_size=4))
def test_both_paths_read_the_same(data: bytes, budget: int, growth: list[float]) -> None:
    oracle = read(data, columns=False)
    whole = read(data)
    assert whole.entries == oracle.entries
    assert whole.scanner.gaps == oracle.scanner.gaps
    assert whole.scanner.records == oracle.scanner.records
    pieces = Reading(RecordScanner())
    for part in sorted(growth):
        pieces.read(data[: int(len(data) * part)], budget=budget)
    pieces.read(data, now=1e3, budget=budget, leave_after=len(growth))
    pieces.scanner.recheck(1e4)
    pieces.read(data, now=1e4, budget=budget)
    assert pieces.entries == oracle.entries
    assert pieces.scanner.records == oracle.scanner.records


def batches_of(data: bytes) -> list[ColumnBatch]:
    scanner = RecordScanner()
    items = list(scanner.scan(BytesSource(data), 0.0))
    assert scanner.pending == 0
    return [item for item in items if isinstance(item, ColumnBatch)]


@pytest.mark.parametrize("form", ["simple", "content", "double", "listed"])
def test_one_tag_becomes_columns(form: str) -> None:
    frames = []
    for step in range(1, 300):
        event = Event(wall_time=1e9 + step, step=step)
        add_value(event, "loss", form, step / 8, "shown")
        frames.append(record(event))
    batches = batches_of(b"".join(frames))
    assert sum(batch.records for batch in batches) > 250
    column = batches[-1].columns[0]
    assert column.tag == b"loss"
    assert column.encoding is (ScalarEncoding.SIMPLE_VALUE if form == "simple" else ScalarEncoding.TENSOR)
    assert column.value.dtype == (np.float64 if form == "double" else np.float32)
    assert column.step.dtype == np.int64 and column.wall.dtype == np.float64
    assert column.value[-1] == 299 / 8 and column.step[-1] == 299 and column.wall[-1] == 1e9 + 299
    assert Event.FromString(column.template).summary.value[0].metadata.display_name == "shown"


def test_interleaved_tags_and_rare_ones_become_columns() -> None:
    frames = []
    for step in range(400):
        for tag in range(25):
            if tag % 5 or step % 10 == 0:
                frames.append(record(scalar_event(f"group/tag{tag}", step, 1e9 + step, tag + step)))
    data = b"".join(frames)
    assert sum(batch.records for batch in batches_of(data)) > len(frames) * 0.9
    assert read(data).entries == read(data, columns=False).entries


def test_an_event_of_many_values_becomes_columns() -> None:
    frames = []
    for step in range(200):
        event = Event(wall_time=1e9 + step, step=step)
        for tag in range(12):
            event.summary.value.add(tag=f"tag{tag}", simple_value=tag * step)
        frames.append(record(event))
    batches = batches_of(b"".join(frames))
    assert sum(batch.records for batch in batches) > 150
    assert {column.tag: column.index for column in batches[0].columns} == {f"tag{k}".encode(): k for k in range(12)}


def test_a_tag_twice_in_one_event_keeps_its_order() -> None:
    frames = []
    for step in range(1, 100):
        event = Event(wall_time=1e9 + step, step=step)
        event.summary.value.add(tag="a", simple_value=step)
        event.summary.value.add(tag="a", simple_value=-step)
        frames.append(record(event))
    data = b"".join(frames)
    assert read(data).entries == read(data, columns=False).entries


def test_what_is_no_scalar_is_left_to_the_parser() -> None:
    for change in range(6):
        event = scalar_event("loss", 5, 1.0, 2.0)
        value = event.summary.value[0]
        if change == 0:
            value.node_name = "node"
        elif change == 1:
            event.source_metadata.writer = "w"
        elif change == 2:
            value.tensor.dtype = DT_FLOAT
            value.tensor.tensor_shape.dim.add(size=1)
            value.tensor.float_val.append(1.0)
        elif change == 3:
            value.tensor.dtype = DT_FLOAT
        elif change == 4:
            value.ClearField("value")
        else:
            value.tensor.dtype = DT_DOUBLE
            value.tensor.float_val.append(1.0)
        assert batches_of(record(event) * 200) == []


def test_a_batch_stops_at_the_first_record_whose_checksum_does_not_hold() -> None:
    frames = [record(scalar_event("loss", step + 1000, 1e9 + step, step)) for step in range(5000)]
    bad = bytearray(b"".join(frames))
    size = len(frames[0])
    bad[3210 * size + 16] ^= 8
    bad[4001 * size + size - 1] ^= 1
    reading = read(bytes(bad))
    assert [(gap.start, gap.end) for gap in reading.scanner.gaps] == [
        (3210 * size, 3211 * size),
        (4001 * size, 4002 * size),
    ]
    assert len(reading.entries) == 4998


def test_two_errors_that_cancel_in_a_sum_are_both_found() -> None:
    frames = [record(scalar_event("loss", step + 1000, 1e9 + step, step)) for step in range(1000)]
    size = len(frames[0])
    bad = bytearray(b"".join(frames))
    for row in (100, 101):
        bad[row * size + size - 6] ^= 0x80
    assert read(bytes(bad)).scanner.gap_bytes == 2 * size


def test_a_lane_of_wrong_lengths_is_not_believed() -> None:
    frames = [record(scalar_event("loss", step + 1000, 1e9 + step, step)) for step in range(64)]
    rest = len(frames[0]) - 27
    frames.append(pack_record(b"\x09" + bytes(8) + bytes([0x1A, rest]) + b"x" * rest))
    frames += [record(scalar_event("loss", step + 2000, 1e9 + step, step)) for step in range(64)]
    assert read(b"".join(frames)).entries == read(b"".join(frames), columns=False).entries
