"""What the DNS says of the sender, by real packets: SPF, DKIM, DMARC, alignment, return path."""

from pathlib import Path
from typing import Any

import pytest

from digest.domain.dkim_record import KeyKind
from digest.mail.dkim import DkimKey
from digest.mail.dkim_keys import write_key
from tests.mail.keys import private
from tests.services.doctor.clinic import clinic, level, line

DOMAIN = "papers.example"
AWAY: list[dict[str, Any]] = [{"name": "main", "host": "relay.example"}]
ADDRESS = {("relay.example", "A"): ("192.0.2.25",)}
DMARC = {f"_dmarc.{DOMAIN}": "v=DMARC1; p=none"}
BOUNCES = {"from": f"digest@{DOMAIN}", "return_path_domain": f"b.{DOMAIN}", "bounces": "verp"}


@pytest.mark.parametrize(
    ("record", "wanted", "remedy"),
    [
        ("v=spf1 ip4:192.0.2.0/24 -all", "green", ""),
        ("v=spf1 a:relay.example -all", "green", ""),
        ("v=spf1 ip4:198.51.100.1 ~all", "yellow", "include:"),
        ("v=spf1 +all", "red", "~all"),
        ("v=spf1 -all", "red", "publish"),
        ("v=spf1 ip4:192.0.2.25 include:nothing.example -all", "red", "publish"),
        ("v=spf1 " + "a:relay.example " * 11 + "-all", "red", "ip4:"),
        (("v=spf1 mx", "v=spf1 a"), "red", "leave one"),
        ((), "red", "publish"),
    ],
)
async def test_spf_is_evaluated_for_the_relay(
    tmp_path: Path, record: str | tuple[str, ...], wanted: str, remedy: str
) -> None:
    async with clinic(tmp_path, texts={DOMAIN: record}, others=ADDRESS, relays=AWAY) as one:
        found = await line(one, "spf")
    assert (found.level, remedy in found.remedy) == (wanted, True), found


async def test_spf_is_that_of_the_return_path(tmp_path: Path) -> None:
    texts = {f"b.{DOMAIN}": "v=spf1 ip4:192.0.2.25 -all"}
    async with clinic(tmp_path, texts=texts, others=ADDRESS, relays=AWAY, mail=BOUNCES) as one:
        assert await level(one, "spf") == "green"


async def test_a_relay_on_this_machine_leaves_the_address_open(tmp_path: Path) -> None:
    async with clinic(tmp_path, texts={DOMAIN: "v=spf1 mx a -all"}) as one:
        found = await line(one, "spf")
    assert (found.level, "unknown here" in found.found) == ("green", True)


@pytest.mark.parametrize("name", ["spf", "dmarc", "alignment", "return path"])
async def test_a_dns_that_does_not_answer_is_yellow_and_a_local_name_left_out(
    tmp_path: Path, name: str
) -> None:
    async with clinic(tmp_path, broken=(DOMAIN, f"_dmarc.{DOMAIN}")) as one:
        assert await level(one, name) == "yellow"
    async with clinic(tmp_path, mail={"from": "digest@localhost"}) as one:
        assert await level(one, name) == "skipped"


def signing(folder: Path, domain: str = DOMAIN) -> tuple[dict[str, Any], DkimKey]:
    """Write a key and return the settings that sign with it, and the key."""
    key = DkimKey(domain, "s1", private(KeyKind.RSA))
    if not (folder / "s1.pem").exists():
        write_key(folder / "s1.pem", key.private)
    return {"selector": "s1", "key_file": folder / "s1.pem", "domain": domain}, key


async def test_a_key_is_green_where_its_record_is_published(tmp_path: Path) -> None:
    dkim, key = signing(tmp_path)
    name, value = key.record.name, key.record.value
    for texts, wanted in (
        ({name: value}, "green"),
        ({name: f"{value}; t=y"}, "yellow"),
        ({}, "red"),
        ({name: "v=DKIM1; p="}, "red"),
    ):
        async with clinic(tmp_path, texts=texts, dkim=dkim) as one:
            assert await level(one, "dkim") == wanted
    async with clinic(tmp_path, broken=(name,), dkim=dkim) as one:
        assert await level(one, "dkim") == "yellow"
    async with clinic(tmp_path) as one:
        assert await level(one, "dkim") == "skipped"


