#!/usr/bin/env python3
"""Everything a clone needs, in one command. Standard library only; Python 3.10 to 3.14; Linux, macOS, Windows.

    python3 dev.py run [LOGDIR...] [OPTIONS]   the program; without a folder the live demo
    python3 dev.py test [PYTEST ARGUMENTS]     the tests
    python3 dev.py check                       ruff, mypy, and who may import whom
    python3 dev.py bench [ARGUMENTS]           the benchmarks, with the programs they compare with
    python3 dev.py freeze                      the program with all it needs in one folder, dist/runglass
    python3 dev.py package [FORMAT...]         installers for this system and a wheel, in dist/packages; with --test
                                               they are tried out, with --test-only those that are there
    python3 dev.py setup                       only what the others do first
    python3 dev.py doctor                      say what is here and what is missing; change nothing

Each first makes sure that all is there, and does nothing the next time: a virtual environment in .venv with the
packages that packaging/constraints.txt pins, and on Linux the system libraries of Qt (through apt, dnf, pacman or
zypper: as root, or with sudo after asking, or else the line to run is printed; RUNGLASS_NO_SYSTEM=1 never asks).
Where there is no display, `run` opens its window on a screen in memory, saves pictures of every pane to screenshots/
and ends; `test` always has a screen of its own.
"""

import os
import shutil
import signal
import subprocess
import sys
import time

OLDEST, NEWEST = (3, 10), (3, 14)


def fitting_python() -> None:
    """Start again with another Python of this machine where this one is too old, as macOS' own is."""
    here = sys.version_info[:2]
    if here >= OLDEST:
        return
    if not os.environ.get("RUNGLASS_RESTARTED"):
        for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
            other = shutil.which("python3.%d" % minor)
            if other:
                os.environ["RUNGLASS_RESTARTED"] = "1"
                os.execv(other, [other, os.path.abspath(__file__)] + sys.argv[1:])
    sys.exit(
        "dev: Runglass needs Python %d.%d or newer, and this is %d.%d. Please install a newer one and start dev.py "
        "with it." % (OLDEST + here)
    )


if __name__ == "__main__":
    fitting_python()  # before anything below is imported: it is not written for older ones

from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent
sys.path[:0] = [str(ROOT / "packaging" / name) for name in ("setup", "release")]

import system
from console import Problem, say
from display import LINUX, have_display, screen_in_memory
from environment import Environment, has_venv_module

SCREENSHOTS = ROOT / "screenshots"
ARTEFACTS = ROOT / "artefacts"
#: Options of the program that take a value: it is no folder.
VALUED = ("--theme", "--size", "--screenshot", "--renderer", "--report")


def set_up(environment: Environment, extra: str, memory_screen: bool) -> None:
    """Bring all that is missing. In a clone that was set up before, that is nothing, told in a tenth of a second."""
    if environment.is_ready(extra):
        system.repair(environment.folder, memory_screen)
        return
    if sys.version_info[:2] > NEWEST:
        say(f"Python {sys.version.split()[0]} is newer than those that Runglass was tried with; going on")
    started = time.monotonic()
    with environment.alone():
        if not environment.is_ready(extra):
            # Before Qt is there by a list, so that a user is asked once; afterwards by what Qt's own files say.
            system.prepare(environment.folder, memory_screen, venv_module=environment.way_in() is None)
            environment.fill(extra)
            system.prepare(environment.folder, memory_screen, venv_module=False)
    say(f"set up in {time.monotonic() - started:.0f} s")


def execute(words: Sequence[str | Path], variables: Mapping[str, str], cwd: Path | None = None) -> int:
    """Run a program to its end and return its exit code; Ctrl+C and a plain kill end it in order."""
    process = subprocess.Popen([str(word) for word in words], env=dict(variables), cwd=cwd)

    def pass_on(_number: int, _frame: object) -> None:
        process.terminate()

    before = signal.signal(signal.SIGTERM, pass_on)
    try:
        while True:
            try:
                code = process.wait()
                return code if code >= 0 else 128 - code
            except KeyboardInterrupt:
                continue  # the terminal has told the program too: let it close in order
    finally:
        signal.signal(signal.SIGTERM, before)


def on_screen(environment: Environment, words: Sequence[str | Path], own: bool) -> int:
    """Run a program of the environment: on the user's screen, or on one in memory (``own``)."""
    if own and LINUX:
        with screen_in_memory() as variables:
            return execute(words, {**variables, **environment.variables()})
    return execute(words, {**os.environ, **environment.variables()})


def run(environment: Environment, arguments: list[str]) -> int:
    """The program. Without a display: pictures of it."""
    headless = not have_display()
    set_up(environment, "viewer", memory_screen=headless)
    values = [value for option, value in zip(arguments, arguments[1:]) if option in VALUED]
    folders = [word for word in arguments if not word.startswith("-") and word not in values]
    asks_only = {"--help", "-h", "--version", "--selftest"} & set(arguments) or folders[:1] in (["inspect"], ["demo"])
    if not asks_only:
        if not folders and "--demo" not in arguments:
            arguments = [*arguments, "--demo"]
        if headless and not any(word.startswith("--screenshot") for word in arguments):
            say(f"no display here: pictures of every pane are saved to {SCREENSHOTS}")
            arguments = [*arguments, "--screenshot", str(SCREENSHOTS)]
    return on_screen(environment, [environment.python, "-m", "runglass", *arguments], own=headless)


