"""Damaged, unfinished and hostile files: nothing readable is lost, nothing wrong is shown, and all of it heals."""

from __future__ import annotations

import random
import struct
import tracemalloc

import pytest
from wire_logs import Reading, read, record, scalar_event, small_log, version_event

from runglass.reader.wire.crc import crc32c, mask, masked_crc
from runglass.reader.wire.events_pb2 import Event
from runglass.reader.wire.frame import HEADER_SIZE, OVERHEAD, header, pack_record
from runglass.reader.wire.records import (
    MAX_PAYLOAD_IN_MEMORY,
    GapOpened,
    PendingKind,
    RawRecord,
    RecordScanner,
    Rewound,
    ShrunkFileError,
)
from runglass.reader.wire.source import BytesSource, FileSource

FRAMES = small_log(40)
GOOD = b"".join(FRAMES)
CLEAN = read(GOOD).entries
STARTS = [sum(map(len, FRAMES[:index])) for index in range(len(FRAMES))]


def test_a_cut_file_shows_all_whole_records_and_goes_on_when_the_rest_comes() -> None:
    for cut in range(len(GOOD)):
        reading = Reading(RecordScanner()).read(GOOD[:cut])
        whole = sum(start + len(frame) <= cut for start, frame in zip(STARTS, FRAMES, strict=True))
        assert reading.scanner.records == whole
        assert reading.entries == CLEAN[: len(reading.entries)]
        waiting = reading.scanner.waiting
        if cut in STARTS or cut == 0:
            assert waiting is None
        else:
            assert waiting is not None and waiting.kind is PendingKind.TRUNCATED
            if cut - STARTS[whole] >= HEADER_SIZE:
                assert waiting.missing == STARTS[whole] + len(FRAMES[whole]) - cut
        reading.read(GOOD)
        assert reading.entries == CLEAN and reading.scanner.waiting is None


