"""Where settings come from: defaults, the TOML file, the environment, files with secrets."""

from pathlib import Path

import pytest

from digest.settings import (
    ArxivSource,
    HuggingFaceSource,
    Settings,
    SettingsError,
    describe,
    load_settings,
)

KEY = "a key of thirty-two characters, or more"


def load(text: str = "", folder: Path | None = None, **env: str) -> Settings:
    """Load from a TOML text and variables, without this process's own."""
    if folder is None:
        return load_settings(env)
    file = folder / "digest.toml"
    file.write_text(text, encoding="utf-8")
    return load_settings(env, file)


def origins(settings: Settings) -> dict[str, str]:
    return {row.key: row.origin for row in describe(settings)}


def test_without_file_and_environment_the_defaults_make_a_working_installation() -> None:
    settings = load()
    assert settings.database_url == "sqlite+aiosqlite:///data/digest.sqlite3"
    assert settings.base_url == "http://localhost:8000"
    assert settings.secret_key is None
    assert [type(source) for source in settings.sources] == [HuggingFaceSource, ArxivSource]
    assert [(relay.host, relay.port) for relay in settings.relays] == [("localhost", 25)]


def test_the_environment_wins_over_the_file_and_the_file_over_the_defaults(tmp_path: Path) -> None:
    settings = load(
        '[site]\nname = "From file"\naccent = "#112233"\n', tmp_path, DIGEST_SITE__NAME="From env"
    )
    assert (settings.site.name, settings.site.accent, settings.site.logo) == (
        "From env",
        "#112233",
        "",
    )
    where = origins(settings)
    assert where["site.name"] == "DIGEST_SITE__NAME"
    assert where["site.accent"].endswith("digest.toml")
    assert where["site.logo"] == "default"


def test_a_named_file_that_is_missing_is_an_error_but_the_default_one_may_be() -> None:
    with pytest.raises(SettingsError, match=r"DIGEST_CONFIG: there is no file '/nowhere/x\.toml'"):
        load(DIGEST_CONFIG="/nowhere/x.toml")


def test_the_default_file_is_read_from_the_working_directory() -> None:
    Path("digest.toml").write_text('[site]\nname = "Here"\n', encoding="utf-8")
    assert load().site.name == "Here"
    Path("digest.toml").unlink()
    assert load().site.name == "Paper Digest"


def test_the_environment_names_the_file(tmp_path: Path) -> None:
    file = tmp_path / "other.toml"
    file.write_text("[http]\nport = 8080\n", encoding="utf-8")
    assert load(DIGEST_CONFIG=str(file)).http.port == 8080


def test_the_public_address_and_the_database_follow_port_and_data_folder() -> None:
    settings = load(DIGEST_HTTP__PORT="9000", DIGEST_DATA_DIR="/srv/digest")
    assert settings.base_url == "http://localhost:9000"
    assert settings.database_url == "sqlite+aiosqlite:////srv/digest/digest.sqlite3"


def test_a_variable_changes_one_key_of_one_relay_of_the_file(tmp_path: Path) -> None:
    text = '[[relays]]\nname = "a"\nhost = "one"\n[[relays]]\nname = "b"\nhost = "two"\n'
    settings = load(text, tmp_path, DIGEST_RELAYS__1__PORT="587")
    assert [(r.host, r.port) for r in settings.relays] == [("one", 25), ("two", 587)]


def test_a_variable_adds_a_relay_behind_the_last_one() -> None:
    settings = load(DIGEST_RELAYS__1__NAME="spare", DIGEST_RELAYS__1__HOST="mx.example.org")
    assert [r.host for r in settings.relays] == ["localhost", "mx.example.org"]


def test_a_gap_between_relays_is_refused() -> None:
    with pytest.raises(SettingsError, match="the next free one is 1"):
        load(DIGEST_RELAYS__2__HOST="mx.example.org")


