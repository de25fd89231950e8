"""`digest init`: from an empty folder to an installation that can send."""

import os
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from digest.bootstrap import App, open_app
from digest.catalogue import read_catalogue
from digest.cli.asking import Asked, ask
from digest.cli.common import Exit, JsonOption, UsageError, actor, out, print_json, run, settings
from digest.ports import Verdict
from digest.secrets import write_private
from digest.services.topics import list_in_force, retire_topic
from digest.services.trial_mail import send_trial_mail
from digest.settings import SettingsError, load_settings
from digest.settings.layers import CONFIG_NAME
from digest.settings.starter import Answers, RelayAnswers, relay_from, sender_for, starter_toml
from digest.settings.values import normalised_address
from digest.store.migrate import upgrade

PASSWORD_FILE = "relay-password"  # noqa: S105  its name, not what is in it

SiteName = Annotated[str, typer.Option(help="Name of the site.")]
BaseUrl = Annotated[str, typer.Option(help="Where readers will reach the site.")]
Sender = Annotated[str, typer.Option("--from", help="Who writes: ADDRESS or NAME <ADDRESS>.")]
Relay = Annotated[str, typer.Option(help="HOST[:PORT], submission://USER@HOST, smtps://USER@HOST.")]
PasswordFile = Annotated[Path | None, typer.Option(help="A file with the relay's password.")]
Sources = Annotated[
    list[str], typer.Option(help="huggingface, arxiv:cs.LG,cs.CL or a feed's URL; repeatable.")
]
Groups = Annotated[
    list[str], typer.Option(help="Offer this group of ready topics only; repeatable.")
]
Contact = Annotated[str, typer.Option(help="Told to the sources: mailto:YOU or a URL.")]
DataDir = Annotated[str, typer.Option(help="Where the database is kept.")]
DatabaseUrl = Annotated[str, typer.Option(help="PostgreSQL instead of SQLite.")]
WebPort = Annotated[int | None, typer.Option(min=1, max=65535, help="Port of the web pages.")]
TestMail = Annotated[str, typer.Option(help="Send a test mail to this address.")]
NonInteractive = Annotated[
    bool, typer.Option("--non-interactive", help="Ask nothing; the flags say it all.")
]
Force = Annotated[
    bool, typer.Option("--force", help="Replace a digest.toml; the old one is kept beside it.")
]


def init(
    site_name: SiteName = "",
    base_url: BaseUrl = "",
    sender: Sender = "",
    relay: Relay = "",
    relay_password_file: PasswordFile = None,
    source: Sources = [],  # noqa: B006  typer copies it
    topics: Groups = [],  # noqa: B006  typer copies it
    contact: Contact = "",
    data_dir: DataDir = "",
    database_url: DatabaseUrl = "",
    port: WebPort = None,
    test_mail: TestMail = "",
    non_interactive: NonInteractive = False,
    force: Force = False,
    json: JsonOption = False,
) -> None:
    """Write digest.toml, make the secret key and the database, and send a test mail."""
    path = Path(os.environ.get(CONFIG_NAME) or "digest.toml")
    if path.exists() and not force:
        raise UsageError(f"{path} is there already: change it, or say --force to write another")
    given = Asked(
        site_name, base_url, sender, relay, "", relay_password_file, tuple(source), tuple(topics),
        contact, test_mail,
    )  # fmt: skip
    if relay:
        _relay(relay)  # before the questions, which its flag answers in part
    if not non_interactive:
        if not sys.stdin.isatty():
            raise UsageError("there is nobody to ask: say --non-interactive, and the flags")
        given = ask(given)
    answers = _answers(given, data_dir, database_url, port)
    groups = _groups(given.groups)
    address = _address(given.test_mail)
    kept = _write(path, answers, given.password)
    said = run(lambda: _set_up(groups, address))
    if json:
        print_json(
            {"file": path.resolve(), "before": kept, "topics": said[0], "test_mail": said[1]}
        )
    else:
        _tell(path, kept, answers, *said)
    if said[1] not in (None, "sent"):
        raise typer.Exit(Exit.PARTLY)


def _answers(given: Asked, data_dir: str, database_url: str, port: int | None) -> Answers:
    if not given.base_url:
        raise UsageError("--base-url is missing: where will readers reach the site?")
    relay = _relay(given.relay or "localhost:25")
    file = given.password_file
    if file is not None and not file.is_file():
        raise UsageError(f"there is no file {file}")
    if relay.username and not given.password and file is None:
        raise UsageError(f"--relay-password-file is missing: what {relay.username!r} logs in with")
    password_file = PASSWORD_FILE if given.password else str(file.resolve()) if file else ""
    answers = Answers(
        base_url=given.base_url,
        sender=given.sender or sender_for(given.base_url),
        site_name=given.site_name or "Paper Digest",
        relay=replace(relay, password_file=password_file),
        contact=given.contact,
        data_dir=data_dir,
        database_url=database_url,
        http_port=port,
    )
    return _with_sources(answers, given.sources)


