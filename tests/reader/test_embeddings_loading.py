"""Every layout of embeddings on disk loads, with labels, thumbnails and bookmarks, and what does not fit is said."""

from __future__ import annotations

import re
import struct
import tracemalloc
import zlib
from pathlib import Path

import numpy as np
import pytest
from embedding_files import codes, column, load_only, opened, points, sheet, sources, tsv, write_config
from hypothesis import given, settings
from hypothesis import strategies as st
from log_writing import scalar, version, write
from PIL import Image
from tensorboardX import SummaryWriter as PeerWriter

from runglass import SummaryWriter
from runglass.reader.api import EmbeddingError, EmbeddingKey, Sprite, load, load_embedding_file
from runglass.reader.embeddings.metadata import read_metadata

DIGITS = [str(number % 10) for number in range(6)]


# tensorboardX multiplies memory that it never wrote to.
@pytest.mark.filterwarnings("ignore:(overflow|invalid value) encountered:RuntimeWarning")
@pytest.mark.parametrize("writer_type", [SummaryWriter, PeerWriter], ids=["ours", "tensorboardX"])
def test_what_writers_of_summaries_write(tmp_path: Path, writer_type: type) -> None:
    matrix = points(30, 5)
    pictures = np.random.default_rng(1).random((30, 3, 6, 6)).astype(np.float32)
    rows = [(str(number % 10), f"name {number}") for number in range(30)]
    with writer_type(str(tmp_path / "logs/run")) as writer:
        writer.add_scalar("loss", 1.0, 0)
        for step in (0, 20, 100):
            writer.add_embedding(matrix + step, rows, pictures, step, "digits/last", ["digit", "name"])
        writer.add_embedding(matrix[:, :2], [row[0] for row in rows], tag="plain")
    session = load([tmp_path / "logs"])
    series = {series.key: series for series in session.store.embeddings()}
    assert list(series) == [EmbeddingKey("run", "digits/last"), EmbeddingKey("run", "plain")]
    steps = series[EmbeddingKey("run", "digits/last")].sources
    assert [source.step for source in steps] == [0, 20, 100]
    for source in steps:
        data = session.load_embedding(source)
        assert data.matrix.dtype == np.float32
        np.testing.assert_array_equal(data.matrix, matrix + source.step)
        assert column(data, "digit") == [row[0] for row in rows]
        assert column(data, "name") == [row[1] for row in rows]
        assert data.columns[0].numbers is not None
        assert data.columns[0].numbers.tolist() == [number % 10 for number in range(30)]
        assert data.columns[0].categorical
        assert data.columns[1].numbers is None
        assert data.notes == ()
        assert data.sprite is not None
        for point in range(30):
            x, y, width, height = data.sprite.rectangle(point)
            wanted = (pictures[point].transpose(1, 2, 0) * 255).round().astype(int)
            cell = data.sprite.pixels[y : y + height, x : x + width, :3].astype(int)
            assert np.abs(cell - wanted).max() <= 1
    data = session.load_embedding(series[EmbeddingKey("run", "plain")].newest)
    assert data.matrix.shape == (30, 2)
    assert column(data, "label") == [row[0] for row in rows]
    assert session.store.health().clean


@pytest.mark.parametrize(
    ("folder", "run"),
    [
        ("", "."),
        ("train", "train"),
        ("deep/er", "deep/er"),
        ("plugins/org_tensorflow_tensorboard_projector", "."),
        ("train/plugins/org_tensorflow_tensorboard_projector", "train"),
        ("plugins/projector/train", "train"),
    ],
)
@pytest.mark.parametrize("events", [False, True])
def test_configs_are_found_wherever_they_belong(tmp_path: Path, folder: str, run: str, events: bool) -> None:
    home = tmp_path / "logs" / folder
    write_config(home, 'tensor_name: "words" tensor_path: "vectors.tsv"')
    (home / "vectors.tsv").write_bytes(tsv(points()))
    if events:
        write(tmp_path / "logs" / run / "events.out.tfevents.1", version(), scalar("loss", 0, 1.0))
    session = load([tmp_path / "logs"])
    assert [info.name for info in session.store.runs()] == [run]
    (source,) = sources(session.store)
    assert (source.key, source.step, source.name) == (EmbeddingKey(run, "words"), None, "words")
    np.testing.assert_array_equal(load_only(session).matrix, points())


