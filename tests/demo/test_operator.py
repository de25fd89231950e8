"""The demo's operator: one link in the inboxes signs in to the admin of the three days."""

from digest.demo.show import OPERATOR, play
from tests.clients import plain_client


async def test_one_click_leads_from_the_inboxes_to_the_admin() -> None:
    async with play() as demo, plain_client(demo.address) as browser:
        assert f'href="{demo.address}{OPERATOR}"' in (await browser.get("/inbox/")).text
        assert (await browser.get("/admin")).status_code == 303
        entered = await browser.get(OPERATOR)
        assert (entered.status_code, entered.headers["location"]) == (303, "/admin")
        today = await browser.get("/admin")
        assert today.status_code == 200
        assert today.text.count('<span class="level green">balance</span>') == 3
        readers = (await browser.get("/admin/subscribers")).text
        assert all(name in readers for name in ("ada@lab", "grace@uni", "kenji@news"))
