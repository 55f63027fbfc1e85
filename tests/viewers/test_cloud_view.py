"""The cloud under the hand: turning, moving, picking, selecting, labels, streams, themes and pictures."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from collections.abc import Iterator

import numpy as np
import pytest
from cloud_fakes import clusters, image_channels, palette
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from runglass.viewers.cloud import look
from runglass.viewers.cloud.gestures import How, Mode
from runglass.viewers.cloud.overlay import Texts
from runglass.viewers.cloud.view import CloudView, Renderer
from runglass.viewers.theme import DARK, LIGHT
from runglass.viewers.widgets import font

LEFT, RIGHT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.MouseButton.NoButton
PLAIN, SHIFT, ALT, CONTROL = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier,
)


def rest(view: CloudView, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not view.settling and view.surface.resting, timeout=10_000)


@pytest.fixture
def view(qtbot: QtBot) -> Iterator[CloudView]:
    made = CloudView(DARK, Renderer.RASTER)
    qtbot.addWidget(made)
    made.resize(420, 340)
    positions, cluster = clusters(600)
    made.set_positions(positions)
    made.set_colors(palette(cluster))
    made.show()
    qtbot.waitExposed(made)
    rest(made, qtbot)
    return made


def mouse(view: CloudView, kind: QEvent.Type, at: QPointF, button=NONE, buttons=NONE, modifiers=PLAIN) -> None:  # type: ignore[no-untyped-def]
    target = view.surface.widget
    QApplication.sendEvent(
        target, QMouseEvent(kind, at, QPointF(target.mapToGlobal(at.toPoint())), button, buttons, modifiers)
    )


def drag(view: CloudView, path: list[tuple[float, float]], button=LEFT, modifiers=PLAIN) -> None:  # type: ignore[no-untyped-def]
    points = [QPointF(*place) for place in path]
    mouse(view, QEvent.Type.MouseButtonPress, points[0], button, button, modifiers)
    for point in points[1:]:
        mouse(view, QEvent.Type.MouseMove, point, NONE, button, modifiers)
    mouse(view, QEvent.Type.MouseButtonRelease, points[-1], button, NONE, modifiers)


def click(view: CloudView, at: QPointF, modifiers=PLAIN) -> None:  # type: ignore[no-untyped-def]
    mouse(view, QEvent.Type.MouseButtonPress, at, LEFT, LEFT, modifiers)
    mouse(view, QEvent.Type.MouseButtonRelease, at, LEFT, NONE, modifiers)


def turn_wheel(view: CloudView, at: QPointF, notches: int) -> None:
    target = view.surface.widget
    event = QWheelEvent(
        at, QPointF(target.mapToGlobal(at.toPoint())), QPoint(), QPoint(0, 120 * notches), NONE, PLAIN,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(target, event)


def place_of(view: CloudView, point: int) -> QPointF:
    screen = view.shot(1.0).screen
    return QPointF(float(screen.x[point]), float(screen.y[point]))


def seen(view: CloudView) -> np.ndarray:
    return image_channels(view.grab().toImage())


def test_left_drag_turns_and_the_others_move(view: CloudView, qtbot: QtBot) -> None:
    start = view.camera
    with qtbot.waitSignal(view.camera_changed):
        drag(view, [(100, 100), (120, 100), (150, 100)])
    assert view.camera.yaw != start.yaw and view.camera.target == start.target
    for button, modifiers in ((RIGHT, PLAIN), (LEFT, SHIFT), (LEFT, CONTROL), (Qt.MouseButton.MiddleButton, PLAIN)):
        before = view.camera
        drag(view, [(100, 100), (150, 140)], button, modifiers)
        assert view.camera.yaw == before.yaw and view.camera.target != before.target
    before = view.camera
    drag(view, [(100, 100), (102, 101)])
    assert view.camera == before


def test_in_two_dimensions_a_drag_moves(view: CloudView, qtbot: QtBot) -> None:
    view.set_positions(clusters(600)[0][:, :2])
    view.set_dimensions(2)
    point = 17
    before = place_of(view, point)
    drag(view, [(100, 100), (160, 130)])
    assert place_of(view, point).toTuple() == pytest.approx((before.x() + 60, before.y() + 30), abs=0.2)
    with pytest.raises(ValueError):
        view.set_dimensions(4)


def test_the_wheel_goes_to_what_is_under_it(view: CloudView, qtbot: QtBot) -> None:
    at = QPointF(150, 120)
    before = view.camera
    turn_wheel(view, at, 2)
    assert view.camera.distance < before.distance
    turn_wheel(view, at, -2)
    assert view.camera.distance == pytest.approx(before.distance)
    assert view.camera.target == pytest.approx(before.target)
    rest(view, qtbot)


def test_keys_turn_zoom_and_go_home(view: CloudView, qtbot: QtBot) -> None:
    home = view.camera
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert view.camera.yaw != home.yaw
    qtbot.keyClick(view, Qt.Key.Key_Up)
    assert view.camera.pitch != home.pitch
    qtbot.keyClick(view, Qt.Key.Key_Right, CONTROL)
    assert view.camera.target != home.target
    qtbot.keyClick(view, Qt.Key.Key_Plus)
    assert view.camera.distance < home.distance
    qtbot.keyClick(view, Qt.Key.Key_Minus)
    qtbot.keyClick(view, Qt.Key.Key_Home)
    assert view.camera == home
    qtbot.keyClick(view, Qt.Key.Key_Left)
    mouse(view, QEvent.Type.MouseButtonDblClick, QPointF(50, 50), LEFT, LEFT)
    assert view.camera == home


def test_the_cloud_stays_fitted_until_it_is_touched(view: CloudView, qtbot: QtBot) -> None:
    before = view.camera.distance
    view.resize(300, 500)
    qtbot.waitUntil(lambda: view.camera.distance > before)
    drag(view, [(100, 100), (150, 100)])
    held = view.camera
    view.resize(420, 340)
    rest(view, qtbot)
    assert view.camera == held


def test_a_click_tells_the_point_under_it(view: CloudView, qtbot: QtBot) -> None:
    point = view.point_under(place_of(view, 5))
    with qtbot.waitSignal(view.clicked) as clicked:
        click(view, place_of(view, 5))
    assert clicked.args == [point]
    with qtbot.waitSignal(view.clicked) as clicked:
        click(view, QPointF(2, 2))
    assert clicked.args == [-1]
    with qtbot.waitSignal(view.selection_made) as made:
        click(view, place_of(view, 5), SHIFT)
    assert np.flatnonzero(made.args[0]).tolist() == [point] and made.args[1] is How.ADD


def test_the_name_of_the_point_under_the_mouse_is_shown_as_plain_text(view: CloudView, qtbot: QtBot) -> None:
    view.set_labels(lambda index: f"<b>point</b>\n{index}")
    place = place_of(view, 5)
    point = view.point_under(place)
    bare = seen(view)
    with qtbot.waitSignal(view.hovered) as hovered:
        mouse(view, QEvent.Type.MouseMove, place)
    assert hovered.args == [point]
    content = view.content(1.0)
    assert content.hover is not None and content.hover.text == f"<b>point</b>\n{point}"
    changed = np.abs(seen(view) - bare).max(axis=2) > 20
    columns = np.nonzero(changed)[1]
    assert columns.max() - columns.min() > 60
    static, width = Texts(font(12))(content.hover.text)
    assert static.text() == f"<b>point</b> {point}" and static.textFormat() is Qt.TextFormat.PlainText
    assert width > 60
    with qtbot.waitSignal(view.hovered) as hovered:
        mouse(view, QEvent.Type.MouseMove, QPointF(1, 1))
    assert hovered.args == [-1] and (seen(view) == bare).all()


@pytest.mark.parametrize(
    "modifiers, how", [(PLAIN, How.REPLACE), (SHIFT, How.ADD), (ALT, How.REMOVE)], ids=["plain", "shift", "alt"]
)
def test_box_and_lasso_select(view: CloudView, qtbot: QtBot, modifiers: Qt.KeyboardModifier, how: How) -> None:
    camera = view.camera
    screen = view.shot(1.0).screen
    view.set_mode(Mode.BOX)
    with qtbot.waitSignal(view.selection_made) as made:
        drag(view, [(300, 250), (200, 180), (120, 90)], LEFT, modifiers)
    mask, given = made.args
    inside = (screen.x >= 120) & (screen.x <= 300) & (screen.y >= 90) & (screen.y <= 250)
    assert given is how and (mask == inside).all() and mask.any()
    view.set_mode(Mode.LASSO)
    circle = [(210 + 80 * math.cos(a / 20 * math.tau), 170 + 80 * math.sin(a / 20 * math.tau)) for a in range(21)]
    with qtbot.waitSignal(view.selection_made) as made:
        drag(view, circle, LEFT, modifiers)
    away = np.hypot(screen.x - 210, screen.y - 170)
    assert made.args[0][away < 78].all() and not made.args[0][away > 81].any() and made.args[1] is how
    assert view.camera == camera
    # The right button moves in these modes too, and a tiny band selects nothing.
    drag(view, [(100, 100), (140, 100)], RIGHT)
    assert view.camera != camera
    with qtbot.assertNotEmitted(view.selection_made, wait=30):
        drag(view, [(100, 100), (104, 101)])


def test_a_lasso_is_seen_while_it_is_drawn_and_escape_drops_it(view: CloudView, qtbot: QtBot) -> None:
    view.set_mode(Mode.LASSO)
    bare = seen(view)
    mouse(view, QEvent.Type.MouseButtonPress, QPointF(100, 100), LEFT, LEFT)
    for place in ((150, 100), (150, 160), (110, 170)):
        mouse(view, QEvent.Type.MouseMove, QPointF(*place), NONE, LEFT)
    assert (np.abs(seen(view) - bare).max(axis=2) > 10).sum() > 1000
    with qtbot.assertNotEmitted(view.selection_made, wait=30):
        qtbot.keyClick(view, Qt.Key.Key_Escape)
        mouse(view, QEvent.Type.MouseButtonRelease, QPointF(110, 170), LEFT, NONE)
    view.clearFocus()
    assert (seen(view) == bare).all()


def test_selected_points_have_labels_beside_them(view: CloudView, qtbot: QtBot) -> None:
    mask = np.zeros(600, bool)
    mask[[3, 50, 90]] = True
    view.set_labels([f"name {number}" for number in range(600)])
    assert not view.content(1.0).labels
    view.set_selected(mask)
    view.set_neighbours([7, 8])
    texts = [label.text for label in view.content(1.0).labels]
    assert set(texts) <= {f"name {number}" for number in (3, 50, 90, 7, 8)} and "name 3" in texts
    view.set_labels(str, [11])
    assert [label.text for label in view.content(1.0).labels] == ["11"]
    with pytest.raises(ValueError):
        view.set_labels(str, [600])
    view.set_labels(None)
    assert not view.content(1.0).labels


def test_label_mode_shows_names_in_place_of_points(view: CloudView, qtbot: QtBot) -> None:
    view.set_labels(lambda index: f"digit {index}")
    drawn = (np.abs(seen(view) - look.rgb(DARK.card)).max(axis=2) > 30).sum()
    view.set_label_mode(True)
    rest(view, qtbot)
    labels = view.content(1.0).labels
    assert len(labels) > 12
    assert (np.abs(image_channels(view.picture()) - look.rgb(DARK.card)).max(axis=2) > 30).sum() > 100
    view.set_label_mode(False)
    rest(view, qtbot)
    assert (np.abs(seen(view) - look.rgb(DARK.card)).max(axis=2) > 30).sum() == drawn


def test_groups_are_named_in_their_middle(view: CloudView) -> None:
    cluster = clusters(600)[1]
    view.set_groups(cluster, [f"c{number}" for number in range(10)])
    captions = view.content(1.0).captions
    assert len(captions) >= 7 and {caption.text for caption in captions} <= {f"c{n}" for n in range(10)}
    screen = view.shot(1.0).screen
    caption = captions[0]
    own = cluster == int(caption.text[1:])
    assert abs(caption.left - screen.x[own].mean()) < 25 and abs(caption.top - screen.y[own].mean()) < 25
    view.set_groups(np.full(600, -1), ["none"])
    assert not view.content(1.0).captions


def test_a_stream_of_positions_keeps_the_looks_and_the_hand(view: CloudView, qtbot: QtBot) -> None:
    mask = np.arange(600) % 7 == 0
    view.set_selected(mask)
    drag(view, [(100, 100), (150, 100)])
    camera = view.camera
    random = np.random.default_rng(0)
    for scale in (1e-4, 1, 1e4):
        view.set_positions(random.normal(0, scale, (600, 3)).astype(np.float32))
        QApplication.processEvents()
    rest(view, qtbot)
    assert view.camera == camera and view.scene.selected is not None and (view.scene.selected == mask).all()
    assert view.scene.colors is not None
    view.set_positions(np.zeros((3, 3)))
    assert view.scene.selected is None and view.scene.colors is None
    rest(view, qtbot)


def test_points_move_to_their_new_places(view: CloudView, qtbot: QtBot) -> None:
    before, after = view.scene.space.copy(), clusters(600, 9)[0]
    view.set_positions(after, animate=True)
    goal = np.abs(view.scene.space - before).max()
    assert goal == 0.0
    ways: list[float] = []

    def arrived() -> bool:
        ways.append(float(np.abs(view.scene.space - before).mean()))
        return not view.moves

    qtbot.waitUntil(arrived, timeout=5000)
    rest(view, qtbot)
    reached = view.scene.space.copy()
    view.set_positions(after)
    assert (reached == view.scene.space).all()
    assert sorted(ways) == pytest.approx(ways, abs=1e-3) and ways[-1] > 0.05


def test_it_turns_by_itself_until_it_is_touched(view: CloudView, qtbot: QtBot) -> None:
    start = view.camera.yaw
    view.set_auto_rotate(True)
    qtbot.waitUntil(lambda: abs(view.camera.yaw - start) > 0.02, timeout=5000)
    assert view.auto_rotates
    click(view, QPointF(3, 3))
    assert not view.auto_rotates
    rest(view, qtbot)
    held = view.camera
    qtbot.wait(60)
    assert view.camera == held
    view.set_dimensions(2)
    view.set_auto_rotate(True)
    assert not view.auto_rotates
    view.set_dimensions(3)
    view.set_auto_rotate(True)
    view.hide()
    assert not view.moves


def test_isolated_points_alone_are_seen_and_found(view: CloudView, qtbot: QtBot) -> None:
    mask = np.zeros(600, bool)
    mask[5] = True
    view.set_isolated(mask)
    rest(view, qtbot)
    assert view.point_under(place_of(view, 5)) == 5
    drawn = np.abs(seen(view) - look.rgb(DARK.card)).max(axis=2) > 20
    assert 5 < drawn.sum() < 200
    view.set_mode(Mode.BOX)
    with qtbot.waitSignal(view.selection_made) as made:
        drag(view, [(0, 0), (419, 339)])
    assert made.args[0].sum() == 1
    view.set_isolated(None)
    rest(view, qtbot)
    assert (np.abs(seen(view) - look.rgb(DARK.card)).max(axis=2) > 20).sum() > 2000


def test_the_theme_changes_ground_and_points(view: CloudView, qtbot: QtBot) -> None:
    view.set_theme(LIGHT)
    rest(view, qtbot)
    picture = seen(view)
    assert tuple(picture[1, 1]) == look.rgb(LIGHT.card)
    view.set_colors(None)
    rest(view, qtbot)
    accent = np.array(look.rgb(LIGHT.accent))
    assert (np.abs(seen(view) - accent).max(axis=2) < 6).any()


def test_the_camera_goes_to_the_session_and_back(view: CloudView, qtbot: QtBot) -> None:
    drag(view, [(100, 100), (170, 130)])
    state, bookmark, held = view.camera_state(), view.tensorboard_camera(), view.camera
    view.home()
    assert view.restore_camera(state) and view.camera == held
    view.home()
    assert view.restore_tensorboard_camera(bookmark)
    assert view.camera.distance == pytest.approx(held.distance) and view.camera.yaw == pytest.approx(held.yaw)
    before = view.camera
    assert not view.restore_camera({"yaw": "x"}) and not view.restore_tensorboard_camera([1])
    assert view.camera == before


def test_a_picture_is_as_large_and_as_sharp_as_asked(view: CloudView, qtbot: QtBot, artefacts) -> None:  # type: ignore[no-untyped-def]
    view.set_labels(lambda index: f"name {index}", [3, 60])
    small, large = view.picture(), view.picture(4)
    assert (small.width(), small.height()) == (420, 340) and (large.width(), large.height()) == (1680, 1360)
    large.save(str(artefacts / "cloud-4x.png"))
    shrunk = image_channels(large).reshape(340, 4, 420, 4, 3).mean(axis=(1, 3))
    difference = np.abs(shrunk - image_channels(small)).max(axis=2)
    assert difference.mean() < 2.5
    # Sharp: at four times the size an edge is no wider, in pixels.
    drawn = np.abs(image_channels(large) - look.rgb(DARK.card)).max(axis=2)
    assert ((drawn > 20) & (drawn < 60)).mean() < 0.03
    done: list[QImage] = []
    view.export(4, done.append)
    qtbot.waitUntil(lambda: bool(done), timeout=10_000)
    assert done[0] == large
    for scale in (0, 4.1):
        with pytest.raises(ValueError):
            view.picture(scale)


def test_sprites_take_the_place_of_discs(view: CloudView, qtbot: QtBot) -> None:
    images = np.zeros((600, 12, 8, 3), np.uint8)
    images[...] = (250, 40, 240)
    view.set_sprites(images)
    view.set_colors(None)
    rest(view, qtbot)
    pink = np.abs(seen(view) - (250, 40, 240)).max(axis=2) < 30
    assert pink.sum() > 3000
    # The whole picture is the point, and it is framed while the mouse is there.
    view.set_isolated(np.arange(600) == 5)
    place = place_of(view, 5)
    corner = QPointF(place.x() - 3, place.y() - 8)
    mouse(view, QEvent.Type.MouseMove, corner)
    hover = view.content(1.0).hover
    assert hover is not None and hover.box is not None and hover.box[1] == pytest.approx(1.5 * hover.box[0])
    assert view.point_under(QPointF(place.x() - 30, place.y())) == -1
    view.set_isolated(None)
    view.set_sprites(None)
    rest(view, qtbot)
    assert not (np.abs(seen(view) - (250, 40, 240)).max(axis=2) < 30).any()


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_points_are_no_trouble(qtbot: QtBot, count: int) -> None:
    view = CloudView(LIGHT, Renderer.RASTER)
    qtbot.addWidget(view)
    view.resize(200, 150)
    view.set_positions(np.full((count, 3), np.nan if count == 2 else 4.0))
    view.set_labels(str)
    view.set_groups(np.zeros(count, int), ["all"])
    view.set_label_mode(True)
    view.show()
    rest(view, qtbot)
    drag(view, [(20, 20), (80, 60)])
    turn_wheel(view, QPointF(50, 50), 3)
    view.set_dimensions(2)
    view.set_mode(Mode.LASSO)
    drag(view, [(0, 0), (199, 0), (199, 149), (0, 149)])
    assert view.point_under(QPointF(100, 75)) == (0 if count == 1 else -1)
    view.home()
    rest(view, qtbot)


def test_a_large_cloud_appears_in_turns_and_in_full(qtbot: QtBot) -> None:
    view = CloudView(DARK, Renderer.RASTER)
    qtbot.addWidget(view)
    view.resize(300, 260)
    positions, cluster = clusters(120_000)
    view.set_positions(positions)
    view.set_colors(palette(cluster))
    view.show()
    qtbot.waitExposed(view)
    # Hidden before the first turn, it goes on where it was when it is seen again.
    view.surface.refresh(False)
    view.surface.widget.repaint()
    view.hide()
    QApplication.processEvents()
    view.show()
    rest(view, qtbot)
    seen = image_channels(view.grab().toImage())
    view.set_positions(positions[:, [1, 0, 2]])
    rest(view, qtbot)
    turned = image_channels(view.grab().toImage())
    small = CloudView(DARK, Renderer.RASTER)
    qtbot.addWidget(small)
    small.resize(300, 260)
    small.set_positions(positions[:100_000])
    small.set_colors(palette(cluster[:100_000]))
    small.show()
    qtbot.waitExposed(small)
    rest(small, qtbot)
    # Nearly the same points, painted the other way, make nearly the same picture; others do not.
    alike = image_channels(small.grab().toImage())
    assert np.abs(seen - alike).mean() < 0.25 * np.abs(seen - turned).mean()
    assert len(np.unique(seen.reshape(-1, 3), axis=0)) > 100


def test_the_full_picture_follows_the_quick_one(qtbot: QtBot) -> None:
    view = CloudView(DARK, Renderer.RASTER)
    qtbot.addWidget(view)
    view.resize(420, 340)
    view.set_positions(clusters(150_000)[0])
    view.show()
    rest(view, qtbot)
    drag(view, [(100, 100), (150, 100)])
    QApplication.processEvents()
    assert not view.surface.drawn_in.fine  # type: ignore[attr-defined]
    rest(view, qtbot)
    assert view.surface.drawn_in.fine  # type: ignore[attr-defined]
    view.clearFocus()
    mouse(view, QEvent.Type.Leave, QPointF(0, 0))
    view.set_hovered(-1)
    assert np.abs(seen(view) - image_channels(view.picture())).max() == 0


SHARP = """
import sys
import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QApplication
app = QApplication([])
from runglass.viewers.cloud.view import CloudView, Renderer
from runglass.viewers.theme import DARK
view = CloudView(DARK, Renderer.RASTER)
view.set_positions(np.random.default_rng(0).normal(size=(30, 3)))
view.resize(301, 203)
view.show()
while not view.surface.resting or view.settling:
    app.processEvents()
