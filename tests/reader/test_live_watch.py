"""Notifications are a hint: their limits are found out, said, and made up for by looking."""

from __future__ import annotations

import errno
import logging
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from live_logs import Stepped, append, log, scalars, steps, wait_until

from runglass.reader.live.hints import Hints
from runglass.reader.live.listening import Listening
from runglass.reader.live.logdir import DiskLogDir
from runglass.reader.live.session import LogSession
from runglass.reader.live.watch import DeafWatcher, FolderWatcher, Watcher, failure_message, limit_message

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="inotify")


class Scripted:
    """A watcher that claims to work; the test speaks for it."""

    def __init__(self) -> None:
        self.active = True
        self.message = ""

    def start(self) -> None:
        pass

    def grown(self, folders: int) -> None:
        pass

    def stop(self) -> None:
        self.active = False


def test_the_limit_of_watches_is_checked_before_it_is_trusted(tmp_path: Path) -> None:
    limit = tmp_path / "max_user_watches"
    limit.write_text("100\n", encoding="ascii")
    assert limit_message(50, str(limit)) == ""
    message = limit_message(100, str(limit))
    assert "sudo sysctl fs.inotify.max_user_watches=524288" in message
    assert limit_message(10**9, str(tmp_path / "none")) == ""
    watcher = FolderWatcher([str(tmp_path)], Hints(), 100, str(limit))
    watcher.start()
    assert not watcher.active
    assert watcher.message == message
    watcher.stop()


def test_refusals_of_the_system_say_what_to_do() -> None:
    assert "max_user_watches" in failure_message(OSError(errno.ENOSPC, "No space left on device"))
    assert "max_user_instances" in failure_message(OSError(errno.EMFILE, "Too many open files"))
    assert "Permission denied" in failure_message(OSError(errno.EACCES, "Permission denied"))


def test_a_log_that_cannot_be_watched_is_polled_and_says_so(tmp_path: Path) -> None:
    path = log(tmp_path / "r/events.out.tfevents.1", 1)

    def make(_roots: Sequence[str], _hints: Hints, folders: int) -> Watcher:
        return DeafWatcher(f"Polling every second: {folders} folders are too many.")

    with LogSession([tmp_path], make_watcher=make) as session:
        assert session.wait_loaded(10)
        wait_until(lambda: session.store.watch_status.message == "Polling every second: 2 folders are too many.")
        assert session.store.watch_status.mode == "polling"
        append(path, scalars("loss", [1]))
        wait_until(lambda: steps(session.store, "r") == [0, 1])


@LINUX
def test_watchdog_is_set_up_and_taken_down(tmp_path: Path) -> None:
    log(tmp_path / "r/events.out.tfevents.1", 1)
    with LogSession([tmp_path]) as session:
        wait_until(lambda: session.store.watch_status.mode == "notified")
        assert session.store.watch_status.message == ""
    assert session.store.watch_status.mode == "stopped"


@LINUX
def test_a_root_that_was_exchanged_is_watched_again(tmp_path: Path) -> None:
    root = tmp_path / "logs"
    log(root / "r/events.out.tfevents.1", 1)
    made = []

    def make(roots: Sequence[str], hints: Hints, folders: int) -> Watcher:
        made.append(folders)
        return FolderWatcher(roots, hints, folders)

    with LogSession([root], make_watcher=make) as session:
        wait_until(lambda: session.store.watch_status.mode == "notified")
        root.rename(tmp_path / "old")
        path = log(root / "r/events.out.tfevents.1", 2)
        wait_until(lambda: len(made) > 1 and session.store.watch_status.mode == "notified")
        append(path, scalars("loss", [2, 3]))
        wait_until(lambda: steps(session.store, "r") == [0, 1, 2, 3])


