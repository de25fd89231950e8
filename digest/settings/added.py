"""A source that is added while the program runs: a table as of ``[[sources]]``, held to the same.

It is kept in the database, so neither a secret nor leave to enter the operator's network may be in
it: those are for whoever writes the settings.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from pydantic import ValidationError

from digest.settings.explain import explain
from digest.settings.feeds import HuggingFaceSource, SourceSettings
from digest.settings.model import Settings

_BEFORE = "sources.0."
# names of query parameters by which feeds are opened to whoever knows their value
_SECRETS = re.compile(
    r"(access|auth|api|app|feed|private|secret|user|rss|session)?[_-]?"
    r"(token|key|apikey|secret|password|passwd|pass|pwd|auth|sig|signature|credential)s?"
)


def read_source(table: Mapping[str, Any]) -> SourceSettings:
    """Return a source of its table; raise ValueError with one sentence per mistake."""
    try:
        source = Settings.model_validate({"sources": [dict(table)]}).sources[0]
    except ValidationError as error:
        problems = explain(error, {})
        raise ValueError("; ".join(one.removeprefix(_BEFORE) for one in problems)) from None
    if source.allow_private:
        raise ValueError(
            "allow_private: opens this machine's own network, which the settings alone may do; "
            "put the source under [[sources]]"
        )
    if isinstance(source, HuggingFaceSource) and source.token is not None:
        raise ValueError(
            "token: is a secret, and the database is no place for secrets; put the source under "
            "[[sources]]"
        )
    for key, value in source.model_dump().items():
        secret = find_secret(value) if isinstance(value, str) and key.endswith("url") else ""
        if secret:
            raise ValueError(
                f"{key}: holds {secret}, and the database is no place for secrets; put the source "
                "under [[sources]]"
            )
    return source


def table_of(source: SourceSettings) -> dict[str, Any]:
    """Return the table that a source is made of, without what goes by default."""
    return source.model_dump(mode="json", exclude_defaults=True) | {"kind": source.kind}


def find_secret(url: str) -> str:
    """Return the part of an address that looks like a secret, in words; "" where none does.

    A user name before the host counts, and a query parameter by its name (RFC 3986 sections 3.2.1
    and 3.4). The value itself is not in what is returned.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if "@" in parts.netloc:
        return "a user name or password"
    for query in (parts.query, parts.fragment):
        for name, value in parse_qsl(query.replace(";", "&")):
            if value and _SECRETS.fullmatch(name.lower()):
                return f"the parameter {name}"
    return ""
