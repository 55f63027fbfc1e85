"""Runs as all panes see them: colour, visibility, alias, order; one model for the whole window."""
