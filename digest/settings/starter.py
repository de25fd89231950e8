"""The first digest.toml of an installation: the answers to `digest init`, with what they mean."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import unquote, urlsplit

Tls = Literal["none", "starttls", "implicit"]
_TLS_OF_PORT: dict[int, Tls] = {465: "implicit", 587: "starttls", 2525: "starttls"}
_TLS_OF_SCHEME: dict[str, Tls] = {"smtps": "implicit", "submission": "starttls"}
_PORT_OF_SCHEME = {"smtp": 25, "submission": 587, "smtps": 465}
DEFAULT_CATEGORIES = ("cs.LG", "cs.CL", "cs.CV")


@dataclass(frozen=True, slots=True)
class RelayAnswers:
    """How the relay is reached; the password is in a file, never in these answers."""

    host: str = "localhost"
    port: int = 25
    tls: Tls = "none"
    username: str = ""
    password_file: str = ""


@dataclass(frozen=True, slots=True)
class Answers:
    """What an operator was asked; "" and None leave a setting at its default."""

    base_url: str
    sender: str
    site_name: str = "Paper Digest"
    relay: RelayAnswers = field(default_factory=RelayAnswers)
    contact: str = ""
    data_dir: str = ""
    database_url: str = ""
    http_port: int | None = None
    huggingface: bool = True
    categories: Sequence[str] = DEFAULT_CATEGORIES
    feeds: Sequence[str] = ()


def relay_from(text: str) -> RelayAnswers:
    """Return the relay that a text such as ``smtp.example.org:587`` or ``smtps://HOST`` names.

    TLS goes by the port where it is not said: 465 implicit, 587 STARTTLS (RFC 8314), 25 none.
    Raises ValueError for a text that is none of these, or that carries a password.
    """
    try:
        parts = urlsplit(text if "://" in text else f"smtp://{text}")
        port = parts.port or _PORT_OF_SCHEME[parts.scheme]
    except (KeyError, ValueError):
        raise ValueError(
            f"{text!r} is no relay: give HOST, HOST:PORT, smtp://HOST, submission://HOST or "
            "smtps://HOST"
        ) from None
    if parts.password is not None:
        raise ValueError("a password does not belong into a command: put it into a file")
    if not parts.hostname or parts.path.strip("/"):
        raise ValueError(f"{text!r} names no host: give HOST or HOST:PORT")
    tls = _TLS_OF_SCHEME.get(parts.scheme) or _TLS_OF_PORT.get(port, "none")
    return RelayAnswers(parts.hostname, port, tls, unquote(parts.username or ""))


def sender_for(base_url: str) -> str:
    """Return the sender's address to offer for an installation's address."""
    host = urlsplit(base_url).hostname or "localhost"
    return f"digest@{host.removeprefix('www.')}"


def starter_toml(answers: Answers) -> str:
    """Return the file: each table of it says what it is for, and where more is told."""
    blocks = [
        "# Settings of paper-digest. `digest settings` shows them all, with where each comes from;",
        "# `digest relays check`, `digest dkim check` and `digest doctor` say what is missing.",
        "",
        "# Where readers reach this site: the links of all mails begin with it.",
        _pair("base_url", answers.base_url),
        *_places(answers),
        "",
        "# Files in here stand in for templates of mails and pages: docs/templates.md.",
        '# templates_dir = "looks"',
        "",
        "[site]",
        _pair("name", answers.site_name),
        '# accent = "#1f5f8b"           # the one colour of pages and mails',
        '# logo = "https://..."         # an image beside the name',
        '# imprint = "Who answers for this site"   # a text, or the URL of a page',
        "",
        "[mail]",
        "# Who writes. Replies of people go there too, unless reply_to says otherwise.",
        _pair("from", answers.sender),
        '# postal_address = "..."       # where the law wants one in each mail',
        "",
        "# The server that takes the mails; further ones may follow, `priority` orders them.",
        "# `digest relays check` tries it without sending anything.",
        "[[relays]]",
        *_relay(answers.relay),
        *_sources(answers),
        "",
        "[http]",
        "# A reverse proxy publishes this port as base_url; name its address in trusted_proxies.",
        _pair("port", answers.http_port) if answers.http_port else "# port = 8000",
        '# trusted_proxies = ["127.0.0.1"]',
        "# Told to the sources in our User-Agent, so that they can write before they block us.",
        _pair("contact", answers.contact) if answers.contact else '# contact = "mailto:you@..."',
        "",
        "[subscribe]",
        "# open, domains (with domains = [...]), approval or closed",
        'mode = "open"',
        "",
        "# Who is told of trouble, and what is called after each completed day.",
        "[watch]",
        '# mail_to = ["you@..."]',
        '# ping_url = "https://..."',
        "",
        "# `digest dkim keygen` makes a key and prints the lines of a table [dkim].",
        "# [bounces.listener], [bounces.imap] and others take in what comes back: docs/bounces.md.",
    ]
    return "\n".join(blocks) + "\n"


def _places(answers: Answers) -> list[str]:
    lines = []
    if answers.data_dir:
        lines += ["", "# The database, the secret key and the journals are kept here."]
        lines.append(_pair("data_dir", answers.data_dir))
    if answers.database_url:
        lines += ["", _pair("database_url", answers.database_url)]
    if not _sources(answers):
        lines += ["", "# Nothing is looked at yet: take this line away and add tables [[sources]]."]
        lines.append("sources = []")
    return lines


def _relay(relay: RelayAnswers) -> list[str]:
    lines = [_pair("host", relay.host), _pair("port", relay.port), _pair("tls", relay.tls)]
    if relay.username:
        lines.append(_pair("username", relay.username))
    if relay.password_file:
        lines.append(_pair("password_file", relay.password_file))
    return lines


def _sources(answers: Answers) -> list[str]:
    blocks: list[str] = []
    if answers.huggingface:
        blocks += ["[[sources]]", _pair("name", "Hugging Face"), _pair("kind", "huggingface"), ""]
    if answers.categories:
        blocks += ["[[sources]]", _pair("name", "arXiv"), _pair("kind", "arxiv")]
        blocks += [_pair("categories", list(answers.categories)), _pair("poll_minutes", 120), ""]
    for url, name in zip(answers.feeds, _names(answers.feeds), strict=True):
        blocks += ["[[sources]]", _pair("name", name), _pair("kind", "feed"), _pair("url", url), ""]
    heading = ["", "# What is looked at; `digest collect` does it now."]
    return [*heading, *blocks[:-1]] if blocks else []


def _names(feeds: Sequence[str]) -> list[str]:
    """Return a name for each feed, its host's, with a number where one comes again."""
    names: list[str] = []
    for url in feeds:
        host = (urlsplit(url).hostname or "feed").removeprefix("www.")[:50]
        count = sum(name == host or name.startswith(f"{host} ") for name in names)
        names.append(f"{host} {count + 1}" if count else host)
    return names


def _pair(key: str, value: str | int | list[str]) -> str:
    # of strings, whole numbers and lists of strings TOML has JSON's syntax, but for DEL
    written = json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return f"{key} = {written}"
