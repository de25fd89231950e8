"""What `digest settings` shows: everything in force, no secret."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.settings import describe, load_settings, mask_url, masked

ENV = {
    "DIGEST_SECRET_KEY": "hunter2-hunter2-hunter2-hunter2-hunter2",
    "DIGEST_SECRET_KEYS_OLD": "hunter2-hunter2-hunter2-hunter2-hunter2",
    "DIGEST_DATABASE_URL": "postgresql://digest:hunter2@db.example.org/digest",
    "DIGEST_RELAYS__0__USERNAME": "me",
    "DIGEST_RELAYS__0__PASSWORD": "hunter2",
    "DIGEST_SOURCES": json.dumps(
        [{"name": "x", "kind": "feed", "url": "https://u:hunter2@example.org/f?token=hunter2"}]
    ),
}


def test_no_secret_is_shown_in_any_form() -> None:
    loaded = load_settings(ENV)
    shown = json.dumps(masked(loaded)) + repr(describe(loaded)) + repr(loaded.relays)
    assert "hunter2" not in shown
    assert masked(loaded)["database_url"] == "postgresql+psycopg://digest:***@db.example.org/digest"
    assert masked(loaded)["relays"][0]["password"] == "***"


def test_the_keys_are_those_of_the_file() -> None:
    shown = masked(load_settings({}))
    assert shown["mail"]["from"] == "Paper Digest <digest@localhost>"
    assert shown["secret_key"] is None
    keys = [row.key for row in describe(load_settings({}))]
    assert {"mail.from", "relays.0.host", "sources.1.categories", "base_url"} <= set(keys)
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://u:p@h/d", "postgresql://u:***@h/d"),
        ("postgresql://u:p@ss@h/d", "postgresql://u:***@h/d"),
        ("postgresql://:p@h/d", "postgresql://:***@h/d"),
        ("postgresql:///d?user=u&password=p&x=1", "postgresql:///d?user=u&password=***&x=1"),
        ("https://example.org:8080/a@b", "https://example.org:8080/a@b"),
        ("sqlite:///data/digest.sqlite3", "sqlite:///data/digest.sqlite3"),
    ],
)
def test_a_password_in_a_url_is_replaced(url: str, shown: str) -> None:
    assert mask_url(url) == shown


@settings(max_examples=200, deadline=None)
@given(st.text("abc/:@?#&=%", max_size=30))
def test_masking_twice_changes_nothing(text: str) -> None:
    once: Any = mask_url(f"https://{text}")
    assert mask_url(once) == once


def test_the_sender_is_taken_apart_for_headers_and_envelope() -> None:
    mail = load_settings({"DIGEST_MAIL__FROM": "Ünïcode Papers <Digest@Example.ORG>"}).mail
    assert (mail.from_name, mail.from_address) == ("Ünïcode Papers", "Digest@example.org")
    assert mail.envelope_domain == "example.org"
    quoted = load_settings({"DIGEST_MAIL__FROM": r'"Papers, \"daily\"" <a@example.org>'}).mail
    assert quoted.from_name == 'Papers, "daily"'
    assert quoted.from_ == r'"Papers, \"daily\"" <a@example.org>'
    own = load_settings({"DIGEST_MAIL__RETURN_PATH_DOMAIN": "Bounce.Example.org"}).mail
    assert own.envelope_domain == "bounce.example.org"
