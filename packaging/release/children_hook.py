"""Runs before the frozen program: processes that are not ours are to find the system's libraries, not our own.

The start program points LD_LIBRARY_PATH at the bundle. A file manager or a browser that the window opens would load our
libraries from there. The running process is not concerned, as the loader reads the variable once. Our own children go
through the start program again, which has to be told that it starts anew: else it takes the variable for set, and they
find no library that lies in the bundle alone.
"""

import os
import sys

if sys.platform.startswith("linux"):
    before = os.environ.pop("LD_LIBRARY_PATH_ORIG", None)
    if before is None:
        os.environ.pop("LD_LIBRARY_PATH", None)
    else:
        os.environ["LD_LIBRARY_PATH"] = before
    os.environ["PYINSTALLER_RESET_ENVIRONMENT"] = "1"

# joblib, which scikit-learn brings, would run lscpu, wmic or powershell to count cores.
os.environ.setdefault("LOKY_MAX_CPU_COUNT", str(os.cpu_count() or 1))
