"""Other people's checkers of what deploy/ offers, in build/checkers where .ci/run installs them."""

import shutil

from tests.house.sources import ROOT
from tests.needs import missing

_INSTALLED = ROOT / "build" / "checkers" / "bin"


def tool(name: str) -> str:
    """Return a checker's path; a machine without it skips the test, CI fails it."""
    found = shutil.which(name) or shutil.which(name, path=str(_INSTALLED))
    return found or missing(f"{name} is not installed (see .ci/run)")
