"""The mails before independent checkers: valid HTML, accessible, readable, not like spam."""

import asyncio
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from digest.demo.show import play
from digest.domain.headers import clean_name, clean_text, mailbox_field, text_field
from digest.mail.catcher import CaughtMail
from digest.mail.reading import html_of
from tests.checkers import (
    NOT_OF_A_MAIL,
    axe_violations,
    html_errors,
    node_package,
    program,
    read_by_mailparser,
    spam_scores,
)
from tests.domain.test_header_fuzz import ADDRESS, texts
from tests.golden.test_golden_mails import LIST_HEAD, MAILS, TOKEN
from tests.mail.test_looks import MAILS as LOOKS
from tests.web.chromium import browser

# The words that every spam filter takes for spam, as EICAR's file is a virus to every scanner.
GTUBE = b"XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"


@cache
def samples() -> dict[str, bytes]:
    """Return the mails of invented papers, whole."""
    return {name: build() for name, build in MAILS.items()}


async def _played() -> Sequence[CaughtMail]:
    async with play() as shown:
        return shown.catcher.mails


@cache
def sent() -> dict[str, bytes]:
    """Return the samples, and each demonstration reader's last mail as it came in over SMTP."""
    caught = asyncio.run(_played())
    last = {mail.rcpt_to[0].partition("@")[0]: mail.data for mail in caught}
    assert len(last) == 3
    return samples() | last


def test_the_html_of_every_mail_is_valid(tmp_path: Path) -> None:
    node_package("vnu-jar")
    pages = {f"{name}.html": html_of(data) for name, data in sent().items()}
    pages["view.html"] = LOOKS["browser view"]
    pages["broken.html"] = pages["test.html"].replace("<h1", "<h1 nowhere", 1)
    errors = html_errors(pages, tmp_path)
    assert [error for error in errors if "broken.html" not in error] == []
    assert len(errors) == 1, "the checker has missed what is broken"


async def test_a_screen_reader_finds_its_way_in_every_mail() -> None:
    async with browser() as running:
        for scheme in ("light", "dark"):
            page = await running.new_page()
            await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            for name, html in LOOKS.items():
                await page.set_content(html)
                assert await axe_violations(page, off=NOT_OF_A_MAIL) == [], (name, scheme)
        await page.set_content(LOOKS["test"].replace("color:", "color:#777;x:"))
        found = await axe_violations(page, off=NOT_OF_A_MAIL)
        assert {violation.partition(":")[0] for violation in found} == {"color-contrast"}


def test_another_parser_reads_the_list_headers_and_both_bodies(tmp_path: Path) -> None:
    node_package("mailparser")
    read = dict(zip(sent(), read_by_mailparser(sent().values(), tmp_path), strict=True))
    assert read["digest_short"]["list"] == {
        "id": {"name": "Paper Digest", "id": LIST_HEAD.list_id},
        "unsubscribe": {
            "url": f"https://papers.example.org/digest/unsubscribe/{TOKEN}",
            "mail": "leave@papers.example.org?subject=unsubscribe",
        },
        "unsubscribe-post": {"name": "List-Unsubscribe=One-Click"},
        "help": {"url": "https://papers.example.org/digest/"},
        "owner": {"mail": "owner@papers.example.org"},
        "archive": {"url": "https://papers.example.org/digest/"},
    }
    assert read["digest_short"]["subject"] == (
        "Patchwork: Routing 10⁶ Small Experts at O(log n) Cost and 4 more papers"
    )
    assert read["digest_short"]["sender"] == [
        {"address": "digest@papers.example.org", "name": "Paper Digest"}
    ]
    assert "list" not in read["confirm"]
    for name, mail in read.items():
        assert mail["attachments"] == 0
        assert mail["html"].split() == html_of(sent()[name]).split()
        assert mail["text"].startswith("Paper Digest\n")
    for reader in ("ada", "grace", "kenji"):
        token = read[reader]["list"]["unsubscribe"]["url"].rpartition("/")[2]
        assert token in read[reader]["list"]["unsubscribe"]["mail"]
        assert token in read[reader]["text"]
        assert token in read[reader]["html"]


def test_another_parser_reads_hostile_subjects_and_names(tmp_path: Path) -> None:
    node_package("mailparser")
    subjects, names = texts(400, 1), texts(400, 2)
    body = b"Content-Type: text/plain\r\n\r\nbody\r\n"
    mails = [
        text_field("Subject", subject) + mailbox_field("From", name, ADDRESS)
        + mailbox_field("To", None, ADDRESS) + body
        for subject, name in zip(subjects, names, strict=True)
    ]  # fmt: skip
    read = read_by_mailparser(mails, tmp_path)
    assert [mail.get("subject", "") for mail in read] == [*map(clean_text, subjects)]
    assert [mail["sender"][0]["name"] for mail in read] == [*map(clean_name, names)]
    assert all(mail["sender"][0]["address"] == ADDRESS for mail in read)
    assert all(len(mail["sender"]) == 1 and mail["text"] == "body\n" for mail in read)


def test_no_mail_looks_like_spam() -> None:
    program("spamassassin")
    spam = samples()["test"].replace(b"Paper Digest\r\n", GTUBE, 1)
    *scores, (bad, rules) = spam_scores([*sent().values(), spam])
    assert bad > 900
    assert "GTUBE" in rules
    by_name = dict(zip(sent(), scores, strict=True))
    assert {name: score for name, score in by_name.items() if score[0] > 1.5} == {}
