"""Templates of an operator's own: read, tried, set aside."""
