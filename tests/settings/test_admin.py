"""The settings of the admin pages: a provider that anybody could read along with is refused."""

import pytest

from digest.settings import SettingsError, load_settings

TOLD = {"client_id": "digest", "allowed": '["ada@example.org"]'}


def openid(**told: str) -> dict[str, str]:
    """Return the variables of a provider."""
    return {f"DIGEST_ADMIN__OPENID__{name.upper()}": value for name, value in (TOLD | told).items()}


@pytest.mark.parametrize(
    "issuer",
    ["https://id.example.org/realms/lab/", "http://localhost:8080", "http://[::1]:8080/realm"],
)
def test_a_provider_is_asked_under_https_or_on_this_machine(issuer: str) -> None:
    told = load_settings(openid(issuer=issuer)).admin.openid
    assert told is not None
    assert told.issuer == issuer.rstrip("/")
    assert told.allowed == ("ada@example.org",)


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"issuer": "http://id.example.org"}, "https"),
        ({"issuer": "http://localhost.example.org"}, "https"),
        ({"issuer": "https://id.example.org", "allowed": "[]"}, "allowed"),
    ],
)
def test_what_would_let_others_in_is_refused(told: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        load_settings(openid(**told))
