"""The table of tries on a mail's page: hostile words are words, and they fit a telephone."""

import re
from dataclasses import replace

from digest.domain.deliveries import Kind
from digest.domain.replies import Stage
from tests.web.admin.desk_rows import LATER, mails_of
from tests.web.admin.office import Office
from tests.web.admin.test_walk import signed_in
from tests.web.chromium import browser

EVIL = replace(
    LATER,
    code=452,
    reply='<script>alert("x")</script>\r\n' + "unbreakable" * 40,
    relay="<main>",
    stage=Stage.DATA,
)


async def put_off_twice(office: Office) -> str:
    """Let a mail be put off twice; return the path of its page."""
    asked = await office.world.add_reader("new@example.org", "x", confirmed=False)
    was = office.world.now
    for answer in (LATER, EVIL):
        office.world.relay.answers = [answer]
        await office.world.send()
        [mail] = await mails_of(office, asked, Kind.CONFIRM)
        office.world.clock.set(mail.next_try_at)
    office.world.clock.set(was)
    return f"/admin/deliveries/{mail.id}"


def rows_of(page: str) -> list[str]:
    """Return the rows of the table of tries."""
    return re.findall(r"<tr>(.+?)</tr>", page.partition('id="tries"')[2].partition("</table>")[0])[
        1:
    ]


async def test_each_try_is_a_row_with_what_was_said_as_words(office: Office) -> None:
    path = await put_off_twice(office)
    page = await office.page(path)
    first, second = rows_of(page)
    assert "451 4.7.1 &lt;later&gt; &amp; again" in first
    assert "put off by the relay" in first
    for words in (
        "<td>&lt;main&gt;</td>",
        "<td>data</td>",
        ">452<",
        "&lt;script&gt;alert(&#34;x&#34;)&lt;/script&gt; unbreakable",
    ):
        assert words in second
    assert "<script>alert" not in page


async def test_a_mail_that_was_taken_at_once_has_no_such_table(office: Office) -> None:
    [digest] = await mails_of(office, 1)
    page = await office.page(f"/admin/deliveries/{digest.id}")
    assert "250 ok" in page
    assert 'id="tries"' not in page


async def test_long_words_wrap_on_a_telephone(desk: Office) -> None:
    path = await put_off_twice(desk)
    async with browser() as running, signed_in(running, desk, "light") as page:
        await page.set_viewport_size({"width": 360, "height": 800})
        await page.goto(desk.address + path)
        assert await page.evaluate("document.documentElement.scrollWidth") <= 360
        cells = await page.evaluate(
            "[...document.querySelectorAll('[aria-labelledby=tries] td.wide')]"
            ".map(cell => [cell.offsetWidth, cell.scrollWidth])"
        )
        assert len(cells) == 4
        assert [(shown, held) for shown, held in cells if shown > 320 or held > shown] == []
