"""Every kind of value, in the forms in which writers log it, becomes the series a user expects."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from log_writing import event, metadata, scalar, start, value, version, write

from runglass.reader.api import Kind, LogSession, RestartMode, SeriesKey, load
from runglass.reader.wire import events_pb2 as pb

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(64))


def read(folder: Path, *records: bytes) -> LogSession:
    write(folder / "events.out.tfevents.1", version(), *records)
    return load([str(folder)])


def only(session: LogSession) -> SeriesKey:
    (key,) = session.store.series()
    return key


def codes(session: LogSession) -> set[str]:
    return {problem.code for problem in session.store.health().problems}


def tensor(dtype: int, shape: tuple[int, ...] = (), **fields: object) -> pb.TensorProto:
    dims = [pb.TensorShapeProto.Dim(size=size) for size in shape]
    return pb.TensorProto(dtype=dtype, tensor_shape=pb.TensorShapeProto(dim=dims), **fields)


@pytest.mark.parametrize(
    ("logged", "wanted"),
    [
        (tensor(1, float_val=[1.5]), 1.5),
        (tensor(1, tensor_content=np.float32(2.5).tobytes()), 2.5),
        (tensor(2, double_val=[0.1]), 0.1),
        (tensor(3, int_val=[-7]), -7.0),
        (tensor(9, int64_val=[1 << 40]), float(1 << 40)),
        (tensor(10, bool_val=[True]), 1.0),
        (tensor(14, half_val=[0x3FC0]), 1.5),
        (tensor(19, half_val=[0x3E00]), 1.5),
        (tensor(19, tensor_content=np.float16(3.5).tobytes()), 3.5),
        (tensor(23, uint64_val=[5]), 5.0),
        (tensor(1, (1,), float_val=[4.0]), 4.0),
        (tensor(1), 0.0),
    ],
    ids=[f"case{number}" for number in range(12)],
)
def test_a_scalar_of_any_numeric_type_is_a_scalar(tmp_path: Path, logged: pb.TensorProto, wanted: float) -> None:
    session = read(tmp_path, value(3, tag="loss", tensor=logged, metadata=metadata("scalars")))
    view = session.store.scalars(only(session))
    assert view.value.tolist() == [wanted]
    assert view.step.tolist() == [3]


def test_a_double_stays_a_double_and_a_float_a_float(tmp_path: Path) -> None:
    doubles = [tensor(2, double_val=[0.1 * i]) for i in range(40)]
    records = [value(i, tag="d", tensor=double, metadata=metadata("scalars")) for i, double in enumerate(doubles)]
    session = read(tmp_path, *records, *(scalar("f", i, 0.1) for i in range(40)))
    assert session.store.scalars(SeriesKey(".", "d", Kind.SCALAR)).value.tolist() == [0.1 * i for i in range(40)]
    assert session.store.scalars(SeriesKey(".", "f", Kind.SCALAR)).value.dtype == np.float32


def test_metadata_comes_once_a_run_and_not_once_a_file(tmp_path: Path) -> None:
    logged = tensor(1, float_val=[1.0])
    write(tmp_path / "events.out.tfevents.1", version(), value(0, tag="a", tensor=logged, metadata=metadata("scalars")))
    write(tmp_path / "events.out.tfevents.2", version(), *(value(i, tag="a", tensor=logged) for i in range(1, 40)))
    session = load([str(tmp_path)])
    assert session.store.scalars(only(session)).step.tolist() == list(range(40))


def test_a_picture_stays_on_disk_and_comes_back_to_the_byte(tmp_path: Path) -> None:
    image = pb.Summary.Image(width=8, height=4, colorspace=3, encoded_image_string=PNG)
    session = read(tmp_path, value(1, tag="x", image=image), value(2, tag="x", image=image))
    view = session.store.blobs(only(session))
    assert (view.width.tolist(), view.height.tolist()) == ([8, 8], [4, 4])
    assert [session.read_blob(samples[0]) for samples in view.samples] == [PNG, PNG]


def test_a_tensor_of_pictures_has_its_samples(tmp_path: Path) -> None:
    strings = [b"8", b"4", PNG, PNG + b"second", PNG + b"third"]
    session = read(tmp_path, value(1, tag="x", tensor=tensor(7, (5,), string_val=strings), metadata=metadata("images")))
    (samples,) = session.store.blobs(only(session)).samples
    assert [session.read_blob(sample) for sample in samples] == strings[2:]


def test_clips_of_both_forms_keep_their_labels_and_type(tmp_path: Path) -> None:
    sound = pb.Summary.Audio(sample_rate=8000, encoded_audio_string=b"RIFFold", content_type="audio/wav")
    clips = tensor(7, (2, 2), string_val=[b"RIFFone", b"left", b"RIFFtwo", b"right"])
    session = read(
        tmp_path, value(0, tag="old", audio=sound), value(0, tag="new", tensor=clips, metadata=metadata("audio"))
    )
    old = session.store.blobs(SeriesKey(".", "old", Kind.AUDIO))
    assert (old.content_type, old.labels, session.read_blob(old.samples[0][0])) == ("audio/wav", (), b"RIFFold")
    new = session.store.blobs(SeriesKey(".", "new", Kind.AUDIO))
    assert new.labels == (("left", "right"),)
    assert [session.read_blob(clip) for clip in new.samples[0]] == [b"RIFFone", b"RIFFtwo"]


def test_histograms_of_both_forms_have_the_same_buckets(tmp_path: Path) -> None:
    limits, counts = [-2, 0, 1, 9], [0, 2, 4, 0]
    message = pb.HistogramProto(min=-1, max=2, num=6, sum=3, sum_squares=9, bucket_limit=limits, bucket=counts)
    table = np.array([[-1, 0, 2], [0, 2, 4]], np.float32)
    session = read(
        tmp_path,
        value(0, tag="old", histo=message),
        value(0, tag="new", tensor=tensor(1, (2, 3), tensor_content=table.tobytes()), metadata=metadata("histograms")),
    )
    for tag in ("old", "new"):
        view = session.store.histograms(SeriesKey(".", tag, Kind.HISTOGRAM))
        assert view.left.tolist() == [-1, 0]
        assert view.right.tolist() == [0, 2]
        assert view.count.tolist() == [2, 4]


@pytest.mark.parametrize(
    "broken",
    [
        pb.HistogramProto(min=0, max=1, num=2, bucket_limit=[1], bucket=[1, 1]),
        pb.HistogramProto(min=math.nan, max=math.nan, num=2, bucket_limit=[1, 2], bucket=[1, 1]),
        pb.HistogramProto(bucket_limit=[1, 2], bucket=[-1, -1]),
        pb.HistogramProto(),
    ],
    ids=["fewer-limits", "nan-edges", "negative-counts", "empty"],
)
def test_a_broken_histogram_harms_no_other_value(tmp_path: Path, broken: pb.HistogramProto) -> None:
    session = read(tmp_path, value(0, tag="h", histo=broken), scalar("ok", 1, 2.0))
    assert len(session.store.histograms(SeriesKey(".", "h", Kind.HISTOGRAM)).step) == 1
    assert session.store.scalars(SeriesKey(".", "ok", Kind.SCALAR)).value.tolist() == [2.0]


@pytest.mark.parametrize(
    "lie",
    [
        tensor(1, (-1,), float_val=[1.0]),
        tensor(1, (1 << 40, 1 << 40), float_val=[1.0]),
        tensor(1, (3,), tensor_content=b"\0" * 5),
        tensor(99, (1,), tensor_content=b"x"),
        tensor(7, (3,), string_val=[b"a", b"b"]),
    ],
    ids=["negative-side", "overflow", "too-short", "unknown-type", "too-few-strings"],
)
def test_a_tensor_that_lies_is_listed_and_not_lost(tmp_path: Path, lie: pb.TensorProto) -> None:
    session = read(tmp_path, value(0, tag="x", tensor=lie, metadata=metadata("scalars")), scalar("ok", 1, 2.0))
    assert "odd-value" in codes(session)
    assert session.store.scalars(SeriesKey(".", "ok", Kind.SCALAR)).value.tolist() == [2.0]
    assert len(session.store.tensors(SeriesKey(".", "x", Kind.TENSOR)).step) == 1


def test_the_same_tag_for_two_kinds_makes_two_series(tmp_path: Path) -> None:
    histogram = pb.HistogramProto(min=0, max=1, num=1, bucket_limit=[1], bucket=[1])
    session = read(tmp_path, scalar("x", 0, 1.0), value(1, tag="x", histo=histogram), scalar("x", 2, 2.0))
    assert {key.kind for key in session.store.series()} == {Kind.SCALAR, Kind.HISTOGRAM}
    assert session.store.scalars(SeriesKey(".", "x", Kind.SCALAR)).step.tolist() == [0, 2]


def test_a_tag_that_is_not_utf_8_is_shown_by_its_bytes(tmp_path: Path) -> None:
    good = scalar("tag-XY", 0, 1.0)
    from runglass.reader.wire.frame import pack_record

    payload = good[12:-4].replace(b"XY", b"\xff\xfe")
    session = read(tmp_path, pack_record(payload), scalar("ok", 1, 2.0))
    assert {key.tag for key in session.store.series()} == {"tag-\\xff\\xfe", "ok"}


def test_values_that_are_not_finite_and_odd_times_are_kept(tmp_path: Path) -> None:
    logged = [math.nan, math.inf, -math.inf, 1.0]
    points = [scalar("x", i, number) for i, number in enumerate(logged)]
    session = read(tmp_path, *points, scalar("x", -5, 2.0, math.nan))
    view = session.store.scalars(only(session))
    assert np.array_equal(view.value, np.array([*logged, 2.0], np.float32), equal_nan=True)
    assert view.step.tolist() == [0, 1, 2, 3, -5]
    assert "bad-wall-time" in codes(session)


def test_steps_keep_their_64_bits(tmp_path: Path) -> None:
    steps = [-(2**63), -1, 0, 2**53 + 1, 2**62, 2**63 - 1]
    session = read(tmp_path, *(scalar("x", step, 1.0, 1.0) for step in steps))
    assert session.store.scalars(only(session)).step.tolist() == steps


def test_graphs_and_texts_are_referenced(tmp_path: Path) -> None:
    text = tensor(7, (1,), string_val=[b"hello *world*"])
    session = read(
        tmp_path,
        event(0, graph_def=b"graph bytes"),
        value(1, tag="t/text_summary", tensor=text, metadata=metadata("text")),
    )
    graph = session.store.tensors(SeriesKey(".", "__run_graph__", Kind.GRAPH))
    assert session.read_blob(graph.values[0].ref) == b"graph bytes"
    found = session.store.tensors(SeriesKey(".", "t/text_summary", Kind.TEXT)).values[0]
    assert (found.shape, found.dtype) == ((1,), "object")
    assert b"hello *world*" in session.read_blob(found.ref)


def test_a_start_event_supersedes_every_tag_of_the_run(tmp_path: Path) -> None:
    first = [scalar(tag, i, i) for i in range(10) for tag in "ab"]
    write(tmp_path / "events.out.tfevents.1", version(), start(0), *first)
    write(tmp_path / "events.out.tfevents.2", version(), start(5), *(scalar("a", i, -i) for i in range(5, 8)))
    session = load([str(tmp_path)])
    for tag, shown, hidden in (("a", 8, 5), ("b", 5, 5)):
        for mode in (RestartMode.LATEST_WINS, RestartMode.AS_TENSORBOARD):
            selection = session.store.selection(SeriesKey(".", tag, Kind.SCALAR), mode)
            assert (len(selection.step), selection.hidden) == (shown, hidden), (tag, mode)


def test_an_event_that_would_explode_in_memory_is_refused(tmp_path: Path) -> None:
    from runglass.reader.wire.frame import pack_record

    bomb = pack_record(pb.Event(wall_time=1.0).SerializeToString() + b"\x2a\x80\x89\x7a" + b"\x0a\x00" * 1_000_000)
    session = read(tmp_path, bomb, scalar("ok", 1, 2.0))
    assert session.store.scalars(SeriesKey(".", "ok", Kind.SCALAR)).value.tolist() == [2.0]
    assert any(problem.severity.value == "warning" for problem in session.store.health().problems)


def test_a_tag_that_new_contents_do_not_have_leaves_the_log(tmp_path: Path) -> None:
    from runglass.reader.model import FileHealth, RunInfo
    from runglass.reader.store.sink import FileSink
    from runglass.reader.store.store import RunStore
    from runglass.reader.wire.records import RecordScanner
    from runglass.reader.wire.source import BytesSource

    store = RunStore()
    store.ensure_run(RunInfo("r", "r", "", 0, None))
    heard = store.subscribe(lambda: None)
    sinks = []
    for generation, tags in enumerate(("ab", "b")):
        sink = FileSink(store, "r", "f", generation=generation)
        data = b"".join([version(), *(scalar(tag, i, i) for i in range(5) for tag in tags)])
        for item in RecordScanner().scan(BytesSource(data), 0.0):
            sink.take(item)
        if sinks:
            sinks[0].drop()
        sink.commit(FileHealth("r", "f", "f", len(data), len(data), 0, 0, 0, 0))
        sinks.append(sink)
    assert [key.tag for key in store.series()] == ["b"]
    delta = heard.drain()
    assert {key.tag for key in delta.removed_series} == {"a"}
    assert {key.tag for key in delta.new_series} == {"b"}
    assert (store.totals().tags, store.totals().points) == (1, 5)
