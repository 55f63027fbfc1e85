"""What the SummaryWriter writes is what TensorBoard's own loader reads."""

from __future__ import annotations

import io
import math
import os
import struct
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from tensorboard.backend.event_processing.event_file_loader import LegacyEventFileLoader
from tensorboard.compat.proto.event_pb2 import Event as TheirEvent
from tensorboard.compat.proto.event_pb2 import SessionLog
from tensorboard.util.tensor_util import make_ndarray

from runglass import SummaryWriter
from runglass.reader.api import Kind, load
from runglass.reader.wire.events_pb2 import Event
from runglass.writer import encoding
from runglass.writer.histograms import make_histogram


def the_file(folder: Path) -> Path:
    (found,) = [entry for entry in folder.iterdir() if "tfevents" in entry.name]
    return found


def events(folder: Path) -> list[Any]:
    return list(LegacyEventFileLoader(str(the_file(folder))).Load())


def values(folder: Path) -> list[tuple[Any, Any]]:
    return [(event, value) for event in events(folder) for value in event.summary.value]


def test_a_file_begins_as_every_reader_expects(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path) as writer:
        assert writer.log_dir == str(tmp_path)
    first, second = events(tmp_path)
    assert first.file_version == "brain.Event:2"
    assert second.session_log.status == SessionLog.START
    seconds, *_, pid, _number = the_file(tmp_path).name.removeprefix("events.out.tfevents.").split(".")
    assert (len(seconds), pid) == (10, str(os.getpid()))


def test_scalars(tmp_path: Path) -> None:
    points = [
        ("loss", 0.1, 0, float(np.float32(0.1))),
        ("loss", math.nan, 1, math.nan),
        ("a/b ü", -math.inf, 300, -math.inf),
        ("loss", 1e300, 2**40, math.inf),
        ("n", 1, -7, 1.0),
    ]
    with SummaryWriter(tmp_path) as writer:
        for tag, value, step, _ in points:
            writer.add_scalar(tag, value, step, walltime=1234.5)
    read = [(value.tag, event.step, value.simple_value, event.wall_time) for event, value in values(tmp_path)]
    np.testing.assert_equal(read, [(tag, step, kept, 1234.5) for tag, _, step, kept in points])


def test_numbers_of_other_libraries_are_numbers(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path) as writer:
        for value in (True, 3, np.float16(0.5), np.int64(-2), np.array(4.0)):
            writer.add_scalar("x", value)
    assert [value.simple_value for _, value in values(tmp_path)] == [1.0, 3.0, 0.5, -2.0, 4.0]


def test_scalars_with_more_to_say(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path, strict=True) as writer:
        writer.add_scalar("named", 0.5, 1, None, "Name", "*text*")
        writer.add_scalar("new", 0.1, 2, new_style=True)
        writer.add_scalar("torch", 1e300, 3, None, True)
        writer.add_scalar("double", 0.1, 4, double_precision=True)
        writer.add_scalar("torch double", 1e300, 5, None, False, True)
        writer.add_scalar("large", -1e300, 6, display_name="L")
    named, new, torch, double, torch_double, large = (value for _, value in values(tmp_path))
    assert (named.simple_value, named.metadata.display_name) == (0.5, "Name")
    assert named.metadata.summary_description == "*text*"
    for value in (new, torch, double, torch_double):
        assert value.metadata.plugin_data.plugin_name == "scalars"
    arrays = [make_ndarray(value.tensor) for value in (new, torch, double, torch_double)]
    assert [array.dtype.name for array in arrays] == ["float32", "float32", "float64", "float64"]
    assert [float(array) for array in arrays] == [float(np.float32(0.1)), math.inf, 0.1, 1e300]
    assert large.simple_value == -math.inf
    store = load([str(tmp_path)]).store
    read = {key.tag: float(store.scalars(key).value[0]) for key in store.series(Kind.SCALAR)}
    assert (read["named"], read["double"], read["torch double"]) == (0.5, 0.1, 1e300)