def _relay(text: str) -> RelayAnswers:
    try:
        return relay_from(text)
    except ValueError as error:
        raise UsageError(str(error)) from None


def _with_sources(answers: Answers, sources: tuple[str, ...]) -> Answers:
    if not sources:
        return answers
    categories: list[str] = []
    feeds: list[str] = []
    for one in sources:
        if one.startswith("arxiv:"):
            categories += [name for part in one[6:].split(",") if (name := part.strip())]
        elif one.startswith(("http://", "https://")):
            feeds.append(one)
        elif one != "huggingface":
            raise UsageError(
                f"{one!r} is no source: give huggingface, arxiv:cs.LG,cs.CL or the URL of a feed"
            )
    return replace(
        answers, huggingface="huggingface" in sources, categories=categories, feeds=feeds
    )


def _groups(wanted: tuple[str, ...]) -> frozenset[str]:
    """Return the groups to offer, by their names in any case; none wanted are all of them."""
    known = {topic.group.casefold(): topic.group for topic in read_catalogue()}
    unknown = [name for name in wanted if name.casefold() not in known]
    if unknown:
        raise UsageError(
            f"there is no group {unknown[0]!r}; there are: {', '.join(known.values())}"
        )
    return frozenset(known[name.casefold()] for name in wanted) or frozenset(known.values())


def _address(text: str) -> str:
    try:
        return normalised_address(text) if text else ""
    except ValueError as error:
        raise UsageError(f"--test-mail: {error}") from None


def _write(path: Path, answers: Answers, password: str) -> Path | None:
    """Write the file if what is in it can be used; return where an older one is kept now."""
    secret, draft = path.with_name(PASSWORD_FILE), path.with_name(f"{path.name}.new")
    held = secret.read_text("utf-8") if password and secret.exists() else None
    if password:
        _write_secret(secret, f"{password}\n")
    draft.write_text(starter_toml(answers), "utf-8")
    try:
        load_settings(config=draft)
    except SettingsError as error:
        draft.unlink()
        if password:
            _write_secret(secret, held)
        told = [problem.replace(str(draft), "your answers") for problem in error.problems]
        raise SettingsError(told) from None
    before = path.with_name(f"{path.name}.before") if path.exists() else None
    if before is not None:
        path.replace(before)
    draft.replace(path)
    return before


def _write_secret(path: Path, text: str | None) -> None:
    path.unlink(missing_ok=True)
    if text is not None:
        write_private(path, text)


async def _set_up(groups: frozenset[str], address: str) -> tuple[int, str | None]:
    """Make database and secret; return how many topics are offered, and what the mail came to."""
    chosen = settings()
    chosen.data_dir.mkdir(parents=True, exist_ok=True)
    await upgrade(chosen.database_url)
    async with open_app(chosen) as app:
        offered = await _offer(app, groups)
        if not address:
            return offered, None
        outcome = await send_trial_mail(app.context, address)
        sent = outcome.verdict is Verdict.ACCEPTED
        return offered, "sent" if sent else outcome.reply or "the relay did not answer"


async def _offer(app: App, groups: frozenset[str]) -> int:
    counts: Counter[bool] = Counter()
    for topic in await list_in_force(app.context):
        wanted = topic.group in groups
        counts[wanted] += 1
        if not wanted:
            await retire_topic(app.context, topic.slug, actor=actor())
    return counts[True]


def _tell(path: Path, kept: Path | None, answers: Answers, offered: int, mail: str | None) -> None:
    _say(f"{path} is written" + (f"; the one before is {kept}." if kept else "."))
    _say(f"The database and the secret key are made; readers are offered {offered} topics.")
    if mail == "sent":
        _say("The relay took a test mail.", "green")
    elif mail is not None:
        _say(f"The test mail did not leave: {mail}", "red")
        _say("  put [[relays]] right, and try `digest relays check`")
    _say("\nWhat to do next:", "bold")
    for command, what in _next_steps(answers):
        _say(f"  {command:<26} {what}")


def _say(text: str, style: str = "") -> None:
    out.print(text, style=style, markup=False, soft_wrap=True)


def _next_steps(answers: Answers) -> list[tuple[str, str]]:
    port = answers.http_port or 8000
    local = answers.base_url.startswith("http://")
    publish = f"serves http://127.0.0.1:{port}/" + (
        "" if local else f", for a proxy to publish as {answers.base_url}"
    )
    return [
        ("digest doctor", "says what is missing yet, and how to put it right"),
        ("digest admin create NAME", f"makes an account for {answers.base_url}/admin"),
        ("digest collect", "looks at the sources now"),
        ("digest dkim keygen", "makes a key to sign the mails, unless your relay signs them"),
        ("digest run", f"looks, plans and sends; {publish}"),
    ]
