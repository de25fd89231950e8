"""One thing to ask a source for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Poll:
    """A URL with the Accept header it wants; ``key`` names the logical feed for ever.

    Validators, back-off and health belong to (source, key), not to the URL.
    """

    key: str
    url: str
    accept: str
