"""Sources added while the program runs: held to the settings' checks, and to no secret."""

from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.settings import ArxivSource, FeedSource
from digest.settings.added import find_secret, read_source, table_of

FEED = {"name": "Blog", "kind": "feed", "url": "https://blog.example/feed.xml?lang=de"}


def test_a_table_becomes_the_source_that_the_settings_would_make() -> None:
    assert read_source(FEED) == FeedSource(name="Blog", kind="feed", url=FEED["url"])
    arxiv = {"name": "Physics", "kind": "arxiv", "categories": ["quant-ph"]}
    assert read_source(arxiv) == ArxivSource(name="Physics", kind="arxiv", categories=("quant-ph",))


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"kind": "gopher"}, "kind = 'gopher': must be one of"),
        ({"url": "ftp://x.example/"}, "url = 'ftp://x.example/': must be an http:// or https://"),
        ({"token": "geheim"}, "token: a source of kind 'feed' has no such key"),
        ({"name": ""}, "name"),
        ({"poll_minutes": 0}, "poll_minutes = 0: must be greater than or equal to 1"),
        ({"allow_private": True}, "the settings alone may do"),
        ({"url": "https://u:geheim@x.example/"}, "holds a user name or password"),
        ({"url": "https://x.example/?a=1&Token=geheim"}, "holds the parameter Token"),
        ({"url": "https://x.example/#api_key=geheim"}, "holds the parameter api_key"),
    ],
)
def test_a_wrong_table_is_refused_with_its_key_and_without_its_secret(
    changed: dict[str, Any], words: str
) -> None:
    with pytest.raises(ValueError, match=r"\w") as refused:
        read_source(FEED | changed)
    assert words in str(refused.value)
    assert "sources.0" not in str(refused.value)
    assert "geheim" not in str(refused.value)


def test_a_token_is_for_the_settings_alone() -> None:
    with pytest.raises(ValueError, match="the database is no place for secrets") as refused:
        read_source({"name": "H", "kind": "huggingface", "token": "hf_geheim"})
    assert "geheim" not in str(refused.value)


@given(
    st.sampled_from(
        [
            FEED,
            {"name": "A", "kind": "arxiv", "categories": ["cs.LG", "math.AG"]},
            {"name": "H", "kind": "huggingface", "base_url": "https://mirror.example"},
        ]
    ),
    st.integers(1, 10080),
    st.booleans(),
)
def test_a_source_is_made_again_of_its_table(
    table: dict[str, Any], minutes: int, enabled: bool
) -> None:
    source = read_source(table | {"poll_minutes": minutes, "enabled": enabled})
    assert read_source(table_of(source)) == source


NAMES = ("token", "access_token", "api-key", "apikey", "KEY", "auth", "sig", "user_secret", "pwd")


@given(st.sampled_from(NAMES), st.text(min_size=1), st.dictionaries(st.text("abc"), st.text()))
def test_a_secret_is_found_by_its_name_and_never_told(
    name: str, value: str, others: dict[str, str]
) -> None:
    url = "https://x.example/feed?" + urlencode({**others, name: value})
    assert find_secret(url) == f"the parameter {name}"


@given(st.text())
def test_whatever_is_no_address_holds_no_secret_and_raises_nothing(text: str) -> None:
    assert find_secret(text).startswith(("", "a user", "the parameter"))
    for plain in ("keyword", "tokens_left", "monkey", "author", "format"):
        assert find_secret(f"https://x.example/?{plain}=1") == ""
