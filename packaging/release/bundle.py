"""What of the installed packages goes into the frozen program.

Patterns name files by their place in the bundle, with ``/`` on every system. Each group says why it is out, so that a
release of a library that moves things about can be judged. ``tests/packages/test_release_frozen.py`` looks at what came
out.
"""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

#: Formats that Qt reads by plug-ins. PNG and BMP are built in; nothing else is to be read from a stranger's log.
IMAGE_PLUGINS = ("qjpeg", "qgif", "qwebp")
#: The same formats as modules of Pillow, which reads the projector's sprites and writes what is logged. Pillow itself
#: wants its module for PPM.
PILLOW_PLUGINS = (
    "BmpImagePlugin",
    "GifImagePlugin",
    "JpegImagePlugin",
    "PngImagePlugin",
    "PpmImagePlugin",
    "WebPImagePlugin",
)

#: Modules that the program never asks for and that its libraries take only where they happen to be installed, or in
#: parts of theirs that are not used.
EXCLUDED_MODULES = (
    # Python's own
    "tkinter",
    "test",
    "lib2to3",
    "pydoc_data",
    "ensurepip",
    "idlelib",
    "turtledemo",
    "curses",
    "readline",
    "sqlite3",
    # No part of the program speaks to a network.
    "ssl",
    "_ssl",
    # Their modules do without them; they want all of OpenSSL, and a library of the system.
    "_hashlib",
    "_uuid",
    "ftplib",
    "smtplib",
    "xmlrpc",
    # packaging tools
    "setuptools",
    "pkg_resources",
    "pip",
    "wheel",
    "PyInstaller",
    # what numerical libraries take if it is there
    "IPython",
    "jupyter_rfb",
    "matplotlib",
    "pandas",
    "polars",
    "pyarrow",
    "cupy",
    "torch",
    "tensorflow",
    "jax",
    "dask",
    "PIL.ImageCms",
    "PIL._imagingcms",
    "distributed",
    "pytest",
    "hypothesis",
    "numpy.f2py.tests",
    "numpy.testing.tests",
    "sklearn.datasets",
    "scipy.signal",
    "scipy.io",
    "scipy.datasets",
    "scipy.misc",
    # windows of pyqtgraph that are not ours
    "pyqtgraph.examples",
    "pyqtgraph.flowchart",
    "pyqtgraph.jupyter",
    "pyqtgraph.canvas",
    "pyqtgraph.dockarea",
    "pyqtgraph.console",
    "OpenGL_accelerate",
    "OpenGL.GLUT",
    "OpenGL.GLE",
    "OpenGL.Tk",
    # Qt beyond widgets, OpenGL and SVG
    "PySide6.QtConcurrent",
    "PySide6.QtDBus",
    "PySide6.QtDesigner",
    "PySide6.QtHelp",
    "PySide6.QtPrintSupport",
    "PySide6.QtQml",
    "PySide6.QtQuick",
    "PySide6.QtQuickControls2",
    "PySide6.QtQuickTest",
    "PySide6.QtQuickWidgets",
    "PySide6.QtSql",
    "PySide6.QtTest",
    "PySide6.QtUiTools",
    "PySide6.QtXml",
)

_DROPPED = (
    # The program has one language.
    "*/translations/*",
    # Qt: databases, printing, Qt Designer, TLS, screens without a window system, virtual keyboards, servers.
    "*/plugins/designer/*",
    "*/plugins/egldeviceintegrations/*",
    "*/plugins/generic/*",
    "*/plugins/networkinformation/*",
    "*/plugins/platforminputcontexts/*virtualkeyboard*",
    "*/plugins/platforms/*direct2d*",
    "*/plugins/platforms/*eglfs*",
    "*/plugins/platforms/*linuxfb*",
    "*/plugins/platforms/*minimal*",
    "*/plugins/platforms/*vkkhrdisplay*",
    "*/plugins/platforms/*vnc*",
    "*/plugins/printsupport/*",
    "*/plugins/qmllint/*",
    "*/plugins/qmltooling/*",
    "*/plugins/sqldrivers/*",
    "*/plugins/tls/*",
    "*/plugins/vectorimageformats/*",
    "*/plugins/wayland-graphics-integration-server/*",
    "*/plugins/wayland-graphics-integration-client/*-server.*",
    # Wayland: shells of cars and of Qt's own; desktops have xdg-shell.
    "*/plugins/wayland-shell-integration/*fullscreen-shell*",
    "*/plugins/wayland-shell-integration/*ivi-shell*",
    "*/plugins/wayland-shell-integration/*qt-shell*",
    "*/plugins/wayland-shell-integration/*wl-shell*",
    "*Qt6EglF*",
    "*Qt6Pdf*",
    "*Qt6Qml*",
    "*Qt6Quick*",
    "*Qt6VirtualKeyboard*",
    "*Qt6WlShellIntegration*",
    # What is only read when compiling against a library, or by its own tests.
    "*/tests/*",
    "*.a",
    "*.h",
    "*.lib",
    "*.pxd",
    "*.pyi",
    "*.pyx",
    "*/meson.build",
    "pyqtgraph/icons/*",
    "sklearn/datasets/*",
)


def keeps(place: str) -> bool:
    """True if the file at ``place`` (relative to the bundle, ``/`` between folders) is to stay."""
    folder, _, name = place.rpartition("/")
    if folder.endswith("plugins/imageformats"):
        return any(name.removeprefix("lib").startswith(plugin) for plugin in IMAGE_PLUGINS)
    return not any(fnmatchcase(place, pattern) for pattern in _DROPPED)


#: Libraries of the build machine that go along on Linux: what a desktop may lack (helpers of XCB that Qt's platform
#: plug-in wants) and what this Python was linked with in one version. All others come from the user's system. An older
#: libstdc++ in the bundle than the user's OpenGL driver wants ends in "Could not initialize GLX" and an abort.
SYSTEM_LIBRARIES_KEPT = (
    "libxcb-*",
    "libxkbcommon*",
    "libffi.so*",
    "liblzma.so*",
    "libbz2.so*",
    "libzstd.so*",
    "libpython3*",
)


def from_system(name: str) -> bool:
    """True if a library of this file name in the bundle is one of the build machine's, Python itself aside."""
    return any(fnmatchcase(name, pattern) for pattern in SYSTEM_LIBRARIES_KEPT if "python" not in pattern)


def pillow_modules(names: Iterable[str]) -> list[str]:
    """Those of Pillow's modules (``PIL.X``) to leave out: readers of formats that nobody asks for."""
    return [name for name in names if name.endswith("ImagePlugin") and name.split(".")[-1] not in PILLOW_PLUGINS]
