"""The kinds of value that settings are made of, each with the check that refuses the others."""

import base64
import binascii
import ipaddress
import re
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr


class Secret:
    """Marks a setting that is never shown and may be read from a file (``NAME_FILE``)."""


class Beside:
    """Marks a path that is relative to the file that names it; in a variable, to where we are."""


_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_SPECIAL = re.compile(r'[<>@"\\,;:()\[\]]')  # RFC 5322 specials, which a name must quote
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_SELECTOR = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_POSTGRES = re.compile(r"^postgres(?:ql)?(?:\+psycopg)?://")
_SQLITE = re.compile(r"^sqlite(?:\+aiosqlite)?:///")


def plain_text(value: str) -> str:
    """Return the text without outer blanks; refuse control characters, which break headers."""
    if _CONTROL.search(value):
        raise ValueError("must not contain line breaks or other control characters")
    return value.strip()


def several_lines(value: str) -> str:
    """Return a text that may run over lines, without other control characters."""
    if _CONTROL.search(value.replace("\n", "")):
        raise ValueError("must not contain control characters other than line breaks")
    return value.strip()


def web_address(value: str) -> str:
    """Return an absolute http(s) URL without trailing slash; a query or fragment is refused."""
    plain_text(value)
    try:
        parts = urlsplit(value)
        port_is_sound = parts.port is None or parts.port > 0
    except ValueError as error:
        raise ValueError(f"is no URL: {error}") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname or not port_is_sound:
        raise ValueError("must be an http:// or https:// URL with a host name")
    if parts.query or parts.fragment or value.endswith(("?", "#")):
        raise ValueError("must have neither a query (?) nor a fragment (#)")
    if parts.username is not None:
        raise ValueError("must not carry a user name or password")
    return value.rstrip("/")


def feed_address(value: str) -> str:
    """Return an absolute http(s) URL as it was written, query included."""
    plain_text(value)
    try:
        parts = urlsplit(value)
    except ValueError as error:
        raise ValueError(f"is no URL: {error}") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be an http:// or https:// URL with a host name")
    return value


def optional_picture(value: str) -> str:
    """Return "" or the http(s) URL of an image."""
    return feed_address(value) if value else ""


def split_mailbox(value: str) -> tuple[str, str]:
    """Return (display name, address) of an RFC 5322 mailbox; raise ValueError for all else."""
    value = plain_text(value)
    name, address = "", value
    if value.endswith(">"):
        # By hand: parsers of headers refuse a name with accents where it stands unquoted.
        name, _, address = value[:-1].rpartition("<")
        name = name.strip()
        if len(name) > 1 and name[0] == name[-1] == '"':
            name = re.sub(r"\\(.)", r"\1", name[1:-1])
        elif _SPECIAL.search(name):
            raise ValueError('must be ADDRESS, Name <ADDRESS> or "Name" <ADDRESS>')
    return name, _address(address)


_ASIDE = ".example.com"


