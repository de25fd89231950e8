"""SPF: each mechanism, each limit of RFC 7208, and no record that breaks the evaluation."""

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.domain.dns_questions import Sort
from digest.domain.spf import SpfResult, SpfVerdict, evaluate
from digest.domain.spf_record import SpfError, parse_record, pick_record
from tests.domain.zones import Zone, settle, texts

OURS = "192.0.2.25"
HOSTS: Zone = {
    (Sort.ADDRESSES, "papers.example"): ("192.0.2.1",),
    (Sort.ADDRESSES, "mail.example"): (OURS, "2001:db8::25"),
    (Sort.EXCHANGES, "papers.example"): ("mail.example",),
    **texts(
        good__example="v=spf1 ip4:192.0.2.0/24 -all",
        bad__example="v=spf1 ip4:198.51.100.0/24 -all",
        round__example="v=spf1 include:round.example -all",
    ),
}


def judged(record: str, address: str | None = OURS, zone: Zone | None = None) -> SpfVerdict:
    whole = {**HOSTS, **texts(papers__example=record), **(zone or {})}
    held = ip_address(address) if address else None
    return settle(evaluate("papers.example", held), whole)[0]


@pytest.mark.parametrize(
    ("record", "result"),
    [
        ("v=spf1 ip4:192.0.2.25 -all", "pass"),
        ("V=SPF1 IP4:192.0.2.0/24 -ALL", "pass"),
        ("v=spf1 ip6:2001:db8::/32 ~all", "softfail"),
        ("v=spf1 a -all", "fail"),
        ("v=spf1 a/24 -all", "pass"),
        ("v=spf1 a:mail.example -all", "pass"),
        ("v=spf1 mx ~all", "pass"),
        ("v=spf1 mx:papers.example/32//128 ~all", "pass"),
        ("v=spf1 include:good.example ?all", "pass"),
        ("v=spf1 include:bad.example ?all", "neutral"),
        ("v=spf1 redirect=good.example", "pass"),
        ("v=spf1 redirect=bad.example", "fail"),
        ("v=spf1 redirect=bad.example ?all", "neutral"),
        ("v=spf1", "neutral"),
        ("v=spf1 +all", "pass"),
        ("v=spf1 exists:%{i}.x.example -all", "unknown"),
        ("v=spf1 exists:%{i}.x.example mx -all", "pass"),
        ("v=spf1 ptr -all", "unknown"),
        ("v=spf1 include:none.example -all", "permerror"),
        ("v=spf1 redirect=none.example", "permerror"),
        ("v=spf1 include:round.example -all", "permerror"),
        ("v=spf1 ip4:192.0.2.300 -all", "permerror"),
        ("v=spf1 ip4:2001:db8::1 -all", "permerror"),
        ("v=spf1 a/33 -all", "permerror"),
        ("v=spf1 mx:a -all all:x", "permerror"),
        ("v=spf1 include -all", "permerror"),
        ("v=spf1 ip4:192.0.2.25 nonsense", "permerror"),
        ("v=spf1 redirect=a.example redirect=b.example", "permerror"),
        ("v=spf1 unknown=thing mx -all", "pass"),
        ("v=spf10 mx", "none"),
        ("spf2.0/pra mx", "none"),
    ],
)
def test_a_record_comes_to_its_result(record: str, result: str) -> None:
    assert judged(record).result == result


def test_ten_lookups_are_allowed_and_eleven_are_not() -> None:
    ten = " ".join(f"a:h{number}.example" for number in range(10))
    zone = {(Sort.ADDRESSES, f"h{number}.example"): ("198.51.100.1",) for number in range(11)}
    assert judged(f"v=spf1 {ten} -all", zone=zone).result is SpfResult.FAIL
    assert judged(f"v=spf1 {ten} -all", zone=zone).lookups == 10
    verdict = judged(f"v=spf1 {ten} a:h10.example -all", zone=zone)
    assert (verdict.result, "10 DNS lookups" in verdict.why) == (SpfResult.PERMERROR, True)


