"""The link that was mailed to a new address: it asks once more, and makes the change."""

from fastapi.responses import Response

from digest.domain import links
from digest.domain.subscribers import mask_address
from digest.services.address_change import PendingChange, find_change
from digest.services.address_change import confirm_change as make_change
from digest.store.deliveries import Delivery
from digest.web.parts import Web


async def confirm_page(web: Web, row: Delivery, token: str) -> Response:
    """Show the button; change nothing. ``row`` is the delivery that the token names."""
    found = await find_change(web.context, row)
    if found is None:
        return _void(web, row)
    if found.done:
        return _moved(web, found)
    t = web.pages.texts(found.reader.preferences.language)
    return web.pages.message(
        t("Change the address of your digest?"),
        t(
            "From now on it goes to {address}. Links in mails to the old address stop working, but "
            "for those that unsubscribe, and the old address is told.",
            address=mask_address(row.address),
        ),
        action=links.confirm_url(web.pages.root, token),
        button=t("Change the address"),
        language=t.language,
    )


async def confirm_change(web: Web, row: Delivery, token: str) -> Response:
    """Make the change, once; say the same to a second click."""
    del token  # the delivery that it names says everything
    found = await make_change(web.context, row)
    return _void(web, row) if found is None else _moved(web, found)


def _moved(web: Web, found: PendingChange) -> Response:
    t = web.pages.texts(found.reader.preferences.language)
    return web.pages.message(
        t("The address is changed"),
        t(
            "Everything goes to {address} from now on. Links in older mails no longer open your "
            "preferences; the next digest has new ones.",
            address=mask_address(found.row.address),
        ),
        links=[(links.ask_link_url(web.pages.root), t("Have a new link mailed"))],
        language=t.language,
    )


def _void(web: Web, row: Delivery) -> Response:
    """Say that nothing is changed, in the same words whatever is in the way."""
    t = web.pages.texts(row.language)
    return web.pages.message(
        t("This link does not work"),
        t(
            "The address was not changed: only the newest link works, for 48 hours, and an address "
            "has one subscription. Ask for the change again on your preferences page."
        ),
        404,
        links=[(links.ask_link_url(web.pages.root), t("Have a new link mailed"))],
        language=t.language,
    )
