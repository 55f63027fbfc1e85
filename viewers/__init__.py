"""The panes of the window and the parts that they share. Never imports :mod:`runglass.app`."""