def test_two_lookups_may_find_nothing_and_three_may_not() -> None:
    assert judged("v=spf1 a:x.example a:y.example -all").result is SpfResult.FAIL
    verdict = judged("v=spf1 a:x.example a:y.example a:z.example -all")
    assert verdict.result is SpfResult.PERMERROR


def test_a_domain_with_too_many_mail_servers_is_an_error() -> None:
    zone = {(Sort.EXCHANGES, "many.example"): tuple(f"m{n}.example" for n in range(11))}
    assert judged("v=spf1 mx:many.example -all", zone=zone).result is SpfResult.PERMERROR


def test_two_records_are_an_error_and_no_answer_is_for_later() -> None:
    two = {(Sort.TXT, "papers.example"): ("v=spf1 a", "v=spf1 mx")}
    assert judged("", zone=two).result is SpfResult.PERMERROR
    assert judged("", zone={(Sort.TXT, "papers.example"): ()}).result is SpfResult.NONE
    verdict, _ = settle(evaluate("papers.example", None), HOSTS, silent="papers.example")
    assert (verdict.result, "SERVFAIL" in verdict.why) == (SpfResult.TEMPERROR, True)


def test_without_an_address_the_whole_record_is_walked() -> None:
    verdict = judged("v=spf1 mx a:x.example include:good.example ~all", None)
    assert (verdict.result, verdict.lookups) == (SpfResult.SOFTFAIL, 3)
    assert judged("v=spf1 mx include:none.example ~all", None).result is SpfResult.PERMERROR


def test_everybody_and_nobody_are_told_apart() -> None:
    assert parse_record("v=spf1 +all").lets_everybody
    assert parse_record("v=spf1 ip4:0.0.0.0/0 -all").lets_everybody
    assert parse_record("v=spf1 -all").lets_nobody
    assert not parse_record("v=spf1 redirect=x.example").lets_nobody
    assert not parse_record("v=spf1 mx -all").lets_everybody


TERMS = st.one_of(
    st.sampled_from(["a", "mx", "ptr", "-all", "~all", "+all", "include:good.example", "exists:x",
                     "redirect=bad.example", "mx:papers.example", "a:%{d}", "include:round.example",
                     "ip4:192.0.2.0/24", "ip6:2001:db8::/32", "a//64", "exp=x.example"]),
    st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=12),
)  # fmt: skip


@given(st.lists(TERMS, max_size=14), st.sampled_from([OURS, "2001:db8::25", None]))
def test_whatever_a_record_says_there_is_a_result_in_few_questions(
    terms: list[str], address: str | None
) -> None:
    zone = {**HOSTS, **texts(papers__example=" ".join(["v=spf1", *terms]))}
    held = ip_address(address) if address else None
    verdict, asked = settle(evaluate("papers.example", held), zone)
    assert verdict.result in SpfResult
    assert verdict.lookups <= 11
    assert len(asked) <= 1 + 10 * 11
    assert bool(verdict.why) == (verdict.result is SpfResult.PERMERROR)


@given(st.ip_addresses(), st.data())
def test_an_address_within_a_network_passes_and_one_outside_fails(
    address: object, data: st.DataObject
) -> None:
    held = ip_address(str(address))
    most = 32 if held.version == 4 else 128
    network = ip_network((held, data.draw(st.integers(1, most))), strict=False)
    record = f"v=spf1 ip{held.version}:{network} -all"
    assert judged(record, str(held)).result is SpfResult.PASS
    assert (judged(record).result is SpfResult.PASS) == (ip_address(OURS) in network)


@given(st.lists(st.text(max_size=30), max_size=4))
def test_what_is_no_record_is_not_picked(found: list[str]) -> None:
    try:
        picked = pick_record(found)
    except SpfError:
        return
    assert picked is None or picked.lower().startswith("v=spf1")
