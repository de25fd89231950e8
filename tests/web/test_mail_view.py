"""The browser view of a mail: in its reader's language, its links theirs."""

import re
from dataclasses import replace

from digest.services.subscriptions import change_preferences
from tests.web.site import ADDRESS, Site, links_in, local
from tests.world import MONDAY, hours


async def test_a_mail_is_shown_in_its_readers_language_with_their_links(site: Site) -> None:
    reader = await site.reader()
    chosen = replace(reader.preferences, language="de")
    await change_preferences(site.world.app.context, reader.id, chosen)
    await site.world.list_papers("Dense experts")
    await site.world.at(MONDAY + hours(32))
    mail = site.world.html_to(ADDRESS)[-1]
    assert "Dienstag, 5. Mai 2026" in mail
    [token] = set(re.findall(r"/mail/([\w-]{52})", mail))
    page = await site.client.get(f"/digest/mail/{token}")
    assert page.status_code == 200
    assert '<html lang="de"' in page.text
    assert "Dienstag, 5. Mai 2026" in page.text
    votes = [local(link) for link in links_in(page.text) if "/feedback/" in link]
    assert [vote.split("/")[-2] for vote in votes] == ["more", "less", "save"]
    assert all(f"/feedback/{token}/" in vote for vote in votes)
    assert votes == [local(link) for link in links_in(mail) if "/feedback/" in link]


async def test_a_mail_that_is_not_here_is_told_in_the_visitors_language(lite: Site) -> None:
    asked = {"accept-language": "fr-CH, de;q=0.8"}
    page = await lite.client.get(f"/digest/mail/{'x' * 52}", headers=asked)
    assert page.status_code == 404
    assert "Cet e-mail n’est pas ici" in page.text
    assert '<html lang="fr"' in page.text
