"""The marker outside the database: how far its ledger had come when something was last sent.

A database that is older than its marker was restored from a backup: what it takes for unsent may
have been sent, and whom it takes for a reader may have left (RULES of the design, "Restore").
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Marker:
    """The uuid of a database and the sequence of its ledger, which only ever grows."""

    uuid: str
    sequence: int


def marker_text(marker: Marker) -> str:
    """Return the marker as its file has it."""
    return f"{marker.uuid} {marker.sequence}\n"


def read_marker(text: str) -> Marker | None:
    """Return what a marker's file says; None where it is damaged."""
    parts = text.split()
    if len(parts) != 2 or not (parts[1].isascii() and parts[1].isdecimal()):
        return None
    return Marker(parts[0], int(parts[1]))


def trouble_with(text: str | None, held: Marker) -> str | None:
    """Return why a database must not send beside a marker; None where it may.

    ``text`` is the content of the marker's file, None without one; ``held`` is what the database
    says. An empty ledger has sent nothing, and needs no marker.
    """
    if text is None:
        return None if held.sequence == 0 else "its marker is missing from data_dir"
    marker = read_marker(text)
    if marker is None:
        return "its marker in data_dir is damaged"
    if marker.uuid != held.uuid:
        return "the marker in data_dir is that of another database"
    if marker.sequence > held.sequence:
        return (
            f"it is older than its marker (ledger at {held.sequence}, marker at "
            f"{marker.sequence}), so a backup was restored"
        )
    return None
