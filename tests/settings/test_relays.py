"""The settings of relays: what would give a password away, or cannot work, is refused in words."""

from pathlib import Path
from typing import Any

import pytest

from digest.settings import SettingsError, load_settings
from digest.settings.relays import is_loopback


def relay(**told: Any) -> dict[str, str]:
    return {f"DIGEST_RELAYS__0__{name.upper()}": str(value) for name, value in told.items()}


OAUTH = {"token_url": "https://t.example/token", "client_id": "me", "refresh_token": "r"}
FAR = {"host": "smtp.example.org", "username": "u"}


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (FAR | {"password": "hush"}, "without encryption"),
        (FAR | {"password": "hush", "auth": "cram-md5"}, "without encryption"),
        ({"username": "u"}, "go together"),
        ({"username": "u", "auth": "xoauth2"}, "needs a username, and either"),
        ({"username": "u", "auth": "xoauth2", "password": "t"} | OAUTH, "needs a username"),
        ({"auth": "xoauth2"} | OAUTH, "needs a username"),
        (OAUTH, 'auth = "xoauth2" alone'),
        ({"ca_file": "/nowhere/ca.pem"}, "there is no file"),
        ({"idempotency_header": "X Y"}, "name of a header"),
        ({"idempotency_header": "Message-ID"}, "has already"),
        ({"idempotency_header": "List-Id"}, "has already"),
        ({"auth": "digest-md5"}, "cram-md5"),
        ({"warmup_factor": "0.5"}, "greater than or equal to 1"),
        ({"rate_per_minute": "-1"}, "greater than or equal to 0"),
    ],
)
def test_what_cannot_be_meant_is_refused(told: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(relay(**told))
    assert said in str(caught.value)
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(
    "told",
    [
        FAR | {"password": "hush", "tls": "starttls"},
        FAR | {"password": "hush", "allow_plain_password": "true"},
        {"host": "127.0.0.1", "username": "u", "password": "hush"},
        FAR | OAUTH | {"auth": "xoauth2", "tls": "implicit"},
        {"idempotency_header": "X-Entity-Ref-ID"},
    ],
)
def test_what_can_be_meant_is_taken(told: dict[str, str]) -> None:
    [made] = load_settings(relay(**told)).relays
    assert made.host == told.get("host", "localhost")


@pytest.mark.parametrize(
    ("host", "here"),
    [("localhost", True), ("127.0.0.9", True), ("::1", True), ("[::1]", True),
     ("a.localhost", True), ("10.0.0.1", False), ("localhost.example", False),
     ("smtp.example.org", False)],
)  # fmt: skip
def test_this_machine_is_told_from_others(host: str, here: bool) -> None:
    assert is_loopback(host) is here


def test_the_file_of_a_password_is_remembered_unless_a_variable_wins(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from the file\n", "utf-8")
    config = tmp_path / "digest.toml"
    config.write_text('[[relays]]\nusername = "u"\npassword_file = "secret"\n', "utf-8")
    named = load_settings({}, config)
    assert named.secret_files == {"relays.0.password": tmp_path / "secret"}
    given = load_settings(relay(password="from the variable"), config)
    assert given.secret_files == {}
    named = load_settings(relay(username="u", password_file=tmp_path / "secret"))
    assert named.secret_files == {"relays.0.password": tmp_path / "secret"}