@LINUX
def test_a_root_that_is_a_link_is_heard(tmp_path: Path) -> None:
    path = log(tmp_path / "disk/logs/r/events.out.tfevents.1", 1)
    (tmp_path / "logs").symlink_to(tmp_path / "disk/logs")
    hints = Hints()
    watcher = FolderWatcher([str(tmp_path / "logs")], hints, 2)
    watcher.start()
    wait_until(lambda: watcher.active)
    hints.take()
    append(path, scalars("loss", [1]))
    wait_until(lambda: str(tmp_path / "logs/r/events.out.tfevents.1") in hints.take().files)
    assert watcher.message == ""
    watcher.grown(10**12)
    assert "max_user_watches" in watcher.message
    watcher.stop()


def test_a_watcher_that_hears_nothing_is_found_out(tmp_path: Path) -> None:
    scripted = Scripted()
    listening = Listening([DiskLogDir(tmp_path)], Hints(), lambda _roots, _hints, _folders: scripted)
    listening.update(1)
    assert listening.trusted
    for number in range(3):
        listening.found(f"file{number}", 10.0)
    listening.judge(11.0)
    assert listening.trusted
    listening.heard("file0")
    listening.judge(13.0)
    assert listening.trusted
    listening.found("file0", 13.0)
    listening.judge(16.0)
    assert not listening.trusted
    assert listening.status.mode == "polling"
    assert "does not report changes" in listening.status.message
    # It speaks after all.
    listening.heard("file2")
    assert listening.trusted


def test_a_flood_of_hints_becomes_one_rescan() -> None:
    hints = Hints()
    for number in range(50_000):
        hints.file(f"/x/{number}")
    heard = hints.take()
    assert heard.rescan
    assert len(heard.files) <= 20_000
    assert not hints.take()


@LINUX
def test_lost_events_lead_to_a_walk(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    hints = Hints()
    watcher = FolderWatcher([str(tmp_path)], hints, 1)
    watcher.start()
    wait_until(lambda: watcher.active)
    hints.take()
    logging.getLogger("watchdog.observers.inotify_c").warning("Inotify queue overflowed; filesystem events were lost")
    assert hints.take().rescan
    watcher.stop()


def test_files_that_are_heard_of_are_read_at_once(tmp_path: Path) -> None:
    path = log(tmp_path / "r/events.out.tfevents.1", 1)
    reader = Stepped(tmp_path)
    reader.settle(0.25)
    append(path, scalars("loss", [1]))
    other = log(tmp_path / "s/events.out.tfevents.1", 4)
    reader.ingest.hints.file(str(path))
    reader.ingest.hints.file(str(other))
    reader.ingest.hints.folder(str(other.parent))
    reader.ingest.hints.folder("/somewhere/else")
    reader.settle()
    assert (steps(reader.store, "r"), len(steps(reader.store, "s"))) == ([0, 1], 4)
    # Heard of again within a moment: read a moment later, not again and again.
    append(path, scalars("loss", [2]))
    reader.ingest.hints.file(str(path))
    reader.settle(0.1)
    assert steps(reader.store, "r") == [0, 1, 2]


def test_after_a_pause_of_the_machine_everything_is_looked_at(tmp_path: Path) -> None:
    path = log(tmp_path / "r/events.out.tfevents.1", 1)
    reader = Stepped(tmp_path)
    reader.settle(1)
    append(path, scalars("loss", [1]))
    log(tmp_path / "s/events.out.tfevents.1", 2)
    reader.clock.now += 600
    reader.settle()
    assert (steps(reader.store, "r"), steps(reader.store, "s")) == ([0, 1], [0, 1])


def test_thousands_of_deleted_runs_at_once(tmp_path: Path) -> None:
    for number in range(300):
        log(tmp_path / f"all/r{number}/events.out.tfevents.1", 1)
    reader = Stepped(tmp_path)
    reader.settle()
    shutil.rmtree(tmp_path / "all")
    for number in range(300):
        reader.ingest.hints.folder(str(tmp_path / f"all/r{number}"))
    reader.settle(1)
    assert all(run.deleted for run in reader.store.runs())
    assert len(reader.store.runs()) == 300
