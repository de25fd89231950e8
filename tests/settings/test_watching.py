"""The tables of what watches: off by default, secrets hidden, addresses checked."""

import pytest
from pydantic import ValidationError

from digest.settings import Settings, describe

TOKEN = "a token of thirty-two characters, or more"


def shown(settings: Settings, key: str) -> object:
    """Return a value as `digest settings` shows it."""
    return {row.key: row.value for row in describe(settings)}[key]


def test_nothing_is_told_to_anybody_by_default() -> None:
    settings = Settings()
    assert settings.watch.ping_url.get_secret_value() == ""
    assert settings.watch.mail_to == ()
    assert settings.telemetry.endpoint == ""
    assert settings.metrics.token is None
    assert settings.metrics.networks == ("127.0.0.0/8", "::1/128")


def test_what_lets_its_holder_in_is_not_shown() -> None:
    told = {
        "metrics": {"token": TOKEN},
        "watch": {"ping_url": "https://hc.example/ping/0f7c/"},
        "telemetry": {"endpoint": "https://otel.example", "authorization": "Bearer x"},
    }
    settings = Settings.model_validate(told)
    for key in ("metrics.token", "watch.ping_url", "telemetry.authorization"):
        assert shown(settings, key) == "***"
    assert settings.watch.ping_url.get_secret_value() == "https://hc.example/ping/0f7c"
    assert shown(settings, "telemetry.endpoint") == "https://otel.example"


@pytest.mark.parametrize(
    ("table", "key", "value"),
    [
        ("watch", "ping_url", "hc.example/ping"),
        ("watch", "ping_url", "ftp://hc.example/ping"),
        ("watch", "ping_url", "https://hc.example/ping?a=b"),
        ("watch", "mail_to", ["nobody"]),
        ("watch", "mail_every_minutes", 0),
        ("telemetry", "endpoint", "collector:4318"),
        ("metrics", "token", "short"),
        ("metrics", "networks", ["everywhere"]),
    ],
)
def test_what_cannot_work_is_refused_by_name(table: str, key: str, value: object) -> None:
    with pytest.raises(ValidationError) as caught:
        Settings.model_validate({table: {key: value}})
    assert caught.value.errors()[0]["loc"][:2] == (table, key)
