"""A chart under the hand: wheel, drags, keys and typed limits do what they promise."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QFont, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from runglass.viewers.charts.chart import Chart
from runglass.viewers.charts.curve import ChartCurve
from runglass.viewers.charts.frames import FrameScheduler
from runglass.viewers.charts.limits_edit import parse_limit
from runglass.viewers.charts.style import ChartStyle
from runglass.viewers.lod.scale import Scale
from runglass.viewers.lod.series import LodSeries
from runglass.viewers.lod.xindex import XIndex
from runglass.viewers.selection import XAxis
from runglass.viewers.theme import DARK


def curve(run: str, values: np.ndarray, color: str) -> ChartCurve:
    return ChartCurve(run, LodSeries(XIndex(np.arange(len(values))), values), None, QColor(color))


@pytest.fixture
def chart(qtbot: QtBot) -> Chart:
    frames = FrameScheduler()
    made = Chart(frames, ChartStyle.of(DARK, QFont()))
    made.frames_kept_alive = frames  # type: ignore[attr-defined]
    qtbot.addWidget(made)
    made.resize(420, 240)
    made.set_axes(XAxis.STEP, 0, Scale(), Scale(), True)
    made.set_data([curve("a", np.linspace(0, 1, 101), "#ff0000")], (0.0, 100.0), (0.0, 1.0))
    made.show()
    qtbot.waitExposed(made)
    made.refresh()
    return made


def middle(chart: Chart) -> QPoint:
    geometry = chart.geometry_now
    assert geometry is not None
    ratio = chart.devicePixelRatio()
    return QPoint(int((geometry.left + geometry.width / 2) / ratio), int((geometry.top + geometry.height / 2) / ratio))


def turn(chart: Chart, at: QPoint, angle: int, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    event = QWheelEvent(
        QPointF(at), QPointF(chart.mapToGlobal(at)), QPoint(), QPoint(0, angle), Qt.MouseButton.NoButton, modifiers,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(chart, event)
    chart.refresh()


def colors(chart: Chart) -> set[str]:
    image = chart.grab().toImage()
    return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(0, image.height(), 2)}


def test_the_line_is_there_in_its_colour(chart: Chart) -> None:
    assert any(QColor(name).red() > 200 for name in colors(chart))


def test_the_wheel_zooms_about_the_cursor(chart: Chart) -> None:
    at = middle(chart) + QPoint(40, 10)
    assert chart.geometry_now is not None
    x, y = chart.geometry_now.x_at(at.x()), chart.geometry_now.y_at(at.y())
    turn(chart, at, 240)
    assert chart.view.x is not None and chart.view.y is not None
    assert chart.view.x[1] - chart.view.x[0] < 100
    assert chart.geometry_now.x_at(at.x()) == pytest.approx(x)
    assert chart.geometry_now.y_at(at.y()) == pytest.approx(y)


def test_ctrl_keeps_the_wheel_to_x_and_over_an_axis_it_takes_that_axis(chart: Chart) -> None:
    turn(chart, middle(chart), 240, Qt.KeyboardModifier.ControlModifier)
    assert chart.view.x is not None and chart.view.y is None
    chart.fit()
    chart.refresh()
    turn(chart, QPoint(10, middle(chart).y()), 240)
    assert chart.view.x is None and chart.view.y is not None


def test_while_the_page_scrolls_the_wheel_is_left_alone(chart: Chart) -> None:
    chart.wheel_scrolls = lambda: True
    turn(chart, middle(chart), 240)
    assert chart.view.fitted


def test_a_drag_pans_and_a_double_click_fits(chart: Chart, qtbot: QtBot) -> None:
    at = middle(chart)
    qtbot.mousePress(chart, Qt.MouseButton.LeftButton, pos=at)
    drag(chart, at, at + QPoint(-50, 0), Qt.MouseButton.LeftButton)
    qtbot.mouseRelease(chart, Qt.MouseButton.LeftButton, pos=at + QPoint(-50, 0))
    assert chart.view.x is not None and chart.view.x[0] > 0 and chart.view.y is None
    qtbot.mouseDClick(chart, Qt.MouseButton.LeftButton, pos=at)
    assert chart.view.fitted
    assert chart.view.back() and chart.view.x is not None


@pytest.mark.parametrize(
    ("button", "modifiers"),
    [
        (Qt.MouseButton.RightButton, Qt.KeyboardModifier.NoModifier),
        (Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier),
    ],
)
def test_a_box_zooms_to_what_it_holds(
    chart: Chart, qtbot: QtBot, button: Qt.MouseButton, modifiers: Qt.KeyboardModifier
) -> None:
    assert chart.geometry_now is not None
    at, to = middle(chart), middle(chart) + QPoint(60, 40)
    wanted = chart.geometry_now.x_at(at.x()), chart.geometry_now.x_at(to.x() + 1)
    menus: list[QPoint] = []
    chart.menu_requested.connect(menus.append)
    qtbot.mousePress(chart, button, modifiers, pos=at)
    drag(chart, at, to, button, modifiers)
    qtbot.mouseRelease(chart, button, modifiers, pos=to)
    assert chart.view.x == pytest.approx(wanted) and chart.view.y is not None
    assert not menus


def drag(
    chart: Chart, start: QPoint, end: QPoint, button: Qt.MouseButton,
    modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:  # fmt: skip
    """Move with a button held, in a few steps."""
    for share in (0.3, 0.6, 1.0):
        at = QPointF(start) + (QPointF(end) - QPointF(start)) * share
        QApplication.sendEvent(
            chart,
            QMouseEvent(
                QEvent.Type.MouseMove, at, QPointF(chart.mapToGlobal(at.toPoint())), Qt.MouseButton.NoButton, button,
                modifiers,
            ),
        )  # fmt: skip
    chart.refresh()


def test_a_right_click_opens_the_menu(chart: Chart, qtbot: QtBot) -> None:
    with qtbot.waitSignal(chart.menu_requested, timeout=500):
        qtbot.mouseClick(chart, Qt.MouseButton.RightButton, pos=middle(chart))


def test_keys_step_back_zoom_and_fit(chart: Chart, qtbot: QtBot) -> None:
    with qtbot.waitSignal(chart.back_wanted, timeout=500):
        qtbot.keyClick(chart, Qt.Key.Key_Backspace)
    with qtbot.waitSignal(chart.back_wanted, timeout=500):
        qtbot.keyClick(chart, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(chart, Qt.Key.Key_Plus)
    assert chart.view.x is not None
    qtbot.keyClick(chart, Qt.Key.Key_0)
    assert chart.view.fitted


def test_a_limit_can_be_typed_and_nonsense_is_refused(chart: Chart, qtbot: QtBot) -> None:
    editor = chart.edit_limit("x1")
    editor.setText("1k")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert chart.view.x == (0.0, 1000.0)
    editor = chart.edit_limit("y0")
    for text, why in (("abc", "Not a number"), ("99", "below")):
        editor.setText(text)
        qtbot.keyClick(editor, Qt.Key.Key_Return)
        assert chart.view.y is None and why in editor.toolTip()
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    editor = chart.edit_limit("x0")
    editor.setText("")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert chart.view.x is None


def test_clicking_the_end_of_an_axis_edits_it(chart: Chart, qtbot: QtBot) -> None:
    qtbot.mouseClick(chart, Qt.MouseButton.LeftButton, pos=QPoint(10, 8))
    assert chart.findChild(object, "limitEditor") is not None


@pytest.mark.parametrize(
    ("text", "axis", "origin", "value"),
    [
        ("12,000", XAxis.STEP, 0, 12000.0),
        ("9007199254740993", XAxis.STEP, 2**53, 1.0),
        ("20k", XAxis.STEP, 0, 20000.0),
        ("1e-4", None, 0, 1e-4),
        ("2h", XAxis.RELATIVE, 0, 7200.0),
        ("nan", None, 0, None),
        ("", None, 0, None),
        ("k", None, 0, None),
    ],
)
def test_limits_are_read_as_people_write_them(text: str, axis: XAxis | None, origin: int, value: float | None) -> None:
    assert parse_limit(text, axis, origin) == value


def test_the_line_under_the_mouse_is_named(chart: Chart, qtbot: QtBot) -> None:
    chart.set_data(
        [curve("low", np.zeros(101), "#00ff00"), curve("high", np.ones(101), "#ff0000")], (0.0, 100.0), (-0.5, 1.5)
    )
    chart.refresh()
    assert chart.geometry_now is not None
    for value, run in ((0.0, "low"), (1.0, "high"), (0.5, None)):
        y = int(chart.geometry_now.py(np.array([value]))[0])
        with qtbot.waitSignal(chart.run_pointed, timeout=1000) as signal:
            qtbot.mouseMove(chart, QPoint(middle(chart).x() + int(value * 4), y))
        assert signal.args == [run]


def test_lifting_a_run_dims_the_others(chart: Chart) -> None:
    chart.set_data(
        [curve("a", np.zeros(101), "#00ff00"), curve("b", np.ones(101), "#ff0000")], (0.0, 100.0), (-0.5, 1.5)
    )
    chart.set_lifted("b")
    chart.refresh()
    seen = {QColor(name).getRgb()[:3] for name in colors(chart)}
    assert any(red > 220 and green < 60 for red, green, _ in seen)
    assert not any(green > 200 and red < 60 for red, green, _ in seen)


def test_the_cursor_line_moves_without_a_new_picture(chart: Chart) -> None:
    before = chart.grab().toImage()
    chart.set_cursor(50.0)
    assert chart.grab().toImage() != before
    chart.set_cursor(None)
    assert chart.grab().toImage() == before


def test_values_that_are_not_finite_are_marked_and_never_scaled(chart: Chart) -> None:
    values = np.linspace(0.4, 0.6, 101)
    values[[20, 50, 80]] = [np.nan, np.inf, -np.inf]
    chart.set_data([curve("a", values, "#ff0000")], (0.0, 100.0), (0.0, 1.0))
    chart.refresh()
    image = chart.grab().toImage()
    assert chart.geometry_now is not None
    ratio = chart.devicePixelRatio()
    for x, row in ((20, "bottom"), (50, "top"), (80, "bottom")):
        px = chart.geometry_now.px(np.array([float(x)]))[0]
        py = chart.geometry_now.top + (5 * ratio if row == "top" else chart.geometry_now.height - 5 * ratio)
        assert image.pixelColor(int(px), int(py)).red() > 180


def test_a_slow_picture_is_painted_over_several_turns(chart: Chart) -> None:
    before = chart.grab().toImage()
    chart.set_data([curve(str(n), np.full(101, n / 10), "#00ff00") for n in range(10)], (0.0, 100.0), (0.0, 1.0))
    turns = 1
    while not chart.advance(0.0):
        assert chart.grab().toImage() == before
        turns += 1
    assert turns > 5 and chart.grab().toImage() != before


def test_frames_are_spread_but_none_is_lost(qtbot: QtBot) -> None:
    frames, painted = FrameScheduler(), []

    class Slow:
        def __init__(self, name: int) -> None:
            self.name = name

        def advance(self, deadline: float) -> bool:
            painted.append(self.name)
            return True

    charts = [Slow(name) for name in range(20)]
    for chart in charts:
        frames.request(chart)
        frames.request(chart)
    frames.request(charts[7], urgent=True)
    qtbot.waitUntil(lambda: len(painted) == 20, timeout=2000)
    assert painted[0] == 7 and sorted(painted) == list(range(20))
