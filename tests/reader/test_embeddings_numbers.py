"""Numbers of a table come out as Python's own float reads them, whatever form they have and whatever stands beside."""

from __future__ import annotations

import math
import struct
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path

import numpy as np
import pytest
from embedding_files import opened
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from runglass.reader.api import load_embedding_file
from runglass.reader.embeddings.cells import COMMA, SPACE, TAB, Layout, parse
from runglass.reader.embeddings.digits import MARGIN, Block, numbers
from runglass.reader.embeddings.matrix import read_vectors
from runglass.reader.embeddings.tables import LoadCancelled, LoadError, Tracker


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tables")


def wanted(texts: list[str]) -> NDArray[np.float32]:
    with np.errstate(over="ignore"):
        return np.array([np.float32(float(text)) for text in texts], np.float32)


def same(ours: NDArray[np.float32], theirs: NDArray[np.float32]) -> bool:
    """Equal bit for bit, signs of zeros included; any NaN is as good as another."""
    nan = np.isnan(theirs)
    return bool((np.isnan(ours) == nan).all() and (ours.view(np.uint32) == theirs.view(np.uint32))[~nan].all())


def parsed(texts: list[str], separator: str = "\t") -> NDArray[np.float32]:
    layout = Layout(ord(separator), len(texts), tuple(range(len(texts))))
    part = parse((separator.join(texts) + "\n").encode(), layout)
    assert (part.odd.ragged, part.odd.bad) == (0, 0)
    return part.matrix[0]


@st.composite
def decimals(draw: st.DrawFn) -> str:
    """Text that float() takes: with and without sign, point and exponent, of any number of digits."""
    whole = draw(st.text("0123456789", max_size=draw(st.sampled_from([1, 2, 8, 9, 16, 17, 40]))))
    fraction = draw(st.text("0123456789", max_size=draw(st.sampled_from([1, 7, 8, 9, 16, 17, 24, 25, 60]))))
    point = "." if fraction or (whole and draw(st.booleans())) else ""
    if not whole and not fraction:
        whole = "0"
    exponent = ""
    if draw(st.booleans()):
        exponent = draw(st.sampled_from("eE")) + draw(st.sampled_from(["", "+", "-"])) + str(draw(st.integers(0, 400)))
    return draw(st.sampled_from(["", "-", "+"])) + whole + point + fraction + exponent


@st.composite
def middles(draw: st.DrawFn) -> str:
    """Numbers at and next to the middle between two float32: there the last digits decide."""
    bits = draw(st.integers(1, 0x7F7FFFFE))
    low, high = struct.unpack("<ff", struct.pack("<II", bits, bits + 1))
    middle = (float(low) + float(high)) / 2
    moved = draw(st.sampled_from([middle, math.nextafter(middle, 0.0), math.nextafter(middle, math.inf)]))
    return draw(st.sampled_from(["", "-"])) + draw(st.sampled_from([repr(moved), f"{moved:.30e}", f"{moved:.60f}"]))


words = st.sampled_from(
    ["nan", "NaN", "-nan", "inf", "-inf", "Infinity", "1e-320", "1e39", "-1e400", "0", "-0.0", "5."]
)
anything = st.one_of(
    decimals(), middles(), words, st.floats().map(repr), st.floats(width=32).map(repr), st.integers().map(str)
)


@settings(max_examples=600, deadline=None)
@given(st.lists(anything, min_size=1, max_size=60), st.sampled_from("\t, "))
@example(["-.5", "5.", "+1", "00000000000000000000001", "1e5", "1E+05", ".5e1"], "\t")
@example(["16777217", "16777219", "0.3", "8388609.5", "340282356779733661637539395458142568448"], ",")
@example(["9" * 19 + "." + "9" * 19], " ")
def test_any_decimal_text_is_the_float32_of_pythons_float(texts: list[str], separator: str) -> None:
    assert same(parsed(texts, separator), wanted(texts))


@pytest.mark.parametrize("form", ["%.18e", "%.8g", "%.6f", "%r", "%d", "%.3e", "%+.9f", "%.17g"])
def test_a_million_numbers_of_each_usual_form(form: str) -> None:
    random = np.random.default_rng(11)
    values = random.normal(size=20_000) * 10.0 ** random.integers(-12, 12, 20_000)
    texts = [repr(float(np.float32(value))) if form == "%r" else form % value for value in values]
    assert same(parsed(texts), wanted(texts))


