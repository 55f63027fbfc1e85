"""The same picture by OpenGL: compared with that of numpy, and what happens where OpenGL fails."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from cloud_fakes import clusters, image_channels, palette
from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QMimeData, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from runglass.viewers.cloud import probe
from runglass.viewers.cloud.gl_surface import GlSurface
from runglass.viewers.cloud.opengl import GlRenderer, OpenGLFailed, choose_platform
from runglass.viewers.cloud.view import CloudView, Renderer
from runglass.viewers.theme import DARK, LIGHT, Theme

Make = Callable[..., CloudView]


@pytest.fixture
def opengl(qapp: object) -> None:
    found = probe.check()
    if not found.usable:
        pytest.skip(f"no OpenGL 3.3 here: {found.name}")


@pytest.fixture
def make(qtbot: QtBot, opengl: None) -> Iterator[Make]:
    made: list[CloudView] = []

    def view(
        theme: Theme = DARK, renderer: Renderer = Renderer.OPENGL, count: int = 1500, flat: bool = False
    ) -> CloudView:
        one = CloudView(theme, renderer)
        made.append(one)
        one.resize(400, 320)
        positions, cluster = clusters(count)
        one.set_positions(positions[:, :2] if flat else positions)
        if flat:
            one.set_dimensions(2)
        one.set_colors(palette(cluster, theme))
        one.show()
        qtbot.waitExposed(one)
        qtbot.waitUntil(lambda: renderer is Renderer.RASTER or window(one).renderer is not None)
        return one

    yield view
    for one in made:
        one.close()
        one.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def window(view: CloudView):  # type: ignore[no-untyped-def]
    assert isinstance(view.surface, GlSurface)
    return view.surface.window


def by_opengl(view: CloudView) -> np.ndarray:
    """The next frame."""
    loop, patience = QEventLoop(), QTimer()
    window(view).frameSwapped.connect(loop.quit)
    patience.timeout.connect(loop.quit)
    patience.start(10_000)
    window(view).update()
    loop.exec()
    patience.stop()
    window(view).frameSwapped.disconnect(loop.quit)
    return image_channels(window(view).grabFramebuffer())


def difference(view: CloudView) -> np.ndarray:
    """Of each pixel, between OpenGL's and numpy's picture of the same view."""
    found, wanted = by_opengl(view), image_channels(view.picture(view.devicePixelRatioF()))
    assert found.shape == wanted.shape
    return np.abs(found - wanted).max(axis=2)


def assert_same(view: CloudView) -> None:
    found = difference(view)
    ground = np.array(image_channels(view.picture())[0, 0])
    assert (np.abs(by_opengl(view) - ground).max(axis=2) > 30).mean() > 0.01
    assert found.mean() < 0.7
    # OpenGL blends all edges over each other, numpy the topmost one alone.
    assert (found > 48).mean() < 0.006


def sprites(count: int) -> np.ndarray:
    rows, columns = np.mgrid[0:24, 0:18]
    rings = np.hypot(rows - 12, columns - 9)[None] < (3 + np.arange(count)[:, None, None] % 8)
    images = np.zeros((count, 24, 18, 4), np.uint8)
    images[..., :3] = np.where(rings, 230, 40)[..., None]
    images[..., 3] = 255
    return images


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
@pytest.mark.parametrize("flat", [False, True], ids=["3d", "2d"])
def test_points_look_the_same(make: Make, theme: Theme, flat: bool) -> None:
    assert_same(make(theme, flat=flat))


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
def test_a_selection_looks_the_same(make: Make, theme: Theme) -> None:
    view = make(theme)
    view.set_selected(np.arange(1500) % 40 == 0)
    view.set_neighbours(np.arange(100, 130))
    assert_same(view)


def test_sprites_look_the_same(make: Make) -> None:
    view = make()
    images = sprites(1500)
    images[::3, :8, :, 3] = 0
    view.set_sprites(images)
    view.set_selected(np.arange(1500) % 200 == 0)
    found = difference(view)
    assert found.mean() < 0.5 and (found > 24).mean() < 0.002


def test_sprites_on_several_pages_look_the_same(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    view = make(count=300)
    window(view).renderer._texture_limit = 100
    view.set_sprites(sprites(300))
    found = difference(view)
    assert len(window(view).renderer._textures) > 5
    assert found.mean() < 0.5 and (found > 24).mean() < 0.002


def test_sizes_near_points_and_the_zoom_look_the_same(make: Make) -> None:
    view = make(count=400)
    view.set_sizes(np.linspace(0.5, 5, 400))
    assert_same(view)
    for _ in range(6):
        view.take_camera(view.camera.dollied(1.4, 210, 170, view.viewport))
    found = difference(view)
    assert found.mean() < 1.5 and (found > 60).mean() < 0.01


def test_hidden_points_and_those_without_a_place_are_left_out(make: Make) -> None:
    view = make()
    positions = clusters(1500)[0]
    positions[::4] = np.nan
    positions[1] = np.inf
    view.set_positions(positions)
    assert_same(view)
    view.set_isolated(np.arange(1500) % 3 == 0)
    assert_same(view)
    view.set_isolated(np.zeros(1500, bool))
    assert difference(view).max() == 0


@pytest.mark.parametrize("count", [0, 1])
def test_few_points(make: Make, count: int) -> None:
    view = make()
    view.set_positions(np.zeros((count, 3)))
    found = difference(view)
    assert found.max() <= 20


def test_only_what_changed_is_sent(make: Make) -> None:
    view = make()
    by_opengl(view)
    renderer = window(view).renderer
    sent = renderer.sent_bytes
    assert sent == 21 * 1500
    view.take_camera(view.camera.orbited(0.3, 0.1))
    by_opengl(view)
    assert renderer.sent_bytes == sent
    view.set_positions(clusters(1500, 8)[0])
    by_opengl(view)
    assert renderer.sent_bytes == sent + 12 * 1500
    view.set_colors(np.zeros((1500, 3), np.uint8))
    by_opengl(view)
    assert renderer.sent_bytes == sent + (12 + 9) * 1500
    assert (by_opengl(view) == 0).all(axis=2).any()


def test_labels_lie_over_the_points(make: Make) -> None:
    view = make()
    bare = by_opengl(view)
    view.set_labels(lambda index: f"name {index}", list(range(0, 1500, 60)))
    view.set_hovered(3)
    found = np.abs(by_opengl(view) - bare).max(axis=2) > 40
    assert found.sum() > 600


def test_the_hand_reaches_the_view(make: Make, qtbot: QtBot) -> None:
    view = make()
    before = view.camera
    target = window(view)
    screen = view.shot(1.0).screen
    at = QPoint(int(screen.x[7]), int(screen.y[7]))
    with qtbot.waitSignal(view.hovered):
        qtbot.mouseMove(target, at)
    with qtbot.waitSignal(view.clicked) as clicked:
        qtbot.mouseClick(target, Qt.MouseButton.LeftButton, pos=at)
    assert clicked.args == [view.point_under(QPointF(at))]
    qtbot.keyClick(target, Qt.Key.Key_Left)
    assert view.camera.yaw != before.yaw


def test_what_is_dropped_on_it_reaches_the_pane(make: Make, qtbot: QtBot) -> None:
    class Taker(QWidget):
        dropped = ""

        def dragEnterEvent(self, event: QDragEnterEvent) -> None:
            event.acceptProposedAction()

        def dropEvent(self, event: QDropEvent) -> None:
            self.dropped = event.mimeData().text()
            event.acceptProposedAction()

    view = make()
    taker = Taker()
    qtbot.addWidget(taker)
    taker.setAcceptDrops(True)
    QVBoxLayout(taker).addWidget(view)
    taker.show()
    qtbot.waitExposed(taker)
    data = QMimeData()
    data.setText("points")
    how = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    for event in (QDragEnterEvent(QPoint(20, 20), *how), QDropEvent(QPointF(30, 30), *how)):
        QCoreApplication.sendEvent(view.surface.widget, event)
        assert event.isAccepted()
    assert taker.dropped == "points"
    view.setParent(None)


def test_renderers_change_places(make: Make, qtbot: QtBot) -> None:
    view = make()
    assert view.renderer == "opengl"
    view.set_renderer(Renderer.RASTER)
    assert view.renderer == "raster"
    qtbot.waitUntil(lambda: view.surface.resting)
    assert (image_channels(view.grab().toImage()) == image_channels(view.picture())).mean() > 0.99
    view.set_renderer(Renderer.OPENGL)
    qtbot.waitUntil(lambda: window(view).renderer is not None)
    assert_same(view)


def test_a_window_that_was_hidden_draws_again(make: Make, qtbot: QtBot) -> None:
    view = make()
    view.hide()
    view.show()
    qtbot.waitExposed(view)
    assert_same(view)


def test_failing_opengl_is_said_and_numpy_goes_on(make: Make, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: object) -> None:
        raise OpenGLFailed("the graphics card is gone")

    view = make()
    monkeypatch.setattr(GlRenderer, "draw", broken)
    with qtbot.waitSignal(view.notice) as notice:
        view.surface.refresh(False)
    assert notice.args == ["OpenGL failed, so points are drawn without it: the graphics card is gone"]
    assert view.renderer == "raster"
    qtbot.waitUntil(lambda: view.surface.resting)
    assert (image_channels(view.grab().toImage()) == image_channels(view.picture())).all()


def test_shaders_that_do_not_compile_are_a_failure(make: Make, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runglass.viewers.cloud.opengl._FRAGMENT", "#version 330 core\nnonsense")
    view = CloudView(DARK, Renderer.OPENGL)
    qtbot.addWidget(view)
    view.set_positions(clusters(10)[0])
    with qtbot.waitSignal(view.notice) as notice:
        view.show()
    assert "does not compile" in notice.args[0]
    assert view.renderer == "raster"


def test_automatic_choice_leaves_software_opengl_alone(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    for found, wanted in (
        (probe.Check(True, True, "NVIDIA GeForce RTX 4090/PCIe/SSE2"), "opengl"),
        (probe.Check(True, False, "llvmpipe (LLVM 15.0.6, 256 bits)"), "raster"),
        (probe.Check(False, False, "no OpenGL context can be made"), "raster"),
    ):
        monkeypatch.setattr(probe, "check", lambda found=found: found)
        view = CloudView(DARK)
        qtbot.addWidget(view)
        assert view.renderer == wanted


@pytest.mark.parametrize(
    "name, software",
    [
        ("llvmpipe (LLVM 15.0.6, 256 bits)", True),
        ("Software Rasterizer", True),
        ("softpipe", True),
        ("Google SwiftShader", True),
        ("ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device (Subzero)), SwiftShader driver)", True),
        ("GDI Generic", True),
        ("Microsoft Basic Render Driver", True),
        ("ANGLE (Microsoft, Microsoft Basic Render Driver Direct3D11)", True),
        ("NVIDIA H100 PCIe/PCIe/SSE2", False),
        ("Mesa Intel(R) UHD Graphics 620 (KBL GT2)", False),
        ("AMD Radeon RX 6800 (radeonsi, navi21, LLVM 17.0.6, DRM 3.54)", False),
        ("Apple M2", False),
        ("D3D12 (NVIDIA GeForce RTX 3060)", False),
    ],
)
def test_names_of_renderers(name: str, software: bool) -> None:
    assert probe.is_software(name) is software


def test_pyopengl_is_told_the_platform_of_qt(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in [name for name in sys.modules if name.split(".")[0] == "OpenGL"]:
        monkeypatch.delitem(sys.modules, module)
    for platform, integration, wanted in (
        ("xcb", "", "glx"),
        ("xcb", "xcb_egl", "egl"),
        ("wayland", "", "egl"),
        ("windows", "", None),
        ("cocoa", "", None),
    ):
        monkeypatch.setenv("PYOPENGL_PLATFORM", "osmesa")
        monkeypatch.setenv("QT_XCB_GL_INTEGRATION", integration)
        choose_platform(platform)
        assert os.environ.get("PYOPENGL_PLATFORM") == wanted


SCRIPT = """
import sys
from PySide6.QtWidgets import QApplication
import numpy as np
app = QApplication([])
from runglass.viewers.cloud.view import CloudView, Renderer
from runglass.viewers.theme import DARK
view = CloudView(DARK, Renderer.OPENGL)
said = []
view.notice.connect(said.append)
view.set_positions(np.random.default_rng(0).normal(size=(500, 3)))
view.resize(300, 200)
view.show()
for _ in range(200):
    app.processEvents()
    if said or (view.renderer == "opengl" and view.surface.window.renderer is not None):
        break
