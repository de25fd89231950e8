"""The command line: `digest`."""

from digest.cli.loading import loading

with loading():
    from digest.cli.main import app, main

__all__ = ["app", "main"]
