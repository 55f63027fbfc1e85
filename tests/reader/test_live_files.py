"""Files that grow, break, are replaced, deleted and made anew: nothing is lost, nothing doubled."""

from __future__ import annotations

import errno
import os
import random
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from live_logs import Stepped, WrappedLogDir, append, check_as_fresh, codes, log, scalars, state_of, steps
from log_writing import scalar, version, write

from runglass.reader.live.logdir import FileStamp, OpenFile
from runglass.reader.live.session import load


def test_states_of_a_real_growing_log(corpus: Path, tmp_path: Path) -> None:
    for growth in sorted(corpus.glob("*__growth")):
        root = tmp_path / growth.name
        root.mkdir()
        reader = Stepped(root)
        states = sorted(growth.glob("state-*"), key=lambda path: int(path.name.rpartition("-")[2]))
        for state in states:
            for source in state.rglob("*"):
                target = root / source.relative_to(state)
                if source.is_dir():
                    target.mkdir(exist_ok=True)
                else:
                    data = source.read_bytes()
                    have = target.stat().st_size if target.exists() else 0
                    append(target, data[have : have + (len(data) - have) // 2])
                    reader.settle(3)
                    append(target, data[have + (len(data) - have) // 2 :])
            reader.settle(3)
            check_as_fresh(reader.store, root)
        assert len(states) > 1


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.lists(st.integers(0, 3000), max_size=12))
def test_a_log_that_comes_in_any_pieces(tmp_path: Path, cuts: list[int]) -> None:
    data = version() + scalars("loss", range(40)) + scalars("accuracy/train", range(30))
    root = tmp_path / "-".join(map(str, cuts[:4] or [0]))
    shutil.rmtree(root, ignore_errors=True)
    path = write(root / "r/events.out.tfevents.1")
    reader = Stepped(root)
    reader.settle()
    places = sorted({min(cut, len(data)) for cut in cuts} | {len(data)})
    for begin, end in zip([0, *places], places, strict=False):
        append(path, data[begin:end])
        reader.settle(2)
    check_as_fresh(reader.store, root)
    assert steps(reader.store, "r") == list(range(40))


def test_a_torn_record_waits_and_is_named_after_ten_seconds(tmp_path: Path) -> None:
    path = log(tmp_path / "events.out.tfevents.1", 3)
    rest = scalar("loss", 3, 3.0)
    append(path, rest[:20])
    reader = Stepped(tmp_path)
    reader.settle(5)
    assert steps(reader.store, ".") == [0, 1, 2]
    assert codes(reader.store) == []
    reader.settle(8)
    assert codes(reader.store) == ["waiting-torn-record"]
    assert f"{len(rest) - 20} bytes missing" in reader.store.health().problems[0].cause
    append(path, rest[20:])
    reader.settle(3)
    assert steps(reader.store, ".") == [0, 1, 2, 3]
    assert codes(reader.store) == []
    append(path, rest[:20])
    assert codes(load([tmp_path]).store) == ["waiting-torn-record"]


def test_a_hole_of_zeros_heals_in_place(tmp_path: Path) -> None:
    data = version() + scalars("loss", range(60))
    begin, end = 512, 1400
    path = write(tmp_path / "events.out.tfevents.1", data[:begin], bytes(end - begin), data[end:])
    reader = Stepped(tmp_path)
    reader.settle()
    before = steps(reader.store, ".")
    assert 0 < len(before) < 60
    assert "zero-hole" in codes(reader.store)
    with path.open("r+b") as file:
        file.seek(begin)
        file.write(data[begin:end])
    reader.settle(35)
    assert steps(reader.store, ".") == list(range(60))
    assert codes(reader.store) == []
    check_as_fresh(reader.store, tmp_path)


def test_reload_looks_at_gaps_at_once(tmp_path: Path) -> None:
    data = bytearray(version() + scalars("loss", range(30)))
    data[900] ^= 4
    path = write(tmp_path / "events.out.tfevents.1", bytes(data))
    reader = Stepped(tmp_path)
    reader.settle(900)
    assert len(steps(reader.store, ".")) == 29
    data[900] ^= 4
    stamp = path.stat()
    with path.open("r+b") as file:
        file.write(data)
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    reader.ingest.reload()
    reader.settle()
    assert steps(reader.store, ".") == list(range(30))


def test_replacing_by_rename_loses_and_doubles_nothing(tmp_path: Path) -> None:
    path = log(tmp_path / "r/events.out.tfevents.1", 1)
    data = path.read_bytes()
    reader = Stepped(tmp_path)
    reader.settle()
    for step in range(1, 300):
        data += scalar("loss", step, float(step))
        copy = tmp_path / "r/.events.out.tfevents.1.aB3dE6"
        copy.write_bytes(data)
        copy.rename(path)
        if step % 7 == 0:
            reader.settle(1)
            assert steps(reader.store, "r") == list(range(step + 1))
    reader.settle(2)
    assert steps(reader.store, "r") == list(range(300))
    # The same contents went on all the time: one generation.
    assert [file.generation for file in reader.store.health().files] == [0]
    check_as_fresh(reader.store, tmp_path)


def test_rewritten_contents_take_over_with_their_first_record(tmp_path: Path) -> None:
    path = log(tmp_path / "events.out.tfevents.1", 50)
    reader = Stepped(tmp_path)
    reader.settle()
    path.write_bytes(b"")
    reader.settle(3)
    assert len(steps(reader.store, ".")) == 50
    assert codes(reader.store) == ["replaced"]
    append(path, version(wall=5.0)[:10])
    reader.settle(3)
    assert len(steps(reader.store, ".")) == 50
    path.write_bytes(version(wall=5.0) + scalars("loss", range(7)))
    reader.settle(3)
    assert steps(reader.store, ".") == list(range(7))
    assert codes(reader.store) == []
    check_as_fresh(reader.store, tmp_path)
    # Longer than what was read, with another beginning.
    path.write_bytes(version(wall=6.0) + scalars("other", range(90)))
    reader.settle(3)
    assert (steps(reader.store, "."), len(steps(reader.store, ".", "other"))) == ([], 90)


def test_a_tail_that_is_cut_off_and_written_anew(tmp_path: Path) -> None:
    path = log(tmp_path / "events.out.tfevents.1", 20)
    whole = path.stat().st_size
    append(path, scalar("loss", 20, 1.0)[:17])
    reader = Stepped(tmp_path)
    reader.settle()
    # A writer takes back what it could not finish.
    os.truncate(path, whole)
    reader.settle(3)
    append(path, scalar("loss", 21, 1.0))
    reader.settle(3)
    assert steps(reader.store, ".") == [*range(20), 21]
    assert reader.store.health().files[0].generation == 0


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.integers(0, 1800), extra=st.integers(0, 30))
def test_cut_anywhere_and_appended(tmp_path: Path, cut: int, extra: int) -> None:
    root = tmp_path / f"{cut}-{extra}"
    path = log(root / "events.out.tfevents.1", 30)
    reader = Stepped(root)
    reader.settle()
    os.truncate(path, min(cut, path.stat().st_size))
    reader.settle(2)
    append(path, scalars("loss", range(100, 100 + extra)))
    reader.settle(5)
    fresh = load([root]).store
    if fresh.health().files[0].records:
        assert state_of(reader.store) == state_of(fresh)
    else:
        assert len(steps(reader.store, ".")) == 30


def test_same_size_same_times_other_contents(tmp_path: Path) -> None:
    path = log(tmp_path / "events.out.tfevents.1", 5)
    reader = Stepped(tmp_path)
    reader.settle()
    append(path, scalar("loss", 5, 5.0))
    reader.settle(2)
    stamp = path.stat()
    path.write_bytes(version(wall=9.0) + scalars("loss", [0, 11, 12, 13, 14, 15]))
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert path.stat().st_size == stamp.st_size
    reader.settle(40)
    assert steps(reader.store, ".") == [0, 11, 12, 13, 14, 15]


def test_a_deleted_run_stays_and_comes_back(tmp_path: Path) -> None:
    path = log(tmp_path / "r/events.out.tfevents.1", 4)
    log(tmp_path / "other/events.out.tfevents.1", 1)
    reader = Stepped(tmp_path)
    reader.settle()
    shutil.rmtree(tmp_path / "r")
    reader.settle(5)
    assert steps(reader.store, "r") == [0, 1, 2, 3]
    assert {run.name: run.deleted for run in reader.store.runs()} == {"r": True, "other": False}
    assert codes(reader.store) == ["deleted"]
    log(path, 2)
    reader.settle(5)
    assert steps(reader.store, "r") == [0, 1]
    assert not any(run.deleted for run in reader.store.runs())
    assert codes(reader.store) == []


def test_a_deleted_file_of_a_run_that_goes_on(tmp_path: Path) -> None:
    first = log(tmp_path / "r/events.out.tfevents.1", 3)
    write(tmp_path / "r/events.out.tfevents.2", version(), scalars("loss", [3, 4]))
    reader = Stepped(tmp_path)
    reader.settle()
    first.unlink()
    reader.settle(5)
    assert steps(reader.store, "r") == [0, 1, 2, 3, 4]
    assert not reader.store.runs()[0].deleted
    assert codes(reader.store) == ["deleted"]


def test_two_writers_in_one_run_are_both_followed(tmp_path: Path) -> None:
    first = write(tmp_path / "r/events.out.tfevents.1.a", version())
    second = write(tmp_path / "r/events.out.tfevents.1.b", version())
    reader = Stepped(tmp_path)
    reader.settle()
    for step in range(0, 40, 2):
        append(first, scalar("loss", step, 0.0))
        append(second, scalar("loss", step + 1, 1.0))
        if step % 8 == 0:
            reader.settle(1)
    reader.settle(2)
    assert steps(reader.store, "r") == [*range(0, 40, 2), *range(1, 40, 2)]
    check_as_fresh(reader.store, tmp_path)


@pytest.mark.parametrize(
    "data, code",
    [
        (b"", "no-events-yet"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\n", "not-an-event-file-git-lfs-pointer"),
        (b"\x1f\x8b\x08\x00" + bytes(40), "not-an-event-file-gzip"),
        (b"<!DOCTYPE html><html></html>", "not-an-event-file-html"),
    ],
)
def test_what_is_no_event_file_is_named(tmp_path: Path, data: bytes, code: str) -> None:
    path = write(tmp_path / "r/events.out.tfevents.1", data)
    reader = Stepped(tmp_path)
    reader.settle(1)
    assert [run.name for run in reader.store.runs()] == ["r"]
    assert code in codes(reader.store)
    log(path, 3)
    reader.settle(5)
    assert len(steps(reader.store, "r")) == 3
    assert codes(reader.store) == []


class _Faulty:
    """An open file whose n-th reading fails."""

    def __init__(self, file: OpenFile, fail: list[int], number: int) -> None:
        self.file, self.fail, self.number = file, fail, number

    def _count(self) -> None:
        self.fail[0] -= 1
        if self.fail[0] == 0:
            raise OSError(self.number, os.strerror(self.number))

    def size(self) -> int:
        self._count()
        return self.file.size()

    def stamp(self) -> FileStamp:
        self._count()
        return self.file.stamp()

    def read_at(self, offset: int, length: int) -> bytes:
        self._count()
        return self.file.read_at(offset, length)

    def close(self) -> None:
        self.file.close()
        self._count()


@pytest.mark.parametrize("number", [errno.EIO, getattr(errno, "ESTALE", errno.EIO)])
def test_an_error_at_any_read_is_overcome(tmp_path: Path, number: int) -> None:
    data = version() + scalars("loss", range(50))
    for nth in range(1, 25):
        root = tmp_path / str(nth)
        path = write(root / "events.out.tfevents.1", data[:1000])
        logdir = WrappedLogDir(root)
        fail = [nth]
        logdir.wrap = lambda file, fail=fail: _Faulty(file, fail, number)
        reader = Stepped(logdir)
        reader.settle()
        append(path, data[1000:])
        reader.settle(4)
        assert steps(reader.store, ".") == list(range(50)), nth
        assert codes(reader.store) == []


def test_an_error_that_lasts_is_shown_and_leaves_with_its_cause(tmp_path: Path) -> None:
    path = log(tmp_path / "bad/events.out.tfevents.1", 3)
    log(tmp_path / "good/events.out.tfevents.1", 3)
    logdir = WrappedLogDir(tmp_path)
    logdir.refuse = lambda what, p: OSError(errno.EIO, "Input/output error") if what == "open" and "bad" in p else None
    reader = Stepped(logdir)
    reader.settle(5)
    assert codes(reader.store) == ["unreadable"]
    assert reader.ingest.loaded.is_set()
    assert len(steps(reader.store, "good")) == 3
    append(path, scalars("loss", [3]))
    logdir.refuse = lambda _what, _path: None
    reader.settle(30)
    assert len(steps(reader.store, "bad")) == 4
    assert codes(reader.store) == []


def test_few_handles_are_enough_for_many_files(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    for number in range(200):
        log(tmp_path / f"r{number}/events.out.tfevents.1", 2)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    used = len(os.listdir("/proc/self/fd")) if Path("/proc/self/fd").exists() else 30
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(max(used + 4, 16), hard), hard))
    try:
        reader = Stepped(tmp_path)
        reader.settle()
        opened = len(reader.store.series())
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert opened == 200


def test_without_any_handle_reading_waits(tmp_path: Path) -> None:
    log(tmp_path / "events.out.tfevents.1", 2)
    logdir = WrappedLogDir(tmp_path)
    logdir.refuse = lambda what, _path: OSError(errno.EMFILE, "Too many open files") if what == "open" else None
    reader = Stepped(logdir)
    reader.settle(1)
    assert codes(reader.store) == ["too-many-open-files"]
    logdir.refuse = lambda _what, _path: None
    reader.settle(10)
    assert len(steps(reader.store, ".")) == 2
    assert codes(reader.store) == []


def test_reload_while_a_file_is_missing(tmp_path: Path) -> None:
    path = log(tmp_path / "r/events.out.tfevents.1", 3)
    append(path, b"torn")
    reader = Stepped(tmp_path)
    reader.settle()
    path.unlink()
    reader.ingest.hints.file(str(path))
    reader.settle(0.1)
    reader.ingest.reload()
    reader.settle(5)
    assert codes(reader.store) == ["deleted"]


@pytest.mark.parametrize("seed", range(12))
def test_any_order_of_what_happens_to_files(tmp_path: Path, seed: int) -> None:
    """Appended, cut, zeroed, replaced, deleted, made anew: in the end all is as a fresh reader sees it."""
    chance = random.Random(seed)
    reader = Stepped(tmp_path)
    counts: dict[Path, int] = {}
    for _ in range(50):
        path = tmp_path / f"r{chance.randrange(3)}/s{chance.randrange(2)}/events.out.tfevents.{chance.randrange(2)}"
        what = chance.choice(["append"] * 6 + ["cut", "zeros", "copy", "rewrite", "delete", "remove"])
        if not path.exists():
            write(path, version(wall=chance.random()))
            counts[path] = 0
        elif what == "append":
            number = chance.randrange(1, 30)
            append(path, scalars("loss", range(counts[path], counts[path] + number)))
            counts[path] += number
        elif what == "cut":
            os.truncate(path, chance.randrange(path.stat().st_size + 1))
        elif what == "zeros":
            append(path, bytes(chance.randrange(50)))
        elif what == "copy":
            copy = path.with_name("." + path.name)
            copy.write_bytes(path.read_bytes() + scalars("loss", [999]))
            copy.rename(path)
        elif what == "rewrite":
            path.write_bytes(version(wall=chance.random()) + scalars("other", range(chance.randrange(50))))
        elif what == "delete":
            path.unlink()
        else:
            shutil.rmtree(path.parent)
        if chance.random() < 0.4:
            reader.ingest.hints.file(str(path))
        reader.settle(chance.choice([0.0, 0.1, 1.0, 3.0]))
    reader.settle(40)
    fresh = load([tmp_path]).store
    kept = {file.run for file in reader.store.health().files if file.state in ("deleted", "replaced")}
    there, read = state_of(fresh), state_of(reader.store)
    empty = {key for key in read if key[2] == "SCALAR" and not steps(reader.store, key[0], key[1])}
    assert {key: read[key] for key in read if key[0] not in kept and key not in empty} == {
        key: there[key] for key in there if key[0] not in kept
    }
