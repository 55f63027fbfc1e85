"""The choices of the projector, and their form in the session file."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QObject

from ..board.choices import ChoiceModel, from_json, to_json


class Method(enum.Enum):
    """How points get their places."""

    PCA = "pca"
    TSNE = "tsne"
    UMAP = "umap"
    AXES = "custom"


class Metric(enum.Enum):
    """The distance of neighbours."""

    COSINE = "cosine"
    EUCLIDEAN = "euclidean"


METHOD_NAMES = {Method.PCA: "PCA", Method.TSNE: "t-SNE", Method.UMAP: "UMAP", Method.AXES: "Axes"}
#: Limits of TensorBoard's page, but for the perplexity's upper one.
PERPLEXITY = (2.0, 200.0)
NEIGHBOURS = (5, 999)
UMAP_NEIGHBOURS = (5, 50)
CLUSTERS = (2, 50)
SMALLEST = (2, 500)
COMPONENTS = 10


@dataclass(frozen=True, slots=True)
class ProjectorSettings:
    """All choices.

    ``perplexity`` and ``rate`` (t-SNE's learning rate) are 0 for the one that suits the number of points;
    ``pca_x`` to ``pca_z`` count components from 0; ``color_by`` and ``label_by`` name a column or are one of the words
    of :mod:`.dressing`; ``clusters`` is the number for k-means; ``by_density`` takes HDBSCAN in its place, with
    ``smallest`` points in a cluster at least. ``neighbours`` is how many the inspector lists, ``near`` UMAP's number.
    """

    method: Method = Method.PCA
    three: bool = True
    spherize: bool = False
    pca_x: int = 0
    pca_y: int = 1
    pca_z: int = 2
    perplexity: float = 0.0
    rate: float = 0.0
    supervise: float = 0.0
    supervise_by: str = ""
    near: int = 15
    least_distance: float = 0.1
    left: str = ""
    right: str = ""
    down: str = ""
    up: str = ""
    back: str = ""
    front: str = ""
    axes_by: str = ""
    axes_regex: bool = False
    color_by: str = ""
    categorical: bool = False
    clusters: int = 10
    by_density: bool = False
    smallest: int = 20
    label_by: str = ""
    labels: bool = False
    sprites: bool = True
    metric: Metric = Metric.COSINE
    neighbours: int = 100
    search_by: str = ""
    search_regex: bool = False
    split: bool = False
    second: Method = Method.TSNE

    def to_json(self) -> dict[str, Any]:
        """Values for the session file."""
        return to_json(self)

    @staticmethod
    def from_json(state: Mapping[str, Any]) -> ProjectorSettings:
        """The settings of a session file; what is missing or damaged has its usual value."""
        usual = ProjectorSettings()
        found = from_json(usual, state)
        components = [found.pca_x, found.pca_y, found.pca_z]
        if any(not 0 <= component < COMPONENTS for component in components):
            components = [0, 1, 2]
        x, y, z = components
        return replace(
            found,
            pca_x=x,
            pca_y=y,
            pca_z=z,
            perplexity=_within(found.perplexity, 0.0, PERPLEXITY[1]),
            rate=_within(found.rate, 0.0, 1e6),
            supervise=_within(found.supervise, 0.0, 100.0),
            near=round(_within(found.near, *UMAP_NEIGHBOURS)),
            least_distance=_within(found.least_distance, 0.0, 0.99),
            clusters=round(_within(found.clusters, *CLUSTERS)),
            smallest=round(_within(found.smallest, *SMALLEST)),
            neighbours=round(_within(found.neighbours, *NEIGHBOURS)),
        )


def _within(value: float, least: float, most: float) -> float:
    # Not finite: neither comparison holds.
    return value if least <= value <= most else max(least, 0.0) if value != value else min(max(value, least), most)


class SettingsModel(ChoiceModel[ProjectorSettings]):
    """The settings in force. ``changed`` carries the names of the fields that differ."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(ProjectorSettings(), parent)