@given(
    st.text(), st.floats(width=32), st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False, allow_infinity=False)
)
def test_a_scalar_by_hand_is_what_protobuf_encodes(tag: str, value: float, step: int, wall: float) -> None:
    try:
        tag.encode()
    except UnicodeEncodeError:
        tag = "surrogate"
    data = encoding.scalar_event(encoding.scalar_prefix(tag), value, step, wall)
    event = TheirEvent.FromString(data)
    assert (event.step, event.wall_time, event.summary.value[0].tag) == (step, wall, tag)
    assert struct.pack("<f", event.summary.value[0].simple_value) == struct.pack("<f", value)
    if not (wall == 0 and math.copysign(1, wall) > 0):  # protobuf leaves out what is zero
        whole = Event(wall_time=wall, step=step)
        whole.summary.value.add(tag=tag, simple_value=value)
        if not tag:
            whole.summary.value[0].ClearField("tag")
        assert Event.FromString(data).SerializeToString() == whole.SerializeToString()


def test_an_image_keeps_its_pixels(tmp_path: Path) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (5, 7, 3), dtype=np.uint8)
    with SummaryWriter(tmp_path) as writer:
        writer.add_image("i", pixels, 3, dataformats="HWC")
        writer.add_image("i", pixels.transpose(2, 0, 1), 4)
        writer.add_image("i", np.array([[0.0, 0.5, 1.0]]), 5, dataformats="HW")
    first, second, third = (value.image for _, value in values(tmp_path))
    for image in (first, second):
        assert (image.height, image.width, image.colorspace) == (5, 7, 3)
        np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(image.encoded_image_string))), pixels)
    assert np.asarray(Image.open(io.BytesIO(third.encoded_image_string))).tolist() == [[0, 127, 255]]


@pytest.mark.parametrize(
    "shape, axes, words",
    [((4, 4), "CHW", "3 axes"), ((5, 4, 4), "CHW", "not 5"), ((3, 0, 4), "CHW", "empty"), ((4, 4), "XY", "none of")],
)
def test_an_image_of_a_wrong_shape_is_refused(tmp_path: Path, shape: tuple[int, ...], axes: str, words: str) -> None:
    with SummaryWriter(tmp_path, strict=True) as writer, pytest.raises(ValueError, match=words):
        writer.add_image("i", np.zeros(shape, np.uint8), dataformats=axes)
    assert not values(tmp_path)


def test_histograms_equal_tensorboardx(tmp_path: Path) -> None:
    from tensorboardX.summary import make_histogram as theirs

    rng = np.random.default_rng(2)
    for array in (rng.normal(size=1000), np.zeros(5), np.array([-3.0, 1e-13, 2.0]), rng.normal(size=(3, 4))):
        for bins in ("tensorflow", "auto", 7):
            ours = make_histogram(array, bins)
            if bins == "tensorflow":
                from tensorboardX.writer import SummaryWriter as Theirs

                edges = Theirs(str(tmp_path), write_to_disk=False).default_bins
                other = theirs(array.astype(float), edges)
            else:
                other = theirs(array.astype(float), bins)
            assert list(ours.bucket) == list(other.bucket)
            np.testing.assert_allclose(ours.bucket_limit, other.bucket_limit, rtol=1e-12)
            for name in ("min", "max", "num", "sum", "sum_squares"):
                assert getattr(ours, name) == pytest.approx(getattr(other, name))


