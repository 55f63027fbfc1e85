"""The command line. Nothing here imports Qt: `inspect` runs on a training machine without a display."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from . import guard


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line asks of the window. ``size`` in logical pixels."""

    logdirs: tuple[str, ...] = ()
    theme: str | None = None
    screenshot: str | None = None
    size: tuple[int, int] | None = None
    demo: bool = False
    renderer: str | None = None
    new_instance: bool = False
    selftest: bool = False
    selftest_window: bool = False
    report: str | None = None

    @property
    def keeps(self) -> bool:
        """True if the user's own files are read and written: not for pictures and the self-test."""
        return not (self.screenshot or self.selftest_window)

    @property
    def joins(self) -> bool:
        """True if a program that runs already may do what is asked. What holds for one start needs its own."""
        own = self.new_instance or self.demo or self.theme or self.size or self.renderer
        return self.keeps and not own


def version() -> str:
    """The version of the installed program."""
    import importlib.metadata

    try:
        return importlib.metadata.version("runglass")
    except importlib.metadata.PackageNotFoundError:
        return "from source"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program; returns the exit code (2: wrong use or cannot start)."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments[:1] == ["inspect"]:
        from ..reader.api import inspect_main

        return inspect_main(arguments[1:])
    if arguments[:1] == ["demo"]:
        from .demo import main as demo_main

        return demo_main(arguments[1:])
    options = parse(arguments)
    if options.selftest:
        from .selftest import main as selftest_main

        return selftest_main(options.report, options.renderer)
    try:
        return open_window(options)
    except guard.Refused as refusal:
        from .telling import tell

        tell(f"runglass: {refusal}")
        return 2


def open_window(options: Options) -> int:
    """Run the window program; returns its exit code. Raises :class:`guard.Refused` where it cannot run here."""
    guard.prepare_interpreter()
    guard.check_qt()
    guard.check_display()
    try:
        from .program import run
    except ImportError as error:
        if (error.name or "").startswith("runglass"):
            raise
        raise guard.explain_import(error) from error
    try:
        return run(options)
    except Exception as error:
        from .crash_reports import report_of

        raise guard.Refused(report_of(error, options.keeps)) from error


def parse(arguments: Sequence[str]) -> Options:
    """The options of the window; exits with 2 and a line of usage where they make no sense."""
    parser = argparse.ArgumentParser(
        prog="runglass",
        description="Shows TensorBoard event logs in a native window, live.",
        epilog="Also: `runglass inspect LOGDIR [--json]` prints what a log holds and how whole it is; "
        "`runglass demo DIR [--live]` writes a sample log.",
    )
    parser.add_argument("logdirs", nargs="*", metavar="LOGDIR", help="folders with event files, searched to the bottom")
    parser.add_argument("--theme", choices=("dark", "light", "system"), help="colours for this start")
    parser.add_argument("--screenshot", metavar="DIR", help="save a picture of every pane in both themes, and exit")
    parser.add_argument("--size", type=_size, metavar="WxH", help="size of the window, as 1440x900")
    parser.add_argument("--renderer", choices=("auto", "opengl", "raster"), help="who draws the projector's points")
    parser.add_argument("--demo", action="store_true", help="open a small simulated training")
    parser.add_argument("--new-instance", action="store_true", help="do not open in a Runglass that runs already")
    parser.add_argument("--selftest", action="store_true", help="open the demo, draw every pane, say what is wrong")
    parser.add_argument("--report", metavar="FILE", help="with --selftest: write what it says into a file as well")
    parser.add_argument("--selftest-window", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--version", action=_ShowVersion, nargs=0, help="print the version and exit")
    found = parser.parse_args(arguments)
    if found.demo and found.logdirs:
        parser.error("--demo opens its own folder: leave out LOGDIR")
    if found.screenshot and not (found.demo or found.logdirs):
        parser.error("--screenshot needs a LOGDIR or --demo")
    if found.selftest and (found.demo or found.logdirs or found.screenshot):
        parser.error("--selftest opens the demo by itself: leave out LOGDIR, --demo and --screenshot")
    return Options(
        tuple(found.logdirs),
        found.theme,
        found.screenshot,
        found.size,
        found.demo,
        found.renderer,
        found.new_instance,
        found.selftest,
        found.selftest_window,
        found.report,
    )


class _ShowVersion(argparse.Action):
    """Asks the installer's records only when told to: that costs a tenth of a window's start."""

    def __call__(self, parser: argparse.ArgumentParser, *_rest: object) -> None:
        print(f"runglass {version()}")
        parser.exit(0)


def _size(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{2,5})[xX×](\d{2,5})", text)
    if match is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not a size like 1440x900")
    width, height = int(match[1]), int(match[2])
    if not (640 <= width <= 16384 and 400 <= height <= 16384):
        raise argparse.ArgumentTypeError("the window can be 640x400 to 16384x16384")
    return width, height
