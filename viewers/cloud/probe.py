"""Whether OpenGL is worth using here: which version there is, and whether a graphics card or the processor does it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QOffscreenSurface, QOpenGLContext, QSurfaceFormat

VERSION = (3, 3)
#: Parts of the names of renderers that draw on the processor, in small letters.
SOFTWARE = (
    "llvmpipe",
    "softpipe",
    "swr",
    "swiftshader",
    "swrast",
    "software rasterizer",
    "software renderer",
    "gdi generic",
    "microsoft basic",
    "basic render driver",
    "mesa offscreen",
)
_RENDERER = 0x1F01


@dataclass(frozen=True, slots=True)
class Check:
    """``usable``: OpenGL 3.3 is there; ``hardware``: by a graphics card; ``name``: its renderer's, or the reason."""

    usable: bool
    hardware: bool
    name: str


def surface_format() -> QSurfaceFormat:
    """OpenGL 3.3 core with a depth buffer."""
    wanted = QSurfaceFormat()
    wanted.setRenderableType(QSurfaceFormat.RenderableType.OpenGL)
    wanted.setVersion(*VERSION)
    wanted.setProfile(QSurfaceFormat.OpenGLContextProfile.CoreProfile)
    wanted.setDepthBufferSize(24)
    return wanted


def is_software(name: str) -> bool:
    """True if a renderer of this name draws on the processor."""
    lowered = name.lower()
    return any(part in lowered for part in SOFTWARE)


def check() -> Check:
    """Make a context without a window and ask it for its name: some 50 ms, in the GUI thread."""
    context = QOpenGLContext()
    context.setFormat(surface_format())
    if not context.create():
        return Check(False, False, "no OpenGL context can be made")
    surface = QOffscreenSurface()
    surface.setFormat(context.format())
    surface.create()
    if not surface.isValid() or not context.makeCurrent(surface):
        return Check(False, False, "OpenGL has no surface to draw on")
    try:
        made = context.format()
        version = made.majorVersion(), made.minorVersion()
        functions = context.functions()
        name = _text(functions.glGetString(_RENDERER))
        if version < VERSION or made.renderableType() == QSurfaceFormat.RenderableType.OpenGLES:
            return Check(False, False, f"OpenGL {version[0]}.{version[1]} ({name}) is older than 3.3")
        return Check(True, bool(name) and not is_software(name), name)
    finally:
        context.doneCurrent()
        surface.destroy()


def _text(value: object) -> str:
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).decode("utf-8", "replace")
    return value if isinstance(value, str) else ""
