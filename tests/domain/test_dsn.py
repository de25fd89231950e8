"""DSN parameters are what RFC 3461 allows."""

import re

from hypothesis import given
from hypothesis import strategies as st

from digest.domain.dsn import mail_parameters, rcpt_parameters, xtext


@given(st.text(max_size=200))
def test_xtext_is_printable_and_comes_back(text: str) -> None:
    written = xtext(text)
    assert re.fullmatch(r"(?:[!-*,-<>-~]|\+[0-9A-F]{2})*", written)
    read = re.sub(r"\+([0-9A-F]{2})", lambda m: chr(int(m[1], 16)), written)
    assert read.encode("latin-1").decode("utf-8") == text


def test_a_failure_alone_is_told_with_the_address_as_written() -> None:
    assert mail_parameters("<20260504.1.2@papers.example>") == [
        "RET=HDRS",
        "ENVID=20260504.1.2@papers.example",
    ]
    assert rcpt_parameters("a+b@example.org") == [
        "NOTIFY=FAILURE",
        "ORCPT=rfc822;a+2Bb@example.org",
    ]
    assert rcpt_parameters("ü@example.org") == ["NOTIFY=FAILURE"]
