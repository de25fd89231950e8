"""Mail of people: read whatever it is, and passed on so that no relay and no reader stumbles."""

from datetime import UTC, datetime
from email import message_from_bytes, policy

from hypothesis import given
from hypothesis import strategies as st

from digest.domain.letters import FORWARDED, is_our_own, passed_on, read_letter

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
FROM, TO = "digest@papers.example", "owner@elsewhere.example"
HEAD = b"From: Ada <ada@example.org>\r\nTo: digest@papers.example\r\nSubject: Hello\r\n"
TEXTS = st.text(max_size=60)


def passed(raw: bytes) -> bytes:
    return passed_on(
        read_letter(raw),
        raw,
        from_address=FROM,
        site_name="Paper Digest",
        to_address=TO,
        message_id="<fwd.0.0@papers.example>",
        now=NOW,
    )


def attachment(data: bytes) -> bytes:
    """Return what is attached, with the line ends of the wire."""
    mail = message_from_bytes(data, policy=policy.SMTP)
    part = list(mail.iter_parts())[1]
    if part.get_content_type() == "message/rfc822":
        head = data.index(b"Content-Type: message/rfc822")
        start = data.index(b"\r\n\r\n", head) + 4
        return data[start : data.rindex(b"\r\n--")]
    held = part.get_payload(decode=True)
    assert isinstance(held, bytes)
    return held


@given(st.binary(max_size=400))
def test_anything_is_passed_on_whole_and_no_line_of_it_needs_stuffing(noise: bytes) -> None:
    raw = HEAD + b"\r\n" + noise
    data = passed(raw)
    assert data.endswith(b"--\r\n")
    lines = data.split(b"\r\n")
    assert not any(line.startswith(b".") for line in lines)
    assert max(map(len, lines)) <= 998
    assert data.isascii()
    assert b"\r" not in data.replace(b"\r\n", b"")
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert attachment(data) == raw or attachment(data).replace(b"\r\n", b"\n") == raw.replace(
        b"\r\n", b"\n"
    )


@given(TEXTS, TEXTS, st.binary(max_size=80))
def test_no_header_of_a_stranger_ends_one_of_ours(name: str, subject: str, more: bytes) -> None:
    told = f"From: {name} <ada@example.org>\r\nSubject: {subject}\r\n".encode("utf-8", "replace")
    data = passed(told + more + b"\r\n\r\nbody\r\n")
    mail = message_from_bytes(data, policy=policy.default)
    assert [a.addr_spec for a in mail["From"].addresses] == [FROM]
    assert [a.addr_spec for a in mail["To"].addresses] == [TO]
    assert mail["Auto-Submitted"] == "auto-forwarded"
    assert len(mail.get_all("Subject", [])) == 1
    assert set(mail) <= {
        *("Date", "From", "To", "Reply-To", "Subject", "Message-ID", "Auto-Submitted"),
        *(FORWARDED, "MIME-Version", "Content-Type"),
    }


@given(st.binary(max_size=400))
def test_reading_never_fails_and_what_is_passed_on_is_known_again(raw: bytes) -> None:
    read_letter(raw)
    assert is_our_own(read_letter(passed(raw)), FROM, "digest.papers.example")


def test_a_person_is_not_ours_and_a_digest_that_comes_back_is() -> None:
    def own(more: bytes) -> bool:
        return is_our_own(read_letter(HEAD + more), FROM, "digest.papers.example")

    assert not own(b"List-Id: Other <news.example.org>\r\n\r\n")
    assert own(b"List-Id: Paper Digest <digest.papers.example>\r\n\r\n")
    assert own(b"Received: from a\r\n" * 31 + b"\r\n")
    assert not own(b"Received: from a\r\n" * 30 + b"\r\n")


def test_what_a_program_wrote_is_told_from_a_person() -> None:
    for more, automatic in (
        (b"", False),
        (b"Auto-Submitted: no\r\n", False),
        (b"Auto-Submitted: auto-replied (vacation)\r\n", True),
        (b"Precedence: bulk\r\n", True),
        (b"Precedence: first-class\r\n", False),
    ):
        assert read_letter(HEAD + more + b"\r\n").automatic is automatic


def test_the_same_mail_is_the_same_whatever_way_it_took() -> None:
    one = read_letter(b"Received: from a\r\n" + HEAD + b"Message-ID: <1@a>\r\n\r\n")
    two = read_letter(b"Delivered-To: b@c\r\n" + HEAD + b"Message-ID: <1@a>\r\n\r\n")
    other = read_letter(HEAD + b"Message-ID: <2@a>\r\n\r\n")
    assert one.mark == two.mark != other.mark
    assert two.recipients == ("digest@papers.example", "b@c")
