"""Who takes mail for an address: many domains, one provider."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.domain.providers import (
    REPORTED,
    MailExchange,
    domain_of,
    provider_of,
    registrable_domain,
    reported_provider,
)


@pytest.mark.parametrize(
    ("domain", "exchanges", "provider"),
    [
        ("gmail.com", [(5, "gmail-smtp-in.l.google.com")], "google.com"),
        ("school.example", [(10, "alt1.aspmx.l.google.com"), (1, "ASPMX.L.GOOGLE.COM")],
         "google.com"),
        ("old.example", [(1, "aspmx2.googlemail.com")], "google.com"),
        ("firm.example", [(0, "firm-example.mail.protection.outlook.com")], "microsoft.com"),
        ("new.example", [(0, "new-example.a-v1.mx.microsoft")], "microsoft.com"),
        ("hotmail.com", [(2, "hotmail-com.olc.protection.outlook.com")], "microsoft.com"),
        ("yahoo.com", [(1, "mta5.am0.yahoodns.net")], "yahoo.com"),
        ("uni.example", [(20, "mx2.uni.example"), (10, "mx1.uni.example")], "uni.example"),
        ("a.co.uk", [(10, "mx.mailhost.co.uk")], "mailhost.co.uk"),
        ("none.example", [(0, ".")], "none.example"),
        ("mail.sub.example", [], "sub.example"),
        ("gmail.com", [], "google.com"),
        ("outlook.com", [], "microsoft.com"),
        ("localhost", [], "localhost"),
    ],
)  # fmt: skip
def test_the_provider_is_whoever_is_asked_first(
    domain: str, exchanges: list[tuple[int, str]], provider: str
) -> None:
    assert provider_of(domain, [MailExchange(n, host) for n, host in exchanges]) == provider


def test_an_address_of_another_script_is_looked_up_as_dns_has_it() -> None:
    assert domain_of("x@BÜCHER.example") == "xn--bcher-kva.example"
    assert domain_of("x@example.org.") == "example.org"
    assert domain_of("nobody") == "nobody"
    assert domain_of("") == ""


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80), st.lists(st.tuples(st.integers(0, 99), st.text(max_size=80))))
def test_any_answer_makes_a_name_that_fits_its_column(
    domain: str, records: list[tuple[int, str]]
) -> None:
    found = [MailExchange(n, host) for n, host in records]
    assert len(provider_of(domain_of(f"a@{domain}"), found)) <= 100
    assert provider_of(domain, found) == provider_of(domain, found[::-1]) or len(
        {(n, host.lower()) for n, host in records}
    ) < len(records)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.from_regex(r"[a-z]{1,8}", fullmatch=True), min_size=1, max_size=6))
def test_hosts_below_a_domain_belong_to_it(labels: list[str]) -> None:
    name = registrable_domain(".".join(labels))
    assert registrable_domain(f"mx.{name}") == name or name.count(".") == 0
    assert ".".join(labels).endswith(name)


@given(name=st.text(max_size=30))
def test_what_is_told_in_public_counts_is_one_of_a_list(name: str) -> None:
    assert reported_provider(name) in REPORTED | {"other"}
    for known in REPORTED:
        assert reported_provider(known) == known


def test_a_provider_is_told_by_the_name_under_which_mails_are_paced() -> None:
    """A name that `provider_of` never gives would never count."""
    for known in REPORTED:
        assert provider_of(known) == known
