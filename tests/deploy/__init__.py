"""Tests of what deploy/ offers to whoever hosts it."""
