"""The program: command line, window, run list, settings, theme, actions."""