@pytest.mark.parametrize(
    "text", ["1_0", "0x1p3", "1e", "e5", ".", "-", "+-1", "1.2.3", "--1", "1,5", "", "１", "1e5.0", "a1"]
)
def test_what_is_no_number_is_nan_and_counted(text: str) -> None:
    layout = Layout(TAB, 3, (0, 1, 2))
    part = parse(f"1\t{text}\t3\n".encode(), layout)
    np.testing.assert_array_equal(part.matrix, [[1, np.nan, 3]])
    assert part.odd.bad == 1
    assert part.odd.ragged == 0


def reference(text: str, delimiter: int, columns: int) -> tuple[list[list[float]], int, int]:
    """What a table means, line by line and cell by cell."""
    rows: list[list[float]] = []
    ragged = bad = 0
    for line in text.split("\n")[:-1]:
        cells = line.split() if delimiter == SPACE else [cell.strip(" ") for cell in line.split(chr(delimiter))]
        if not any(cells):
            continue
        while len(cells) > columns and not cells[-1]:
            cells.pop()
        ragged += len(cells) != columns and columns > 1
        if columns == 1:
            ragged += len(cells) != 1
        row = []
        for cell in cells[:columns]:
            try:
                row.append(float(cell) if "_" not in cell else math.nan)
                bad += "_" in cell
            except ValueError:
                row.append(math.nan)
                bad += 1
        rows.append(row + [math.nan] * (columns - len(row)))
    return rows, ragged, bad


cells_anyhow = st.one_of(anything, st.sampled_from(["", " ", "x", "1_0", " 7 ", "\u00fc", "1e", "-", "  .5"]))


@settings(max_examples=400, deadline=None)
@given(
    st.lists(st.lists(cells_anyhow, max_size=6), min_size=1, max_size=8),
    st.sampled_from([TAB, COMMA, SPACE]),
    st.integers(1, 5),
)
def test_ragged_rows_and_garbage_are_tolerated_and_counted(rows: list[list[str]], delimiter: int, columns: int) -> None:
    text = "".join(chr(delimiter).join(row) + "\n" for row in rows)
    part = parse(text.encode(), Layout(delimiter, columns, tuple(range(columns))))
    values, ragged, bad = reference(text, delimiter, columns)
    with np.errstate(over="ignore"):
        matrix = np.array(values, np.float64).reshape(-1, columns).astype(np.float32)
    assert part.matrix.shape == matrix.shape
    assert same(part.matrix.reshape(-1), matrix.reshape(-1))
    assert (part.odd.ragged, part.odd.bad) == (ragged, bad)


def test_numbers_at_any_place_of_a_buffer() -> None:
    text = b"-12.5" * 40
    block = Block(text)
    start = np.arange(40) * 5 + MARGIN
    values, bad = numbers(block, start, start + 5)
    assert bad is None
    assert (values == -12.5).all()


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 40),
    st.integers(1, 6),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["\t", ",", ";", " ", ", ", "   "]),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
def test_files_of_every_make_read_the_same(
    folder: Path, rows: int, columns: int, newline: str, separator: str, bom: bool, header: bool, last: bool
) -> None:
    matrix = np.random.default_rng(rows * 7 + columns).normal(size=(rows, columns)).astype(np.float32)
    lines = [separator.join(f"{value:.9g}" for value in row) for row in matrix.tolist()]
    if header:
        lines.insert(0, separator.join(f"d{number}" for number in range(columns)))
    data = (b"\xef\xbb\xbf" if bom else b"") + (newline.join(lines) + (newline if last else "")).encode()
    path = folder / "vectors.txt"
    path.write_bytes(data)
    found = load_embedding_file(path)
    np.testing.assert_array_equal(found.matrix, matrix)
    assert found.notes == ()
    assert found.columns == ()


def test_blocks_of_a_large_table_are_put_together_in_order(tmp_path: Path) -> None:
    values = np.arange(300_000, dtype=np.float32).reshape(-1, 3) / 8
    path = tmp_path / "large.tsv"
    lines = ["\t".join(map(repr, row)) for row in values.tolist()]
    lines[70_000] = "1.5\t2.5"
    lines[70_001] = ""
    path.write_text("\n".join(lines))
    seen: list[tuple[int, int]] = []
    with opened(path) as file:
        found = read_vectors(file, tracker=Tracker(lambda done, total: seen.append((done, total))))
    values[70_000] = [1.5, 2.5, np.nan]
    np.testing.assert_array_equal(found.matrix, np.delete(values, 70_001, axis=0))
    assert [note.code for note in found.notes] == ["embedding-ragged-rows"]
    size = path.stat().st_size
    assert len(path.read_bytes()) == size
    assert len(seen) > 4
    assert seen == sorted(seen)
    assert seen[-1] == (size, size)


