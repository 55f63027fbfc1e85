"""Log folders as they grow: finding runs, following files, telling the store."""
