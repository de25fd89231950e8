"""The record of a key: what is printed for the DNS, and what is said of what the DNS has."""

import re
from base64 import b64encode
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.domain.dkim_record import DkimRecord, KeyKind, RecordState, compare_record

RECORD = DkimRecord("papers.example", "s1", KeyKind.RSA, bytes(range(24)) + b"k" * 270)
KEY = b64encode(RECORD.public).decode()
TAGS = st.sampled_from(
    ["v=DKIM1", "k=rsa", f"p={KEY}", "p=", "t=y", "h=sha1", "=", "x", "p=%", " "]
)


@settings(max_examples=100, deadline=None)
@given(st.binary(min_size=1, max_size=600), st.sampled_from(KeyKind))
def test_the_zone_entry_holds_the_value_in_strings_that_fit(public: bytes, kind: KeyKind) -> None:
    record = DkimRecord("papers.example", "digest2026", kind, public)
    name, *strings, end = record.zone_entry.splitlines()
    assert name == "digest2026._domainkey.papers.example. 3600 IN TXT ("
    assert end == ")"
    texts = [re.fullmatch(r' +"([^"]{1,255})"', line) for line in strings]
    assert "".join(text[1] for text in texts if text) == record.value
    assert all(texts)
    assert compare_record([record.value], record).state is RecordState.MATCHES


@pytest.mark.parametrize(
    ("published", "state", "said"),
    [
        ([], RecordState.MISSING, "s1._domainkey.papers.example"),
        (["v=spf1 -all"], RecordState.MISSING, "digest dkim record"),
        (["v=spf1 -all", RECORD.value], RecordState.MATCHES, ""),
        ([f"p={KEY}"], RecordState.MATCHES, ""),
        ([f"v=DKIM1; p={KEY[:40]} {KEY[40:]} ; n=a note;"], RecordState.MATCHES, ""),
        ([f"v=DKIM1; h=sha1:sha256; s=email; t=s; p={KEY}"], RecordState.MATCHES, ""),
        ([f"v=DKIM1; k=rsa; p={b64encode(RECORD.public[24:]).decode()}"], RecordState.MATCHES, ""),
        ([f"v=DKIM1; t=y:s; p={KEY}"], RecordState.MATCHES, "testing"),
        (["v=DKIM1; p="], RecordState.REVOKED, "another selector"),
        (["v=DKIM1; k=rsa; p=AAAA"], RecordState.DIFFERENT, "sign with the key there"),
        ([f"v=DKIM1; k=ed25519; p={KEY}"], RecordState.DIFFERENT, ""),
        ([RECORD.value, RECORD.value], RecordState.BROKEN, "2 records"),
        (["v=DKIM1; k=rsa"], RecordState.BROKEN, "no p="),
        ([f"v=DKIM1; p={KEY[:-1]}"], RecordState.BROKEN, "base64"),
        ([f"v=DKIM1; p={KEY}; p={KEY}"], RecordState.BROKEN, "twice"),
        ([f"p={KEY}; v=DKIM1"], RecordState.BROKEN, "first"),
        ([f'v=DKIM1; k=rsa; "p={KEY}'], RecordState.BROKEN, "tag=value"),
        ([f"v=DKIM1; h=sha1; p={KEY}"], RecordState.BROKEN, "h="),
        ([f"v=DKIM1; s=tlsrpt; p={KEY}"], RecordState.BROKEN, "s="),
    ],
)
def test_what_the_dns_has_is_judged(published: list[str], state: RecordState, said: str) -> None:
    verdict = compare_record(published, RECORD)
    assert verdict.state is state
    assert said in verdict.advice
    assert bool(verdict.advice) or state is RecordState.MATCHES


@settings(max_examples=400, deadline=None)
@given(st.lists(st.one_of(st.lists(TAGS).map(";".join), st.text(max_size=40)), max_size=3))
def test_no_record_makes_the_judge_stumble(published: list[str]) -> None:
    verdict = compare_record(published, RECORD)
    if verdict.state is RecordState.MATCHES:
        assert any(KEY in text for text in published)


def test_an_ed25519_key_is_never_taken_for_a_bare_one() -> None:
    other = replace(RECORD, kind=KeyKind.ED25519)
    end = b64encode(RECORD.public[24:]).decode()
    assert compare_record([f"k=ed25519; p={end}"], other).state is RecordState.DIFFERENT
