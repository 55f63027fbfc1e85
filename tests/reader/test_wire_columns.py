"""The columnar path reads exactly what reading record by record reads."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_logs import add_value, logs, similar_logs
from wire_logs import Reading, read, record, scalar_event

from runglass.reader.wire.events_pb2 import DT_DOUBLE, DT_FLOAT, Event
from runglass.reader.wire.frame import pack_record
from runglass.reader.wire.memory import PatternMemory
from runglass.reader.wire.records import ColumnBatch, RecordScanner, RowBatch, ScalarEncoding
from runglass.reader.wire.source import BytesSource


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


@settings(max_examples=150, deadline=None)
@given(similar_logs(), st.sampled_from([300, 1 << 20]))
def test_what_was_learnt_of_other_files_changes_nothing(files: list[bytes], budget: int) -> None:
    memory = PatternMemory()
    for data in [*files, files[0]]:
        oracle = read(data, columns=False)
        reading = Reading(RecordScanner(memory=memory)).read(data, budget=budget)
        assert reading.entries == oracle.entries
        assert reading.scanner.gaps == oracle.scanner.gaps
        assert reading.scanner.records == oracle.scanner.records


def training(tags: list[str], first: int = 0, rows: int = 40) -> list[bytes]:
    """Frames of a training that logs ``tags`` at each step."""
    steps = range(first, first + rows)
    return [record(scalar_event(tag, step, 1e9 + step, step / 7)) for step in steps for tag in tags]


def test_a_second_file_with_the_same_tags_is_columns_from_its_first_record_on() -> None:
    memory = PatternMemory()
    tags = [f"metric{number}" for number in range(10)]
    read_first = Reading(RecordScanner(memory=memory)).read(b"".join(training(tags)))
    assert read_first.batches
    items = list(RecordScanner(memory=memory).scan(BytesSource(b"".join(training(tags, 3, 300))), 0.0))
    assert all(isinstance(item, RowBatch) for item in items)
    assert sum(item.records for item in items if isinstance(item, RowBatch)) == 3000


@pytest.mark.parametrize("first", [0, 1, 100])
@pytest.mark.parametrize(
    "tags",
    [
        ["loss", "acc1", "rate"],
        ["loss", "acc2", "rat2"],
        ["loss", "rate", "acc2"],
        ["rate", "loss", "acc1"],
        ["loss", "acc1"],
        ["loss", "acc1", "rate", "more"],
        ["other", "names"],
    ],
)
def test_a_second_file_of_the_same_lengths_keeps_its_own_tags(tags: list[str], first: int) -> None:
    memory = PatternMemory()
    Reading(RecordScanner(memory=memory)).read(b"".join(training(["loss", "acc1", "rate"], first)))
    data = b"".join(training(tags, first))
    assert Reading(RecordScanner(memory=memory)).read(data).entries == read(data, columns=False).entries


def test_damage_in_the_first_records_of_a_file_that_looks_known_is_found() -> None:
    frames = training(["loss", "rate"], 1, 20)
    data = b"".join(frames)
    for place in range(2 * len(frames[0]) + 16):
        memory = PatternMemory()
        Reading(RecordScanner(memory=memory)).read(data)
        bad = bytearray(data)
        bad[place] ^= 0x10
        reading = Reading(RecordScanner(memory=memory)).read(bytes(bad))
        oracle = read(bytes(bad), columns=False)
        assert reading.entries == oracle.entries
        assert reading.scanner.gaps == oracle.scanner.gaps


def test_the_pattern_goes_on_behind_what_stands_in_the_middle_of_a_row() -> None:
    frames = training(["loss", "acc1", "rate"], 200, 400)
    histogram = Event(wall_time=1e9, step=1)
    add_value(histogram, "h", "histo", 1.0, "")
    for place in range(len(frames) - 200, 100, -200):
        frames.insert(place, record(histogram))
    data = b"".join(frames)
    assert sum(batch.records for batch in batches_of(data)) > 0.85 * len(frames)
    assert read(data).entries == read(data, columns=False).entries


def test_records_of_a_row_may_have_steps_of_different_sizes() -> None:
    frames = []
    for step in range(60):
        frames.append(record(scalar_event("loss", 1000 + step, 1e9 + step, step)))
        frames.append(record(scalar_event("epoch", step // 10, 1e9 + step, step)))
        frames.append(record(scalar_event("offset", -step - 1, 1e9 + step, step)))
    data = b"".join(frames)
    assert sum(batch.records for batch in batches_of(data)) > 130
    assert read(data).entries == read(data, columns=False).entries


def batches_of(data: bytes) -> list[ColumnBatch | RowBatch]:
    scanner = RecordScanner()
    items = list(scanner.scan(BytesSource(data), 0.0))
    assert scanner.pending == 0
    return [item for item in items if isinstance(item, (ColumnBatch, RowBatch))]


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
