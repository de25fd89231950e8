"""Whole messages, read back with the standard library and with a parser in Rust."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import fast_mail_parser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.domain.fragments import PLACEHOLDER, encode_fragment
from digest.domain.headers import clean_name, clean_text
from digest.domain.message import MessageHead, boundary_of, build_message
from digest.domain.tokens import TOKEN_LENGTH

TOKEN = "a" * TOKEN_LENGTH
PLAIN = MessageHead(
    date=datetime(2026, 5, 4, 6, 0, tzinfo=UTC),
    from_address="digest@papers.example.org",
    to_address="ada@reader.example",
    subject="A paper and 9 more",
    message_id="<20260504.7.42@papers.example.org>",
)
DIGEST = replace(
    PLAIN,
    from_name="Paper Digest",
    reply_to="owner@papers.example.org",
    list_id="daily.papers.example.org",
    list_name="Paper Digest",
    list_unsubscribe_https=f"https://papers.example.org/unsubscribe/{TOKEN}",
    list_unsubscribe_mailto="mailto:leave@papers.example.org?subject=leave",
    list_help="https://papers.example.org/",
    list_owner="mailto:owner@papers.example.org",
    list_archive="https://papers.example.org/papers",
    feedback_id="topic:daily:digest:papers",
)
TEXT = encode_fragment(f"Grüße.\n.dot\nFrom here\nhttps://a.example/mail/{PLACEHOLDER}\n")
HTML = encode_fragment(f"<p>Grüße <a href='https://a.example/mail/{PLACEHOLDER}'>x</a>\n")
WORDS = st.one_of(
    st.text(max_size=80), st.text(alphabet='aé𝛼\r\n\x00\u2028 =?_"\\,<>', max_size=80)
)


def built(head: MessageHead) -> bytes:
    return build_message(head, [TEXT], [HTML], TOKEN)


def parsed(head: MessageHead) -> EmailMessage:
    message = message_from_bytes(built(head), policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    return message


def test_a_digest_has_every_header_once() -> None:
    message = parsed(DIGEST)
    assert message.keys() == [
        "Date", "From", "To", "Reply-To", "Subject", "Message-ID", "List-Id", "Precedence",
        "List-Unsubscribe", "List-Unsubscribe-Post", "List-Help", "List-Owner", "List-Archive",
        "Feedback-ID", "Auto-Submitted", "X-Auto-Response-Suppress", "Content-Language",
        "MIME-Version", "Content-Type",
    ]  # fmt: skip
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Precedence"] == "list"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "OOF, AutoReply"
    assert message["From"] == "Paper Digest <digest@papers.example.org>"


def test_a_transactional_mail_has_no_list_headers() -> None:
    names = [name.lower() for name in parsed(PLAIN).keys()]  # noqa: SIM118 - in order, repeats kept
    assert not any(name.startswith("list-") for name in names)
    assert "precedence" not in names
    assert "feedback-id" not in names


def test_list_unsubscribe_is_folded_only_between_its_two_uris() -> None:
    expected = (
        f"\r\nList-Unsubscribe: <https://papers.example.org/unsubscribe/{TOKEN}>,\r\n"
        " <mailto:leave@papers.example.org?subject=leave>\r\nList-Unsubscribe-Post: "
    )
    assert expected.encode() in built(DIGEST)


@settings(max_examples=60, deadline=None)
@given(st.integers(20, 900))
def test_list_unsubscribe_is_never_encoded_whatever_its_length(length: int) -> None:
    uri = "https://a.example/".ljust(length, "u")
    message = fast_mail_parser.parse_email(built(replace(DIGEST, list_unsubscribe_https=uri)))
    assert message.headers["List-Unsubscribe"][0].startswith(f"<{uri}>,")
    assert b"List-Unsubscribe: <" + uri.encode() + b">,\r\n <" in built(
        replace(DIGEST, list_unsubscribe_https=uri)
    )


def test_without_an_https_address_there_is_no_one_click() -> None:
    assert b"One-Click" not in built(replace(DIGEST, list_unsubscribe_https=None))


def test_text_comes_first_and_both_parts_carry_the_token() -> None:
    message = parsed(DIGEST)
    text, html = message.iter_parts()
    assert [text.get_content_type(), html.get_content_type()] == ["text/plain", "text/html"]
    assert (
        text.get_content().replace("\r\n", "\n")
        == f"Grüße.\n.dot\nFrom here\nhttps://a.example/mail/{TOKEN}\n"
    )
    assert (
        html.get_content().replace("\r\n", "\n")
        == f"<p>Grüße <a href='https://a.example/mail/{TOKEN}'>x</a>\n"
    )


def test_another_parser_reads_the_same_parts() -> None:
    message = fast_mail_parser.parse_email(built(DIGEST))
    assert message.subject == DIGEST.subject
    assert [part.replace("\r\n", "\n") for part in message.text_plain] == [
        f"Grüße.\n.dot\nFrom here\nhttps://a.example/mail/{TOKEN}\n"
    ]
    assert TOKEN in message.text_html[0]


@settings(max_examples=250, deadline=None)
@given(WORDS, WORDS)
def test_no_text_can_add_a_header_or_end_the_head(subject: str, name: str) -> None:
    head = replace(DIGEST, subject=subject, from_name=name, to_name=name, list_name=name)
    message = parsed(head)
    assert message.keys() == parsed(DIGEST).keys()
    assert str(message["Subject"]) == clean_text(subject)
    assert message["To"].addresses[0].addr_spec == DIGEST.to_address
    assert len(list(message.iter_parts())) == 2


@settings(max_examples=250, deadline=None)
@given(WORDS, WORDS)
def test_another_parser_reads_the_same_subject_and_names(subject: str, name: str) -> None:
    message = fast_mail_parser.parse_email(built(replace(DIGEST, subject=subject, from_name=name)))
    assert message.subject.strip() == clean_text(subject).strip()
    (value,) = message.headers["From"]
    shown = value.removesuffix(f" <{DIGEST.from_address}>")
    unquoted = re.sub(r"\\(.)", r"\1", shown[1:-1])
    expected = clean_name(name) or DIGEST.from_address
    assert expected in ((unquoted, shown) if shown.startswith('"') else (shown,))


@settings(max_examples=200, deadline=None)
@given(WORDS, WORDS)
def test_every_line_ends_in_crlf_and_fits(subject: str, body: str) -> None:
    part = encode_fragment(body.replace(PLACEHOLDER, ""))
    data = build_message(replace(DIGEST, subject=subject), [part], [part], TOKEN)
    assert data.endswith(b"\r\n")
    for line in data.split(b"\r\n"):
        assert b"\r" not in line
        assert b"\n" not in line
        assert len(line) <= 998
        assert not line.startswith((b".", b"From "))
    assert re.search(rb"[^\t\r\n -~]", data) is None


def test_the_same_input_gives_the_same_bytes() -> None:
    assert built(DIGEST) == built(replace(DIGEST))


def test_the_boundary_comes_from_the_message_id() -> None:
    assert boundary_of(PLAIN.message_id) in built(PLAIN).decode()
    assert boundary_of("<a@b.example>") != boundary_of("<c@b.example>")


def test_an_extra_field_is_cleaned_and_written() -> None:
    message = parsed(replace(PLAIN, extra=(("X-Entity-Ref-ID", "20260504\r\nBcc: x@y.example"),)))
    assert message["X-Entity-Ref-ID"] == "20260504 Bcc: x@y.example"
    assert message["Bcc"] is None


@pytest.mark.parametrize("name", ["Subject", "bcc", "List-Post", "Content-Type", "DKIM-Signature"])
def test_an_extra_field_cannot_replace_one_of_ours(name: str) -> None:
    with pytest.raises(ValueError, match="serializer"):
        built(replace(PLAIN, extra=((name, "x"),)))


@pytest.mark.parametrize(
    "bad",
    [
        {"to_address": "a@b.example\r\nBcc: x@y.example"},
        {"from_address": "a@b.example>"},
        {"reply_to": "a b@c.example"},
        {"message_id": "<a@b>\r\nX: y"},
        {"list_id": "x\r\n.y"},
        {"list_unsubscribe_https": "https://a.example/\r\nX: y"},
        {"list_unsubscribe_mailto": "mailto:a@b.example>"},
        {"feedback_id": "a\nb"},
        {"language": "en\r\nX: y"},
        {"extra": (("X\r\nBcc", "y"),)},
    ],
)
def test_a_head_that_could_be_broken_out_of_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        built(replace(PLAIN, **bad))  # type: ignore[arg-type]  # one wrong value a case
