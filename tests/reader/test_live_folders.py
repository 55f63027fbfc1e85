"""Which runs are found in a folder, and what is left aside and said."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from live_logs import Stepped, WrappedLogDir, append, codes, log, runs, scalars, steps

from runglass.reader.live.filesystems import profile_of
from runglass.reader.live.logdir import DiskLogDir, labels_of
from runglass.reader.live.session import load


def test_runs_are_folders_with_event_files(tmp_path: Path) -> None:
    log(tmp_path / "events.out.tfevents.1", 1)
    log(tmp_path / "a/b/events.out.tfevents.1", 2)
    log(tmp_path / "a/events.out.tfevents.2.v2", 3)
    log(tmp_path / "tfevents/events.out.tfevents.1", 4)
    (tmp_path / "a/checkpoint.pt").write_bytes(b"x")
    (tmp_path / "empty").mkdir()
    store = load([tmp_path]).store
    assert runs(store) == [".", "a", "a/b", "tfevents"]
    assert [len(steps(store, run)) for run in runs(store)] == [1, 3, 2, 4]


def test_copies_under_way_and_profile_marks_are_left_aside_and_said(tmp_path: Path) -> None:
    log(tmp_path / "r/events.out.tfevents.1", 3)
    for name in (".events.out.tfevents.2.Xy12Z0", "events.out.tfevents.3.partial", "~events.out.tfevents.4"):
        log(tmp_path / "r" / name, 5, tag="copy")
    (tmp_path / "r/events.out.tfevents.5.profile-empty").write_bytes(b"")
    reader = Stepped(tmp_path)
    reader.settle()
    assert codes(reader.store) == ["partial-copy", "profile-empty"]
    assert next(p.count for p in reader.store.health().problems if p.code == "partial-copy") == 3
    assert steps(reader.store, "r", "copy") == []
    (tmp_path / "r/.events.out.tfevents.2.Xy12Z0").rename(tmp_path / "r/events.out.tfevents.2")
    reader.settle(5)
    assert len(steps(reader.store, "r", "copy")) == 5


def test_link_loops_end_and_a_run_is_shown_once(tmp_path: Path) -> None:
    log(tmp_path / "real/events.out.tfevents.1", 3)
    (tmp_path / "real/up").symlink_to(tmp_path)
    (tmp_path / "real/self").symlink_to(tmp_path / "real")
    (tmp_path / "a_latest").symlink_to(tmp_path / "real")
    store = load([tmp_path]).store
    assert runs(store) == ["real"]
    assert "folder-alias" in codes(store)
    assert "folder-loop" in codes(store)
    assert "a_latest" in next(p.cause for p in store.health().problems if p.code == "folder-alias")


def test_a_hard_link_is_the_same_file(tmp_path: Path) -> None:
    first = log(tmp_path / "a/events.out.tfevents.1", 3)
    (tmp_path / "b").mkdir()
    os.link(first, tmp_path / "b/events.out.tfevents.1")
    store = load([tmp_path]).store
    assert runs(store) == ["a"]
    assert codes(store) == ["file-alias"]


def test_a_link_that_leads_out_of_the_root_is_followed(tmp_path: Path) -> None:
    log(tmp_path / "elsewhere/x/events.out.tfevents.1", 3)
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs/linked").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "logs/broken.tfevents").symlink_to(tmp_path / "nowhere")
    store = load([tmp_path / "logs"]).store
    assert runs(store) == ["linked/x"]
    assert codes(store) == ["broken-link"]


def test_depth_is_bounded(tmp_path: Path) -> None:
    deep = tmp_path / "/".join(["d"] * 70)
    log(deep / "events.out.tfevents.1", 1)
    store = load([tmp_path]).store
    assert runs(store) == []
    assert codes(store) == ["too-deep"]


def test_several_roots_put_their_labels_before_run_names(tmp_path: Path) -> None:
    log(tmp_path / "one/logs/r/events.out.tfevents.1", 1)
    log(tmp_path / "two/logs/r/events.out.tfevents.1", 2)
    log(tmp_path / "two/logs/events.out.tfevents.1", 3)
    store = load([tmp_path / "one/logs", tmp_path / "two/logs"]).store
    assert runs(store) == ["one/logs/r", "two/logs", "two/logs/r"]
    assert load([tmp_path / "one/logs", tmp_path / "one/logs/"]).store.runs()[0].name == "r"


def test_labels_are_distinct() -> None:
    found = [DiskLogDir(path) for path in ("/a/x/logs", "/b/x/logs", "/c/exp", "/logs")]
    assert len(set(labels_of(list(found)))) == 4
    assert labels_of(list(found))[2] == "exp"


def test_nested_roots_show_a_run_once(tmp_path: Path) -> None:
    log(tmp_path / "all/exp/r/events.out.tfevents.1", 2)
    log(tmp_path / "all/other/events.out.tfevents.1", 2)
    store = load([tmp_path / "all", tmp_path / "all/exp"]).store
    assert runs(store) == ["all/exp/r", "all/other"]
    store = load([tmp_path / "all/exp", tmp_path / "all"]).store
    assert runs(store) == ["all/other", "exp/r"]


def test_a_single_event_file_can_be_opened(tmp_path: Path) -> None:
    path = log(tmp_path / "r/renamed.log", 3)
    log(tmp_path / "r/events.out.tfevents.1", 3, tag="other")
    store = load([path]).store
    assert runs(store) == ["."]
    assert [key.tag for key in store.series()] == ["loss"]


@pytest.mark.skipif(os.name == "nt", reason="names are bytes on POSIX alone")
def test_names_that_are_no_text(tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path) + b"/run\xff"
    try:
        os.mkdir(folder)
    except OSError:
        pytest.skip("this file system takes UTF-8 alone")
    log(Path(os.fsdecode(folder)) / os.fsdecode(b"events.out.tfevents.\xfe"), 3)
    log(tmp_path / "run\\xff/events.out.tfevents.1", 2)
    store = load([tmp_path]).store
    assert sorted(len(steps(store, run)) for run in runs(store)) == [2, 3]
    for file in store.health().files:
        assert (file.run + file.name + file.path).encode()


def test_a_root_that_appears_goes_and_comes_back(tmp_path: Path) -> None:
    root = tmp_path / "later"
    reader = Stepped(root)
    reader.settle()
    assert codes(reader.store) == ["missing"]
    path = log(root / "r/events.out.tfevents.1", 3)
    reader.settle(3)
    assert steps(reader.store, "r") == [0, 1, 2]
    assert codes(reader.store) == []
    root.rename(tmp_path / "away")
    reader.settle(5)
    assert steps(reader.store, "r") == [0, 1, 2]
    assert reader.store.runs()[0].deleted
    (tmp_path / "away").rename(root)
    append(path, scalars("loss", [3]))
    reader.settle(5)
    assert steps(reader.store, "r") == [0, 1, 2, 3]
    assert not reader.store.runs()[0].deleted
    assert codes(reader.store) == []


def test_an_unreadable_folder_is_named_and_tried_again(tmp_path: Path) -> None:
    log(tmp_path / "open/events.out.tfevents.1", 1)
    path = log(tmp_path / "shut/events.out.tfevents.1", 2)
    logdir = WrappedLogDir(tmp_path)
    shut = os.fspath(tmp_path / "shut")
    logdir.refuse = lambda _what, p: PermissionError(errno.EACCES, "Permission denied") if p.startswith(shut) else None
    reader = Stepped(logdir)
    reader.settle()
    assert runs(reader.store) == ["open"]
    problem = reader.store.health().problems[0]
    assert (problem.code, problem.run) == ("no-permission", "shut")
    logdir.refuse = lambda _what, _path: None
    reader.settle(3)
    assert runs(reader.store) == ["open", "shut"]
    assert codes(reader.store) == []
    # Taken away again: what is known stays, and is not called deleted.
    logdir.refuse = lambda _what, p: PermissionError(errno.EACCES, "Permission denied") if p.startswith(shut) else None
    append(path, scalars("loss", [2]))
    reader.settle(5)
    assert steps(reader.store, "shut") == [0, 1]
    assert not any(run.deleted for run in reader.store.runs())
    logdir.refuse = lambda _what, _path: None
    reader.settle(40)
    assert steps(reader.store, "shut") == [0, 1, 2]


def test_the_first_runs_of_many_are_shown_before_the_walk_ends(tmp_path: Path) -> None:
    for number in range(300):
        log(tmp_path / f"r{number:03}/events.out.tfevents.1", 1)
    reader = Stepped(tmp_path)
    moments = iter(range(10**9))
    reader.clock.__class__ = type("Ticking", (type(reader.clock),), {"__call__": lambda self: next(moments) * 0.001})
    counts = []
    while not reader.ingest.loaded.is_set():
        reader.ingest.turn()
        counts.append(sum(1 for run in runs(reader.store) if steps(reader.store, run)))
    assert counts[-1] == 300
    assert 0 < counts[len(counts) // 2] < 300


def test_network_drives_are_told_by_their_mounts(tmp_path: Path) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(
        "21 1 8:1 / / rw - ext4 /dev/sda1 rw\n"
        "22 21 0:40 / /data rw,relatime shared:1 - nfs4 server:/data rw\n"
        "23 21 0:41 / /data/fast rw - xfs /dev/sdb rw\n"
        "24 21 0:42 / /mnt/my\\040disk rw - fuse.sshfs me@host: rw\n"
        "25 21 0:43 / /ntfs rw - fuseblk /dev/sdc rw\n",
        encoding="utf-8",
    )
    expected = {
        "/home/x": "ext4",
        "/data/logs": "nfs4",
        "/data/fast/logs": "xfs",
        "/database": "ext4",
        "/mnt/my disk/a": "fuse.sshfs",
        "/ntfs": "fuseblk",
    }
    assert {path: profile_of(path, str(mounts)).kind for path in expected} == expected
    remote = {path for path in expected if profile_of(path, str(mounts)).remote}
    assert remote == {"/data/logs", "/mnt/my disk/a"}
    assert not profile_of("/x", str(tmp_path / "none")).remote
