"""How much of the faults is done: all of it by `make faults`, a share of it by `make test`."""

import os

WHOLE = os.environ.get("FAULTS_SCALE") == "whole"


def of(whole: int, share: int) -> int:
    """Return a count for `make faults`, or the smaller one for `make test`."""
    return whole if WHOLE else share
