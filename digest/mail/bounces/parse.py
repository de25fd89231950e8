"""Reads a mail that came back: what it is, whom it is about, and why (no I/O, never raises)."""

from dataclasses import dataclass

from digest.domain.bounce_reasons import told_code
from digest.domain.reports import MailReport, ReportedRecipient, ReportKind
from digest.mail.bounces import automatic, delivery_status
from digest.mail.bounces.addresses import addresses_in, same
from digest.mail.bounces.feedback import read_complaint
from digest.mail.bounces.judging import judge
from digest.mail.bounces.mime import Part, read_mail
from digest.mail.bounces.notices import read_notice
from digest.mail.bounces.original import addressees, is_returned, message_id_in, own_words
from digest.mail.bounces.prose import Named, named_recipients

MAX_WORDS = 16 * 1024  # characters of a report's own words


@dataclass(frozen=True, slots=True)
class _Report:
    """A mail taken apart: itself, its leaves, its own lines, and the text of what it returns."""

    whole: Part
    leaves: list[Part]
    lines: list[str]
    rest: str
    returned: list[Part]

    def words(self) -> str:
        return "\n".join(self.lines)


def read_report(raw: bytes) -> MailReport:
    """Return what a mail says that came to the return path or the bounce mailbox.

    In this order: a complaint, a provider's notice, a delivery status report, an auto-reply, a
    report in prose; anything else, a person's answer among it, is none of them.
    """
    report = _taken_apart(raw)
    complaint = read_complaint(report.whole, report.leaves)
    if complaint:
        return complaint
    if notice := read_notice(_first_text(report)):
        return notice
    recipients, seen = _by_status(report)
    if seen:
        kind = ReportKind.BOUNCE if recipients else ReportKind.NONE
        return MailReport(kind, recipients, _message_id(report) if recipients else "")
    return _in_prose(report)


def _taken_apart(raw: bytes) -> _Report:
    whole, leaves = read_mail(raw)
    lines: list[str] = []
    rest = ""
    returned = [part for part in leaves if part.fields is not whole.fields and is_returned(part)]
    for part in _worded(leaves, returned):
        own, behind = own_words(part.text()[:MAX_WORDS])
        lines += own
        rest += behind
    return _Report(whole, leaves, lines, rest, returned)


def _first_text(report: _Report) -> str:
    texts = [part for part in report.leaves if part.kind in ("text/plain", "application/json")]
    return texts[0].text() if texts else ""


def _worded(leaves: list[Part], returned: list[Part]) -> list[Part]:
    before: list[Part] = []
    for part in leaves:
        if part in returned:
            break
        before.append(part)
    plain = [part for part in before if part.kind == "text/plain"]
    return (plain or [part for part in before if part.kind.startswith("text/")])[:4]


def _by_status(report: _Report) -> tuple[tuple[ReportedRecipient, ...], bool]:
    """Return the recipients that status fields name, and whether there were such fields."""
    texts = [part.text() for part in report.leaves if part.kind in delivery_status.KINDS]
    groups = [group for text in texts for group in delivery_status.groups(text)]
    words = report.words()
    if not groups and "final-recipient" in words.lower():  # or its fields are in the text
        groups = delivery_status.groups(words) if _is_systems(report) else []
    failing = [g for g in groups if delivery_status.action_of(g) in ("failed", "delayed")]
    prose = {same(n.address): n for n in named_recipients(report.lines, _own(report))}
    found: dict[str, ReportedRecipient] = {}
    for group in failing:
        one = _from_group(group, prose, report)
        if one:
            found.setdefault(same(one.address), one)
    return tuple(found.values()), bool(groups)


def _is_systems(report: _Report) -> bool:
    """Return whether a system speaks: a person who quotes a report is no report."""
    return automatic.tells_failure(report.whole, report.words())


def _from_group(
    group: dict[str, list[str]], prose: dict[str, Named], report: _Report
) -> ReportedRecipient | None:
    address, original = delivery_status.recipients_of(group)
    if not address:
        return None
    named = prose.get(same(address)) or prose.get(same(original))
    context = named.context() if named else ""
    delayed = delivery_status.action_of(group) == "delayed"
    said = [delivery_status.diagnostic_of(group), delivery_status.category_of(group)]
    return judge(
        address,
        [*said, context or report.words()],
        delivery_status.status_of(group),
        original=original,
        delayed=delayed,
        formal=delivery_status.is_formal(group),
    )


def _in_prose(report: _Report) -> MailReport:
    whole, words = report.whole, report.words()
    auto = automatic.is_auto_reply(whole) or automatic.is_receipt(whole)
    failed = automatic.tells_failure(whole, words) and not automatic.is_receipt(whole)
    if auto and not automatic.is_from_daemon(whole):
        failed = False
    if failed and (recipients := _prose_recipients(report)):
        return MailReport(ReportKind.BOUNCE, recipients, _message_id(report))
    return MailReport(ReportKind.AUTO_REPLY if auto else ReportKind.NONE)


def _prose_recipients(report: _Report) -> tuple[ReportedRecipient, ...]:
    named = named_recipients(report.lines, _own(report))
    told = [
        address
        for value in report.whole.fields.get("x-failed-recipients", [])
        for _, _, address in addresses_in(value)
    ]
    by_address = {same(one.address): one for one in named}
    if told and not (named and named[0].rank == 0 and _apart(told, by_address, report)):
        named = [by_address.get(same(address)) or Named(address, 0) for address in told]
    if not named:
        named = [Named(address, 3) for address in _returned_to(report)[:1]]
    delayed = automatic.tells_delay(automatic.subject_of(report.whole), report.words())
    words = report.words() if len(named) == 1 else ""  # else they tell of more than one
    return tuple(
        judge(
            one.address,
            [one.context(), words],
            delayed=delayed,
            formal=report.whole.kind != "multipart/report" and told_code(one.context()) is None,
        )
        for one in named
    )


def _apart(told: list[str], named: dict[str, Named], report: _Report) -> bool:
    """Return whether prose and header name different people, none of them the sender."""
    return not named.keys() & ({same(address) for address in told} | _own(report))


def _returned_to(report: _Report) -> list[str]:
    own = _own(report)
    found = [address for part in report.returned for address in addressees(part)]
    for line in report.rest.splitlines()[:100]:
        if line.lower().startswith("to:"):
            found += [address for _, _, address in addresses_in(line)]
    return [address for address in found if same(address) not in own]


def _own(report: _Report) -> frozenset[str]:
    values = [*report.whole.fields.get("to", []), *report.whole.fields.get("delivered-to", [])]
    values += report.whole.fields.get("from", [])
    return frozenset(
        same(address) for value in values for _, _, address in addresses_in(value[:1000])
    )


def _message_id(report: _Report) -> str:
    for part in report.returned:
        if told := part.fields.get("message-id") if "content-type" not in part.fields else None:
            return told[0]
        if found := message_id_in(part.content().decode("utf-8", "replace")):
            return found
    return message_id_in(report.rest)