image = view.surface.window.grabFramebuffer() if view.renderer == "opengl" else view.grab().toImage()
colors = {image.pixel(x, y) for x in range(0, image.width(), 2) for y in range(0, image.height(), 2)}
print(view.renderer, len(colors) > 3, *said)
sys.stdout.flush()
"""


@pytest.mark.parametrize(
    "variables",
    [{"XDG_SESSION_TYPE": "wayland"}, {"QT_XCB_GL_INTEGRATION": "xcb_egl"}, {"PYOPENGL_PLATFORM": "egl"}],
    ids=lambda variables: next(iter(variables)),
)
def test_a_misleading_environment_does_no_harm(opengl: None, variables: dict[str, str]) -> None:
    if QGuiApplication.platformName() != "xcb":
        pytest.skip("these variables matter on X11")
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], env={**os.environ, **variables}, capture_output=True, text=True, timeout=60
    )
    assert done.stdout.split()[1:] == ["True"], done.stdout + done.stderr
    assert done.stdout.split()[0] == "opengl"


def test_without_opengl_the_points_are_drawn_all_the_same() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "DISPLAY": ""},
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    words = done.stdout.split(maxsplit=2)
    assert words[:2] == ["raster", "True"], done.stdout + done.stderr
    assert words[2].startswith("OpenGL failed, so points are drawn without it:")
