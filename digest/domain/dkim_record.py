"""The DNS record of a DKIM key (RFC 6376 section 3.6.1, RFC 8463 section 4), and its judge."""

import binascii
import re
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

STRING_LENGTH = 255  # bytes of one character-string of a TXT record, RFC 1035 section 3.3.14
_WRAPPINGS = (22, 24)  # bytes that SubjectPublicKeyInfo puts before an RSA key of 1024, of more
_TAG = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


class KeyKind(StrEnum):
    """The kind of a key, as k= names it."""

    RSA = "rsa"
    ED25519 = "ed25519"


class RecordState(StrEnum):
    """What the DNS has for a key."""

    MATCHES = "matches"
    MISSING = "missing"
    DIFFERENT = "different key"
    REVOKED = "revoked"
    BROKEN = "broken"
    UNKNOWN = "unknown"  # the DNS did not answer


@dataclass(frozen=True, slots=True)
class RecordVerdict:
    """What became of comparing a key with the DNS, and what to do about it."""

    state: RecordState
    advice: str = ""


@dataclass(frozen=True, slots=True)
class DkimRecord:
    """The public half of a key with its place. ``public`` is DER, or Ed25519's 32 bytes."""

    domain: str
    selector: str
    kind: KeyKind
    public: bytes

    @property
    def name(self) -> str:
        """The name of the record, without a dot at its end."""
        return f"{self.selector}._domainkey.{self.domain}"

    @property
    def value(self) -> str:
        """The record in one piece, as web forms want it."""
        return f"v=DKIM1; k={self.kind.value}; p={b64encode(self.public).decode('ascii')}"

    @property
    def zone_entry(self) -> str:
        """The record for a zone file (RFC 1035 section 5), in strings of at most 255 bytes."""
        starts = range(0, len(self.value), STRING_LENGTH)
        strings = "\n".join(f'    "{self.value[at : at + STRING_LENGTH]}"' for at in starts)
        return f"{self.name}. 3600 IN TXT (\n{strings}\n)"


def compare_record(published: Sequence[str], record: DkimRecord) -> RecordVerdict:
    """Return whether the TXT records published under a key's name are that key's; never raises."""
    found = [text for text in published if _looks_like_a_key(text)]
    if not found:
        return RecordVerdict(
            RecordState.MISSING,
            f"publish the record that `digest dkim record` prints, at {record.name}",
        )
    if len(found) > 1:
        return RecordVerdict(
            RecordState.BROKEN, f"{len(found)} records stand there; leave one, for a verifier may"
            " take any of them"
        )  # fmt: skip
    try:
        tags = _tags(found[0])
    except ValueError as error:
        return RecordVerdict(RecordState.BROKEN, f"{error}; publish it anew")
    return _judge(tags, record)


def _looks_like_a_key(text: str) -> bool:
    return re.search(r"(?:^|;)\s*p\s*=", text) is not None or text.lstrip().startswith("v=DKIM1")


def _tags(text: str) -> dict[str, str]:
    """Return the tags of a record (RFC 6376 section 3.2); raise ValueError for what is no list."""
    tags: dict[str, str] = {}
    for number, part in enumerate(text.strip().removesuffix(";").split(";")):
        name, sign, value = (piece.strip() for piece in part.partition("="))
        if not sign or not _TAG.fullmatch(name):
            raise ValueError(f"the record is not tag=value pairs: {part.strip()[:60]!r}")
        if name in tags:
            raise ValueError(f"the record has {name}= twice")
        if name == "v" and (number or value != "DKIM1"):
            raise ValueError("v= of the record must be DKIM1 and stand first")
        tags[name] = value
    if "p" not in tags:
        raise ValueError("the record has no p=")
    return tags


def _judge(tags: dict[str, str], record: DkimRecord) -> RecordVerdict:
    key = "".join(tags["p"].split())
    if not key:
        return RecordVerdict(
            RecordState.REVOKED, "its p= is empty: make a key under another selector"
        )
    try:
        public = b64decode(key, validate=True)
    except (binascii.Error, ValueError):
        return RecordVerdict(RecordState.BROKEN, "its p= is not base64; publish it anew")
    if tags.get("k", "rsa") != record.kind.value or not _is_same_key(public, record):
        return RecordVerdict(
            RecordState.DIFFERENT,
            "publish the record that `digest dkim record` prints, or sign with the key there",
        )
    if not _allows(tags.get("h", "*"), "sha256") or not _allows(tags.get("s", "*"), "email"):
        return RecordVerdict(
            RecordState.BROKEN, "its h= or s= forbids what we sign with: leave both out"
        )
    if "y" in [flag.strip() for flag in tags.get("t", "").split(":")]:
        return RecordVerdict(
            RecordState.MATCHES, "t=y says that you are testing: take it out when all is well"
        )
    return RecordVerdict(RecordState.MATCHES)


def _is_same_key(public: bytes, record: DkimRecord) -> bool:
    """Compare keys; RSA may also be published bare (RFC 8017 A.1.1), the end of what we publish."""
    wrapping = len(record.public) - len(public)
    bare = record.kind is KeyKind.RSA and wrapping in _WRAPPINGS
    return public == record.public or (bare and record.public.endswith(public))


def _allows(value: str, wanted: str) -> bool:
    """Return whether a list between colons names a word; ``*`` is every word."""
    named = {item.strip().lower() for item in value.split(":")}
    return bool(named & {"*", wanted})