def test_loading_stops_soon_when_it_is_cancelled(tmp_path: Path) -> None:
    path = tmp_path / "large.tsv"
    path.write_bytes(b"1.25\t2.5\t3.75\n" * 500_000)
    asked = 0

    def cancelled() -> bool:
        nonlocal asked
        asked += 1
        return asked > 2

    with pytest.raises(LoadCancelled):
        load_embedding_file(path, cancelled=cancelled)
    assert asked == 3


def test_the_caller_gives_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "small.tsv"
    path.write_bytes(b"1 2 3\n4 5 6\n")
    memory = bytearray(4096)
    found = load_embedding_file(path, allocate=lambda rows, columns: memory)
    np.testing.assert_array_equal(found.matrix, [[1, 2, 3], [4, 5, 6]])
    assert np.frombuffer(memory, np.float32, 6).tolist() == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("name", ["v.npy", "v.csv"])
def test_the_matrix_may_lie_in_memory_that_processes_share(tmp_path: Path, name: str) -> None:
    np.save(tmp_path / "v.npy", np.arange(12.0).reshape(4, 3))
    (tmp_path / "v.csv").write_text("a,b,c\n" + "1.5,2.5,3.5\n" * 4)
    shared: list[SharedMemory] = []

    def allocate(rows: int, columns: int) -> memoryview:
        shared.append(SharedMemory(create=True, size=rows * columns * 4))
        return shared[-1].buf

    wanted = load_embedding_file(tmp_path / name).matrix
    matrix = load_embedding_file(tmp_path / name, allocate=allocate).matrix
    (memory,) = shared
    other = SharedMemory(memory.name)
    seen = np.frombuffer(other.buf, np.float32, 12).reshape(4, 3).copy()
    other.close()
    del matrix
    memory.close()
    memory.unlink()
    np.testing.assert_array_equal(seen, wanted)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b"\n \n\r\n", "empty"),
        (b"a\tb\nc\td\n", "no columns of numbers"),
        (b"\x00\x01\x02\x03" * 10, "no table of numbers"),
        (b"0,5;0,25;-1,0\n1,5;1,25;2\n", "commas for decimal points"),
        (b"x\ty\n0,5\t-1,25\n1,5\t3,5\n", "commas for decimal points"),
    ],
)
def test_what_is_no_table_is_said(tmp_path: Path, data: bytes, says: str) -> None:
    path = tmp_path / "odd.tsv"
    path.write_bytes(data)
    with opened(path) as file, pytest.raises(LoadError, match=says):
        read_vectors(file)


def test_a_row_of_very_many_columns_is_a_point(tmp_path: Path) -> None:
    path = tmp_path / "wide.tsv"
    row = "\t".join(f"{number / 7:.5f}" for number in range(200_000))
    path.write_text(f"{row}\n{row}\n")
    assert load_embedding_file(path).matrix.shape == (2, 200_000)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400) | st.text("0123456789.,;-+eE \t\r\n\"'nainfx", max_size=400).map(str.encode))
def test_no_file_makes_the_loader_stumble(folder: Path, data: bytes) -> None:
    path = folder / "fuzz.tsv"
    path.write_bytes(data)
    with opened(path) as file:
        try:
            found = read_vectors(file)
        except LoadError:
            return
    assert found.matrix.ndim == 2
    assert all(len(column) == len(found.matrix) for column in found.columns)


def test_columns_of_words_in_a_table_become_labels(tmp_path: Path) -> None:
    path = tmp_path / "words.csv"
    path.write_text('word,x,y,kind\n"the, one",1.5,2,a\n"two ""2""",-3e-2,,b\n"li\nne",7,x,a\n', encoding="utf-8")
    found = load_embedding_file(path)
    np.testing.assert_array_equal(found.matrix, np.array([[1.5, 2], [-3e-2, np.nan], [7, np.nan]], np.float32))
    assert {column.name: column.texts() for column in found.columns} == {
        "word": ["the, one", 'two "2"', "li\nne"],
        "kind": ["a", "b", "a"],
    }
    assert [note.code for note in found.notes] == ["embedding-bad-cells"]
    path.write_text("king 0.5 1.5\nqueen 2.5 3.5\n")
    found = load_embedding_file(path)
    assert found.matrix.tolist() == [[0.5, 1.5], [2.5, 3.5]]
    assert [column.texts() for column in found.columns] == [["king", "queen"]]


def test_words_that_look_like_huge_numbers_are_labels_and_no_complaint(tmp_path: Path) -> None:
    path = tmp_path / "words.tsv"
    path.write_text("".join(f"word number e{index % 400}\t{index}\n" for index in range(70_000)))
    found = load_embedding_file(path)
    assert found.matrix.shape == (70_000, 1) and found.matrix[69_999, 0] == 69_999
    assert found.columns[0][69_999] == "word number e399"
