"""Signatures before three verifiers: whole mails pass, and whatever was touched does not."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from digest.domain.dkim import OVER_SIGNED, split_message
from digest.domain.fragments import encode_fragment
from digest.domain.message import MessageHead, build_message
from digest.mail.dkim_keys import make_key
from tests.dkim_verifiers import Results, by_dkimpy, by_mail_dkim, by_mailauth
from tests.dns_server import dns_server
from tests.golden.test_golden_mails import LIST_HEAD, MAILS, TOKEN
from tests.mail.keys import published, signer

AT = datetime(2026, 5, 4, 6, tzinfo=UTC)
RSA = {"rsa-sha256": "pass"}
BOTH = RSA | {"ed25519-sha256": "pass"}
ODD_HEADS: dict[str, MessageHead] = {
    "international": replace(
        LIST_HEAD,
        subject="Καλημέρα 🧑‍🔬 " * 20,
        to_address="δοκιμή@παράδειγμα.example",
        to_name="Δοκιμή",
    ),
    "empty subject": replace(LIST_HEAD, subject=""),
    "long": replace(
        LIST_HEAD,
        subject="word " * 60,
        list_unsubscribe_https="https://papers.example.org/".ljust(900, "u"),
    ),
}
VERIFIERS = ("dkimpy", "Mail::DKIM", "mailauth")


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with dns_server(published()) as (_, bound):
        yield bound


def verified(verifier: str, mails: list[bytes], port: int, folder: Path) -> Results:
    if verifier == "dkimpy":
        return by_dkimpy(mails, port)
    return (by_mailauth if verifier == "mailauth" else by_mail_dkim)(mails, port, folder)


def all_pass(verifier: str, result: dict[str, str]) -> bool:
    """Return whether each signature is valid that the verifier can read."""
    return result == BOTH or (result == RSA and verifier != "mailauth")


def odd(head: MessageHead) -> bytes:
    part = encode_fragment("Two  blanks, a blank at the end \n\n.dot\n\tTab\n\n\n")
    return build_message(head, [part], [part], TOKEN)


@cache
def signed() -> dict[str, bytes]:
    plain = {name: make() for name, make in MAILS.items()}
    plain |= {name: odd(head) for name, head in ODD_HEADS.items()}
    return {name: signer().sign(data, AT) for name, data in plain.items()}


@pytest.mark.parametrize("verifier", VERIFIERS)
def test_both_signatures_of_every_kind_of_mail_are_valid(
    verifier: str, port: int, tmp_path: Path
) -> None:
    results = verified(verifier, list(signed().values()), port, tmp_path)
    read = dict(zip(signed(), results, strict=True))
    assert {name: one for name, one in read.items() if not all_pass(verifier, one)} == {}


def tampered() -> dict[str, bytes]:
    """Return a digest in which each field was changed, removed or joined, or a byte of the body."""
    fields, body = split_message(signed()["digest_short"])
    ours = [at for at, field in enumerate(fields) if not field.startswith(b"DKIM-Signature")]
    cases: dict[str, list[bytes]] = {}
    for at in ours:
        name = fields[at].partition(b":")[0].decode()
        changed = re.sub(rb"([A-Za-z0-9])(\W*)$", lambda m: bytes([m[1][0] ^ 3]) + m[2], fields[at])
        assert changed != fields[at]
        cases[f"{name} changed"] = [*fields[:at], changed, *fields[at + 1 :]]
        cases[f"{name} removed"] = [*fields[:at], *fields[at + 1 :]]
        cases[f"{name} added below"] = [*fields, changed]
    for name in OVER_SIGNED:
        cases[f"{name} added on top"] = [f"{name}: <https://evil.example>".encode(), *fields]
    whole = {case: b"\r\n".join(lines) + b"\r\n\r\n" + body for case, lines in cases.items()}
    for at in (0, len(body) // 2, len(body) - 5):
        other = body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :]
        whole[f"byte {at} of the body"] = b"\r\n".join(fields) + b"\r\n\r\n" + other
    more = b"\r\n".join(fields) + b"\r\n\r\n" + body + b"more\r\n"
    return whole | {"a line after the body": more}


@pytest.mark.parametrize("verifier", VERIFIERS)
def test_no_signature_outlives_a_change_of_what_it_signs(
    verifier: str, port: int, tmp_path: Path
) -> None:
    cases = tampered()
    assert len(cases) == 3 * 19 + len(OVER_SIGNED) + 4
    results = verified(verifier, list(cases.values()), port, tmp_path)
    assert all(results), "a signature was not looked at"
    assert [case for case, one in zip(cases, results, strict=True) if "pass" in one.values()] == []


@pytest.mark.parametrize("verifier", VERIFIERS)
def test_what_relays_and_providers_do_in_good_faith_breaks_nothing(
    verifier: str, port: int, tmp_path: Path
) -> None:
    fields, body = split_message(signed()["digest_short"])
    relayed = [b"Return-Path: <b@papers.example.org>", b"Received: from a by b; now", *fields]
    mails = [
        b"\r\n".join([*relayed, b"X-Spam-Score: 0.1"]) + b"\r\n\r\n" + body,
        b"\r\n".join([b"Feedback-ID: of:the:relay", *fields]) + b"\r\n\r\n" + body,
        b"\r\n".join([_refolded(field) for field in fields]) + b"\r\n\r\n" + body + b"\r\n \r\n",
    ]
    results = verified(verifier, mails, port, tmp_path)
    assert [one for one in results if not all_pass(verifier, one)] == []


def _refolded(field: bytes) -> bytes:
    """Return a field as a relay may fold it anew (RFC 6376 section 3.4.2 evens that out)."""
    return field.replace(b" ", b" \r\n\t", 2) if field.startswith(b"Subject: ") else field


@pytest.mark.parametrize("verifier", VERIFIERS)
def test_a_signature_by_another_key_than_the_published_one_is_invalid(
    verifier: str, tmp_path: Path
) -> None:
    others = {
        key.record.name: replace(key, private=make_key(key.kind)).record.value
        for key in signer().keys
    }
    with dns_server(others) as (_, port):
        (result,) = verified(verifier, [signed()["test"]], port, tmp_path)
    assert result
    assert "pass" not in result.values()
