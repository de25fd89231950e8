"""The JSON API under `/api/v1`: reading for everybody, and with a token the operator's work."""