def test(environment: Environment, arguments: list[str]) -> int:
    """The tests, on a screen of their own; pictures and the report are left in artefacts/."""
    set_up(environment, "dev", memory_screen=True)
    ARTEFACTS.mkdir(exist_ok=True)
    os.chdir(ROOT)
    report = f"--junitxml={ARTEFACTS / 'tests.xml'}"
    return on_screen(environment, [environment.python, "-m", "pytest", report, *arguments], own=True)


def check(environment: Environment, arguments: list[str]) -> int:
    """All checks that read sources; each is run even if one before it fails."""
    set_up(environment, "dev", memory_screen=False)
    python, link = environment.python, environment.package_link()
    packages = [word for name in ("reader", "writer", "viewers", "app") for word in ("-p", f"runglass.{name}")]
    settings = ["--config-file", ROOT / "pyproject.toml", "--cache-dir", ROOT / ".mypy_cache"]
    checks = {
        "ruff": ([python, "-m", "ruff", "check", "."], ROOT),
        "mypy": ([python, "-m", "mypy", *settings, *packages], link),
        "who may import whom": ([python, "-m", "pytest", "-q", "tests/test_layering.py"], ROOT),
    }
    failed = []
    for name, (words, folder) in checks.items():
        say(f"{name}:")
        variables = {**os.environ, **environment.variables(), "MYPYPATH": str(link)}
        if execute([*words, *arguments] if name == "ruff" else words, variables, folder):
            failed.append(name)
    say("check failed: " + ", ".join(failed) if failed else "all checks passed")
    return 1 if failed else 0


def bench(environment: Environment, arguments: list[str]) -> int:
    """The benchmarks; on the user's screen where there is one."""
    headless = not have_display()
    set_up(environment, "bench", memory_screen=headless)
    os.chdir(ROOT)
    return on_screen(environment, [environment.python, ROOT / "benchmarks", *arguments], own=headless)


def freeze(environment: Environment, arguments: list[str]) -> int:
    """The frozen program, made in an environment of its own."""
    if arguments:
        raise Problem("freeze takes no arguments")
    import freezing  # only here: the other commands need none of it

    system.prepare(environment.folder, memory_screen=False, venv_module=not has_venv_module())
    freezing.freeze()
    return 0


def package(environment: Environment, arguments: list[str]) -> int:
    """Installers; with ``--test`` what users do with them."""
    import packages

    options = {"--test", "--test-only"} & set(arguments)
    if "--test-only" not in options:
        packages.make([word for word in arguments if word not in options])
    if not options:
        return 0
    set_up(environment, "dev", memory_screen=True)
    os.chdir(ROOT)
    os.environ["RUNGLASS_TEST_PACKAGES"] = "1"
    return on_screen(environment, [environment.python, "-m", "pytest", "tests/packages", "-v"], own=True)


def setup(environment: Environment, arguments: list[str]) -> int:
    """All that the other commands need."""
    if arguments:
        raise Problem("setup takes no arguments")
    set_up(environment, "dev", memory_screen=True)
    system.prepare(environment.folder, memory_screen=True, venv_module=False)
    say(f"ready: {environment.folder}")
    return 0


def doctor(environment: Environment, arguments: list[str]) -> int:
    """What is here and what is missing."""
    if arguments:
        raise Problem("doctor takes no arguments")
    lacking = system.missing(environment.folder, memory_screen=True, venv_module=False)
    ready = [extra for extra in ("viewer", "dev", "bench") if environment.is_ready(extra)]
    say(f"Python:       {sys.version.split()[0]} at {sys.executable}")
    say(f"venv module:  {'yes' if has_venv_module() else 'no'}")
    say(f"environment:  {environment.folder}, {'holds ' + ', '.join(ready) if ready else 'not set up'}")
    say(f"display:      {'yes' if have_display() else 'no'}")
    say(f"missing:      {', '.join(lacking) or 'nothing'}")
    return 1 if lacking or not ready else 0


COMMANDS = {
    "run": run,
    "test": test,
    "check": check,
    "bench": bench,
    "freeze": freeze,
    "package": package,
    "setup": setup,
    "doctor": doctor,
}


def main(arguments: list[str]) -> int:
    """Run the command that is named; the exit code is the command's."""
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(__doc__)
        return 0
    command = COMMANDS.get(arguments[0])
    if command is None:
        print(__doc__, file=sys.stderr)
        say(f"there is no command {arguments[0]!r}")
        return 2
    try:
        return command(Environment(ROOT), arguments[1:])
    except Problem as problem:
        say(f"stopped: {problem}")
        return 2
    except KeyboardInterrupt:
        say("interrupted; the same command goes on from here")
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