def test_a_histogram_counts_what_is_finite(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with SummaryWriter(tmp_path, strict=True) as writer:
        writer.add_histogram("h", [1.0, math.nan, 2.0, math.inf, 1e30], 9)
        with pytest.raises(ValueError, match="finite"):
            writer.add_histogram("h", [math.nan], 10)
    ((event, value),) = values(tmp_path)
    assert (event.step, value.histo.num, sum(value.histo.bucket)) == (9, 3, 3)
    assert (value.histo.min, value.histo.max) == (1.0, 1e30)
    assert value.metadata.summary_description.startswith("2 more values were NaN or infinite")
    assert caplog.messages == ["add_histogram('h'): values that are NaN or infinite are not counted"]


def test_text_is_shown_by_the_text_plugin(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path) as writer:
        writer.add_text("notes", "# hello ü", 2)
        writer.add_text("notes", "half a pair \ud800", 3)
    (_, value), (_, other) = values(tmp_path)
    assert list(other.tensor.string_val) == [b"half a pair ?"]
    assert (value.tag, value.metadata.plugin_data.plugin_name) == ("notes/text_summary", "text")
    assert list(value.tensor.string_val) == ["# hello ü".encode()]


def test_a_resumed_run_says_where_it_starts_again(tmp_path: Path) -> None:
    def sessions() -> list[tuple[int, bool]]:
        found = []
        for file in sorted(tmp_path.iterdir(), key=lambda file: int(file.name.rsplit(".", 1)[1])):
            loaded = list(LegacyEventFileLoader(str(file)).Load())
            found.append([event.step for event in loaded if event.session_log.status == SessionLog.START])
        return found

    for purge in (None, None, 5):
        SummaryWriter(tmp_path, purge_step=purge).close()
    # Only a START that purges may follow the first one: it would hide all that is at its step or behind it.
    assert sessions() == [[0], [], [5]]


def test_many_writers_in_one_folder_do_not_meet(tmp_path: Path) -> None:
    writers = [SummaryWriter(tmp_path, filename_suffix=".x") for _ in range(20)]
    for number, writer in enumerate(writers):
        writer.add_scalar("n", number)
        writer.close()
    assert len({file.name for file in tmp_path.glob("*.x")}) == 20


def test_many_threads_write_whole_records(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path, flush_secs=0.001) as writer:

        def work(name: str) -> None:
            for step in range(300):
                writer.add_scalar(name, step, step)

        threads = [threading.Thread(target=work, args=(f"t{n}",)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    read: dict[str, list[int]] = {}
    for event, value in values(tmp_path):
        read.setdefault(value.tag, []).append(event.step)
    assert read == {f"t{n}": list(range(300)) for n in range(8)}


def test_what_is_logged_is_on_the_disk_soon_without_being_asked(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path, flush_secs=0.01) as writer:
        writer.add_scalar("x", 1)
        deadline = threading.Event()
        for _ in range(500):
            if len(events(tmp_path)) == 3:
                break
            deadline.wait(0.01)
        assert len(events(tmp_path)) == 3


def test_flush_brings_everything_and_close_ends_it(tmp_path: Path) -> None:
    writer = SummaryWriter(tmp_path, flush_secs=1000, strict=True)
    writer.add_scalar("x", 1)
    writer.flush()
    assert len(events(tmp_path)) == 3
    writer.close()
    writer.close()
    first = the_file(tmp_path)
    writer.add_scalar("x", 2, 2)
    writer.close()
    (second,) = set(tmp_path.iterdir()) - {first}
    loaded = list(LegacyEventFileLoader(str(second)).Load())
    assert loaded[0].file_version == "brain.Event:2"
    assert [(value.tag, event.step) for event in loaded for value in event.summary.value] == [("x", 2)]


def test_a_script_that_forgets_to_close_loses_nothing(tmp_path: Path) -> None:
    script = """
import sys
from runglass import SummaryWriter
from runglass.reader.api import Kind, load
writer = SummaryWriter(sys.argv[1], flush_secs=1000)
writer.add_scalar("x", 1, 5)
"""
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=True)
    assert [(value.tag, event.step) for event, value in values(tmp_path)] == [("x", 5)]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not fork")
def test_a_forked_process_writes_a_file_of_its_own(tmp_path: Path) -> None:
    script = """
import os, sys
from runglass import SummaryWriter
from runglass.reader.api import Kind, load
writer = SummaryWriter(sys.argv[1], flush_secs=1000)
writer.add_scalar("x", 1, 1)
child = os.fork()
if child == 0:
    writer.add_scalar("x", 2, 2)
    sys.exit(0)
silent = os.fork()
if silent == 0:
    sys.exit(0)
os.waitpid(child, 0)
os.waitpid(silent, 0)
writer.add_scalar("x", 3, 3)
print(os.getpid(), child)
"""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script, str(tmp_path)], check=True, capture_output=True, text=True
    )
    parent, child = done.stdout.split()
    found = {}
    for file in tmp_path.iterdir():
        loaded = LegacyEventFileLoader(str(file)).Load()
        found[file.name.split(".")[-2]] = [event.step for event in loaded if event.summary.value]
    assert found == {parent: [1, 3], child: [2]}


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
def test_a_full_disk_leaves_whole_records_and_the_training_goes_on(tmp_path: Path) -> None:
    script = """
import resource, signal, sys
from runglass import SummaryWriter
from runglass.reader.api import Kind, load
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
writer = SummaryWriter(sys.argv[1], strict=True)
writer.flush()
resource.setrlimit(resource.RLIMIT_FSIZE, (500, resource.RLIM_INFINITY))
for step in range(1, 101):
    writer.add_scalar("x", step, step)
try:
    writer.flush()
except OSError:
    print("full")
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
writer.add_scalar("x", 101, 101)
writer.close()
"""
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "full"
    assert [event.step for event, _ in values(tmp_path)] == list(range(1, 102))
