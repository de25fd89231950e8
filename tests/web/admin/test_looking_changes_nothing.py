"""Looking at the desk's pages changes nothing, and no address of theirs breaks them."""

from urllib.parse import quote

from digest.domain.deliveries import Kind
from tests.web.admin.desk_rows import LATER, bounce, every_row, mails_of, next_day
from tests.web.admin.office import Office

PAGES = (
    "/admin/subscribers",
    "/admin/subscribers?q=a&state=active&before=9",
    "/admin/subscribers/1",
    "/admin/subscribers/1?before=1",
    "/admin/deliveries",
    "/admin/deliveries?date=2026-05-04&state=sent&kind=digest",
    "/admin/preview",
    "/admin/preview?reader=1&date=2026-05-04",
    "/admin/preview?reader=1&kind=confirm",
    "/admin/preview/mail.html?reader=1&date=2026-05-04",
    "/admin/suppression",
    "/admin/suppression?q=a",
    "/admin/audit",
    "/admin/audit?actor=Ada&action=account&object=account/Ada",
)
ODD = (
    "\x00",
    "x" * 10_000,
    "<script>alert(1)</script>",
    "'; DROP TABLE subscriber; --",
    "%",
    "\N{RIGHT-TO-LEFT OVERRIDE}",
    "\U0001f600",
    "9" * 30,
    "-1",
    "2147483648",
    "0001-01-01",
    "9999-12-31",
    "3.2147483648",
    "",
)


async def test_looking_changes_nothing(office: Office) -> None:
    await next_day(office, [LATER, LATER])
    await bounce(office, 2)
    digests = [row.id for row in await mails_of(office, 1, Kind.DIGEST)]
    assert len(digests) == 2
    before = await every_row(office)
    for path in (*PAGES, *(f"/admin/deliveries/{one}" for one in digests)):
        for method in ("GET", "HEAD"):
            answer = await office.client.request(method, path)
            assert answer.status_code == 200, (method, path)
    for path in ("/admin/subscribers/1?do=erase", "/admin/suppression?do=bar&address=a@b.example"):
        assert (await office.client.get(path)).status_code == 200
    assert await every_row(office) == before


async def test_whatever_a_query_holds_a_page_is_shown_and_escapes_it(office: Office) -> None:
    asked = {
        "subscribers": ("q", "state", "before"),
        "deliveries": ("date", "state", "kind", "after"),
        "preview": ("reader", "date", "kind"),
        "suppression": ("q", "before"),
        "audit": ("actor", "action", "object", "before"),
        "subscribers/1": ("before",),
    }
    for page, names in asked.items():
        for name in names:
            for value in ODD:
                answer = await office.client.get(f"/admin/{page}", params={name: value})
                assert answer.status_code == 200, (page, name, value[:20])
                assert "<script>alert" not in answer.text


async def test_what_is_not_there_is_missing(office: Office) -> None:
    numbers = ("0", "-1", "999", "2147483647", "2147483648", str(2**63), str(2**64), "1e3", "x")
    odd = (quote("\x00"), "%D9%A1", "9" * 10_000)  # an Arabic digit one among them
    for kind in ("subscribers", "deliveries"):
        for number in (*numbers, *odd):
            path = f"/admin/{kind}/{number}"
            assert (await office.client.get(path)).status_code == 404, path[:60]
            assert (await office.press(path, do="cancel")).status_code == 404, path[:60]


async def test_strangers_see_nothing_and_forms_of_another_session_do_nothing(
    office: Office,
) -> None:
    before = await every_row(office)
    posts = (
        ("/admin/subscribers/1", {"do": "unsubscribe"}),
        ("/admin/deliveries/1", {"do": "resend", "times": "1"}),
        ("/admin/suppression", {"do": "bar", "address": "a@b.example"}),
        ("/admin/preview", {"do": "plain", "to": "a@b.example"}),
    )
    async with office.stranger() as stranger:
        for path in PAGES:
            answer = await stranger.get(path)
            assert answer.status_code == 303, path
            assert answer.headers["location"].startswith("/admin/login"), path
        for path, fields in posts:
            assert (await stranger.post(path, data=fields)).status_code == 303
            wrong = await office.client.post(path, data={**fields, "csrf": "0" * 64})
            assert wrong.status_code == 403, path
    assert await every_row(office) == before
