"""The whole chain with real threads: what is written is shown, by notification or without, and everything stops."""

from __future__ import annotations

import os
import shutil
import threading
from pathlib import Path

import pytest
from live_logs import Stepped, append, check_accounting, check_as_fresh, codes, log, runs, scalars, steps, wait_until
from log_writing import scalar, value, version, write

from runglass.reader.live.blobs import BlobError
from runglass.reader.live.listening import deaf
from runglass.reader.live.session import LogSession, load
from runglass.reader.model import Kind, SeriesKey
from runglass.reader.wire import events_pb2 as pb

MODES = pytest.mark.parametrize("notify", [True, False], ids=["notified", "polling"])


def open_log(root: Path, notify: bool = True) -> LogSession:
    session = LogSession([root], notify=notify)
    session.start()
    assert session.wait_loaded(10)
    return session


@MODES
def test_appended_points_are_shown_and_announced(tmp_path: Path, notify: bool) -> None:
    path = log(tmp_path / "r/events.out.tfevents.1", 3)
    with LogSession([tmp_path], notify=notify) as session:
        assert session.wait_loaded(10)
        assert steps(session.store, "r") == [0, 1, 2]
        woken = threading.Event()
        subscription = session.store.subscribe(woken.set)
        append(path, scalar("loss", 3, 3.0))
        wait_until(lambda: steps(session.store, "r") == [0, 1, 2, 3])
        assert woken.wait(5)
        assert SeriesKey("r", "loss", Kind.SCALAR) in subscription.drain().changed_series
        wait_until(lambda: session.store.runs()[0].live, "the mark of a growing run")
        subscription.close()
        check_as_fresh(session.store, tmp_path)


@MODES
def test_new_nested_folders_are_found(tmp_path: Path, notify: bool) -> None:
    with open_log(tmp_path, notify) as session:
        wait_until(lambda: not notify or session.store.watch_status.mode == "notified")
        for number in range(40):
            log(tmp_path / f"sweep/{number}/deep/er/events.out.tfevents.1", number + 1)
        wait_until(lambda: sum(len(steps(session.store, run)) for run in runs(session.store)) == 820)
        assert len(runs(session.store)) == 40


@MODES
def test_renamed_and_deleted_runs(tmp_path: Path, notify: bool) -> None:
    log(tmp_path / "a/events.out.tfevents.1", 3)
    log(tmp_path / "b/events.out.tfevents.1", 4)
    with open_log(tmp_path, notify) as session:
        (tmp_path / "a").rename(tmp_path / "c")
        shutil.rmtree(tmp_path / "b")

        def marks() -> dict[str, bool]:
            return {run.name: run.deleted for run in session.store.runs()}

        wait_until(lambda: marks() == {"a": True, "b": True, "c": False})
        append(tmp_path / "c/events.out.tfevents.1", scalars("loss", [3, 4]))
        wait_until(lambda: steps(session.store, "c") == [0, 1, 2, 3, 4])
        assert steps(session.store, "b") == [0, 1, 2, 3]


@MODES
def test_rsync_over_and_over(tmp_path: Path, notify: bool) -> None:
    path = log(tmp_path / "r/events.out.tfevents.1", 1)
    data = path.read_bytes()
    with open_log(tmp_path, notify) as session:
        for step in range(1, 200):
            data += scalar("loss", step, float(step))
            copy = tmp_path / "r/.events.out.tfevents.1.k3Jd9a"
            copy.write_bytes(data)
            copy.rename(path)
        wait_until(lambda: steps(session.store, "r") == list(range(200)))
        check_as_fresh(session.store, tmp_path)


def test_a_watcher_that_hears_nothing_costs_a_second_or_two(tmp_path: Path) -> None:
    path = log(tmp_path / "r/events.out.tfevents.1", 1)
    session = LogSession([tmp_path], make_watcher=deaf())
    with session:
        assert session.wait_loaded(10)
        append(path, scalars("loss", [1]))
        wait_until(lambda: steps(session.store, "r") == [0, 1], seconds=5)


def test_many_writers_at_once(tmp_path: Path) -> None:
    paths = [write(tmp_path / f"r{number}/events.out.tfevents.1", version()) for number in range(8)]

    def train(path: Path) -> None:
        for step in range(150):
            append(path, scalar("loss", step, float(step)))

    with open_log(tmp_path) as session:
        writers = [threading.Thread(target=train, args=(path,)) for path in paths]
        for writer in writers:
            writer.start()
        while any(writer.is_alive() for writer in writers):
            check_accounting(session.store)
            for run in runs(session.store):
                found = steps(session.store, run)
                assert found == list(range(len(found)))
        for writer in writers:
            writer.join()
        wait_until(lambda: all(len(steps(session.store, f"r{number}")) == 150 for number in range(8)))
        check_as_fresh(session.store, tmp_path)


