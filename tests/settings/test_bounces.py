"""The ways of intake in the settings: off by default, whole when on, and wrong in clear words."""

from pathlib import Path

import pytest

from digest.settings import Settings, SettingsError, describe, load_settings

TEXT = """
[mail]
from = "Paper Digest <digest@papers.example>"
reply_to = "The owner <owner@papers.example>"

[bounces.listener]
networks = ["10.0.0.1/8"]

[bounces.imap]
host = "imap.example"
username = "bounces"
password_file = "imap.secret"
"""


def load(folder: Path, text: str, **env: str) -> Settings:
    file = folder / "digest.toml"
    file.write_text(text, encoding="utf-8")
    return load_settings(env, file)


def test_every_way_is_off_until_it_is_set(tmp_path: Path) -> None:
    bounces = load(tmp_path, "").bounces
    held = bounces.model_dump()
    ways = ("listener", "imap", "pop3", "hook", "ses", "postmark", "mailgun", "sendgrid")
    assert {name: held[name] for name in ways} == dict.fromkeys(ways)
    assert bounces.forward_address == ""


def test_a_way_is_on_with_what_it_needs_and_its_password_stays_hidden(tmp_path: Path) -> None:
    (tmp_path / "imap.secret").write_text("open sesame\n", "utf-8")
    settings = load(tmp_path, TEXT, DIGEST_BOUNCES__POP3__HOST="pop.example",
                    DIGEST_BOUNCES__POP3__USERNAME="u",
                    DIGEST_BOUNCES__POP3__PASSWORD="p")  # fmt: skip
    bounces = settings.bounces
    assert bounces.listener is not None
    assert bounces.imap is not None
    assert bounces.pop3 is not None
    assert (bounces.listener.networks, bounces.listener.encrypts) == (("10.0.0.0/8",), False)
    assert bounces.imap.password.get_secret_value() == "open sesame"
    assert (bounces.imap.port, bounces.pop3.port, bounces.pop3.host) == (993, 995, "pop.example")
    shown = {row.key: row.value for row in describe(settings)}
    assert shown["bounces.imap.password"] == "***"
    assert shown["bounces.hook"] is None
    assert "sesame" not in repr(shown)
    assert settings.mail.reply_address == "owner@papers.example"
    assert settings.mail.unsubscribe_address == "owner@papers.example"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[bounces.imap]\nhost = 'x'", "bounces.imap.username: is missing"),
        ("[bounces.listener]\nport = 0", "bounces.listener.port = 0"),
        ("[bounces.listener]\nprotocol = 'lmpt'", "did you mean 'lmtp'?"),
        ("[bounces.listener]\nnetworks = ['x']", "bounces.listener.networks"),
        ("[bounces.listener]\ncertificate = 'a.pem'", "certificate and private_key go together"),
        ("[bounces.listner]\nport = 1", "did you mean bounces.listener?"),
        ("[bounces.hook]\ntoken = 'short'", "at least 32 characters"),
        ("[bounces.ses]\ntopics = ['x']", "must be the ARN of an SNS topic"),
        ("[bounces.ses]\ntopics = []", "bounces.ses.topics"),
        ("[bounces.sendgrid]\npublic_key = 'x y'", "must be an ECDSA public key"),
        ("[bounces]\nforward_to = 'nobody'", "is no mail address"),
        ("[mail]\nunsubscribe = 'x'", "mail.unsubscribe"),
    ],
)
def test_what_is_wrong_is_said_with_its_key(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, text)
    assert words in str(caught.value)
    assert "short" not in str(caught.value)
