"""Signs finished messages (RFC 6376, RFC 8463): bytes in, bytes out, always the same ones."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from digest.domain.dkim import (
    body_is_relaxed,
    finished_field,
    relaxed_body,
    signature_field,
    signed_part,
    signing_input,
    split_message,
)
from digest.domain.dkim_record import DkimRecord, KeyKind

PrivateKey = RSAPrivateKey | Ed25519PrivateKey


@dataclass(frozen=True, slots=True)
class DkimKey:
    """A private key and the name under which its public half stands in the DNS, in ASCII."""

    domain: str
    selector: str
    private: PrivateKey

    @property
    def kind(self) -> KeyKind:
        """The kind of key, as k= of its record has it."""
        return KeyKind.RSA if isinstance(self.private, RSAPrivateKey) else KeyKind.ED25519

    @property
    def record(self) -> DkimRecord:
        """The DNS record that verifiers need."""
        return DkimRecord(self.domain, self.selector, self.kind, public_bytes(self.private))

    @property
    def key_id(self) -> str:
        """Where the key is published and its fingerprint: another id, other signatures."""
        fingerprint = hashlib.sha256(public_bytes(self.private)).hexdigest()[:16]
        return f"{self.selector}._domainkey.{self.domain} {self.kind.value} {fingerprint}"

    def sign(self, data: bytes) -> bytes:
        """Return the signature of some bytes; both kinds give the same one every time."""
        if isinstance(self.private, RSAPrivateKey):
            return self.private.sign(data, PKCS1v15(), SHA256())
        return self.private.sign(hashlib.sha256(data).digest())  # RFC 8463 section 3


class DkimSigner:
    """The keys of an installation; without one, messages stay as they are."""

    def __init__(self, keys: Sequence[DkimKey] = ()) -> None:
        self.keys = tuple(keys)

    @property
    def key_ids(self) -> tuple[str, ...]:
        """What the bytes of a signature depend on beside the message and its instant."""
        return tuple(key.key_id for key in self.keys)

    def sign(self, message: bytes, at: datetime) -> bytes:
        """Return the message under one signature a key, the first key's on top.

        ``message`` is finished, its lines end in CRLF; whatever changes it afterwards breaks the
        signatures. ``at`` becomes t=: the instant a mail was planned for, so that one sent again
        is the same to the last byte. There is no x= and no l=. Raises ValueError for a message
        without an empty line after its fields.
        """
        if not self.keys:
            return message
        fields, body = split_message(message)
        part = signed_part(fields)
        relaxed = body if body_is_relaxed(body) else relaxed_body(body)
        body_hash = hashlib.sha256(relaxed).digest()
        seconds = int(at.timestamp())
        signatures = []
        for key in self.keys:
            field = signature_field(
                f"{key.kind.value}-sha256",
                key.domain,
                key.selector,
                seconds,
                part.names,
                body_hash,
            )
            signatures.append(finished_field(field, key.sign(signing_input(part, field))))
        return b"".join((*signatures, message))


def public_bytes(private: PrivateKey) -> bytes:
    """Return a public key as a record has it: DER of SubjectPublicKeyInfo, or Ed25519's 32 bytes.

    RFC 6376 section 3.6.1 speaks of RSAPublicKey (RFC 8017 A.1.1) and shows SubjectPublicKeyInfo;
    the latter is what is published everywhere.
    """
    public = private.public_key()
    if isinstance(private, RSAPrivateKey):
        return public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return public.public_bytes(Encoding.Raw, PublicFormat.Raw)
