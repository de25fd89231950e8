"""The doctor: each checkup red and green."""
