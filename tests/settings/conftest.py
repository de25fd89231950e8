"""Keeps a developer's own digest.toml out of the tests."""

from collections.abc import Iterator
from contextlib import chdir

import pytest


@pytest.fixture(autouse=True, scope="module")
def empty_working_directory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Run the tests of a module in an empty folder."""
    with chdir(tmp_path_factory.mktemp("cwd")):
        yield
