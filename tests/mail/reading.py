"""Reads rendered mails back as a client would."""

import quopri
from html.parser import HTMLParser

from digest.domain.fragments import Fragment, join_fragments
from digest.mail.render import RenderedMail

TOKEN = "Tk_-" * 13


def decoded(fragments: tuple[Fragment, ...]) -> str:
    body = quopri.decodestring(join_fragments(fragments, TOKEN)).decode()
    return body.replace("\r\n", "\n")


def html_of(mail: RenderedMail) -> str:
    return decoded(mail.html)


def text_of(mail: RenderedMail) -> str:
    return decoded(mail.text)


class Outline(HTMLParser):
    """Collects tags and attributes, and checks the nesting of what it opens."""

    VOID = frozenset({"meta", "br", "img"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def links(self) -> list[str]:
        return [attrs["href"] or "" for tag, attrs in self.tags if tag == "a"]
