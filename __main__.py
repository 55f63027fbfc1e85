"""``python -m runglass`` is the command ``runglass``."""

from __future__ import annotations

import sys

from .app.cli import main

if __name__ == "__main__":
    if getattr(sys, "frozen", False):
        # The projection process of a frozen program is the program itself, started with other arguments.
        from multiprocessing import freeze_support

        freeze_support()
    sys.exit(main())