def test_tables_come_as_json_and_replace_those_of_the_file(tmp_path: Path) -> None:
    sources = '[{"name": "blog", "kind": "feed", "url": "https://example.org/feed?x=1"}]'
    settings = load('[[sources]]\nname = "x"\nkind = "huggingface"\n', tmp_path)
    assert [source.name for source in settings.sources] == ["x"]
    settings = load(DIGEST_SOURCES=sources, DIGEST_SITE='{"name": "Json"}')
    assert [source.name for source in settings.sources] == ["blog"]
    assert settings.site.name == "Json"


@pytest.mark.parametrize("text", ["10.0.0.0/8, ::1", '["10.0.0.0/8", "::1"]'])
def test_a_plain_list_is_json_or_separated_by_commas(text: str) -> None:
    settings = load(DIGEST_HTTP__TRUSTED_PROXIES=text)
    assert settings.http.trusted_proxies == ("10.0.0.0/8", "::1/128")


def test_secrets_come_from_files_named_by_variables(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(KEY + "\n", encoding="utf-8")
    (tmp_path / "password").write_text("open sesame\n", encoding="utf-8")
    (tmp_path / "url").write_text("postgresql://digest:pw@db/digest\n", encoding="utf-8")
    (tmp_path / "old").write_text(f"{'x' * 32}\n{'y' * 32}\n", encoding="utf-8")
    settings = load(
        DIGEST_SECRET_KEY_FILE=str(tmp_path / "key"),
        DIGEST_SECRET_KEYS_OLD_FILE=str(tmp_path / "old"),
        DIGEST_DATABASE_URL_FILE=str(tmp_path / "url"),
        DIGEST_RELAYS__0__USERNAME="me",
        DIGEST_RELAYS__0__PASSWORD_FILE=str(tmp_path / "password"),
    )
    assert settings.secret_key is not None
    assert settings.secret_key.get_secret_value() == KEY
    assert settings.database_url == "postgresql+psycopg://digest:pw@db/digest"
    assert settings.relays[0].password is not None
    assert settings.relays[0].password.get_secret_value() == "open sesame"
    assert [key.get_secret_value() for key in settings.secret_keys_old] == ["x" * 32, "y" * 32]
    assert origins(settings)["relays.0.password"] == "DIGEST_RELAYS__0__PASSWORD_FILE"


def test_secrets_come_from_files_named_in_the_toml_file_beside_it(tmp_path: Path) -> None:
    (tmp_path / "pw").write_text("open sesame", encoding="utf-8")
    text = '[[relays]]\nusername = "me"\npassword_file = "pw"\n'
    password = load(text, tmp_path).relays[0].password
    assert password is not None
    assert password.get_secret_value() == "open sesame"


def test_a_secret_given_twice_in_one_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pw").write_text(KEY, encoding="utf-8")
    both = f'secret_key = "{KEY}"\nsecret_key_file = "pw"\n'
    with pytest.raises(SettingsError, match=r"secret_key .*given with and without _file"):
        load(both, tmp_path)
    with pytest.raises(SettingsError, match=r"secret_key .*given with and without _FILE"):
        load(DIGEST_SECRET_KEY=KEY, DIGEST_SECRET_KEY_FILE=str(tmp_path / "pw"))


def test_a_secret_file_that_cannot_be_read_is_named() -> None:
    with pytest.raises(SettingsError, match=r"secret_key .*/nowhere/key: No such file"):
        load(DIGEST_SECRET_KEY_FILE="/nowhere/key")


def test_empty_variables_and_those_of_the_test_suite_count_as_absent() -> None:
    assert load(DIGEST_BASE_URL="", DIGEST_TEST_DATABASE_URL="x", HOME="/").base_url.startswith(
        "http://localhost"
    )


def test_settings_cannot_change_once_loaded() -> None:
    settings = load()
    with pytest.raises(ValueError, match="frozen"):
        settings.base_url = "https://other.example"
    with pytest.raises(ValueError, match="frozen"):
        settings.site.name = "Other"


def test_calling_the_class_takes_its_arguments_and_nothing_else() -> None:
    assert Settings(base_url="https://papers.example/digest/").base_url == (
        "https://papers.example/digest"
    )
