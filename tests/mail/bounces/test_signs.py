"""Signs by which a report and the mail that it returns are told apart."""

import pytest

from digest.mail.bounces.signs import returns_below


@pytest.mark.parametrize(
    "line",
    [
        "Below this line is the returned mail",
        "This is a copy of the original message",
        "------ This is a copy of your message, including all the headers. ------",
        "   ----- Original message follows -----",
        "--- Returned E-Mail Headers ---",
        "COPY OF YOUR MESSAGE",
        "Headers of the original mail",
        "Message text follows:",
        "Included is a copy of what was sent",
        "The mail header is",
        "Returned message:",
        "--- Исходное сообщение ---",
        "Текст письма",
        "原文",
        "元のメール",
    ],
)
def test_a_line_that_announces_the_returned_mail(line: str) -> None:
    assert returns_below(line)


@pytest.mark.parametrize("line", ["", "User unknown", "Your message could not be delivered"])
def test_a_line_that_announces_nothing(line: str) -> None:
    assert not returns_below(line)
