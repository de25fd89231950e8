"""The preview: the very mail of a reader, and copies to operators that act for nobody."""

import re
from urllib.parse import quote

import httpx

from digest.domain.tokens import TOKEN_LENGTH
from digest.mail.reading import html_of, parse, text_of
from digest.ports import Outcome, Verdict
from digest.services.audit import list_audit
from tests.web.admin.desk_rows import acts_of, bounce, complain, every_row
from tests.web.admin.office import Office
from tests.world import hours

NOBODYS = "-" * TOKEN_LENGTH
PAST = "reader=ada@example.org&date=2026-05-04"


async def framed(office: Office, query: str) -> httpx.Response:
    return await office.client.get(f"/admin/preview/mail.html?{query}")


def neutral(html: str) -> str:
    """Return a mail's HTML with every token taken for nobody's."""
    return re.sub(r"/[\w-]{52}(?=[/\"?#])", f"/{NOBODYS}", html)


async def test_a_past_day_shows_the_very_mail_with_links_that_act_for_nobody(
    office: Office,
) -> None:
    page = await office.page("/admin/preview", reader="ada@example.org", date="2026-05-04")
    assert "as it was planned for" in page
    for words in ("List-Unsubscribe", "Message-ID", "Sparse experts", "KB"):
        assert words in page, words
    shown = await framed(office, PAST)
    [sent] = office.world.html_to("ada@example.org")
    assert NOBODYS in shown.text
    assert shown.text == neutral(sent)
    assert shown.text != sent
    left = await office.client.post(f"/unsubscribe/{NOBODYS}")
    assert left.status_code in (200, 404)
    assert (await office.world.reader(1)).state.value == "active"


async def test_the_frame_alone_may_show_the_mail_and_nothing_in_it_runs(desk: Office) -> None:
    shown = await framed(desk, PAST)
    policy = shown.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert policy.endswith("; sandbox")
    assert shown.headers["x-frame-options"] == "SAMEORIGIN"
    page = await desk.client.get(f"/admin/preview?{PAST}")
    assert "frame-src 'self'" in page.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert 'sandbox=""' in page.text


async def test_the_next_digest_is_what_would_be_planned(office: Office) -> None:
    assert "There would be no mail on 2026-05-05" in await office.page("/admin/preview", reader="1")
    await office.world.list_papers("Experts to come")
    page = await office.page("/admin/preview", reader="1")
    assert "as it would be on 2026-05-05" in page
    shown = (await framed(office, "reader=1")).text
    await office.world.at(office.world.now + hours(24))
    sent = office.world.html_to("ada@example.org")[-1]
    assert "Experts to come" in shown
    assert shown == neutral(sent)


async def test_every_other_mail_has_a_specimen(desk: Office) -> None:
    kinds = ("confirm", "already_subscribed", "preferences_link", "address_change")
    for kind in (*kinds, "address_changed_notice"):
        shown = await framed(desk, f"reader=1&kind={kind}")
        assert shown.status_code == 200, kind
        assert "</html>" in shown.text, kind


async def test_what_cannot_be_shown_says_why(office: Office) -> None:
    away = (
        ("nobody@example.org", "", "There is no such reader."),
        ("999", "", "There is no such reader."),
        ("\x00", "", "There is no such reader."),
        ("x" * 10_000, "", "There is no such reader."),
        ("1", "2026-05-03", "There was no mail on 2026-05-03"),
        ("1", "0001-01-01", "is too far off"),
        ("1", "9999-12-31", "is too far off"),
    )
    for reader, day, words in away:
        page = await office.page("/admin/preview", reader=reader, date=day)
        assert words in page, (reader[:20], day)
        answer = await framed(office, f"reader={quote(reader)}&date={day}")
        assert answer.status_code == 404
    await office.press("/admin/subscribers/1", do="erase", address="ada@example.org")
    assert "The reader is erased" in await office.page("/admin/preview", reader="1")


async def test_a_copy_goes_to_the_operator_marked_and_acting_for_nobody(office: Office) -> None:
    before = await every_row(office)
    path = f"/admin/preview?{PAST}"
    answer = await office.press(path, do="copy", to="Operator@example.net")
    assert "Sent to Operator@example.net. The relay said: 250 ok" in answer.text
    message = office.world.relay.messages[-1]
    assert message.envelope_to == "Operator@example.net"
    assert message.envelope_from == "digest@papers.example"  # a bounce bars nobody
    read = parse(message.data)
    assert str(read["subject"]).startswith("[Test] Sparse experts")
    assert str(read["to"]) == "Operator@example.net"
    assert str(read["message-id"]).startswith("<test.")
    assert ":test:" in str(read["feedback-id"])
    assert NOBODYS in str(read["list-unsubscribe"])
    [real] = [m for m in office.world.relay.messages if m.envelope_to == "ada@example.org"]
    [token] = set(re.findall(r"/unsubscribe/([\w-]{52})", text_of(real.data)))
    assert token not in message.data.decode()
    assert token not in html_of(message.data)
    assert "ada@example.org" not in text_of(message.data) + html_of(message.data)
    after = await every_row(office)
    assert await acts_of(office) == [("Ada", "mail.test", "subscriber/1")]
    assert {name for name in after if after[name] != before[name]} == {"audit"}
    assert "operator@" not in repr(await list_audit(office.world.app.context)).lower()


async def test_the_plain_test_mail_needs_no_reader(office: Office) -> None:
    answer = await office.press("/admin/preview", do="plain", to="operator@example.net")
    assert "Sent to operator@example.net" in answer.text
    assert office.world.relay.messages[-1].envelope_to == "operator@example.net"
    assert await acts_of(office) == [("Ada", "mail.test", "mail")]


async def test_nothing_is_sent_to_the_barred_or_to_what_is_no_address(office: Office) -> None:
    await complain(office, 2)
    await bounce(office, 1)
    sent = len(office.world.relay.messages)
    tried = ("bob@example.org", "ADA@example.org", "nobody", "", "a\x00@example.org", "x" * 10_000)
    for to in tried:
        for do in ("copy", "plain"):
            answer = await office.press(f"/admin/preview?{PAST}", do=do, to=to)
            assert answer.status_code == 422, (do, to[:20])
    await office.press("/admin/subscribers/2", do="erase", address="bob@example.org")
    barred = await office.press("/admin/preview", do="plain", to="bob@example.org")
    assert "is barred" in barred.text
    nobody = await office.press("/admin/preview?reader=999", do="copy", to="me@example.net")
    assert nobody.status_code == 422
    assert len(office.world.relay.messages) == sent


async def test_what_the_relay_refuses_is_told(desk: Office) -> None:
    desk.world.relay.answers = [Outcome(Verdict.REFUSED, 550, "550 <no>")]
    answer = await desk.press(f"/admin/preview?{PAST}", do="copy", to="me@example.net")
    assert answer.status_code == 422
    assert "550 &lt;no&gt;" in answer.text
