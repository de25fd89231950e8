"""Signatures a second: ours beside dkimpy's, and beside the bare RSA operation, which is the limit.

The same key, the same mail of ten papers, and the same fields in h= for all three.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from statistics import median
from typing import Any

import dkim
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from digest.domain.dkim import signed_part, split_message
from digest.domain.dkim_record import KeyKind
from digest.domain.message import build_message
from digest.mail.dkim import DkimKey, DkimSigner
from tests.benchmarks.bench_mail import CARDS, HEAD
from tests.mail.keys import DOMAIN, private
from tests.mail.samples import LOOK, VIEW, many_cards, renderer, sample_facts

ROUNDS = 7
OURS, THEIRS, BARE = 200, 20, 200  # signatures a round, so that each takes a comparable time
AT = datetime(2026, 5, 4, 6, tzinfo=UTC)


def rows() -> list[dict[str, Any]]:
    """Return two rows: our signatures a second against dkimpy's, and against RSA alone."""
    message, key = _message(), private(KeyKind.RSA)
    assert isinstance(key, RSAPrivateKey)
    signer = DkimSigner([DkimKey(DOMAIN, "s1", key)])
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    names = [name.encode() for name in signed_part(split_message(message)[0]).names]
    ours, theirs, bare = [], [], []
    for _ in range(ROUNDS):  # interleaved, so that a busy machine slows all alike
        ours.append(_per_second(OURS, lambda: signer.sign(message, AT)))
        theirs.append(_per_second(THEIRS, lambda: _by_dkimpy(message, pem, names)))
        bare.append(_per_second(BARE, lambda: key.sign(b"x" * 32, PKCS1v15(), SHA256())))
    name = f"DKIM signatures on mails of {len(message) // 1000} kB, RSA-2048"
    return [
        _row(name, ours, "dkimpy", theirs),
        _row(name, ours, "RSA of cryptography alone", bare),
    ]


def _row(name: str, ours: list[float], against: str, others: list[float]) -> dict[str, Any]:
    value, other = median(ours), median(others)
    return {
        "name": name,
        "value": round(value),
        "unit": "signatures/s",
        "against": against,
        "against_value": round(other),
        "ratio": round(value / other, 2),
    }


def _message() -> bytes:
    mail = renderer().render_digest(sample_facts(many_cards(CARDS)), VIEW)
    token = "t" * 52
    head = replace(
        HEAD,
        to_address="reader@inbox.example",
        subject=mail.subject,
        message_id="<20260504.1@papers.example.org>",
        list_unsubscribe_https=f"{LOOK.base_url}/unsubscribe/{token}",
    )
    return build_message(head, mail.text, mail.html, token)


def _by_dkimpy(message: bytes, pem: bytes, names: list[bytes]) -> bytes:
    signed = dkim.sign(
        message,
        b"s1",
        DOMAIN.encode(),
        pem,
        canonicalize=(b"relaxed", b"relaxed"),
        include_headers=names,
    )
    return bytes(signed)


def _per_second(count: int, work: Callable[[], object]) -> float:
    started = time.perf_counter()
    for _ in range(count):
        work()
    return count / (time.perf_counter() - started)


if __name__ == "__main__":
    for row in rows():
        print(row)  # noqa: T201 - a benchmark prints
