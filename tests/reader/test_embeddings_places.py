"""No config, however it was made, leads the reader to a file outside the log without the user's consent."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from embedding_files import codes, load_only, points, sheet, sources, tsv, write_config
from live_logs import wait_until

from runglass.reader.api import EmbeddingError, LogSession, load
from runglass.reader.embeddings.places import Permissions, PlaceError, Places

SECRET = "1.5\t2.5\t3.5\n4.5\t5.5\t6.5\n"

if sys.platform == "win32":
    pytest.skip("links and pipes of this kind are POSIX's", allow_module_level=True)


class _Opened:
    """Every path that the process opens, by the interpreter's own audit."""

    def __init__(self) -> None:
        self.paths: list[str] | None = None

    def __call__(self, event: str, arguments: tuple[object, ...]) -> None:
        if event == "open" and self.paths is not None and isinstance(arguments[0], (str, bytes, Path)):
            self.paths.append(os.fsdecode(arguments[0]))  # type: ignore[arg-type]
        elif event.startswith(("socket.", "urllib.")) and self.paths is not None:
            self.paths.append(f"network: {event}")


_AUDIT = _Opened()
sys.addaudithook(_AUDIT)


@contextmanager
def watched_opens() -> Iterator[list[str]]:
    """What is opened meanwhile. Names are relative where a file is opened from its folder on."""
    _AUDIT.paths = paths = []
    try:
        yield paths
    finally:
        _AUDIT.paths = None


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "secret.tsv").write_text(SECRET)
    (folder / "deep").mkdir()
    (folder / "deep/secret.tsv").write_text(SECRET)
    (folder / "secret.png").write_bytes(sheet(16, 16))
    (folder / "projector_config.pbtxt").write_text('embeddings { tensor_name: "x" tensor_path: "secret.tsv" }')
    return folder


@pytest.fixture
def logdir(tmp_path: Path, outside: Path) -> Path:
    run = tmp_path / "logs/run"
    run.mkdir(parents=True)
    (run / "good.tsv").write_bytes(tsv(points(2, 3)))
    (run / "link.tsv").symlink_to(outside / "secret.tsv")
    return tmp_path / "logs"


def add_traps(run: Path, outside: Path) -> None:
    """Links and files that a config may name. After the walk: links to folders are ways to runs, and it takes them."""
    (run / "linked").symlink_to(outside)
    (run / "chain1").symlink_to("chain2")
    (run / "chain2").symlink_to("../../outside")
    (run / "loop").symlink_to("loop")
    (run / "up").symlink_to("..")
    (run / "root").symlink_to("/")
    (run / "zero").symlink_to("/dev/zero")
    os.mkfifo(run / "pipe")
    with (run / "sparse.tsv").open("wb") as file:
        file.truncate(1 << 40)


def hostile(outside: Path) -> list[str]:
    """Names that must not be opened; each stands in each of the four path fields."""
    secret = f"{outside}/secret.tsv"
    return [
        secret,
        f"/{secret}",
        f"/proc/self/root{secret}",
        "../../outside/secret.tsv",
        "../run/../../outside/secret.tsv",
        "up/../outside/secret.tsv",
        "./././../../outside/./secret.tsv",
        "link.tsv",
        "linked/secret.tsv",
        "linked/deep/secret.tsv",
        "linked/deep/../secret.tsv",
        "chain1/secret.tsv",
        f"root{secret}",
        "up/run/linked/secret.tsv",
        "up/up/../outside/secret.tsv",
        "loop",
        "loop/secret.tsv",
        "zero",
        "pipe",
        "/dev/zero",
        "/dev/stdin",
        "/proc/self/environ",
        "/etc/passwd",
        "..",
        ".",
        "/",
        "linked",
        "~/.ssh/id_rsa",
        "~root/secret.tsv",
        f"file://{secret}",
        f"FILE:{secret}",
        "http://169.254.169.254/latest/meta-data",
        "https://example.org/x.tsv",
        "s3://bucket/x.tsv",
        "gs://bucket/x.tsv",
        "data:text/plain,1",
        "jar:file:/x!/y",
        "\\\\host\\share\\secret.tsv",
        "//host/share/secret.tsv",
        "C:\\secret.tsv",
        "C:/secret.tsv",
        "..\\..\\outside\\secret.tsv",
        "linked\\secret.tsv",
        "good.tsv\0.png",
        "secret.tsv\n",
        "\x1b]52;c;aaaa\x07",
        " ",
        "good.tsv/x",
        "good.tsv/../../../outside/secret.tsv",
        "x" * 5000,
        "a/" * 3000 + "x",
        "../" * 60 + secret.lstrip("/"),
        "sparse.tsv",
        "no/such/file.tsv",
        "\u202egnp.tsv",
        "con",
        "nul:",
        "run",
        "../run",
        "../..",
        "linked/../../outside/secret.tsv",
        "projector_config.pbtxt/../link.tsv",
    ]