def normalised_address(value: str) -> str:
    """Return an address in its canonical form (RFC 5321, RFC 6531); raise ValueError else.

    No DNS is asked. Names inside a network (localhost, .test, .local, names without a dot) are an
    operator's own business: the library refuses them, so their syntax is read under another name.
    """
    try:
        return validate_email(value, check_deliverability=False).normalized
    except EmailNotValidError as error:
        refused = error
    host = value.rpartition("@")[2].lower()
    if "." in host and not host.endswith((".localhost", ".local", ".test", ".internal")):
        raise ValueError(str(refused)) from None
    try:
        read = validate_email(value + _ASIDE, check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise ValueError(str(error)) from None
    return read.removesuffix(_ASIDE)


def _address(value: str) -> str:
    try:
        return normalised_address(value)
    except ValueError as error:
        raise ValueError(f"is no mail address: {error}") from None


def mailbox(value: str) -> str:
    """Return a mailbox in the form ``local@domain``, ``Name <..>`` or ``"Name" <..>``."""
    name, address = split_mailbox(value)
    if not name:
        return address
    if _SPECIAL.search(name):
        name = '"' + re.sub(r'(["\\])', r"\\\1", name) + '"'
    return f"{name} <{address}>"


def domain_name(value: str) -> str:
    """Return a mail domain in lower case; "" stays."""
    return _address(f"postmaster@{value}").rpartition("@")[2] if value else ""


def ascii_domain(value: str) -> str:
    """Return a domain as the DNS has it: A-labels (RFC 5890), lower case; ValueError for none."""
    try:
        read = validate_email(f"postmaster@{value}{_ASIDE}", check_deliverability=False)
    except EmailNotValidError as error:
        raise ValueError(f"is no domain: {error}") from None
    return read.ascii_domain.removesuffix(_ASIDE)


def selector(value: str) -> str:
    """Return a DKIM selector (RFC 6376 section 3.1) in lower case; "" stays."""
    if value and not _SELECTOR.fullmatch(value.lower()):
        raise ValueError(
            "must be letters, digits and hyphens, such as digest2026; dots may part labels"
        )
    return value.lower()


def optional_mailbox(value: str) -> str:
    """Return "" or a mailbox."""
    return mailbox(value) if value else ""


def colour(value: str) -> str:
    """Return a colour as six hexadecimal digits in lower case; mail clients know no more."""
    if not _COLOUR.fullmatch(value):
        raise ValueError("must be a colour such as #1f5f8b")
    return value.lower()


def network(value: str) -> str:
    """Return an IP address or network in its canonical form, such as ``10.0.0.0/8``."""
    return str(ipaddress.ip_network(value, strict=False))


def database_address(value: str) -> str:
    """Return the URL with the async driver's name; SQLite must be a file, PostgreSQL any form."""
    if _POSTGRES.match(value):
        return _POSTGRES.sub("postgresql+psycopg://", value)
    if not _SQLITE.match(value):
        raise ValueError("must be sqlite:///PATH or postgresql://USER:PASSWORD@HOST/NAME")
    path = _SQLITE.sub("", value).partition("?")[0]
    if not path or ":memory:" in path:
        # Two engines and several processes share it, which nothing in memory allows.
        raise ValueError("must name a file: sqlite:///PATH")
    return _SQLITE.sub("sqlite+aiosqlite:///", value)


def signing_key(value: SecretStr) -> SecretStr:
    """Refuse a key that could be guessed: links that act are signed with it."""
    if len(value.get_secret_value()) < 32:
        raise ValueError("must have at least 32 characters; without one, digest makes its own")
    return value


_TOPIC = re.compile(r"arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_.-]{1,256}")


def topic_name(value: str) -> str:
    """Return the ARN of an SNS topic."""
    if not _TOPIC.fullmatch(value):
        raise ValueError("must be the ARN of an SNS topic: arn:aws:sns:REGION:ACCOUNT:NAME")
    return value


def public_key(value: str) -> str:
    """Return an ECDSA public key as base64 of its DER form, without the lines around it."""
    body = re.sub(r"-----[A-Z ]+-----|\s", "", value)
    try:
        raw = base64.b64decode(body, validate=True)
    except binascii.Error:
        raw = b""
    if not 80 <= len(raw) <= 200:
        raise ValueError("must be an ECDSA public key in base64, as SendGrid shows it")
    return body


def expanded(value: Path) -> Path:
    """Return the path with ``~`` replaced by the home folder."""
    return value.expanduser()


def optional_file(value: object) -> object:
    """Return None for "", and the path with ``~`` replaced for another text."""
    return (Path(value).expanduser() if value else None) if isinstance(value, str) else value


Line = Annotated[str, AfterValidator(plain_text)]
Notice = Annotated[str, AfterValidator(several_lines), Field(max_length=20_000)]
Name = Annotated[str, AfterValidator(plain_text), Field(min_length=1, max_length=60)]
WebAddress = Annotated[str, AfterValidator(web_address)]
FeedAddress = Annotated[str, AfterValidator(feed_address)]
Picture = Annotated[str, AfterValidator(optional_picture)]
Mailbox = Annotated[str, AfterValidator(mailbox)]
OptionalMailbox = Annotated[str, AfterValidator(optional_mailbox)]
Domain = Annotated[str, AfterValidator(domain_name)]
Network = Annotated[str, AfterValidator(network)]
DatabaseAddress = Annotated[str, AfterValidator(database_address)]
Folder = Annotated[Path, AfterValidator(expanded)]
PrivateFile = Annotated[Path | None, BeforeValidator(optional_file), Beside()]
OptionalFolder = Annotated[Path | None, BeforeValidator(optional_file), Beside()]
Selector = Annotated[str, AfterValidator(selector)]
SigningKey = Annotated[SecretStr, AfterValidator(signing_key)]
Colour = Annotated[str, AfterValidator(colour)]
Port = Annotated[int, Field(ge=1, le=65535)]
