"""ID tokens that say something else, or that nobody has signed, open nothing."""

from collections.abc import Callable
from typing import Any

from tests.web.admin.at_provider import enter, pass_an_hour, refused
from tests.web.admin.office import Office
from tests.web.admin.provider import (
    CLIENT,
    FOREIGN,
    OURS,
    SECRET,
    Claims,
    Provider,
    signed,
    unsigned,
)

SAID: tuple[tuple[Claims, str], ...] = (
    ({"nonce": "other"}, "nonce"),
    ({"nonce": None}, "nonce"),
    ({"aud": "other"}, "aud"),
    ({"aud": None}, "aud"),
    ({"aud": []}, "aud"),
    ({"aud": [CLIENT, "other"]}, "azp"),
    ({"aud": [CLIENT, "other"], "azp": "other"}, "azp"),
    ({"iss": "https://evil.example"}, "iss"),
    ({"iss": None}, "iss"),
    ({"exp": 1}, "xpired"),
    ({"exp": None}, "exp"),
    ({"exp": "soon"}, "exp"),
    ({"iat": 4_000_000_000}, "in the future"),
    ({"sub": None}, "sub"),
    ({"sub": 7}, "sub"),
    ({"sub": ""}, "who was signed in"),
    ({"sub": "a\x00b"}, "who was signed in"),
    ({"sub": "x" * 256}, "who was signed in"),
    ({"email_verified": False}, "not verified"),
    ({"email_verified": None}, "not verified"),
    ({"email_verified": 1}, "not verified"),
    ({"email": "eve@example.org"}, "not among"),
    ({"email": ["ada@example.org"]}, "not among"),
    ({"email": "", "sub": "ada@example.org"}, "not among"),
)


async def test_a_token_that_says_anything_else_opens_nothing(
    beside_lite: tuple[Office, Provider],
) -> None:
    office, provider = beside_lite
    provider.described = {"userinfo_endpoint": None}
    for changed, words in SAID:
        pass_an_hour(office)
        provider.changed = changed
        assert words in await refused(office), changed
    provider.changed = {}
    assert (await enter(office)).status_code == 303


NONE = {"alg": "none"}
TOKENS: tuple[Callable[[Claims], Any], ...] = (
    lambda claims: unsigned(claims, NONE),
    lambda claims: unsigned(claims, {"alg": "RS256", "kid": "one"}),
    lambda claims: unsigned(claims, {"alg": "HS256", "kid": "one"}, OURS.as_pem(private=False)),
    lambda claims: unsigned(claims, {"alg": "HS256"}, SECRET.encode()),
    lambda claims: signed(claims, FOREIGN),
    lambda claims: signed(claims | {"email": "eve@example.org"}, FOREIGN),
    lambda claims: signed(claims)[:-8] + "AAAAAAAA",
    lambda _: None,
    lambda _: 7,
    lambda _: "",
    lambda _: "a.b.c",
    lambda _: "\x00" * 100,
    lambda claims: unsigned(claims, {"alg": ["RS256"], "kid": {}}),
    lambda claims: unsigned(claims, {"alg": "RS256", "crit": ["b64"], "b64": False}),
)


async def test_a_token_that_the_provider_has_not_signed_opens_nothing(
    beside_lite: tuple[Office, Provider],
) -> None:
    office, provider = beside_lite
    for number, sign in enumerate(TOKENS):
        pass_an_hour(office)
        provider.sign = sign
        assert "ID token" in await refused(office), number
