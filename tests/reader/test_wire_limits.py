"""What protobuf must not be given, what it refuses, and what is no event file at all."""

from __future__ import annotations

import gzip
import random
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wire_logs import scalar_event, small_log

from runglass.reader.wire.events_pb2 import Event
from runglass.reader.wire.fields import write_varint
from runglass.reader.wire.prescan import refusal
from runglass.reader.wire.sniff import SNIFF_BYTES, sniff
from runglass.reader.wire.tolerant import parse_event


def delimited(number: int, content: bytes) -> bytes:
    return write_varint(number << 3 | 2) + write_varint(len(content)) + content


def test_empty_values_that_would_fill_the_memory_are_refused() -> None:
    found = refusal(delimited(5, b"\x0a\x00" * 2_000_000))
    assert found is not None and found.code == "too-many-values"


@pytest.mark.parametrize("field", [delimited(8, b"\x42\x00" * 600_000), delimited(5, b"\x31" + bytes(8)) * 600_000])
def test_too_many_elements_are_refused(field: bytes) -> None:
    found = refusal(delimited(5, delimited(1, field) + delimited(1, field)))
    assert found is not None and found.code == "too-many-elements"


def test_a_tag_of_64_kib_is_the_longest() -> None:
    assert refusal(scalar_event("t" * 65536, 1, 1.0, 1.0).SerializeToString()) is None
    found = refusal(scalar_event("t" * 65537, 1, 1.0, 1.0).SerializeToString())
    assert found is not None and found.code == "tag-too-long"


def test_large_honest_records_are_not_refused() -> None:
    event = Event(wall_time=1.0)
    event.summary.value.add(tag="image").image.encoded_image_string = bytes(5_000_000)
    event.summary.value.add(tag="tensor").tensor.float_val.extend([0.5] * 2_000_000)
    event.summary.value.add(tag="bytes").tensor.int_val.extend([7] * 2_000_000)
    for index in range(5000):
        event.summary.value.add(tag=f"tag{index}", simple_value=index)
    assert refusal(event.SerializeToString()) is None


def test_a_tag_that_is_no_text_keeps_its_bytes_and_its_value() -> None:
    payload = scalar_event("loss", 7, 1.5, 2.5).SerializeToString().replace(b"loss", b"l\xff\xfes")
    event, oddities = parse_event(payload)
    assert event.summary.value[0].tag == "l\\xff\\xfes" and event.summary.value[0].simple_value == 2.5
    assert event.step == 7 and len(oddities) == 1 and "tag" in oddities[0]


def test_a_good_record_has_no_oddities() -> None:
    event = scalar_event("loss", 7, 1.5, 2.5)
    assert parse_event(event.SerializeToString()) == (event, ())


def test_the_values_before_a_broken_one_are_read() -> None:
    good = Event(wall_time=1.0, step=2)
    good.summary.value.add(tag="a", simple_value=1.0)
    good.summary.value.add(tag="b").histo.bucket.extend([1.0, 2.0])
    payload = bytearray(good.SerializeToString())
    payload[payload.index(b"\x3a\x10") + 1] = 15
    event, oddities = parse_event(bytes(payload))
    assert [value.tag for value in event.summary.value] == ["a", "b"]
    assert event.summary.value[0].simple_value == 1.0 and oddities


def test_deep_nesting_is_listed_and_not_followed() -> None:
    groups = b"\x7b" * 5000 + b"\x7c" * 5000
    event, oddities = parse_event(b"\x09" + bytes(8) + b"\x10\x05" + groups)
    assert event.step == 5 and oddities


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 2**32))
def test_nothing_makes_the_parser_raise(seed: int) -> None:
    rnd = random.Random(seed)
    event = scalar_event("loss", 7, 1.5, 2.5)
    event.summary.value.add(tag="h").histo.bucket.extend([1.0, 2.0])
    event.summary.value.add(tag="t").tensor.string_val.extend([b"a", b"b"])
    payload = bytearray(event.SerializeToString())
    for _change in range(rnd.randint(1, 4)):
        payload[rnd.randrange(len(payload))] = rnd.randrange(256)
    read, oddities = parse_event(bytes(payload[: rnd.randint(1, len(payload))]))
    assert isinstance(read, Event) and all(isinstance(oddity, str) for oddity in oddities)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", None),
        (b"".join(small_log()), None),
        (b"".join(small_log())[:11], None),
        (bytes(600), None),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:1234\n", "git-lfs-pointer"),
        (gzip.compress(b"".join(small_log())), "gzip"),
        (zlib.compress(b"".join(small_log())), "zlib"),
        (b"\x28\xb5\x2f\xfd\x04\x00", "zstd"),
        (b"\xef\xbb\xbf\n<!DOCTYPE html><html>", "html"),
        (b"step,loss\n1,0.5\n", "text"),
        ("é".encode() * 400, "text"),
        (random.Random(1).randbytes(300), None),
    ],
)
def test_a_file_is_named_by_its_content(content: bytes, name: str | None) -> None:
    assert sniff(content[:SNIFF_BYTES]) == name