@pytest.mark.parametrize(
    ("texts", "wanted"),
    [
        (DMARC, "green"),
        ({"_dmarc.example": "v=DMARC1; p=reject; sp=none"}, "green"),
        ({}, "red"),
        ({f"_dmarc.{DOMAIN}": "v=spf1 mx"}, "red"),
        ({f"_dmarc.{DOMAIN}": ("v=DMARC1; p=none", "v=DMARC1; p=reject")}, "red"),
    ],
)
async def test_a_policy_is_found_by_the_walk(
    tmp_path: Path, texts: dict[str, str | tuple[str, ...]], wanted: str
) -> None:
    async with clinic(tmp_path, texts=texts) as one:
        assert await level(one, "dmarc") == wanted


async def test_alignment_is_by_the_organization(tmp_path: Path) -> None:
    async with clinic(tmp_path, texts=DMARC, mail=BOUNCES) as one:
        assert "SPF by b.papers.example" in (await line(one, "alignment")).found
    strict = {f"_dmarc.{DOMAIN}": "v=DMARC1; p=none; aspf=s"}
    async with clinic(tmp_path, texts=strict, mail=BOUNCES) as one:
        assert await level(one, "alignment") == "red"
    dkim, _ = signing(tmp_path)
    async with clinic(tmp_path, texts=strict, mail=BOUNCES, dkim=dkim) as one:
        assert await level(one, "alignment") == "green"
    elsewhere = {"from": f"digest@{DOMAIN}", "return_path_domain": "bounces.other.example"}
    async with clinic(tmp_path, texts=DMARC, mail=elsewhere) as one:
        assert await level(one, "alignment") == "red"


async def test_a_signature_for_another_domain_is_told(tmp_path: Path) -> None:
    dkim, _ = signing(tmp_path, f"news.{DOMAIN}")
    strict = {f"_dmarc.{DOMAIN}": "v=DMARC1; p=none; adkim=s"}
    async with clinic(tmp_path, texts=strict, dkim=dkim) as one:
        found = await line(one, "alignment")
    assert (found.level, "dkim.domain" in found.remedy) == ("yellow", True)


@pytest.mark.parametrize(
    ("others", "bounces", "wanted"),
    [
        ({(f"b.{DOMAIN}", "MX"): ("10 mx.example.",), ("mx.example", "A"): ("192.0.2.9",)},
         "verp", "green"),
        ({(f"b.{DOMAIN}", "AAAA"): ("2001:db8::9",)}, "verp", "green"),
        ({(f"b.{DOMAIN}", "MX"): ("10 mx.example.",)}, "verp", "red"),
        ({(f"b.{DOMAIN}", "MX"): ("0 .",)}, "verp", "red"),
        ({}, "verp", "red"),
        ({}, "none", "yellow"),
    ],
)  # fmt: skip
async def test_bounces_have_a_way_back(
    tmp_path: Path, others: dict[tuple[str, str], tuple[str, ...]], bounces: str, wanted: str
) -> None:
    async with clinic(tmp_path, others=others, mail=BOUNCES | {"bounces": bounces}) as one:
        assert await level(one, "return path") == wanted


async def test_a_domain_beyond_ascii_is_looked_up_as_the_dns_has_it(tmp_path: Path) -> None:
    texts = {"_dmarc.xn--bcher-kva.example": "v=DMARC1; p=reject"}
    mail = {"from": "digest@b\u00fccher.example"}
    async with clinic(tmp_path, texts=texts, mail=mail) as one:
        assert await level(one, "dmarc") == "green"
        assert await level(one, "alignment") == "green"