def test_several_embeddings_of_one_config_and_checkpoints_without_files(tmp_path: Path) -> None:
    config = write_config(
        tmp_path,
        'tensor_name: "b" tensor_path: "v.tsv"',
        'tensor_name: "a:00007" tensor_path: "v.tsv"',
        'tensor_name: "a:00002" tensor_path: "old.tsv"',
        'tensor_name: "a:00002" tensor_path: "v.tsv"',
        'tensor_name: "embed:0" metadata_path: "words.tsv"',
    )
    config.write_text(config.read_text() + 'model_checkpoint_path: "model.ckpt"\n')
    (tmp_path / "v.tsv").write_bytes(tsv(points()))
    session = load([tmp_path])
    found = {series.key.tag: [source.step for source in series.sources] for series in session.store.embeddings()}
    assert found == {"a": [2, 7], "b": [None], "embed:0": [None]}
    for source in sources(session.store):
        if source.key.tag == "embed:0":
            with pytest.raises(EmbeddingError, match=r"variable of a checkpoint of TensorFlow of model\.ckpt"):
                session.load_embedding(source)
        else:
            assert len(session.load_embedding(source).matrix) == 6
    assert [problem.code for problem in session.store.health().problems] == ["embedding-checkpoint"]
    assert session.store.health().clean


@pytest.mark.parametrize("name", ["v.bytes", "v.dat"])
def test_raw_numbers_with_their_shape(tmp_path: Path, name: str) -> None:
    write_config(tmp_path, f'tensor_name: "a" tensor_path: "{name}" tensor_shape: 6 tensor_shape: 3')
    (tmp_path / name).write_bytes(points().astype("<f4").tobytes())
    session = load([tmp_path])
    assert sources(session.store)[0].shape == (6, 3)
    data = load_only(session)
    np.testing.assert_array_equal(data.matrix, points())
    assert data.notes == ()


def test_raw_numbers_of_another_size_than_their_shape(tmp_path: Path) -> None:
    write_config(tmp_path, 'tensor_name: "a" tensor_path: "v.bytes" tensor_shape: 6 tensor_shape: 3')
    (tmp_path / "v.bytes").write_bytes(points().astype("<f4").tobytes()[:-8])
    data = load_only(load([tmp_path]))
    np.testing.assert_array_equal(data.matrix, points()[:5])
    assert codes(data) == ["embedding-shape"]
    write_config(tmp_path, 'tensor_name: "a" tensor_path: "v.bytes"')
    with pytest.raises(EmbeddingError, match="no tensor_shape"):
        load_only(load([tmp_path]))


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["<f4", ">f4", "<f2", "<f8", "|i1", "<i8", ">u2", "|b1"]),
    st.integers(0, 9),
    st.integers(1, 5),
    st.booleans(),
    st.booleans(),
)
def test_npy_files_of_any_kind_of_number(
    folder: Path, dtype: str, rows: int, columns: int, by_columns: bool, flat: bool
) -> None:
    array = (np.random.default_rng(rows).normal(size=(rows, columns)) * 50).astype(dtype)
    array = array[:, 0] if flat else np.asfortranarray(array) if by_columns else array
    np.save(folder / "v.npy", array)
    data = load_embedding_file(folder / "v.npy")
    assert data.matrix.dtype == np.float32
    np.testing.assert_array_equal(
        data.matrix, array.astype(np.float32).reshape(rows, -1 if rows else (1 if flat else columns))
    )


def test_npy_files_that_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "v.npy"

    def refused(says: str) -> None:
        with pytest.raises(EmbeddingError, match=says):
            load_embedding_file(path)

    np.save(path, np.array([{"a": 1}], object), allow_pickle=True)
    refused("never Python objects")
    np.save(path, np.zeros((2, 3), "c8"))
    refused("only numbers")
    np.save(path, np.zeros((2, 3, 4)))
    refused("3 dimensions")
    np.save(path, np.zeros((200, 3)))
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    refused("4,799 bytes")
    path.write_bytes(whole.replace(b"(200, 3)", b"(10**9,)"))
    refused("header")
    path.write_bytes(whole.replace(b"200", b"2e9"))
    refused("header")
    path.write_bytes(whole.replace(b"'<f8'", b"'<f0'"))
    refused(r"header|only numbers")


def test_two_dimensional_tensors_of_the_log_are_offered(tmp_path: Path) -> None:
    with SummaryWriter(str(tmp_path)) as writer:
        for step in (1, 2):
            writer.add_tensor("weights", points(4, 3, step), step)
        writer.add_tensor("flat", np.arange(3.0), 1)
    session = load([tmp_path])
    (series,) = session.store.embeddings()
    assert series.key == EmbeddingKey(".", "weights", logged=True)
    assert [(source.step, source.shape) for source in series.sources] == [(1, (4, 3)), (2, (4, 3))]
    for source in series.sources:
        np.testing.assert_array_equal(session.load_embedding(source).matrix, points(4, 3, source.step or 0))
    (event_file,) = tmp_path.glob("*tfevents*")
    event_file.unlink()
    with pytest.raises(EmbeddingError, match="deleted"):
        session.load_embedding(series.newest)


