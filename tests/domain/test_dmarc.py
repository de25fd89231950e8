"""DMARC: the record, the tree walk, the organizational domain, alignment (RFC 9989)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.domain.dmarc import Walk, is_aligned, parse_dmarc, pick_dmarc, steps, walk
from digest.domain.dns_questions import DnsSilentError, Sort
from tests.domain.zones import settle, texts

LABELS = st.lists(st.text("abcdefghij", min_size=1, max_size=5), min_size=1, max_size=14)


def walked(domain: str, **records: str) -> Walk:
    zone = texts(**{f"_dmarc__{name}": text for name, text in records.items()})
    return settle(walk(domain), zone)[0]


def test_a_record_is_read_with_its_defaults() -> None:
    record = parse_dmarc("v=DMARC1; p=Quarantine; adkim=s;", "papers.example")
    assert record is not None
    assert (record.policy, record.subdomains) == ("quarantine", "quarantine")
    assert (record.strict_dkim, record.strict_spf, record.psd) == (True, False, "u")
    whole = parse_dmarc("v=DMARC1;p=reject;sp=none;aspf=s;psd=y", "example")
    assert whole is not None
    assert (whole.subdomains, whole.strict_spf, whole.psd) == ("none", True, "y")


@pytest.mark.parametrize("text", ["", "v=spf1 mx", "p=none; v=DMARC1", "v=DMARC2; p=none", "v"])
def test_what_does_not_begin_as_a_record_is_none(text: str) -> None:
    assert parse_dmarc(text, "papers.example") is None


def test_a_policy_that_nobody_knows_counts_as_none() -> None:
    record = parse_dmarc("v=DMARC1; p=shout", "papers.example")
    assert record is not None
    assert record.policy == "none"


def test_several_records_discard_each_other() -> None:
    two = ["v=DMARC1; p=none", "v=DMARC1; p=reject"]
    assert pick_dmarc(two, "papers.example") == (None, True)
    assert pick_dmarc(["text", *two[:1]], "papers.example")[1] is False


def test_the_walk_skips_to_seven_labels() -> None:
    assert steps("a.b.example") == ["a.b.example", "b.example", "example"]
    long = "a.b.c.d.e.f.g.h.i.j.mail.example.com"
    assert steps(long)[:2] == [long, "g.h.i.j.mail.example.com"]
    assert len(steps(long)) == 8
    assert steps(long)[-1] == "com"


def test_the_policy_is_ones_own_or_that_for_subdomains() -> None:
    above = walked("news.papers.example", papers__example="v=DMARC1; p=reject; sp=none")
    assert (above.policy, above.organization) == ("none", "papers.example")
    own = walked("news.papers.example", news__papers__example="v=DMARC1; p=quarantine",
                 papers__example="v=DMARC1; p=reject")  # fmt: skip
    assert (own.policy, own.organization) == ("quarantine", "papers.example")
    nothing = walked("news.papers.example")
    assert (nothing.record, nothing.policy) == (None, "")
    assert nothing.organization == "news.papers.example"


def test_a_registry_of_names_ends_the_walk() -> None:
    records = {"co__example": "v=DMARC1; psd=y; p=reject"}
    found = walked("news.papers.co.example", **records)
    assert (found.organization, found.policy) == ("papers.co.example", "reject")
    cut = walked("a.team.example", team__example="v=DMARC1; psd=n; p=none",
                 example="v=DMARC1; p=reject")  # fmt: skip
    assert (cut.organization, cut.policy) == ("team.example", "none")


def test_domains_of_one_organization_are_aligned_unless_that_is_strict() -> None:
    records = {"papers__example": "v=DMARC1; p=none"}
    ours, bounces = walked("papers.example", **records), walked("b.papers.example", **records)
    other = walked("papers.other", **records)
    assert is_aligned(ours, bounces, strict=False)
    assert not is_aligned(ours, bounces, strict=True)
    assert is_aligned(ours, walked("papers.example", **records), strict=True)
    assert not is_aligned(ours, other, strict=False)


def test_no_answer_is_told() -> None:
    with pytest.raises(DnsSilentError, match="SERVFAIL"):
        settle(walk("papers.example"), {}, silent="_dmarc.papers.example")


@given(LABELS)
def test_a_walk_asks_eight_times_at_most_and_upwards_only(labels: list[str]) -> None:
    domain = ".".join(labels)
    found, asked = settle(walk(domain), {})
    names = [question.name.removeprefix("_dmarc.") for question in asked]
    assert names == steps(domain)
    assert len(names) <= 8
    assert all(f".{domain}".endswith(f".{name}") for name in names)
    assert found.organization == domain


@given(LABELS, st.integers(0, 13), st.sampled_from(["u", "y", "n"]))
def test_the_organization_is_the_domain_or_above_it(labels: list[str], at: int, psd: str) -> None:
    domain = ".".join(labels)
    where = ".".join(labels[min(at, len(labels) - 1) :])
    zone = {(Sort.TXT, f"_dmarc.{where}"): (f"v=DMARC1; p=none; psd={psd}",)}
    found, _ = settle(walk(domain), zone)
    assert f".{domain}".endswith(f".{found.organization}")


@given(st.text(max_size=60))
def test_any_text_is_read_or_none(text: str) -> None:
    record = parse_dmarc(f"v=DMARC1;{text}", "papers.example")
    assert record is not None
    assert record.policy in ("none", "quarantine", "reject")