def test_small_files_do_not_wait_for_a_huge_one(tmp_path: Path) -> None:
    block = version() + scalars("loss", range(2000))
    huge = tmp_path / "huge/events.out.tfevents.1"
    huge.parent.mkdir()
    with huge.open("wb") as file:
        for _ in range(400):
            file.write(block)
    log(tmp_path / "small/events.out.tfevents.1", 5)
    with LogSession([tmp_path]) as session:
        wait_until(lambda: len(steps(session.store, "small")) == 5)
        assert not session.wait_loaded(0)
        partial = session.store.progress()
        assert partial.loading
        assert session.wait_loaded(30)
        progress = session.store.progress()
        assert (progress.read, progress.loading) == (progress.total, False)
        assert len(steps(session.store, "huge")) == 800_000


def test_stopping_while_loading(tmp_path: Path) -> None:
    for number in range(200):
        log(tmp_path / f"r{number}/events.out.tfevents.1", 50)
    session = LogSession([tmp_path])
    session.start()
    session.start()
    wait_until(lambda: len(runs(session.store)) > 0)
    session.stop()
    session.stop()
    assert session.store.watch_status.mode == "stopped"
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("runglass")]
    check_accounting(session.store)


def test_without_watching_reload_reads_what_is_new(tmp_path: Path) -> None:
    path = log(tmp_path / "r/events.out.tfevents.1", 2)
    with LogSession([tmp_path], watch=False) as session:
        assert session.wait_loaded(10)
        append(path, scalars("loss", [2]))
        log(tmp_path / "s/events.out.tfevents.1", 1)
        assert not any(thread.name == "runglass-watch-setup" for thread in threading.enumerate())
        session.reload()
        wait_until(lambda: steps(session.store, "r") == [0, 1, 2] and runs(session.store) == ["r", "s"])


def image(step: int, content: bytes) -> bytes:
    return value(step, tag="img", image=pb.Summary.Image(height=1, width=1, colorspace=3, encoded_image_string=content))


def test_blobs_are_read_from_disk_and_verified(tmp_path: Path) -> None:
    path = write(tmp_path / "r/events.out.tfevents.1", version(), image(0, b"first picture"))
    # What follows lies beyond the bytes that prove which file this is.
    append(path, scalars("loss", range(120)) + image(1, b"second one"))
    session = load([tmp_path])
    refs = [sample[0] for sample in session.store.blobs(SeriesKey("r", "img", Kind.IMAGE)).samples]
    assert [session.read_blob(ref) for ref in refs] == [b"first picture", b"second one"]
    data = bytearray(path.read_bytes())
    data[refs[1].offset + 2] ^= 1
    path.write_bytes(data)
    assert session.read_blob(refs[0]) == b"first picture"
    with pytest.raises(BlobError, match="checksum"):
        session.read_blob(refs[1])
    os.truncate(path, refs[1].offset)
    with pytest.raises(BlobError, match="became shorter"):
        session.read_blob(refs[1])
    path.write_bytes(version(wall=3.0) + image(0, b"first picturE"))
    with pytest.raises(BlobError, match="replaced"):
        session.read_blob(refs[0])
    path.unlink()
    with pytest.raises(BlobError, match="deleted on disk"):
        session.read_blob(refs[0])


def test_blobs_of_replaced_contents_say_so(tmp_path: Path) -> None:
    path = write(tmp_path / "r/events.out.tfevents.1", version(), image(0, b"old"), image(1, b"old"))
    with open_log(tmp_path) as session:
        key = SeriesKey("r", "img", Kind.IMAGE)
        old = session.store.blobs(key).samples[0][0]
        path.write_bytes(version(wall=4.0) + image(0, b"new!"))

        def newest() -> bytes:
            try:
                return session.read_blob(session.store.blobs(key).samples[-1][0])
            except (BlobError, KeyError, IndexError):
                return b""

        wait_until(lambda: newest() == b"new!")
        with pytest.raises(BlobError, match="replaced"):
            session.read_blob(old)


def test_problems_go_with_their_cause(tmp_path: Path) -> None:
    path = write(tmp_path / "r/events.out.tfevents.1")
    with open_log(tmp_path) as session:
        assert codes(session.store) == ["no-events-yet"]
        append(path, version() + scalars("loss", [0]))
        wait_until(lambda: codes(session.store) == [])


def test_preferred_runs_are_read_first(tmp_path: Path) -> None:
    for number in range(40):
        log(tmp_path / f"r{number:02}/events.out.tfevents.1", 1)
    reader = Stepped(tmp_path)
    # The walk alone: everything is queued, nothing read.
    reader.ingest._advance_walk(reader.clock())
    reader.ingest.prefer(["r33", "r35"])
    reader.ingest._obey(reader.clock())
    taken = [reader.ingest._schedule.take() for _ in range(2)]
    assert [tail.run for tail in taken if tail is not None] == ["r33", "r35"]