METADATA = {
    "one column": (b"a\nb\nc\n", {"label": ["a", "b", "c"]}, []),
    "one column without an end": (b"a\nb\nc", {"label": ["a", "b", "c"]}, []),
    "header": (b"x\ty\n1\ta\n2\tb\n3\tc\n", {"x": ["1", "2", "3"], "y": ["a", "b", "c"]}, []),
    "windows": (b"\xef\xbb\xbfx\ty\r\n1\ta\r\n2\tb\r\n3\tc\r\n", {"x": ["1", "2", "3"], "y": ["a", "b", "c"]}, []),
    "old mac": (b"x\ty\r1\ta\r2\tb\r3\tc\r", {"x": ["1", "2", "3"], "y": ["a", "b", "c"]}, []),
    "empty label": (b"a\n\nc\n", {"label": ["a", "", "c"]}, []),
    "empty lines between": (b"a\n\nb\n\nc\n\n", {"label": ["a", "b", "c"]}, []),
    "ragged": (
        b"x\ty\n1\n2\tb\tmore\n3\tc\n",
        {"x": ["1", "2", "3"], "y": ["", "b", "c"]},
        ["embedding-metadata-ragged"],
    ),
    "one too many": (b"a\nb\nc\nd\n", {}, ["embedding-metadata-rows"]),
    "one too few": (b"x\ty\n1\ta\n2\tb\n", {}, ["embedding-metadata-rows"]),
    "no utf-8": (b"\xff\nb\nc\n", {"label": ["\ufffd", "b", "c"]}, []),
    "names that are empty": (b"\t \n1\ta\n2\tb\n3\tc\n", {"column 1": ["1", "2", "3"], "column 2": list("abc")}, []),
    "nothing": (b"", {}, ["embedding-metadata-rows"]),
}


@pytest.mark.parametrize("case", METADATA)
def test_labels_by_the_rule_of_their_first_line(tmp_path: Path, case: str) -> None:
    text, columns, said = METADATA[case]
    write_config(tmp_path, 'tensor_name: "a" tensor_path: "v.tsv" metadata_path: "m.tsv"')
    (tmp_path / "v.tsv").write_bytes(tsv(points(3)))
    (tmp_path / "m.tsv").write_bytes(text)
    session = load([tmp_path])
    data = load_only(session)
    assert {column.name: column.texts() for column in data.columns} == columns
    assert codes(data) == said
    assert [problem.code for problem in session.store.health().problems] == said


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.lists(
            st.text(st.characters(exclude_characters="\t\r\n", exclude_categories=["Cs"]), max_size=9),
            min_size=3,
            max_size=3,
        ),
        min_size=1,
        max_size=30,
    )
)
def test_labels_come_back_and_are_told_apart(folder: Path, rows: list[list[str]]) -> None:
    path = folder / "m.tsv"
    path.write_bytes("".join("\t".join(row) + "\n" for row in [["a", "b", "c"], *rows]).encode())
    with opened(path) as file:
        columns, notes = read_metadata(file, len(rows))
    if not columns:
        # Rows without a letter may be lines between rows, or rows.
        assert any(not "".join(row).strip(" ") for row in rows)
        return
    assert [note.code for note in notes] == []
    for place, found in enumerate(columns):
        texts = [row[place].strip(" ") for row in rows]
        assert found.texts() == texts
        assert found.codes is not None
        assert [found.values[code] for code in found.codes] == texts
        assert len(set(found.values)) == len(found.values)
        assert list(dict.fromkeys(texts)) == list(found.values)
        filled = [text for text in texts if text]
        try:
            numbers = [float(text) if text and "_" not in text else float("x" if text else "nan") for text in texts]
        except ValueError:
            assert found.numbers is None
        else:
            assert (found.numbers is None) == (not filled)
            if found.numbers is not None:
                np.testing.assert_allclose(found.numbers, numbers, rtol=1e-15)


def test_a_million_rows_of_labels_take_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "m.tsv"
    rows = 1_000_000
    lines = [f"word {number}\t{number % 10}\t{number / 4}" for number in range(rows)]
    path.write_text("word\tdigit\tquarter\n" + "\n".join(lines) + "\n")
    del lines
    with opened(path) as file:
        tracemalloc.start()
        columns, _notes = read_metadata(file, rows)
        _now, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    word, digit, quarter = columns
    assert (word.codes, word.values, word.numbers) == (None, (), None)
    assert digit.values == tuple("0123456789")
    assert digit.codes is not None
    assert (digit.codes == np.arange(rows) % 10).all()
    assert quarter.numbers is not None
    assert (quarter.numbers == np.arange(rows) / 4).all()
    assert word[rows - 1] == "word 999999"
    assert peak < 15 * path.stat().st_size
    assert sum(column.nbytes for column in columns) < 3 * path.stat().st_size


