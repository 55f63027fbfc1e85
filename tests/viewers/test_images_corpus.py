"""Images of real logs, as TensorFlow 1 and 2 and tensorboardX wrote them, all shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from image_logs import Viewer
from pytestqt.qtbot import QtBot

from runglass.viewers.images.keys import CardKey


@pytest.mark.parametrize(
    ("log", "cards"),
    [("tensorboardx", 3), ("tf2_summary", 5), ("tf1_restart", 1), ("clu", 1), ("keras3", 4)],
)
def test_every_picture_of_a_real_log_is_shown(log: str, cards: int, corpus: Path, qtbot: QtBot) -> None:
    folder = corpus / "_generated_by_real_writers" / log
    viewer = Viewer(folder, qtbot)
    try:
        assert len(viewer.cards()) >= cards
        for rank in range(len(viewer.pane.position.steps)):
            viewer.pane.position.choose(rank)
            for card in viewer.cards():
                key = CardKey.parse(card.tag)
                assert key is not None and card.view.message == "" and card.view.picture is not None
    finally:
        viewer.close()
