"""What a mail must have, whoever wrote its templates; each check raises LackingError."""

from collections.abc import Mapping
from html import unescape

from markupsafe import escape

from digest.domain.fragments import PLACEHOLDER, encode_fragment
from digest.domain.tokens import TOKEN_LENGTH
from digest.looks.fallback import LackingError
from digest.mail.fit import Size
from digest.mail.gate import CUT, gate, is_clean

MOST_AROUND = 40_000  # bytes of HTML around the cards, which need the rest of the room
MOST_PART = 10_000  # of a heading, or of the line below the cards
_LINKS = {
    "confirm": ("confirm",),
    "address_change": ("confirm",),
    "preferences_link": ("preferences",),
    "already_subscribed": ("preferences", "unsubscribe"),
}


def check_digest(html: str, text: str, links: Mapping[str, str]) -> None:
    """Check the body of a digest without its cards."""
    for form, body in (("HTML", html), ("text", text)):
        _check_clean(f"the digest's {form}", body)
        if body.count(CUT) != 1 or f"{CUT}\n" not in body:
            raise LackingError(
                f"the digest's {form} needs one line with {{{{ cut }}}} alone, where its papers go"
            )
        _check_link(f"the digest's {form}", body, "unsubscribe", links)
        _check_tokens(f"the digest's {form}", body, links)
    _check_size("the digest without its papers", html, MOST_AROUND)


def check_page(html: str, links: Mapping[str, str]) -> None:
    """Check the browser view of a digest without its cards."""
    _check_clean("the digest as a page", html)
    if html.count(CUT) != 1:
        raise LackingError("the digest as a page needs {{ cut }} once, where its papers go")
    _check_link("the digest as a page", html, "unsubscribe", links)
    _check_tokens("the digest as a page", html, links)


def check_card(urls: tuple[str, str], html: str, text: str, feedback: Mapping[str, str]) -> None:
    """Check a paper: both of its forms must lead to it, for it counts as sent.

    ``urls`` are the addresses in its HTML and in its text.
    """
    check_part("a paper", html, text, feedback)
    if not _leads_to(str(gate(urls[0])), html):
        raise LackingError("a paper's HTML does not link to it: {{ card.url }} is missing")
    if str(gate(urls[1])) not in text:
        raise LackingError("a paper's text does not tell its address: {{ card.url }} is missing")


def check_part(name: str, html: str, text: str, links: Mapping[str, str]) -> None:
    """Check a part that stands among the papers."""
    for form, body in (("HTML", html), ("text", text)):
        _check_clean(f"the {form} of {name}", body)
        if CUT in body:
            raise LackingError(f"{{{{ cut }}}} stands in the {form} of {name}")
        _check_tokens(f"the {form} of {name}", body, links)
    _check_size(name, html, 3 * MOST_PART if name == "a paper" else MOST_PART)


def check_placed(wanted: int, placed: int) -> None:
    """Check that a digest has room for at least one of its papers."""
    if wanted and not placed:
        raise LackingError("the digest is so large that no paper has room in it")


def check_subject(name: str, *lines: str) -> None:
    """Check a subject and what stands beside it in a mailbox's list."""
    if not lines[0].strip():
        raise LackingError(f"the subject of {name} is empty")
    if any(PLACEHOLDER in line or CUT in line or not is_clean(line) for line in lines):
        raise LackingError(f"the subject or preheader of {name} has characters no mail may have")


def check_mail(name: str, html: str, text: str, links: Mapping[str, str]) -> None:
    """Check a mail that is no digest."""
    for form, body in (("HTML", html), ("text", text)):
        _check_clean(f"the {form} of {name}", body)
        if CUT in body:
            raise LackingError(f"{{{{ cut }}}} stands in the {form} of {name}")
        for link in _LINKS.get(name, ()):
            _check_link(f"the {form} of {name}", body, link, links)
        _check_tokens(f"the {form} of {name}", body, links)
        if not body.strip():
            raise LackingError(f"the {form} of {name} is empty")
    if not _size(html).fits:
        raise LackingError(f"{name} is larger than mailboxes show whole")


def _check_clean(what: str, body: str) -> None:
    if not is_clean(body):
        raise LackingError(f"{what} has control characters or others that no mail may have")


def _check_link(what: str, body: str, name: str, links: Mapping[str, str]) -> None:
    url = links[name]
    if url not in body and not _leads_to(url, body):
        raise LackingError(f"{what} lacks the link {{{{ links.{name} }}}}")


def _check_tokens(what: str, body: str, links: Mapping[str, str]) -> None:
    """Check that no personal link went through the gate twice, which takes its token away."""
    for name, url in links.items():
        lost = url.replace(PLACEHOLDER, " ")
        if lost in body or str(escape(lost)) in body:
            raise LackingError(
                f"{what} has the link {name!r} without its token: write it where it goes, not "
                "through a macro or {% set %}"
            )


def _leads_to(url: str, html: str) -> bool:
    return str(escape(url)) in html or url in unescape(html)


def _check_size(what: str, html: str, most: int) -> None:
    size = _size(html)
    if size.decoded > most or size.encoded > 1.2 * most:
        raise LackingError(f"{what} has {size.decoded} bytes of HTML, {most} are the most")


def _size(html: str) -> Size:
    tokens = html.count(PLACEHOLDER)
    decoded = len(html.encode("utf-8", "replace")) + tokens * TOKEN_LENGTH
    return Size(decoded, encode_fragment(html).size)
