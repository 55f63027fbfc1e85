"""The program from the start of its process to its first curve; nothing slow is imported here before it does so."""

from __future__ import annotations

import os
import time
from typing import Any


def first_curve(logdir: str) -> dict[str, Any]:
    """Run the program on ``logdir`` until its first curve is on the screen. Called in a fresh process."""
    began = float(os.environ["RUNGLASS_BENCH_T0"])
    found: dict[str, Any] = {"python": time.time() - began}
    from runglass.app import cli, guard

    guard.prepare_interpreter()
    from runglass.app import program

    class Timed(program.Window):  # type: ignore[misc]
        """The program's window, which notes the time and closes itself at the first curve."""

        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments)
            self.painted.connect(lambda: found.setdefault("window", time.time() - began))
            control = self.controller

            def watch() -> None:
                from watching import on_first_curve

                on_first_curve(self.curve_shown)

            # After the panes were imported, which it looks into.
            control.warm_ups.append(watch)

        def curve_shown(self) -> None:
            found.setdefault("seconds", time.time() - began)
            self.close()

    program.Window = Timed
    cli.main([logdir, "--size", "1440x900"])
    return found
