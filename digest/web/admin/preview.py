"""Preview: the very mail of a reader, of any kind and day, and a copy of it to an operator."""

from dataclasses import dataclass
from datetime import date

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import FormData

from digest.domain.deliveries import Kind
from digest.domain.subscribers import Subscriber
from digest.mail.reading import html_of, parse, text_of
from digest.ports import Verdict
from digest.services.looking_up import LONGEST, find_named
from digest.services.signing_in import SignedIn
from digest.services.specimen import (
    KINDS,
    Specimen,
    SpecimenError,
    Wish,
    make_specimen,
    see_sendable,
    send_specimen,
)
from digest.services.subscriptions import SubscriptionError, normalise_address
from digest.services.trial_mail import send_trial_mail
from digest.web import routes
from digest.web.admin.asked import as_sentence, read_choice, read_day, with_query
from digest.web.admin.desk import Desk
from digest.web.safety import FRAMED_MAIL_POLICY, FRAMING_POLICY

_TO = "to"


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the form has in it; ``kind`` is a digest where none is named."""

    reader: str
    day: date | None
    kind: Kind

    def query(self) -> dict[str, object]:
        """Return it as the query of an address."""
        return {"reader": self.reader, "date": self.day or "", "kind": self.kind.value}


def add_preview(app: FastAPI, desk: Desk) -> None:
    """Add the routes of the preview."""

    @desk.show(app, routes.ADMIN_PREVIEW)
    async def show(request: Request, who: SignedIn) -> Response:
        """Show the form, and the mail that it asks for."""
        return await _page(desk, who, _read(request))

    @desk.show(app, routes.ADMIN_PREVIEW_MAIL)
    async def mail(request: Request, who: SignedIn) -> Response:
        """Show the mail's HTML by itself, for the frame of the page."""
        asked = _read(request)
        reader = await find_named(desk.context, asked.reader)
        if reader is None:
            return desk.missing(who, "reader")
        try:
            made = await make_specimen(desk.context, Wish(reader, asked.kind, asked.day))
        except SpecimenError:
            return desk.missing(who, "mail")
        # no link of a specimen acts, and none leads out of the frame
        policy = {
            "content-security-policy": f"{FRAMED_MAIL_POLICY}; sandbox",
            "x-frame-options": "SAMEORIGIN",
        }
        return HTMLResponse(html_of(made.message.data), headers=policy)

    @desk.act(app, routes.ADMIN_PREVIEW)
    async def send(request: Request, who: SignedIn, form: FormData) -> Response:
        """Send a copy of the mail, or the plain test mail, to an operator."""
        asked, to = _read(request), str(form.get(_TO, "")).strip()
        try:
            notice = await _send(desk, asked, to, str(form.get("do", "")), who.account.name)
        except (SpecimenError, SubscriptionError) as error:
            return await _page(desk, who, asked, 422, error=as_sentence(error), to=to)
        return await _page(desk, who, asked, notice=notice, to=to)


def _read(request: Request) -> _Asked:
    query = request.query_params
    kind = read_choice(Kind, query.get("kind", ""))
    return _Asked(
        query.get("reader", "").strip()[: LONGEST + 1],
        read_day(query.get("date", "")),
        kind if kind in KINDS else Kind.DIGEST,
    )


async def _send(desk: Desk, asked: _Asked, to: str, do: str, actor: str) -> str:
    if do == "plain":
        address = normalise_address(to)
        await see_sendable(desk.context, address)
        outcome = await send_trial_mail(desk.context, address, actor=actor)
    else:
        reader = await find_named(desk.context, asked.reader)
        if reader is None:
            raise SpecimenError("there is no such reader")
        wish = Wish(reader, asked.kind, asked.day)
        outcome = await send_specimen(desk.context, wish, to, actor)
    if outcome.verdict is not Verdict.ACCEPTED:
        raise SpecimenError(f"the relay did not take it: {outcome.reply or outcome.verdict.value}")
    return f"Sent to {to}. The relay said: {outcome.reply}"


async def _page(
    desk: Desk,
    who: SignedIn,
    asked: _Asked,
    status: int = 200,
    *,
    notice: str = "",
    error: str = "",
    to: str = "",
) -> Response:
    reader = await find_named(desk.context, asked.reader) if asked.reader else None
    made, absent = await _make(desk, asked, reader) if reader else (None, "")
    query = asked.query()
    path, frame = f"{desk.root}{routes.ADMIN_PREVIEW}", f"{desk.root}{routes.ADMIN_PREVIEW_MAIL}"
    answer = desk.page(
        who,
        "admin/preview.html",
        status,
        at="preview",
        asked=asked,
        kinds=KINDS,
        reader=reader,
        made=made,
        absent=absent,
        fields=[(k, str(v)) for k, v in parse(made.message.data).items()] if made else [],
        text=text_of(made.message.data) if made else "",
        size=len(made.message.data) if made else 0,
        frame=with_query(frame, **query),
        action=with_query(path, **query),
        to=to or desk.context.settings.mail.contact_address,
        notice=notice,
        error=error,
    )
    answer.headers["content-security-policy"] = FRAMING_POLICY
    return answer


async def _make(desk: Desk, asked: _Asked, reader: Subscriber) -> tuple[Specimen | None, str]:
    """Return the mail, or why there is none."""
    try:
        return await make_specimen(desk.context, Wish(reader, asked.kind, asked.day)), ""
    except SpecimenError as error:
        return None, as_sentence(error)
