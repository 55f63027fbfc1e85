"""Event files on disk to columns in memory.

Knows no Qt; outside this folder only :mod:`runglass.reader.api` is imported.
"""
