"""A graph of operations as TensorBoard's GraphDef, encoded by hand: of its messages only a few fields are needed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .encoding import varint

#: The version of GraphDef that the messages below belong to.
PRODUCER = 22


@dataclass(frozen=True)
class Node:
    """One operation: a name with ``/`` between nested scopes, what it does, and the names of the nodes it takes from.

    ``shapes`` are those of its results, with -1 for a side that is not known; ``settings`` is shown as text.
    """

    name: str
    op: str
    inputs: Sequence[str] = ()
    shapes: Sequence[Sequence[int]] = ()
    settings: str = ""


def graph_def(nodes: Iterable[Node]) -> bytes:
    """The GraphDef message of these nodes."""
    versions = b"\x08" + varint(PRODUCER)
    return b"".join(_field(1, _node(node)) for node in nodes) + _field(4, versions)


def _node(node: Node) -> bytes:
    """NodeDef: name 1, op 2, input 3, attr 5 (a map: key 1, value 2)."""
    parts = [_field(1, _text(node.name)), _field(2, _text(node.op))]
    parts += [_field(3, _text(name)) for name in node.inputs]
    if node.shapes:
        # AttrValue.list 1, ListValue.shape 7: where the viewer of graphs looks for the size of an edge.
        shapes = b"".join(_field(7, _shape(shape)) for shape in node.shapes)
        parts.append(_attribute("_output_shapes", _field(1, shapes)))
    if node.settings:
        parts.append(_attribute("settings", _field(2, _text(node.settings))))
    return b"".join(parts)


def _shape(sides: Sequence[int]) -> bytes:
    """TensorShapeProto: dim 2, with size 1."""
    return b"".join(_field(2, b"\x08" + varint(side) if side else b"") for side in sides)


def _attribute(name: str, value: bytes) -> bytes:
    return _field(5, _field(1, _text(name)) + _field(2, value))


def _field(number: int, content: bytes) -> bytes:
    """A field with a length in front of its content."""
    return bytes([number << 3 | 2]) + varint(len(content)) + content


def _text(text: str) -> bytes:
    return text.encode("utf-8", "replace")