def quoted(name: str) -> str:
    return '"' + "".join(f"\\{byte:03o}" for byte in name.encode()) + '"'


FIELDS = ("tensor_path", "metadata_path", "sprite", "bookmarks_path")


@pytest.mark.parametrize("field", FIELDS)
def test_sixty_hostile_configs_open_nothing_outside(logdir: Path, outside: Path, field: str) -> None:
    names = hostile(outside)
    assert len(names) >= 60
    entries = []
    for number, name in enumerate(names):
        value = f"sprite {{ image_path: {quoted(name)} single_image_dim: [2, 2] }}" if field == "sprite" else ""
        value = value or f"{field}: {quoted(name)}"
        tensor = "" if field == "tensor_path" else 'tensor_path: "good.tsv"'
        entries.append(f'tensor_name: "e{number}" {tensor} {value}')
    write_config(logdir / "run", *entries)
    folders = {str(logdir), str(logdir / "run")}
    # What is imported at the first use of Pillow is opened as well.
    sheet(2, 2, "WebP"), sheet(2, 2, "JPEG"), sheet(2, 2, "GIF"), sheet(2, 2, "BMP")
    said = {}
    with watched_opens() as opened:
        session = load([logdir])
        add_traps(logdir / "run", outside)
        for source in sources(session.store):
            before = len(opened)
            try:
                data = session.load_embedding(source)
            except EmbeddingError as error:
                said[source.name] = str(error)
            else:
                said[source.name] = " ".join(note.text for note in data.notes)
                assert data.columns == ()
                assert data.sprite is None
                assert data.bookmarks is None
                assert data.matrix.tolist() == points(2, 3).tolist()
            # From the log folder on, each file is opened by its name alone, and links are not followed.
            for path in opened[before:]:
                inside = path in ("good.tsv", "sparse.tsv", "pipe", "run", ".")
                assert inside or path in folders, (names[int(source.name[1:])], path)
    assert not [path for path in opened if path.startswith("network") or "secret" in path or "passwd" in path]
    assert len(said) == len(names)
    for name, text in said.items():
        assert text, f"{names[int(name[1:])]!r} is passed over in silence"
        assert "\x1b" not in text
        assert "\0" not in text
    assert any(problem.code.startswith("embedding") for problem in session.store.health().problems)


def test_a_file_outside_is_opened_after_the_user_agreed_to_it(logdir: Path, outside: Path) -> None:
    write_config(logdir / "run", f'tensor_name: "x" tensor_path: "good.tsv" metadata_path: "{outside}/secret.tsv"')
    (outside / "secret.tsv").write_text("a\tb\n1\t2\n3\t4\n")
    session = load([logdir])
    data = load_only(session)
    (note,) = data.notes
    assert note.code == "embedding-metadata-outside"
    assert note.permission == str(outside / "secret.tsv")
    session.allow(note.permission)
    data = load_only(session)
    assert [column.name for column in data.columns] == ["a", "b"]
    assert data.notes == ()
    assert not [p for p in session.store.health().problems if p.code == "embedding-metadata-outside"]


def test_vectors_outside_name_the_path_to_allow(logdir: Path, outside: Path) -> None:
    write_config(logdir / "run", 'tensor_name: "x" tensor_path: "link.tsv"')
    session = load([logdir])
    with pytest.raises(EmbeddingError, match="outside the log folder") as caught:
        load_only(session)
    assert caught.value.permission == str(outside / "secret.tsv")
    session.allow(caught.value.permission)
    assert load_only(session).matrix.tolist() == [[1.5, 2.5, 3.5], [4.5, 5.5, 6.5]]


def test_a_config_that_is_a_link_to_elsewhere_waits_for_consent(tmp_path: Path, outside: Path) -> None:
    run = tmp_path / "logs/run"
    run.mkdir(parents=True)
    (run / "secret.tsv").write_text(SECRET)
    (run / "projector_config.pbtxt").symlink_to(outside / "projector_config.pbtxt")
    with LogSession([tmp_path / "logs"], notify=False) as session:
        assert session.wait_loaded(8)
        assert sources(session.store) == []
        (problem,) = [p for p in session.store.health().problems if p.code == "embedding-config-outside"]
        assert str(outside) in problem.cause
        session.allow(str(outside / "projector_config.pbtxt"))
        wait_until(lambda: len(sources(session.store)) == 1, "the config after the consent")


