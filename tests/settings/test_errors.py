"""What is refused, and how it is said: the key, its value, its place, what is allowed."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.settings import SettingsError, load_settings
from digest.settings.keys import every_key


def problems(**env: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load_settings(env)
    return list(caught.value.problems)


def test_an_unknown_variable_is_named_with_the_likely_key() -> None:
    (problem,) = problems(DIGEST_MAIL__FORM="x")
    assert problem.startswith(
        "mail.form (DIGEST_MAIL__FORM): is no setting (did you mean mail.from?)"
    )


def test_an_unknown_key_of_the_file_is_named_with_the_file(tmp_path: Path) -> None:
    file = tmp_path / "site.toml"
    file.write_text('[[relays]]\nhots = "x"\n[digets]\nwindow_days = 20\n', encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load_settings({}, file)
    text = str(caught.value)
    assert f"relays.0.hots ({file}): is no setting (did you mean relays.0.host?)" in text
    assert f"digets ({file}): is no setting (did you mean digest?)" in text


def test_a_key_at_the_wrong_level_is_sent_to_its_table() -> None:
    (problem,) = problems(DIGEST_WINDOW_DAYS="20")
    assert "did you mean digest.window_days?" in problem


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("DIGEST__WINDOW_DAYS", "13", "digest.window_days = '13'"),
        ("DIGEST__RISING_TREND", "101", "less than or equal to 100"),
        ("HTTP__PORT", "0", "greater than or equal to 1"),
        ("HTTP__PORT", "http", "valid integer"),
        ("HTTP__TRUSTED_PROXIES", "10.0.0.300", "does not appear to be an IPv4 or IPv6 network"),
        ("SITE__ACCENT", "blue", "must be a colour such as #1f5f8b"),
        ("SITE__NAME", "a\nb", "line breaks"),
        ("BASE_URL", "papers.example.org", "must be an http:// or https:// URL"),
        ("BASE_URL", "https://example.org/?a=b", "neither a query"),
        ("BASE_URL", "https://example.org/#x", "neither a query"),
        ("BASE_URL", "https://u:p@example.org/", "user name or password"),
        ("BASE_URL", "http://[::1", "is no URL"),
        ("MAIL__FROM", "nobody", "is no mail address"),
        ("MAIL__FROM", "A <a@example.org>\r\nBcc: b@example.org", "line breaks"),
        ("MAIL__FROM", "A <a@example.org>, B <b@example.org>", "must be ADDRESS, Name"),
        ("MAIL__FROM", "A, B <b@example.org>", "must be ADDRESS, Name"),
        ("MAIL__BOUNCES", "verb", "did you mean 'verp'?"),
        ("MAIL__RETURN_PATH_DOMAIN", "exa mple.org", "is no mail address"),
        ("RELAYS__0__TLS", "start-tls", "did you mean 'starttls'?"),
        ("RELAYS__0__USERNAME", "me", "username and password go together"),
        ("SUBSCRIBE__MODE", "domains", 'mode "domains" needs domains'),
        ("DATABASE_URL", "mysql://u:p@h/d", "must be sqlite:///PATH or postgresql://"),
        ("DATABASE_URL", "sqlite:///:memory:", "must name a file"),
        ("SECRET_KEY", "short", "at least 32 characters"),
        ("LOG__LEVEL", "trace", "'debug', 'info', 'warning' or 'error'"),
        ("SOURCES", "[{", "sources (DIGEST_SOURCES): is not JSON"),
        ("SOURCES", '[{"name": "x", "kind": "arvix"}]', "did you mean 'arxiv'?"),
        ("SOURCES", '[{"name": "x"}]', "sources.0.kind: is missing"),
        ("SOURCES", '[{"name": "x", "kind": "feed"}]', "sources.0.url: is missing"),
        ("SOURCES", '[{"name": "x", "kind": "arxiv"}]', "sources.0.categories: is missing"),
        ("RELAYS", "[{}, {}]", "relays: name 'default' is given twice"),
        ("SITE", "7", "site (DIGEST_SITE): must be a valid dictionary"),
        ("RELAYS__0", "x", "name a key: relays.0.KEY"),
    ],
)
def test_a_bad_value_is_refused_with_its_reason(name: str, value: str, said: str) -> None:
    (problem,) = problems(**{f"DIGEST_{name}": value})
    assert said in problem


@pytest.mark.parametrize(
    ("source", "key", "owner"),
    [
        ('{"name": "x", "kind": "huggingface", "categories": ["cs.LG"]}', "categories", "arxiv"),
        ('{"name": "x", "kind": "huggingface", "url": "https://a.example"}', "url", "feed"),
        (
            '{"name": "x", "kind": "feed", "url": "https://a.example", "base_url": "https://b.example"}',
            "base_url",
            "huggingface",
        ),
    ],
)
def test_a_key_of_another_kind_of_source_is_refused(source: str, key: str, owner: str) -> None:
    (problem,) = problems(DIGEST_SOURCES=f"[{source}]")
    assert problem.startswith(f"sources.0.{key} ")
    assert f"(kind '{owner}' has)" in problem


def test_every_problem_is_told_at_once() -> None:
    assert len(problems(DIGEST_HTTP__PORT="0", DIGEST_FOO="1", DIGEST_SITE__ACCENT="red")) == 3


def test_broken_toml_is_told_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "x.toml"
    file.write_text("[site]\nname = \n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"x\.toml: is not TOML: .*line 2"):
        load_settings({}, file)
    file.write_bytes(b'name = "\xff"')
    with pytest.raises(SettingsError, match="is not UTF-8"):
        load_settings({}, file)


@pytest.mark.parametrize(
    "env",
    [
        {"DIGEST_SECRET_KEY": "hunter2"},
        {"DIGEST_SECRET_KEYS_OLD": "hunter2"},
        {"DIGEST_DATABASE_URL": "mysql://u:hunter2@h/d"},
        {"DIGEST_RELAYS": '[{"password": "hunter2"}]'},
        {"DIGEST_RELAYS": '[{"password": "hunter2"'},
        {"DIGEST_RELAYS__0__PASWORD": "hunter2"},
        {"DIGEST_RELAYS__0__PASSWORD": "hunter2", "DIGEST_HTTP__PORT": "x"},
        {"DIGEST_SOURCES": '[{"name": "x", "kind": "feed", "url": "ftp://u:hunter2@h/"}]'},
    ],
)
def test_no_error_shows_a_secret(env: dict[str, str]) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(env)
    assert "hunter2" not in f"{caught.value!r} {caught.value} {caught.value.__cause__!r}"


_NAMES = st.sampled_from(sorted(every_key())).map(
    lambda key: "DIGEST_" + key.replace("relays.", "relays.0.").replace(".", "__").upper()
)
_ODD = st.text("DIGEST_ABRELAYS019", max_size=20).map("DIGEST_".__add__)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(_NAMES | _ODD, st.text(max_size=12), max_size=4))
def test_any_environment_gives_settings_or_a_settings_error(env: dict[str, str]) -> None:
    env.pop("DIGEST_CONFIG", None)
    with suppress(SettingsError):
        assert load_settings(env).digest.window_days >= 14