def sprite_of(tmp_path: Path, picture: bytes, cell: str, count: int) -> tuple[Sprite | None, list[str]]:
    write_config(tmp_path, f'tensor_name: "a" tensor_path: "v.tsv" sprite {{ image_path: "s.png" {cell} }}')
    (tmp_path / "v.tsv").write_bytes(tsv(points(count)))
    (tmp_path / "s.png").write_bytes(picture)
    data = load_only(load([tmp_path]))
    return data.sprite, [note.text for note in data.notes]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "BMP"])
def test_thumbnails_that_are_not_square_fill_row_by_row(tmp_path: Path, kind: str) -> None:
    picture = sheet(35, 18, kind)
    sprite, said = sprite_of(tmp_path, picture, "single_image_dim: [7, 9]", 10)
    assert said == []
    assert sprite is not None
    assert (sprite.columns, sprite.count) == (5, 10)
    assert sprite.pixels.shape == (18, 35, 4)
    assert sprite.rectangle(0) == (0, 0, 7, 9)
    assert sprite.rectangle(6) == (7, 9, 7, 9)
    assert sprite.corners(np.array([0, 6, 9])).tolist() == [[0, 0], [7, 9], [28, 9]]
    with pytest.raises(IndexError):
        sprite.rectangle(10)
    with Image.open(tmp_path / "s.png") as peer:
        np.testing.assert_array_equal(sprite.pixels, np.asarray(peer.convert("RGBA")))


def bomb(width: int, height: int) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("picture", "cell", "says"),
    [
        (sheet(8, 8), "", "no single_image_dim"),
        (sheet(8, 8), "single_image_dim: 4", "no single_image_dim"),
        (sheet(8, 8), "single_image_dim: [4, 0]", "no single_image_dim"),
        (sheet(8, 8), "single_image_dim: [9, 2]", "does not fit"),
        (sheet(8, 8), "single_image_dim: [4, 4]", "room for 4 thumbnails, and there are 6"),
        (sheet(9, 8), "single_image_dim: [2, 2]", "no whole number"),
        (bomb(30_000, 30_000), "single_image_dim: [2, 2]", "900,000,000|30,000 × 30,000"),
        (bomb(8000, 8000), "single_image_dim: [2, 2]", "too few bytes"),
        (sheet(8, 8)[:-30], "single_image_dim: [2, 2]", "damaged"),
        (sheet(8, 8)[:20], "single_image_dim: [2, 2]", "header is damaged"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8L", "single_image_dim: [2, 2]", "header is damaged"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "single_image_dim: [2, 2]", "neither PNG"),
        (b"", "single_image_dim: [2, 2]", "neither PNG"),
    ],
)
@pytest.mark.filterwarnings("error")
def test_sheets_that_do_not_fit_are_said(tmp_path: Path, picture: bytes, cell: str, says: str) -> None:
    sprite, said = sprite_of(tmp_path, picture, cell, 6)
    assert (sprite is None) == ("whole number" not in says)
    assert len(said) == 1
    assert re.search(says, said[0])


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(["PNG", "JPEG", "GIF", "WEBP", "BMP"]), st.data())
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_no_damage_of_a_sheet_makes_the_loader_stumble(folder: Path, kind: str, data: st.DataObject) -> None:
    picture = bytearray(sheet(12, 12, kind))
    for _ in range(data.draw(st.integers(1, 6))):
        picture[data.draw(st.integers(4, len(picture) - 1))] = data.draw(st.integers(0, 255))
    sprite, said = sprite_of(folder, bytes(picture), "single_image_dim: [2, 2]", 6)
    assert sprite is not None or len(said) == 1


@pytest.mark.parametrize("text", ["[" * 100_000, "", '[{"label": "State 0"}]'], ids=["deep", "empty", "state"])
def test_a_file_of_bookmarks_is_handed_on_as_it_is(tmp_path: Path, text: str) -> None:
    write_config(tmp_path, 'tensor_name: "a" tensor_path: "v.tsv" bookmarks_path: "b.txt"')
    (tmp_path / "v.tsv").write_bytes(tsv(points()))
    (tmp_path / "b.txt").write_text(text)
    data = load_only(load([tmp_path]))
    assert data.bookmarks == text.encode()
    assert codes(data) == []


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("embeddings")