ratio = view.devicePixelRatioF()
screen = view.shot(ratio).screen
found = [view.point_under(QPointF(float(x) / ratio, float(y) / ratio)) for x, y in zip(screen.x, screen.y)]
image, exact = view.surface._image, view.picture(ratio)
same = np.frombuffer(exact.constBits(), np.uint32).reshape(exact.height(), -1)
own = view.surface._pixels
print(ratio, image.width(), image.height(), np.mean(np.array(found) == np.arange(30)), (own == same).mean())
"""


@pytest.mark.parametrize("scale", [1.0, 1.25, 2.0])
def test_it_is_sharp_and_exact_on_dense_screens(qapp: QApplication, scale: float) -> None:
    variables = {**os.environ, "QT_SCALE_FACTOR": str(scale), "QT_ENABLE_HIGHDPI_SCALING": "1"}
    done = subprocess.run([sys.executable, "-c", SHARP], env=variables, capture_output=True, text=True, timeout=60)
    words = [float(word) for word in done.stdout.split()]
    assert len(words) == 5, done.stderr
    ratio, width, height, found, same = words
    assert ratio == scale and (width, height) == (round(301 * ratio), round(203 * ratio))
    # Points that lie under others are not found, the rest are.
    assert found > 0.85 and same > 0.999
