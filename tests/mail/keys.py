"""Keys for the tests of DKIM, made once a process, for making one takes a moment."""

from functools import cache

from digest.domain.dkim_record import KeyKind
from digest.mail.dkim import DkimKey, DkimSigner, PrivateKey
from digest.mail.dkim_keys import make_key

DOMAIN = "papers.example.org"


@cache
def private(kind: KeyKind, bits: int = 2048) -> PrivateKey:
    """Return one and the same key of a kind."""
    return make_key(kind, bits)


@cache
def signer() -> DkimSigner:
    """Return a signer with both kinds of key."""
    return DkimSigner(
        (
            DkimKey(DOMAIN, "digest2026", private(KeyKind.RSA)),
            DkimKey(DOMAIN, "digest2026-ed", private(KeyKind.ED25519)),
        )
    )


def published() -> dict[str, str]:
    """Return the records of the signer's keys by name."""
    return {key.record.name: key.record.value for key in signer().keys}
