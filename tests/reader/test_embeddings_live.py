"""Embeddings of a training that runs: new steps appear, what is half written is waited for, and nothing is lost."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from embedding_files import column, points, sources, tsv, write_config
from live_logs import Stepped, codes, log, runs, wait_until

from runglass import SummaryWriter
from runglass.reader.api import EmbeddingError, EmbeddingKey, LogSession
from runglass.reader.embeddings import loading
from runglass.reader.embeddings.places import OpenFile
from runglass.reader.store.store import RunStore

ENTRY = 'embeddings {{ tensor_name: "emb:{0:05d}" tensor_path: "{0}.tsv" }}\n'
EMB = EmbeddingKey("run", "emb")


def steps(store: RunStore) -> list[int | None]:
    return [source.step for source in sources(store)]


def config_of(logdir: Path) -> Path:
    run = logdir / "run"
    run.mkdir(parents=True, exist_ok=True)
    return run / "projector_config.pbtxt"


@pytest.mark.parametrize("notify", [True, False])
def test_a_new_step_appears_and_its_key_is_named(tmp_path: Path, notify: bool) -> None:
    woken = threading.Event()
    with SummaryWriter(str(tmp_path / "run")) as writer, LogSession([tmp_path], notify=notify) as session:
        writer.add_embedding(points(), tag="emb", global_step=0)
        wait_until(lambda: steps(session.store) == [0], "the first step")
        subscription = session.store.subscribe(woken.set)
        writer.add_embedding(points() + 1, tag="emb", global_step=7)
        wait_until(lambda: steps(session.store) == [0, 7], "the second step")
        wait_until(woken.is_set, "a wake-up")
        delta = subscription.drain()
        assert EMB in delta.changed_embeddings
        assert delta
        np.testing.assert_array_equal(session.load_embedding(sources(session.store)[-1]).matrix, points() + 1)
        subscription.close()


def test_a_config_in_pieces_is_waited_for(tmp_path: Path) -> None:
    config = config_of(tmp_path)
    whole = "".join(map(ENTRY.format, range(3)))
    config.write_text(whole)
    reader = Stepped(tmp_path)
    reader.settle()
    assert steps(reader.store) == [0, 1, 2]
    # As torch does it: cut to nothing, then written anew piece by piece.
    longer = whole + ENTRY.format(3)
    for cut in (0, 10, len(ENTRY.format(0)), len(whole) - 5, len(whole), len(longer) - 3):
        config.write_text(longer[:cut])
        reader.ingest.reload()
        reader.settle()
        assert steps(reader.store)[:3] == [0, 1, 2], cut
        assert codes(reader.store) == []
    config.write_text(longer)
    reader.settle(3)
    assert steps(reader.store) == [0, 1, 2, 3]


def test_a_config_that_stays_shorter_or_broken_is_believed(tmp_path: Path) -> None:
    config = config_of(tmp_path)
    config.write_text("".join(map(ENTRY.format, range(3))))
    reader = Stepped(tmp_path)
    reader.settle()
    config.write_text(ENTRY.format(1))
    reader.settle(4)
    assert steps(reader.store) == [1]
    config.write_text(ENTRY.format(1) + "embeddings { <")
    reader.settle(4)
    assert steps(reader.store) == [1]
    (problem,) = reader.store.health().problems
    assert problem.code == "embedding-config-unreadable"
    assert "line 2" in problem.cause
    config.write_text(ENTRY.format(1) + ENTRY.format(2))
    reader.settle(4)
    assert steps(reader.store) == [1, 2]
    assert codes(reader.store) == []


def test_a_config_that_is_deleted_takes_its_embeddings_along_until_it_is_back(tmp_path: Path) -> None:
    config = write_config(tmp_path / "run", 'tensor_name: "emb" tensor_path: "v.tsv"')
    log(tmp_path / "other/events.out.tfevents.1", 3)
    reader = Stepped(tmp_path)
    reader.settle()
    assert runs(reader.store) == ["other", "run"]
    subscription = reader.store.subscribe(lambda: None)
    text = config.read_text()
    config.unlink()
    reader.settle(4)
    assert sources(reader.store) == []
    delta = subscription.drain()
    assert delta.changed_embeddings == {EMB}
    assert delta.changed_runs == {"run"}
    assert [info.name for info in reader.store.runs() if info.deleted] == ["run"]
    config.write_text(text)
    reader.settle(4)
    assert len(sources(reader.store)) == 1
    assert not any(info.deleted for info in reader.store.runs())
    subscription.close()


def test_a_run_of_an_embedding_alone_gets_event_files_later(tmp_path: Path) -> None:
    write_config(tmp_path / "run", 'tensor_name: "emb" tensor_path: "v.tsv"')
    reader = Stepped(tmp_path)
    reader.settle()
    log(tmp_path / "run/events.out.tfevents.1", 3)
    reader.settle(4)
    assert runs(reader.store) == ["run"]
    (tmp_path / "run/projector_config.pbtxt").unlink()
    reader.settle(4)
    assert not any(info.deleted for info in reader.store.runs())


@pytest.mark.parametrize("notify", [True, False])
def test_files_that_change_after_they_were_loaded_count_as_changes(tmp_path: Path, notify: bool) -> None:
    run = tmp_path / "run"
    write_config(run, 'tensor_name: "emb" tensor_path: "v.tsv" metadata_path: "m.tsv"')
    (run / "v.tsv").write_bytes(tsv(points()))
    with LogSession([tmp_path], notify=notify) as session:
        wait_until(lambda: len(sources(session.store)) == 1, "the embedding")
        (source,) = sources(session.store)
        assert session.load_embedding(source).columns == ()
        subscription = session.store.subscribe(lambda: None)
        changed: set[EmbeddingKey] = set()

        def told() -> bool:
            changed.update(subscription.drain().changed_embeddings)
            return bool(changed)

        for write in (
            lambda: (run / "m.tsv").write_text("a\nb\nc\nd\ne\nf\n"),
            lambda: (run / "v.tsv").write_bytes(tsv(points(6, 4))),
            (run / "m.tsv").unlink,
        ):
            write()
            wait_until(told, "the news")
            assert changed == {EMB}
            session.load_embedding(source)
            changed.clear()
            subscription.drain()
        assert session.load_embedding(source).matrix.shape == (6, 4)
        subscription.close()


def test_a_loop_of_replacements_never_shows_a_mixture(tmp_path: Path) -> None:
    """Vectors and labels are exchanged again and again, each in one piece: what is loaded is of one moment."""
    run = tmp_path / "run"
    versions = [(np.full((40, 3), float(number), np.float32), f"label {number}\n" * 40) for number in range(4)]
    write_config(run, 'tensor_name: "emb" tensor_path: "v.tsv" metadata_path: "m.tsv"')
    stop = threading.Event()

    def exchange(name: str, data: bytes) -> None:
        part = run / f".{name}.part"
        part.write_bytes(data)
        part.replace(run / name)

    def write(number: int) -> None:
        matrix, labels = versions[number % 4]
        exchange("v.tsv", tsv(matrix))
        exchange("m.tsv", labels.encode())

    def writer() -> None:
        number = 1
        while not stop.wait(0.004):
            write(number)
            config = ENTRY.format(number % 7) + 'embeddings { tensor_name: "emb" tensor_path: "v.tsv" }\n'
            exchange("projector_config.pbtxt", config.encode() * (1 + number % 3))
            number += 1

    write(0)
    with LogSession([tmp_path]) as session:
        wait_until(lambda: len(sources(session.store)) == 1, "the embedding")
        (source,) = sources(session.store)
        thread = threading.Thread(target=writer)
        thread.start()
        whole = 0
        try:
            for _ in range(150):
                assert EMB in {other.key for other in sources(session.store)}
                data = session.load_embedding(source)
                (value,) = set(data.matrix.reshape(-1).tolist())
                (label,) = set(column(data, "label"))
                # The two files are exchanged one after the other, so that neighbours may meet.
                if not data.notes:
                    assert int(label[6:]) in (int(value), (int(value) - 1) % 4)
                    whole += 1
        finally:
            stop.set()
            thread.join()
        assert whole > 20
        wait_until(lambda: not any("config" in code for code in codes(session.store)), "a config at rest")


def test_a_file_that_is_cut_while_it_is_read_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = tmp_path / "run"
    write_config(run, 'tensor_name: "emb" tensor_path: "v.npy"')
    np.save(run / "v.npy", points(3000, 4))
    fresh = points(10, 4, 5)
    real = OpenFile.read_into
    cuts: list[int] = []

    def cut(self: OpenFile, offset: int, buffer: memoryview) -> int:
        if not cuts:
            cuts.append(offset)
            with (run / "v.npy").open("wb") as file:
                np.save(file, fresh)
        return real(self, offset, buffer)

    monkeypatch.setattr(OpenFile, "read_into", cut)
    with LogSession([tmp_path]) as session:
        wait_until(lambda: len(sources(session.store)) == 1, "the embedding")
        np.testing.assert_array_equal(session.load_embedding(sources(session.store)[0]).matrix, fresh)
        assert cuts


def test_files_that_never_rest_are_shown_with_a_note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_config(tmp_path, 'tensor_name: "emb" tensor_path: "v.tsv"')
    (tmp_path / "v.tsv").write_bytes(tsv(points()))
    real: Callable[..., object] = loading.vectors.read_vectors

    def restless(*arguments: object) -> object:
        found = real(*arguments)
        replacement = tmp_path / "part"
        replacement.write_bytes(tsv(points()))
        replacement.replace(tmp_path / "v.tsv")
        return found

    monkeypatch.setattr(loading.vectors, "read_vectors", restless)
    with LogSession([tmp_path]) as session:
        wait_until(lambda: len(sources(session.store)) == 1, "the embedding")
        data = session.load_embedding(sources(session.store)[0])
        np.testing.assert_array_equal(data.matrix, points())
        assert [note.code for note in data.notes] == ["embedding-changing"]


def test_what_could_not_be_loaded_stands_in_the_health_until_it_can(tmp_path: Path) -> None:
    write_config(tmp_path / "run", 'tensor_name: "emb" tensor_path: "v.tsv"')
    with LogSession([tmp_path], notify=False) as session:
        wait_until(lambda: len(sources(session.store)) == 1, "the embedding")
        (source,) = sources(session.store)
        with pytest.raises(EmbeddingError, match=r"v\.tsv is not there"):
            session.load_embedding(source)
        (problem,) = session.store.health().problems
        assert (problem.code, problem.run, problem.file) == ("embedding-not-read", "run", "emb")
        subscription = session.store.subscribe(lambda: None)
        (tmp_path / "run/v.tsv").write_bytes(tsv(points()))
        wait_until(lambda: EMB in subscription.drain().changed_embeddings, "the file")
        session.load_embedding(source)
        assert session.store.health().problems == ()
        subscription.close()


def test_configs_at_rest_are_not_opened_again(tmp_path: Path) -> None:
    for number in range(300):
        write_config(tmp_path / f"r{number:03d}", 'tensor_name: "emb" tensor_path: "v.tsv"')
    _COUNT.number = 0
    reader = Stepped(tmp_path)
    reader.settle()
    assert len(sources(reader.store)) == 300
    assert _COUNT.number == 300
    reader.settle(20)
    assert _COUNT.number == 300


class _Count:
    """How often a config is opened."""

    number = 0

    def __call__(self, event: str, arguments: tuple[object, ...]) -> None:
        if event == "open" and isinstance(arguments[0], str) and os.path.basename(arguments[0]).startswith("projector"):
            self.number += 1


_COUNT = _Count()
sys.addaudithook(_COUNT)