def test_paths_of_the_training_machine_are_found_beside_the_config(tmp_path: Path) -> None:
    run = tmp_path / "logs/run"
    (run / "00003/emb").mkdir(parents=True)
    (run / "00003/emb/tensors.tsv").write_bytes(tsv(points(2, 3)))
    (run / "metadata.tsv").write_text("a\nb\n")
    (run / "linked.bin").symlink_to("/mnt/training/disk/sheet.png")
    (run / "sheet.png").write_bytes(sheet(4, 4))
    write_config(
        run,
        'tensor_name: "emb:00003" tensor_path: "/home/somebody/project/logs/run/00003/emb/tensors.tsv" '
        'metadata_path: "D:\\\\work\\\\metadata.tsv" sprite { image_path: "linked.bin" single_image_dim: [2, 2] }',
    )
    session = load([tmp_path / "logs"])
    data = load_only(session)
    assert data.matrix.tolist() == points(2, 3).tolist()
    assert data.columns[0].texts() == ["a", "b"]
    assert data.sprite is not None
    assert codes(data) == ["embedding-file-beside"] * 3
    assert "/home/somebody/project" in data.notes[0].text
    # The files of that machine are not here: to allow them changes nothing but what is said.
    for note in data.notes:
        assert note.permission
        session.allow(note.permission)
    again = load_only(session)
    assert again.matrix.tolist() == data.matrix.tolist() and again.sprite is not None
    assert all("which is not there: " in note.text and not note.permission for note in again.notes)


def test_names_with_backslashes_and_absolute_paths_inside_are_files_of_the_log(tmp_path: Path) -> None:
    run = tmp_path / "logs/run"
    (run / "00003/emb").mkdir(parents=True)
    (run / "00003/emb/tensors.tsv").write_bytes(tsv(points(2, 3)))
    (tmp_path / "logs/labels.tsv").write_text("a\nb\n")
    (run / "inside.tsv").symlink_to("../labels.tsv")
    write_config(
        run,
        'tensor_name: "a" tensor_path: "00003\\\\emb\\\\tensors.tsv" metadata_path: "../labels.tsv"',
        f'tensor_name: "b" tensor_path: "{run}/00003/emb/tensors.tsv" metadata_path: "inside.tsv"',
    )
    session = load([tmp_path / "logs"])
    for source in sources(session.store):
        data = session.load_embedding(source)
        assert data.notes == ()
        assert data.columns[0].texts() == ["a", "b"]


def test_a_log_that_is_reached_through_a_link_is_the_log(tmp_path: Path) -> None:
    run = tmp_path / "disk/run"
    run.mkdir(parents=True)
    (run / "t.tsv").write_bytes(tsv(points(2, 3)))
    (tmp_path / "logs").symlink_to(tmp_path / "disk")
    write_config(run, f'tensor_name: "a" tensor_path: "{tmp_path}/logs/run/t.tsv"')
    assert load_only(load([tmp_path / "logs"])).notes == ()
    # A folder of links to runs: what lies beside a config belongs to it.
    (tmp_path / "picked").mkdir()
    (tmp_path / "picked/first").symlink_to(run)
    write_config(run, 'tensor_name: "a" tensor_path: "t.tsv"')
    assert load_only(load([tmp_path / "picked"])).notes == ()


def test_a_link_that_is_made_between_looking_and_opening_is_not_followed(
    tmp_path: Path, outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = tmp_path / "logs/run"
    (run / "folder").mkdir(parents=True)
    (run / "folder/secret.tsv").write_bytes(tsv(points(2, 3)))
    write_config(run, 'tensor_name: "a" tensor_path: "folder/secret.tsv"')
    session = load([tmp_path / "logs"])
    find = Places.find

    def exchanged(self: Places, *arguments: object, **named: object) -> object:
        place = find(self, *arguments, **named)  # type: ignore[arg-type]
        if not (run / "folder").is_symlink():
            (run / "folder").rename(run / "away")
            (run / "folder").symlink_to(outside)
        return place

    monkeypatch.setattr(Places, "find", exchanged)
    with pytest.raises(EmbeddingError):
        load_only(session)


def test_a_relative_name_that_is_not_there_is_said(tmp_path: Path) -> None:
    places = Places([str(tmp_path)], Permissions())
    with pytest.raises(PlaceError, match="is not there") as caught:
        places.find("nothing.tsv", str(tmp_path))
    assert caught.value.missing
