"""The page where somebody subscribes: the form, what it would match, and one answer for all."""

import math
from dataclasses import dataclass, replace

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

from digest.domain.preferences import PreferenceError
from digest.domain.subscribers import Preferences
from digest.services.proof_of_work import check_proof, new_challenge
from digest.services.signup import SignupError, answer_in_time, request_subscription
from digest.services.topics import load_catalogue
from digest.texts import Texts
from digest.web import routes
from digest.web.choices import Choices, choices_of, posted_choices, preferences_of
from digest.web.fields import field_facts
from digest.web.matches import Match, matches_of, said
from digest.web.parts import Web
from digest.web.stamps import TOO_QUICK, new_stamp, stamp_trouble

TRAP = "website"  # a field that no human sees; programs fill in whatever they find


@dataclass(frozen=True, slots=True)
class _Form:
    """The form as it is to be shown; ``stamp`` "" asks for a new one."""

    typed: Choices
    address: str = ""
    error: str = ""
    stamp: str = ""
    matches: tuple[Match, ...] | None = None
    guess_zone: bool = False


def add_subscribe(app: FastAPI, web: Web) -> None:
    """Add the routes of subscribing."""
    context, pages = web.context, web.pages

    @app.api_route(routes.SUBSCRIBE, methods=["GET", "HEAD"])
    async def show(request: Request) -> Response:
        """Show the form, topics chosen that the address names (``?topic=SLUG``)."""
        t = web.texts(request)
        slugs = tuple(dict.fromkeys(request.query_params.getlist("topic")))
        return await _form_page(web, t, _Form(_untouched(web, t, slugs), guess_zone=True))

    @app.post(routes.SUBSCRIBE)
    async def act(request: Request) -> Response:
        """Take a sign-up in, or show the form as it was typed, with what it would match."""
        t = web.texts(request)
        form = await request.form(max_files=0, max_fields=300)
        match _one(form, "do"):
            case "subscribe":
                return await _subscribe(web, t, request, form)
            case "match":
                typed = posted_choices(form)
                matches = await _matches(web, t, typed)
                kept = _Form(typed, _one(form, "address"), "", _one(form, "stamp"), matches)
                return await _form_page(web, t, kept)
            case _:  # the box on another page, which asks for the address alone
                begun = _Form(_untouched(web, t), _one(form, "address"), guess_zone=True)
                return await _form_page(web, t, begun)

    @app.post(routes.SUBSCRIBE_MATCH)
    async def match(request: Request) -> Response:
        """Return the part of the form that tells what would have matched."""
        t = web.texts(request)
        typed = posted_choices(await request.form(max_files=0, max_fields=300))
        found = await _matches(web, t, typed)
        return pages.html("_matches.html", language=t.language, matches=found)

    @app.get(routes.CHALLENGE)
    async def challenge() -> Response:
        """Return a proof of work to be done, where sign-ups ask for one."""
        if not context.settings.subscribe.proof_of_work:
            raise HTTPException(404)
        return JSONResponse(new_challenge(context))


async def _subscribe(web: Web, t: Texts, request: Request, form: FormData) -> Response:
    context = web.context
    typed = posted_choices(form)
    shown = _Form(typed, _one(form, "address"), stamp=_one(form, "stamp"))
    if _one(form, TRAP):
        await answer_in_time(context, context.clock.now())
        return _look_in_the_inbox(web, t)
    trouble = stamp_trouble(context, shown.stamp)
    if trouble is not None:
        # one that was too quick keeps its stamp, which grows old enough; another one starts anew
        stamp = shown.stamp if trouble is TOO_QUICK else ""
        again = replace(shown, error=t.say(trouble), stamp=stamp)
        return await _form_page(web, t, again, 422)
    try:
        held = Preferences(language=t.language)
        chosen = preferences_of(typed, held, await load_catalogue(context))
        await check_proof(context, _one(form, "altcha"))
        client = request.client.host if request.client else ""
        await request_subscription(context, shown.address, chosen, client=client, origin="page")
    except PreferenceError as error:
        return await _form_page(web, t, replace(shown, error=said(t, error)), 422)
    except SignupError as error:
        return await _refused(web, t, shown, error)
    return _look_in_the_inbox(web, t)


async def _refused(web: Web, t: Texts, shown: _Form, error: SignupError) -> Response:
    """Show the form again with what is wrong; where time heals it, with how much."""
    text = said(t, error)
    if error.retry_after_s is None:
        return await _form_page(web, t, replace(shown, error=text), 422)
    minutes = max(1, math.ceil(error.retry_after_s / 60))
    wait = t.many(
        "It works again in {count} minute.", "It works again in {count} minutes.", minutes
    )
    answer = await _form_page(web, t, replace(shown, error=f"{text} {wait}"), 429)
    answer.headers["retry-after"] = str(math.ceil(error.retry_after_s))
    return answer


async def _form_page(web: Web, t: Texts, form: _Form, status: int = 200) -> Response:
    context = web.context
    rules, mail = context.settings.subscribe, context.settings.mail
    catalogue = await web.catalogues.current()
    return web.pages.html(
        "subscribe.html",
        403 if rules.mode == "closed" and status != 200 else status,
        language=t.language,
        **field_facts(t, catalogue, await web.snapshots.current(), form.typed),
        mode=rules.mode,
        domains=t.listing(rules.domains),
        proof=rules.proof_of_work,
        contact=mail.contact_address,
        stamp=form.stamp or new_stamp(context),
        trap=TRAP,
        address=form.address,
        error=form.error,
        matches=form.matches,
        guess_zone=form.guess_zone,
    )


def _look_in_the_inbox(web: Web, t: Texts) -> Response:
    """Return the one answer to every sign-up; nothing in it depends on whose address it is."""
    rules = web.context.settings.subscribe
    return web.pages.html("subscribed.html", language=t.language, approval=rules.mode == "approval")


async def _matches(web: Web, t: Texts, typed: Choices) -> tuple[Match, ...]:
    snapshot = await web.snapshots.current()
    return tuple(matches_of(t, snapshot, typed, web.pages.root))


def _untouched(web: Web, t: Texts, slugs: tuple[str, ...] = ()) -> Choices:
    """Return the form as somebody finds it who has chosen nothing yet but topics."""
    most = web.context.settings.digest.max_papers
    plain = choices_of(Preferences(max_papers=most, language=t.language), {})
    return replace(plain, slugs=slugs)


def _one(form: FormData, name: str) -> str:
    values = form.getlist(name)
    return str(values[-1]) if values else ""
