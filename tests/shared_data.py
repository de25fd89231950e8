"""Finds the real feeds, bounces and abstracts that lie beside a checkout, or skips."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared" / "data"


def shared_data(relative: str = "") -> Path:
    """Return the path of a shared data file or folder; skip the test where it is absent."""
    path = SHARED / relative
    if not path.exists():
        pytest.skip(f"real data not found at ../shared/data/{relative}")
    return path
