"""What the frozen program starts with: a script, where an installed one has a command."""

import multiprocessing
import sys

if __name__ == "__main__":
    # The program starts itself again to compute projections; such a process gets no further than this line.
    multiprocessing.freeze_support()
    from runglass.app.cli import main

    sys.exit(main())
