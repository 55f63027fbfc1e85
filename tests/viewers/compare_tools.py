"""Comparing pictures in tests: opening a comparison, and what is seen of it."""

from __future__ import annotations

from image_logs import Viewer
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from runglass.viewers.images.compare.bench import CompareBench
from runglass.viewers.images.compare.settings import Way
from runglass.viewers.images.compare.slots import Slot
from runglass.viewers.images.keys import CardKey
from runglass.viewers.images.view import PictureView

SAMPLE = [Slot(CardKey("train/sample", run, 0)) for run in ("a", "b")]


def compare(viewer: Viewer, way: Way = Way.SIDE, slots: list[Slot] | None = None) -> CompareBench:
    bench = viewer.pane.compare
    bench.open(SAMPLE if slots is None else slots, way)
    viewer.rest()
    return bench


def at(view: PictureView, x: float = 0.5, y: float = 0.5) -> QPoint:
    """A place of the view by its shares of the picture that is seen."""
    room = view.room
    assert room is not None
    wide, high = room.columns * room.fitted, room.rows * room.fitted
    return QPoint(round((view.width() - wide) / 2 + x * wide), round((view.height() - high) / 2 + y * high))


def color(view: PictureView, x: float = 0.5, y: float = 0.5) -> QColor:
    """What is seen there."""
    return view.grab().toImage().pixelColor(at(view, x, y))


def reds(viewer: Viewer) -> list[int]:
    """The red of the middle of each tile, as seen."""
    viewer.rest()
    return [color(tile).red() for tile in viewer.pane.compare.stage.tiles if tile.isVisible()]


def drag(qtbot: QtBot, widget: QWidget, start: QPoint, end: QPoint) -> None:
    qtbot.mousePress(widget, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(widget, (start + end) / 2)
    qtbot.mouseMove(widget, end)
    qtbot.mouseRelease(widget, Qt.MouseButton.LeftButton, pos=end)


def press(qtbot: QtBot, viewer: Viewer, key: Qt.Key) -> None:
    """A key over what is compared."""
    view = next(view for view in viewer.pane.compare.stage._views if view.isVisible())
    qtbot.keyClick(view, key)
    viewer.rest()
