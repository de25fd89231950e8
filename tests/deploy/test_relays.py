"""The examples of relays: settings that load, ways back, and a Postfix that agrees."""

import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

from digest.settings import Settings, load_settings
from tests.checkers import program
from tests.house.sources import ROOT

RELAYS = ROOT / "deploy" / "relays"
EXAMPLES = sorted(RELAYS.glob("*.toml"))
POSTFIX = sorted(RELAYS.glob("*.cf"))
SECRET = "a secret of thirty-two characters, or more"


def named_files(table: Any) -> list[str]:
    """Return the files of secrets that an example names."""
    if isinstance(table, list):
        return [name for item in table for name in named_files(item)]
    if not isinstance(table, dict):
        return []
    own = [value for key, value in table.items() if key.endswith("password_file")]
    return own + [name for item in table.values() for name in named_files(item)]


def loaded(example: Path, folder: Path) -> Settings:
    text = example.read_text("utf-8")
    for name in named_files(tomllib.loads(text)):
        (folder / name).write_text(f"{SECRET}\n", "utf-8")
    file = folder / "digest.toml"
    file.write_text(text, "utf-8")
    return load_settings({}, file)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_loads_with_a_way_back(example: Path, tmp_path: Path) -> None:
    settings = loaded(example, tmp_path)
    [relay] = settings.relays
    assert relay.name == example.stem
    ways = settings.bounces
    assert any((ways.listener, ways.ses, ways.postmark))
    if relay.host != "localhost":
        assert relay.tls != "none"
        assert relay.password is not None
        assert relay.password.get_secret_value() == SECRET
        # both write headers anew that are signed
        assert not settings.dkim.selectors


def test_the_paths_of_the_hooks_are_those_of_the_program() -> None:
    routes = (ROOT / "docs" / "bounces.md").read_text("utf-8")
    for example in EXAMPLES:
        for path in re.findall(r"/hooks/\S+?(?=[\s)]|$)", example.read_text("utf-8")):
            assert path in routes, path


def test_every_example_is_here() -> None:
    assert {path.stem for path in EXAMPLES} == {"postfix", "ses", "postmark"}
    assert {path.stem for path in POSTFIX} == {"postfix-direct", "postfix-smarthost"}


def read_by_postfix(text: str, folder: Path) -> tuple[dict[str, str], str]:
    """Return what Postfix makes of a main.cf, and what it says about it."""
    (folder / "main.cf").write_text(text, "utf-8")
    (folder / "master.cf").write_text("smtp inet n - n - - smtpd\n", "utf-8")
    words = [program("postconf"), "-c", str(folder), "-n"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    pairs = [line.partition(" =") for line in done.stdout.splitlines()]
    return {name: value.strip() for name, _, value in pairs}, done.stderr


@pytest.mark.parametrize("example", POSTFIX, ids=lambda path: path.stem)
def test_postfix_knows_every_word(example: Path, tmp_path: Path) -> None:
    told, complaints = read_by_postfix(example.read_text("utf-8"), tmp_path)
    assert complaints == ""
    assert told["mydestination"] == ""
    # it relays for this machine and nobody else
    assert told["mynetworks"] == "127.0.0.0/8 [::1]/128"
    assert told["smtpd_relay_restrictions"].startswith("permit_mynetworks, reject")


def test_postfix_would_find_a_wrong_word(tmp_path: Path) -> None:
    _, complaints = read_by_postfix("compatibility_level = 3.6\nrelay_hosst = x\n", tmp_path)
    assert "relay_hosst" in complaints


def test_postfix_hands_over_where_the_program_listens(tmp_path: Path) -> None:
    settings = loaded(RELAYS / "postfix.toml", tmp_path)
    told, _ = read_by_postfix((RELAYS / "postfix-direct.cf").read_text("utf-8"), tmp_path)
    listener = settings.bounces.listener
    assert listener is not None
    domain = settings.mail.envelope_domain
    way = f"{listener.protocol}:inet:{listener.host}:{listener.port}"
    assert told["relay_domains"] == domain
    assert told["transport_maps"] == f"inline:{{ {{ {domain} = {way} }} }}"
    assert settings.mail.unsubscribe_address.endswith(f"@{domain}")
