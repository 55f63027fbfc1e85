"""Configs of projectors read as protobuf reads them, and whatever else stands in such a file does no harm."""

from __future__ import annotations

import pytest
from google.protobuf import text_format
from hypothesis import given, settings
from hypothesis import strategies as st
from tensorboard.plugins.projector import projector_config_pb2

from runglass.reader.embeddings.config import BadConfig, EmbeddingEntry, parse_config

names = st.text(max_size=20) | st.sampled_from(
    ['a"b', "tab\t", "emb:00003", "ü\u2028", "\\", "'", "00001/emb/tensors.tsv"]
)
sizes = st.lists(st.integers(0, 2**32 - 1), max_size=3)


@st.composite
def entries(draw: st.DrawFn) -> EmbeddingEntry:
    return EmbeddingEntry(
        draw(names), draw(names), draw(names), draw(names), draw(names), tuple(draw(sizes)), tuple(draw(sizes))
    )


def message(chosen: list[EmbeddingEntry], checkpoint: str) -> projector_config_pb2.ProjectorConfig:
    config = projector_config_pb2.ProjectorConfig(model_checkpoint_path=checkpoint)
    for entry in chosen:
        one = config.embeddings.add(tensor_name=entry.tensor_name, tensor_path=entry.tensor_path)
        one.metadata_path, one.bookmarks_path = entry.metadata_path, entry.bookmarks_path
        one.tensor_shape.extend(entry.shape)
        one.sprite.image_path = entry.image_path
        one.sprite.single_image_dim.extend(entry.cell)
    return config


@settings(max_examples=300, deadline=None)
@given(st.lists(entries(), max_size=5), names, st.booleans(), st.booleans(), st.booleans())
def test_what_protobuf_writes_is_read(
    chosen: list[EmbeddingEntry], checkpoint: str, one_line: bool, brackets: bool, utf8: bool
) -> None:
    text = text_format.MessageToString(
        message(chosen, checkpoint),
        as_one_line=one_line,
        use_short_repeated_primitives=brackets,
        as_utf8=utf8,
        pointy_brackets=brackets and utf8,
    )
    config = parse_config(text.encode())
    assert list(config.embeddings) == chosen
    assert config.checkpoint == checkpoint
    assert (config.left_out, config.odd) == (0, 0)


def test_comments_unknown_fields_and_odd_values_are_stepped_over() -> None:
    config = parse_config(
        b"""\xef\xbb\xbf# made by hand
        future_field: { deep <a: 1 b: [1, 2.5e3, -3] > } colour: BLUE
        [some.extension]: "x"
        embeddings: {
          tensor_name: 'one' ' and two';  tensor_path: "a\\x2fb\\057c\\u00fc"
          tensor_shape: 0x10, tensor_shape: 4
          metadata_path: 17
          sprite < image_path: "s.png" single_image_dim: [8, 9] single_image_dim: -1 >
        }
        """
    )
    (entry,) = config.embeddings
    assert (entry.tensor_name, entry.tensor_path) == ("one and two", "a/b/c\u00fc")
    assert (entry.shape, entry.cell, entry.image_path, entry.metadata_path) == ((16, 4), (8, 9), "s.png", "")
    assert config.odd == 2


def test_bytes_that_are_no_utf8_come_back_as_they_were() -> None:
    (entry,) = parse_config(b'embeddings { tensor_path: "\xff\\377.tsv" }').embeddings
    assert entry.tensor_path.encode("utf-8", "surrogateescape") == b"\xff\xff.tsv"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"embeddings {\n tensor_name: 'x'\n", "ends in the middle"),
        (b"embeddings { tensor_name: 'x", "line 1"),
        (b"a: 1\nb: 2\n}", "line 3"),
        (b"\x00\x01", "line 1"),
        (b"<html><body>404</body></html>", "line 1"),
        (b"a {" * 40, "nested"),
        (b"x" * (1 << 20 | 1), "1,048,577 bytes"),
    ],
)
def test_what_is_no_config_is_said(data: bytes, says: str) -> None:
    with pytest.raises(BadConfig, match=says):
        parse_config(data)


def test_only_so_many_embeddings_are_listed() -> None:
    config = parse_config(b"embeddings{tensor_name:'a'}" * 1500)
    assert (len(config.embeddings), config.left_out) == (1000, 500)


@settings(max_examples=400, deadline=None)
@given(st.binary(max_size=200) | st.text("embdings_tnorah:{}<>[]\"'#\\,; 01\n", max_size=200).map(str.encode))
def test_no_text_makes_the_parser_stumble(data: bytes) -> None:
    try:
        config = parse_config(b"embeddings {" + data)
    except BadConfig:
        return
    assert len(config.embeddings) >= 1


@settings(max_examples=60, deadline=None)
@given(st.lists(entries(), min_size=1, max_size=3), st.data())
def test_a_config_that_is_cut_anywhere_loses_only_its_end(chosen: list[EmbeddingEntry], data: st.DataObject) -> None:
    whole = text_format.MessageToString(message(chosen, "")).encode()
    cut = data.draw(st.integers(0, len(whole)))
    try:
        config = parse_config(whole[:cut])
    except BadConfig:
        return
    assert list(config.embeddings) == chosen[: len(config.embeddings)]
