"""The table [dkim]: where its files lie, and what is refused before a key is looked at."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.settings import SettingsError, load_settings
from digest.settings.dkim import signing_domain
from digest.settings.values import ascii_domain, selector

LABELS = st.text("abc0", min_size=1, max_size=8).map(lambda text: f"x{text}x")
DOMAINS = st.lists(LABELS, min_size=2, max_size=4).map(".".join)


def problems(text: str, folder: Path) -> str:
    file = folder / "site.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load_settings({}, file)
    return str(caught.value)


def test_a_key_lies_beside_the_file_that_names_it(tmp_path: Path) -> None:
    file = tmp_path / "site.toml"
    file.write_text('[dkim]\nselector = "S1"\nkey_file = "keys/a.pem"\n', encoding="utf-8")
    loaded = load_settings({}, file)
    assert loaded.dkim.key_file == tmp_path / "keys" / "a.pem"
    assert loaded.dkim.selector == "s1"
    assert loaded.origins["dkim.key_file"] == str(file)
    file.write_text('[dkim]\nselector = "s1"\nkey_file = "/etc/a.pem"\n', encoding="utf-8")
    assert load_settings({}, file).dkim.key_file == Path("/etc/a.pem")
    file.write_text('[dkim]\nselector = "s1"\nkey_file = "~/a.pem"\n', encoding="utf-8")
    assert load_settings({}, file).dkim.key_file == Path.home() / "a.pem"


def test_a_variable_names_a_key_from_where_we_are_and_an_empty_one_none() -> None:
    told = {"DIGEST_DKIM__SELECTOR": "s1", "DIGEST_DKIM__KEY_FILE": "a.pem"}
    assert load_settings(told).dkim.key_file == Path("a.pem")
    assert load_settings({"DIGEST_DKIM__KEY_FILE": ""}).dkim.key_file is None


def test_no_key_is_the_default_and_an_empty_name_is_none(tmp_path: Path) -> None:
    assert load_settings({}).dkim.selectors == ()
    file = tmp_path / "site.toml"
    file.write_text('[dkim]\nselector = ""\nkey_file = ""\n', encoding="utf-8")
    assert load_settings({}, file).dkim.key_file is None


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('selector = "a"', "selector and key_file go together"),
        ('key_file = "a.pem"', "selector and key_file go together"),
        ('ed25519_selector = "a"', "ed25519_selector and ed25519_key_file go together"),
        ('ed25519_selector = "a"\ned25519_key_file = "a"', "give an RSA key in key_file too"),
        (
            'selector = "a"\nkey_file = "a"\ned25519_selector = "A"\ned25519_key_file = "b"',
            "a selector of its own",
        ),
        ('selector = "a_b"\nkey_file = "a"', "dkim.selector = 'a_b'"),
        ('selector = "a"\nkey_file = 7', "dkim.key_file = 7"),
        ('selector = "a"\nkey_file = "a"\ndomain = "other.example"', "DMARC does not count"),
        ('selector = "a"\nkey_file = "a"\ndomain = "example"', "DMARC does not count"),
        ('selector = "a"\nkey_file = "a"\ndomain = "x y"', "dkim.domain = 'x y'"),
        (f'selector = "{".".join(["x" * 60] * 4)}"\nkey_file = "a"', "more than 253"),
        ('selektor = "a"', "did you mean dkim.selector?"),
    ],
)
def test_what_could_not_sign_is_refused(tmp_path: Path, lines: str, said: str) -> None:
    text = f'[mail]\nfrom = "digest@papers.example"\n[dkim]\n{lines}\n'
    assert said in problems(text, tmp_path)


@pytest.mark.parametrize(
    ("domain", "sender", "signs"),
    [
        ("", "papers.example.org", "papers.example.org"),
        ("example.org", "papers.example.org", "example.org"),
        ("mail.papers.example.org", "papers.example.org", "mail.papers.example.org"),
        ("", "bücher.example", "xn--bcher-kva.example"),
        ("xn--bcher-kva.example", "news.bücher.example", "xn--bcher-kva.example"),
        ("", "localhost", "localhost"),
    ],
)
def test_the_senders_domain_or_one_above_or_below_it_signs(
    domain: str, sender: str, signs: str
) -> None:
    assert signing_domain(domain, sender) == signs


@settings(max_examples=100, deadline=None)
@given(DOMAINS, DOMAINS)
def test_two_domains_are_aligned_in_both_directions_or_in_none(one: str, other: str) -> None:
    below = f"{one}.{other}"
    assert signing_domain(other, below) == other
    assert signing_domain(below, other) == below
    related = one == other or one.endswith(f".{other}") or other.endswith(f".{one}")
    for first, second in ((one, other), (other, one), (f"x{other}", other)):
        if not related or first == f"x{other}":
            with pytest.raises(ValueError, match="DMARC"):
                signing_domain(first, second)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=30))
def test_a_selector_and_a_domain_are_names_of_the_dns_or_refused(text: str) -> None:
    for made in (selector, ascii_domain):
        try:
            name = made(text)
        except ValueError:
            continue
        assert name.isascii()
        assert name == name.lower()
        assert made(name) == name
