"""Real logs as they grow, and real logs on both paths of decoding: the result is always that of one reading."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from filled_store import Feed, contents, store_of

from runglass.reader.api import Kind, RestartMode, RunStore

PREFIXES = 400


def event_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*tfevents*") if path.is_file() and "LICENSES" not in path.parts)


def whole(data: bytes, *, columns: bool = True) -> RunStore:
    store = store_of()
    Feed(store, columns=columns).read(data)
    return store


def test_a_file_that_grew_state_by_state_is_the_file_read_at_once(corpus: Path) -> None:
    logs = [path for path in corpus.iterdir() if path.name.endswith("__growth")]
    assert logs
    for log in logs:
        states = sorted(log.iterdir(), key=lambda path: int(path.name.rpartition("-")[2]))
        for newest in event_files(states[-1]):
            store = store_of()
            feed = Feed(store)
            for state in states:
                path = state / newest.relative_to(states[-1])
                if not path.is_file():
                    continue
                feed.read(path.read_bytes())
                assert str(contents(store)) == str(contents(whole(path.read_bytes()))), (state.name, path.name)
            assert all(store.scalars(key).rewrites == 0 for key in store.series(Kind.SCALAR))


@pytest.mark.parametrize("writer", ["tensorboardx", "clu", "tf1_restart"])
def test_a_file_that_grows_by_any_piece_is_the_file_read_at_once(corpus: Path, writer: str) -> None:
    path = max(event_files(corpus / "_generated_by_real_writers" / writer), key=lambda path: path.stat().st_size)
    data = path.read_bytes()
    store = store_of()
    feed = Feed(store)
    seen = []
    random = np.random.default_rng(5)
    for cut in sorted(random.integers(0, len(data), PREFIXES).tolist()):
        feed.read(data[:cut])
        for key in store.series(Kind.SCALAR):
            selection = store.selection(key, RestartMode.LATEST_WINS)
            seen.append((key, selection.token, selection.step))
    feed.read(data)
    assert str(contents(store)) == str(contents(whole(data)))
    assert seen
    for key, token, step in seen:
        selection = store.selection(key, RestartMode.LATEST_WINS)
        if selection.token == token:
            assert np.array_equal(selection.step[: len(step)], step)


def test_both_paths_of_decoding_give_the_same_points(corpus: Path) -> None:
    for path in event_files(corpus):
        data = path.read_bytes()
        fast, slow = whole(data), whole(data, columns=False)
        assert str(contents(fast)) == str(contents(slow)), path
        assert fast.health().problems == slow.health().problems, path
        assert [fast.metadata(key) for key in contents(fast)] == [slow.metadata(key) for key in contents(fast)], path
