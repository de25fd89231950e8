"""People of listmonk and of Mailman, from their exports.

listmonk: the CSV of `/api/subscribers/export` tells of a person whether they are enabled, disabled
or blocklisted, and not of which lists; the JSON of `/api/subscribers`, and a person's own export,
tell by list whether they are confirmed, unconfirmed or unsubscribed. Mailman: `list_members -f` (2)
and `mailman members` (3) write addresses with names, Postorius addresses alone, the REST API tells
why delivery to a member is off.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from digest.domain.import_rows import ImportRow, OnList, RowError, Standing

_LISTMONK = {
    "enabled": Standing.UNKNOWN,
    "": Standing.UNKNOWN,
    "disabled": Standing.LEFT,
    "blocklisted": Standing.BARRED,
    "blacklisted": Standing.BARRED,  # before version 0.9
}
_ON_LIST = {
    "confirmed": Standing.CONFIRMED,
    "unconfirmed": Standing.UNCONFIRMED,
    "unsubscribed": Standing.LEFT,
}
_MAILMAN = {
    "": Standing.UNKNOWN,
    "enabled": Standing.UNKNOWN,
    "by_user": Standing.LEFT,
    "by_moderator": Standing.LEFT,
    "unknown": Standing.LEFT,
    "by_bounces": Standing.BOUNCED,
}
MAILMAN_COLUMNS = frozenset({"delivery_status", "delivery_mode", "display_name", "list_id"})


def from_listmonk_cells(line: int, cells: Mapping[str, str]) -> ImportRow:
    """Return the row of a line of listmonk's CSV; raises RowError.

    A column ``lists`` with names apart by comma or ``|`` is heeded, where somebody put one in.
    """
    names = cells.get("lists", "").replace("|", ",").split(",")
    standing = _known(_LISTMONK, cells.get("status", ""), "status")
    lists = tuple(OnList(name.strip(), standing) for name in names if name.strip())
    return ImportRow(line, cells.get("email", "").strip(), standing, lists=lists)


def from_listmonk_object(line: int, value: Mapping[str, Any]) -> ImportRow:
    """Return the row of a subscriber of listmonk's API, or of their own export; raises RowError."""
    profile = value.get("profile")
    person = profile[0] if isinstance(profile, list) and profile else value
    if not isinstance(person, Mapping):
        raise RowError("profile holds no person")
    entries = value.get("subscriptions") or person.get("lists") or []
    if not isinstance(entries, list) or not all(isinstance(one, Mapping) for one in entries):
        raise RowError("lists must be objects with a name and a subscription_status")
    lists = tuple(
        OnList(
            _word(one.get("name")),
            _known(_ON_LIST, _word(one.get("subscription_status")), "subscription_status"),
        )
        for one in entries
    )
    standing = _known(_LISTMONK, _word(person.get("status")), "status")
    return ImportRow(line, _word(person.get("email")), standing, lists=lists)


def from_mailman_cells(line: int, cells: Mapping[str, Any]) -> ImportRow:
    """Return the row of a table of Mailman's members, as CSV or REST; raises RowError."""
    role = _word(cells.get("role")).lower()
    if role not in ("", "member"):
        raise RowError(f"is {role!r} of the list, and no member")
    status = _word(cells.get("delivery_status")).removeprefix("DeliveryStatus.")
    standing = _known(_MAILMAN, status, "delivery_status")
    address = _word(cells.get("email")) or _word(cells.get("address"))
    name = _word(cells.get("list_id"))
    return ImportRow(line, address, standing, lists=(OnList(name, standing),) if name else ())


def from_mailman_line(line: int, text: str) -> ImportRow:
    """Return the row of a line ``Name <address>`` or ``address`` (RFC 5322 section 3.4)."""
    text = text.strip()
    address = text[:-1].rpartition("<")[2] if text.endswith(">") else text
    return ImportRow(line, address.strip(), Standing.UNKNOWN)


def standing_of(row: ImportRow, mapped: Iterable[str]) -> Standing:
    """Return how a person stands by their lists: those that are ``mapped``, else all of them.

    Who is disabled or blocklisted as a whole is so on each list. One list that they confirmed is
    enough, and whoever left every one of them has left.
    """
    if not row.standing.joins or not row.lists:
        return row.standing
    wanted = {name.casefold() for name in mapped}
    on = [one for one in row.lists if one.name.casefold() in wanted] or list(row.lists)
    standings = {one.standing for one in on}
    for standing in (Standing.CONFIRMED, Standing.UNKNOWN, Standing.UNCONFIRMED):
        if standing in standings:
            return standing
    return Standing.LEFT


def topics_of(row: ImportRow, mapped: Mapping[str, str]) -> tuple[str, ...]:
    """Return the slugs of the mapped lists that a person is on and has not left, in their order."""
    slugs = {name.casefold(): slug for name, slug in mapped.items()}
    standing = standing_of(row, mapped)
    return tuple(
        dict.fromkeys(
            slugs[one.name.casefold()]
            for one in row.lists
            if one.name.casefold() in slugs and one.standing is standing
        )
    )


def _known(table: Mapping[str, Standing], word: str, name: str) -> Standing:
    found = table.get(word.strip().lower())
    if found is None:
        raise RowError(f"{name} {word!r} is none of {', '.join(filter(None, table))}")
    return found


def _word(value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise RowError(f"{value!r} should be a text")
    return value.strip()
