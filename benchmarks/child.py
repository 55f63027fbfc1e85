"""Runs one function of this folder in a process of its own: child.py MODULE:NAME JSON-ARGUMENTS ANSWER-FILE."""

from __future__ import annotations

import importlib
import json
import os
import sys


def main() -> None:
    """Call the function and write what it returns; the process ends at once, so that nothing waits for Qt."""
    function, arguments, answer = sys.argv[1:]
    module, _, name = function.partition(":")
    result = getattr(importlib.import_module(module), name)(**json.loads(arguments))
    with open(answer, "w", encoding="utf-8") as file:
        json.dump(result, file)
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
