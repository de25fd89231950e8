"""What a test needs of the machine; where it is missing, the test skips at home and fails in CI."""

import os
from typing import NoReturn

import pytest


def missing(what: str) -> NoReturn:
    """Skip the test with a reason, or fail it in CI, where a skip would hide a broken set-up."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what}; in CI it must be there", pytrace=False)
    pytest.skip(what)
