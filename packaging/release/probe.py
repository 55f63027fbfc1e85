"""A second start of the frozen program's modules, for tests: uses what is easily left out of a bundle, and reports.

It is built beside the program from the same modules and is not shipped. ``runglass-probe REPORT`` writes a JSON object
of findings: formats of pictures, what the projector's process computed, pixels that OpenGL drew. Benchmarks run theirs
in it: ``runglass-probe --call FOLDER MODULE:NAME JSON-ARGUMENTS ANSWER-FILE``.
"""

import importlib
import json
import multiprocessing
import os
import queue
import subprocess
import sys
from io import BytesIO
from pathlib import Path


def formats() -> list[str]:
    """Pictures that Qt would read here."""
    from PySide6.QtGui import QImageReader

    return sorted(str(name.data(), "ascii") for name in QImageReader.supportedImageFormats())


def decoded() -> dict[str, list[int]]:
    """Width and height of pictures of every format that the images pane takes."""
    from PIL import Image

    from runglass.viewers.images.decoding import decode

    found = {}
    for kind in ("PNG", "JPEG", "GIF", "WEBP", "BMP"):
        file = BytesIO()
        Image.new("RGB", (40, 30), (200, 40, 40)).save(file, kind)
        picture = decode(file.getvalue())
        found[kind] = [picture.columns, picture.rows]
    return found


def sprite_formats() -> list[str]:
    """Formats that Pillow reads of those that the projector takes as sprites."""
    from PIL import BmpImagePlugin, GifImagePlugin, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

    plugins = (BmpImagePlugin, GifImagePlugin, JpegImagePlugin, PngImagePlugin, WebPImagePlugin)
    return [plugin.__name__ for plugin in plugins]


def projections() -> dict[str, str]:
    """What each job of the projection process ended with: the name of the event, and a sentence where it has one."""
    import numpy as np

    from runglass.viewers.projector.worker.client import ProjectionProcess
    from runglass.viewers.projector.worker.messages import (
        AxesJob,
        Cancelled,
        ClusterJob,
        Died,
        Event,
        Failed,
        Finished,
        PcaJob,
        TsneJob,
        UmapJob,
    )
    from runglass.viewers.projector.worker.shared import SharedMatrix

    points = np.random.default_rng(0).normal(size=(400, 16)).astype(np.float32)
    points[:200] += 6
    ends = np.arange(10), np.arange(300, 310)
    jobs = {
        "pca": PcaJob(),
        "pca, spherized": PcaJob(spherize=True),
        "t-SNE": TsneJob(iterations=300),
        "t-SNE in 3D": TsneJob(dimensions=3, iterations=60),
        "UMAP": UmapJob(epochs=60),
        "axes": AxesJob(((ends[0], ends[1]),)),
        "k-means": ClusterJob(count=2),
        "HDBSCAN": ClusterJob(smallest=20),
    }
    events: queue.Queue[Event] = queue.Queue()
    process = ProjectionProcess(events.put)
    found = {}
    try:
        process.set_data(SharedMatrix.of(points))
        for name, job in jobs.items():
            process.start(job)
            while True:
                event = events.get(timeout=120)
                if isinstance(event, Finished | Failed | Cancelled | Died):
                    break
            found[name] = " ".join([type(event).__name__, getattr(event, "sentence", "")]).strip()
    finally:
        process.close()
    return found


def opengl() -> dict[str, object]:
    """How many of 64 x 64 pixels came out red through PyOpenGL, which has to find the window system that Qt uses."""
    from PySide6.QtGui import QGuiApplication, QOffscreenSurface, QOpenGLContext
    from PySide6.QtOpenGL import QOpenGLFramebufferObject

    from runglass.viewers.cloud.opengl import GlRenderer, choose_platform
    from runglass.viewers.cloud.probe import check, surface_format

    choose_platform(QGuiApplication.platformName())
    seen = check()
    found: dict[str, object] = {"usable": seen.usable, "name": seen.name, "red": 0}
    if not seen.usable:
        return found
    context, surface = QOpenGLContext(), QOffscreenSurface()
    context.setFormat(surface_format())
    surface.setFormat(surface_format())
    surface.create()
    if not context.create() or not context.makeCurrent(surface):
        return found
    target = QOpenGLFramebufferObject(64, 64)
    target.bind()
    from OpenGL import GL

    GlRenderer()  # compiles the shaders
    GL.glClearColor(1, 0, 0, 1)
    GL.glClear(GL.GL_COLOR_BUFFER_BIT)
    image = target.toImage()
    found["red"] = sum(image.pixelColor(x, y).red() == 255 for x in range(64) for y in range(64))
    context.doneCurrent()
    return found


def loader_path() -> str:
    """Where the loader of this process looked for libraries: what LD_LIBRARY_PATH was when it started. On Linux."""
    started_with = Path("/proc/self/environ").read_bytes().split(b"\0")
    return next((os.fsdecode(word[16:]) for word in started_with if word.startswith(b"LD_LIBRARY_PATH=")), "")


def loader_path_of_a_child() -> str:
    """The same of this program, started by itself."""
    if not sys.platform.startswith("linux"):
        return ""
    done = subprocess.run([sys.executable, "--loader-path"], stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.rstrip("\n")


def call(folder: str, function: str, arguments: str, answer: str) -> None:
    """What benchmarks/child.py does, with this program in the place of Python: a function of a file in ``folder``."""
    sys.path.insert(0, folder)
    module, _, name = function.partition(":")
    result = getattr(importlib.import_module(module), name)(**json.loads(arguments))
    Path(answer).write_text(json.dumps(result), encoding="utf-8")
    os._exit(0)


def main(report: Path) -> None:
    """Write the findings to ``report``."""
    from PySide6.QtSvg import QSvgRenderer
    from PySide6.QtWidgets import QApplication

    from runglass.app import guard, style
    from runglass.app.cli import version

    guard.prepare_interpreter()
    app = QApplication(sys.argv[:1])
    findings = {
        "version": version(),
        "library path": os.environ.get("LD_LIBRARY_PATH"),
        "loader path of a child": loader_path_of_a_child(),
        "frozen": bool(getattr(sys, "frozen", False)),
        "style": (style.RESOURCES / "style.qss").is_file(),
        "svg": QSvgRenderer(str(style.RESOURCES / "runglass.svg")).isValid(),
        "formats": formats(),
        "decoded": decoded(),
        "sprites": sprite_formats(),
        "projections": projections(),
        "opengl": opengl(),
    }
    report.write_text(json.dumps(findings, indent=1), encoding="utf-8")
    del app


if __name__ == "__main__":
    multiprocessing.freeze_support()
    if sys.argv[1] == "--call":
        call(*sys.argv[2:])
    elif sys.argv[1] == "--loader-path":
        print(loader_path())
    else:
        main(Path(sys.argv[1]))
