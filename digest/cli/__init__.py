"""The command line: `digest`."""

from digest.cli.main import app, main

__all__ = ["app", "main"]