def test_any_flipped_bit_costs_one_record_at_most_and_heals() -> None:
    frames = small_log(12)
    good = b"".join(frames)
    clean = read(good).entries
    for bit in range(len(good) * 8):
        bad = bytearray(good)
        bad[bit // 8] ^= 1 << bit % 8
        reading = Reading(RecordScanner()).read(bytes(bad))
        hit = max(index for index in range(len(frames)) if STARTS[index] <= bit // 8)
        lost = [entry for entry in clean if entry not in reading.entries]
        assert len(lost) <= 1 and len(reading.entries) + len(lost) == len(clean)
        if lost:
            frame = (STARTS[hit], STARTS[hit] + len(frames[hit]))
            if hit == len(frames) - 1:
                assert reading.scanner.pending == len(frames[hit])
            else:
                assert [(gap.start, gap.end) for gap in reading.scanner.gaps] == [frame]
        reading.read(good, now=1.0)
        assert reading.entries == clean and not reading.scanner.gaps and reading.scanner.waiting is None


def test_a_wrong_checksum_of_the_length_alone_loses_nothing() -> None:
    bad = bytearray(GOOD)
    bad[STARTS[3] + 9] ^= 4
    items = list(RecordScanner(columns=False).scan(BytesSource(bytes(bad)), 0.0))
    assert [item.oddity for item in items if isinstance(item, RawRecord) and item.oddity] == ["bad-length-crc"]
    assert read(bytes(bad)).entries == CLEAN


def test_blocks_that_arrive_in_any_order_end_in_the_clean_state() -> None:
    for seed in range(60):
        order = random.Random(seed)
        size = order.choice([32, 100, 256, 512])
        blocks = list(range(0, len(GOOD), size))
        order.shuffle(blocks)
        disk = bytearray(len(GOOD) if order.random() < 0.5 else 0)
        reading = Reading(RecordScanner(patience=order.choice([0.0, 2.0])))
        now = 0.0
        for block in blocks:
            if len(disk) < block:
                disk.extend(bytes(block - len(disk)))
            disk[block : block + size] = GOOD[block : block + size]
            now += order.choice([0.1, 1.0, 10.0])
            reading.read(bytes(disk), now)
            assert set(reading.entries) <= set(CLEAN)
        reading.scanner.recheck(now)
        reading.read(bytes(disk), now)
        reading.read(bytes(disk), now + 3.0)
        assert reading.entries == CLEAN and not reading.scanner.gaps


def test_a_zero_tail_waits_and_goes_on() -> None:
    for zeros in (1, 11, 12, 100, 4096, 65536):
        reading = read(GOOD + bytes(zeros))
        waiting = reading.scanner.waiting
        assert reading.entries == CLEAN and waiting is not None
        assert waiting.kind is PendingKind.ZEROS
        more = record(scalar_event("loss", 99, 2e9, 7.0))
        reading.read((GOOD + more + bytes(zeros))[: len(GOOD) + max(zeros, len(more))], now=1.0)
        reading.read(GOOD + more, now=2.0) if zeros < len(more) else None
        assert len(reading.entries) == len(CLEAN) + 1


def test_a_hole_is_named_and_filled() -> None:
    hole = (STARTS[10] + 5, STARTS[30] + 7)
    bad = bytearray(GOOD)
    bad[hole[0] : hole[1]] = bytes(hole[1] - hole[0])
    reading = read(bytes(bad))
    assert [(gap.start, gap.end, gap.cause) for gap in reading.scanner.gaps] == [(STARTS[10], STARTS[31], "zero-hole")]
    assert reading.scanner.next_check is not None and reading.scanner.next_check <= 0.2
    half = bytearray(bad)
    half[hole[0] : STARTS[20]] = GOOD[hole[0] : STARTS[20]]
    reading.read(bytes(half), now=1.0)
    assert [(gap.start, gap.end) for gap in reading.scanner.gaps] == [(STARTS[20], STARTS[31])]
    reading.read(GOOD, now=2.0)
    assert reading.entries == CLEAN and reading.rewinds == 2


def test_a_torn_record_swallows_nothing_of_what_was_appended() -> None:
    torn = record(scalar_event("loss", 1000, 2e9, 3.0))
    after = [record(scalar_event("loss", 1001 + step, 2e9, 4.0)) for step in range(3)]
    big = pack_record(bytes(range(256)) * 40)
    for frame in (torn, big[:3000]):
        for cut in range(1, len(frame), max(len(frame) // 80, 1)):
            reading = read(GOOD + frame[:cut] + b"".join(after))
            assert reading.scanner.records == len(FRAMES) + 3, cut
            gap = reading.scanner.gaps[-1]
            assert (gap.start, gap.end) == (len(GOOD), len(GOOD) + cut)


def test_an_append_inside_a_long_claim_is_found_while_it_waits() -> None:
    reading = Reading(RecordScanner())
    torn = GOOD + header(1 << 30) + b"\x09" * 100
    reading.read(torn)
    assert reading.scanner.waiting is not None and reading.scanner.waiting.kind is PendingKind.TRUNCATED
    reading.read(torn + FRAMES[1], now=0.01)
    assert reading.scanner.records == len(FRAMES) + 1
    assert reading.scanner.gaps[0].cause == "torn-record"


def test_a_record_that_holds_records_is_one_record_in_the_end() -> None:
    outer = record(Event(wall_time=1.0, graph_def=GOOD))
    data = FRAMES[0] + outer + FRAMES[1]
    reading = Reading(RecordScanner())
    for size in range(1, len(data) + 1, 97):
        reading.read(data[:size] if size + 97 <= len(data) else data, now=size / 100)
    assert reading.rewinds
    reading.scanner.recheck(1e6)
    reading.read(data, now=1e6)
    assert not reading.scanner.gaps and reading.scanner.records == 3 and len(reading.entries) == 3


@pytest.mark.parametrize("length", [1 << 31, 1 << 32, 1 << 40, (1 << 63) - 1, 1 << 63, (1 << 64) - 1])
def test_a_hostile_length_costs_no_memory(length: int) -> None:
    bomb = header(length)
    tracemalloc.start()
    reading = read(GOOD + bomb)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 << 20
    assert reading.entries == CLEAN and reading.scanner.pending == len(bomb)
    reading = read(GOOD + bomb + GOOD)
    assert reading.scanner.records == 2 * len(FRAMES) and reading.scanner.gap_bytes == len(bomb)


def test_planted_headers_do_not_stop_the_reader() -> None:
    bombs = b"".join(header(20_000 + 12 * index) for index in range(3000))
    reading = read(GOOD + b"\xff" + bombs + GOOD)
    assert reading.scanner.records == 2 * len(FRAMES)
    assert reading.scanner.gap_bytes == 1 + len(bombs)


def test_random_bytes_are_no_records() -> None:
    noise = random.Random(5).randbytes(4 << 20)
    reading = read(noise, budget=1 << 20)
    assert reading.scanner.records == 0 and reading.scanner.pending == len(noise)
    reading = read(noise + GOOD, budget=1 << 20)
    assert reading.entries == [(entry[0] + len(noise), *entry[1:]) for entry in CLEAN]


def test_suspect_bytes_near_the_end_are_read_again_before_they_are_a_gap() -> None:
    bad = bytearray(GOOD)
    bad[STARTS[20] + 20] ^= 1
    reading = Reading(RecordScanner(patience=2.0)).read(bytes(bad), now=10.0)
    scanner = reading.scanner
    assert not scanner.gaps and scanner.waiting is not None and scanner.waiting.kind is PendingKind.SUSPECT
    assert scanner.next_check is not None and scanner.next_check <= 10.2
    reading.read(bytes(bad), now=scanner.next_check)
    assert not scanner.gaps
    reading.read(bytes(bad), now=12.0)
    assert [(gap.start, gap.cause) for gap in scanner.gaps] == [(STARTS[20], "bad-payload-crc")]
    reading = Reading(RecordScanner(patience=2.0)).read(bytes(bad), now=10.0)
    reading.read(GOOD, now=10.1)
    assert reading.entries == CLEAN and not reading.scanner.gaps


def test_gaps_are_looked_at_less_and_less_often() -> None:
    bad = bytearray(GOOD)
    bad[STARTS[20] + 20] ^= 1
    scanner = RecordScanner()
    now, waits = 0.0, []
    for _check in range(7):
        list(scanner.scan(BytesSource(bytes(bad)), now))
        assert scanner.next_check is not None
        waits.append(round(scanner.next_check - now, 3))
        now = scanner.next_check
    assert waits == [0.2, 2.0, 5.0, 30.0, 300.0, 300.0, 300.0]
    scanner.recheck(now)
    items = list(scanner.scan(BytesSource(GOOD), now))
    assert items[0] == Rewound(STARTS[20])


def test_a_checkpoint_is_asked_for_before_anything_behind_the_gap() -> None:
    bad = bytearray(GOOD)
    bad[STARTS[20] + 20] ^= 1
    items = list(RecordScanner(columns=False).scan(BytesSource(bytes(bad)), 0.0))
    place = items.index(GapOpened(STARTS[20]))
    assert all(isinstance(item, RawRecord) and item.offset < STARTS[20] for item in items[:place])
    assert all(isinstance(item, RawRecord) and item.offset > STARTS[20] for item in items[place + 1 :])


def test_a_record_of_several_gigabytes_is_verified_without_being_held(tmp_path) -> None:  # type: ignore[no-untyped-def]
    length = MAX_PAYLOAD_IN_MEMORY + 4096
    crc, block = 0, bytes(1 << 20)
    done = 0
    while done < length:
        part = min(len(block), length - done)
        crc = crc32c(block[:part], crc)
        done += part
    path = tmp_path / "events.out.tfevents.1"
    with open(path, "wb") as file:
        file.write(FRAMES[0] + header(length))
        file.truncate(len(FRAMES[0]) + HEADER_SIZE + length)
        file.seek(0, 2)
        file.write(struct.pack("<I", mask(crc)) + FRAMES[1])
    scanner, items = RecordScanner(), []
    tracemalloc.start()
    with FileSource(path) as source:
        while True:
            items += list(scanner.scan(source, 0.0))
            if not scanner.more:
                break
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 32 << 20
    large = [item for item in items if isinstance(item, RawRecord) and item.large]
    assert [(item.length, item.payload, item.end - item.offset) for item in large] == [(length, b"", length + OVERHEAD)]
    assert scanner.records == 3 and scanner.pending == 0


def test_an_empty_record_and_odd_payloads_are_records() -> None:
    data = FRAMES[0] + pack_record(b"") + pack_record(b"\xff" * 20) + record(version_event())
    scanner = RecordScanner()
    items = list(scanner.scan(BytesSource(data), 0.0))
    assert scanner.records == 4 and scanner.pending == 0
    assert [item.payload for item in items if isinstance(item, RawRecord)][1:3] == [b"", b"\xff" * 20]


def test_a_file_that_shrank_is_another_generation() -> None:
    scanner = RecordScanner()
    list(scanner.scan(BytesSource(GOOD), 0.0))
    with pytest.raises(ShrunkFileError, match="bytes"):
        list(scanner.scan(BytesSource(GOOD[:-1]), 1.0))


def test_the_checksum_is_the_one_of_the_format() -> None:
    assert masked_crc(b"") == 0xA282EAD8
    assert masked_crc(bytes(8)) == 0x07980329
    assert header(24) == bytes.fromhex("1800000000000000a37f4b22")
    assert masked_crc(b"\x1a\x11CRC test, one two") == 0x5794D08A
