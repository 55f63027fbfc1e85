"""A model of OpenVINO as nodes of a graph: its XML names the layers, and the edges between them."""

from __future__ import annotations

import os
from typing import Any

from .graphs import Node


def openvino_nodes(path: Any) -> list[Node]:
    """One node a layer, in the order of the file. OSError where it cannot be read, ValueError where it is no model."""
    from xml.etree import ElementTree as ET

    try:
        net = ET.parse(os.fspath(path)).getroot()
    except ET.ParseError as error:
        raise ValueError(f"{path} is no XML: {error}") from error
    layers = net.findall("./layers/layer")
    if not layers:
        raise ValueError(f"{path} names no layers")
    names = {layer.get("id", ""): layer.get("name") or f"layer_{layer.get('id')}" for layer in layers}
    inputs: dict[str, list[str]] = {}
    for edge in net.findall("./edges/edge"):
        source = names.get(edge.get("from-layer", ""))
        if source is not None:
            inputs.setdefault(edge.get("to-layer", ""), []).append(source)
    nodes = []
    for layer in layers:
        number = layer.get("id", "")
        shapes = [[_side(dim.text) for dim in port.findall("dim")] for port in layer.findall("./output/port")]
        data = layer.find("data")
        settings = ", ".join(f"{key}: {value}" for key, value in ({} if data is None else data.attrib).items())
        nodes.append(Node(names[number], layer.get("type", ""), inputs.get(number, []), shapes, settings))
    return nodes


def _side(text: str | None) -> int:
    try:
        return int(text or "")
    except ValueError:
        return -1
