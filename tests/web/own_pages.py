"""The pages of a reader for tests: tokens of each purpose, and the path of every page."""

from datetime import timedelta

from digest.domain.tokens import Claims, Purpose, make_token
from digest.domain.votes import Verdict
from digest.services.feedback import record_vote
from digest.services.personal_feed import feed_token
from tests.web.site import Site


async def token_of(
    site: Site, purpose: Purpose, age: timedelta = timedelta(0), *, generation: int | None = None
) -> str:
    """Return a token for the site's reader, of their generation unless another is told."""
    reader = await site.reader()
    held = reader.token_generation if generation is None else generation
    claims = Claims(purpose, reader.id, 1, held, site.world.now - age)
    return make_token(site.world.app.context.token_keys[0], claims)


async def manage(site: Site, age: timedelta = timedelta(0)) -> str:
    """Return the token of a link that was mailed on request."""
    return await token_of(site, Purpose.MANAGE, age)


async def feed_path(site: Site) -> str:
    """Return the path of the reader's feed."""
    return f"/digest/feeds/{feed_token(site.world.app.context, await site.reader())}.xml"


async def own_pages(site: Site) -> dict[str, str]:
    """Return the path of each page of a reader by name, with papers on the saved list."""
    for paper_id in (1, 3):
        await record_vote(site.world.app.context, site.reader_id, paper_id, Verdict.SAVE)
    full = await manage(site)
    token = site.token
    return {
        "ask-link": "/digest/preferences",
        "preferences-full": f"/digest/preferences/{full}",
        "history": f"/digest/preferences/{token}/history",
        "why": f"/digest/preferences/{token}/why?paper=1",
        "why-unknown": f"/digest/preferences/{token}/why?paper=9999",
        "saved": f"/digest/preferences/{token}/saved",
        "small-link": f"/digest/preferences/{token}/erase",
        "erase": f"/digest/preferences/{full}/erase",
        "feedback": f"/digest/feedback/{token}/save/1",
        "feedback-more": f"/digest/feedback/{token}/more/2",
    }
