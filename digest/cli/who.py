"""Who types a command, for the audit log."""

import getpass
import os


def actor() -> str:
    """Return "cli:" and the name of the machine's user, or their number where they have none."""
    try:
        return f"cli:{getpass.getuser()}"
    except (KeyError, OSError):  # as in a container, whose users need no names
        return f"cli:{os.getuid()}"
