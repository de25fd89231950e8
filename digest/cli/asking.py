"""The questions of `digest init`, each with the answer that most installations want."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

import typer

from digest.catalogue import read_catalogue
from digest.settings.starter import DEFAULT_CATEGORIES, relay_from, sender_for
from digest.settings.values import mailbox, normalised_address, web_address


@dataclass(frozen=True, slots=True)
class Asked:
    """What flags said, and then what was answered to the questions; "" and () are open."""

    site_name: str
    base_url: str
    sender: str
    relay: str
    password: str
    password_file: Path | None
    sources: tuple[str, ...]
    groups: tuple[str, ...]
    contact: str
    test_mail: str


def ask(given: Asked) -> Asked:
    """Ask what no flag has said; Enter takes what stands in brackets."""
    site_name = given.site_name or _text("Name of the site", "Paper Digest")
    base_url = given.base_url or _checked(
        "Where readers will reach it", "http://localhost:8000", web_address
    )
    sender = given.sender or _checked("Who writes the mails", sender_for(base_url), mailbox)
    relay, password = _ask_relay(given)
    sources = given.sources or _ask_sources()
    groups = given.groups or _ask_groups()
    test_mail = given.test_mail or _checked(
        "Send a test mail to (Enter: to nobody)", "", lambda text: text and normalised_address(text)
    )
    contact = given.contact or (f"mailto:{test_mail}" if test_mail else "")
    return replace(
        given, site_name=site_name, base_url=base_url, sender=sender, relay=relay,
        password=password, sources=sources, groups=groups, test_mail=test_mail, contact=contact,
    )  # fmt: skip


def _ask_relay(given: Asked) -> tuple[str, str]:
    """Return the relay as a text, and its password where one is wanted and in no file."""
    relay = given.relay or _checked(
        "Mail relay, HOST:PORT (587 STARTTLS, 465 TLS)", "localhost:25", relay_from
    )
    name = relay_from(relay).username
    if not given.relay and not name and (name := _text("User name there (Enter: none)", "")):
        found = relay_from(relay)
        scheme = {"implicit": "smtps", "starttls": "submission"}.get(found.tls, "smtp")
        relay = f"{scheme}://{quote(name, safe='')}@{found.host}:{found.port}"
    if not name or given.password_file is not None:
        return relay, ""
    return relay, str(typer.prompt("Password there", hide_input=True))


def _ask_sources() -> tuple[str, ...]:
    """Return the sources; without any there would be nothing to send, so one is insisted on."""
    found = ["huggingface"] if typer.confirm("Hugging Face Daily Papers?", default=True) else []
    categories = _text("arXiv categories (- for none)", ",".join(DEFAULT_CATEGORIES))
    if categories.strip("- "):
        found.append(f"arxiv:{categories}")
    while url := _text("A further RSS or Atom feed (Enter: no more)", ""):
        found.append(url)
    if not found:
        typer.echo("without a source there is nothing to send")
    return tuple(found) or _ask_sources()


def _ask_groups() -> tuple[str, ...]:
    counts = Counter(topic.group for topic in read_catalogue())
    groups = list(counts)
    for number, group in enumerate(groups, 1):
        typer.echo(f"  {number:>2}  {group} ({counts[group]} topics)")
    while True:
        text = _text("Which topics to offer, by number (Enter: all)", "")
        chosen = text.replace(",", " ").split()
        if all(one.isdecimal() and 1 <= int(one) <= len(groups) for one in chosen):
            return tuple(groups[int(one) - 1] for one in chosen)
        typer.echo(f"give numbers from 1 to {len(groups)}, such as 1 3 4")


def _checked(question: str, default: str, check: Callable[[str], object]) -> str:
    """Ask until ``check`` raises no ValueError, which says what is wrong."""
    while True:
        answer = _text(question, default)
        try:
            check(answer)
        except ValueError as error:
            typer.echo(f"{answer!r}: {error}")
        else:
            return answer


def _text(question: str, default: str) -> str:
    return str(typer.prompt(question, default=default, show_default=bool(default))).strip()
