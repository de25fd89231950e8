"""The first digest.toml: valid TOML that says what was answered, whatever was answered."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.settings import Settings
from digest.settings.starter import Answers, RelayAnswers, relay_from, sender_for, starter_toml

LINES = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=60
).filter(lambda text: text.strip())


@given(name=LINES, folder=LINES, contact=LINES, feeds=st.lists(st.integers(0, 3), max_size=6))
def test_every_answer_comes_back_as_it_was_given(
    name: str, folder: str, contact: str, feeds: list[int]
) -> None:
    urls = [f"https://h{number}.example/{place}" for place, number in enumerate(feeds)]
    answers = Answers(
        base_url="https://papers.example",
        sender="digest@papers.example",
        site_name=name,
        contact=contact,
        data_dir=folder,
        http_port=8001,
        feeds=urls,
    )
    held = tomllib.loads(starter_toml(answers))
    assert held["site"] == {"name": name}
    assert held["data_dir"] == folder
    assert held["http"] == {"port": 8001, "contact": contact}
    names = [source["name"] for source in held["sources"]]
    assert len(set(names)) == len(names) == 2 + len(feeds)
    assert [source.get("url") for source in held["sources"][2:]] == urls


@given(huggingface=st.booleans(), arxiv=st.booleans(), feed=st.booleans(), login=st.booleans())
def test_every_file_can_be_used(huggingface: bool, arxiv: bool, feed: bool, login: bool) -> None:
    relay = RelayAnswers("mail.example", 587, "starttls", "me" if login else "")
    answers = Answers(
        base_url="https://papers.example",
        sender="Papers <digest@papers.example>",
        relay=relay,
        huggingface=huggingface,
        categories=("cs.LG",) if arxiv else (),
        feeds=("https://lab.example/feed",) if feed else (),
    )
    held = tomllib.loads(starter_toml(answers))
    if login:
        held["relays"][0]["password"] = "x"
    settings = Settings.model_validate(held)
    assert len(settings.sources) == huggingface + arxiv + feed
    assert settings.relays[0].port == 587


@pytest.mark.parametrize(
    ("text", "host", "port", "tls", "username"),
    [
        ("mail.example", "mail.example", 25, "none", ""),
        ("mail.example:587", "mail.example", 587, "starttls", ""),
        ("mail.example:465", "mail.example", 465, "implicit", ""),
        ("submission://me@mail.example", "mail.example", 587, "starttls", "me"),
        ("submission://mail.example:1587", "mail.example", 1587, "starttls", ""),
        ("smtps://me%40x.example@mail.example", "mail.example", 465, "implicit", "me@x.example"),
        ("smtp://me@x.example@mail.example:2525", "mail.example", 2525, "starttls", "me@x.example"),
        ("smtp://[::1]:1025", "::1", 1025, "none", ""),
    ],
)
def test_a_relay_in_one_word(text: str, host: str, port: int, tls: str, username: str) -> None:
    assert relay_from(text) == RelayAnswers(host, port, tls, username)  # type: ignore[arg-type]


@given(st.text(max_size=40))
def test_any_word_is_a_relay_or_a_value_error(text: str) -> None:
    try:
        found = relay_from(text)
    except ValueError:
        return
    assert found.host
    assert 0 < found.port < 65536


@pytest.mark.parametrize(
    ("base_url", "sender"),
    [
        ("https://www.papers.example/digest", "digest@papers.example"),
        ("http://localhost:8000", "digest@localhost"),
        ("nonsense", "digest@localhost"),
    ],
)
def test_the_sender_that_is_offered(base_url: str, sender: str) -> None:
    assert sender_for(base_url) == sender
