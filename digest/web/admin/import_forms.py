"""The forms of an import: what was asked for, carried sealed from the dry run to the deed."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from starlette.datastructures import FormData

from digest.domain.import_plan import Options
from digest.domain.import_rows import Format, Standing
from digest.domain.subscribers import Preferences
from digest.services.context import Context
from digest.services.sealing import UnsealError, seal, unseal

CONSENTS = {
    "told": "as the file tells; whoever did not agree is refused",
    "confirmed": "those of whom the file does not tell agreed, which I can show (--confirmed)",
    "invite": "those who did not confirm are asked by mail (--invite)",
    "everybody": "everybody is asked by mail, whatever the file tells (--unconfirmed)",
}
FORMATS = {
    "": "what it looks like",
    "csv": "CSV of ours",
    "json": "JSON",
    "listmonk": "listmonk",
    "mailman": "Mailman",
}
STANDINGS = {
    "": "where the file says",
    "left": "unsubscribed",
    "bounced": "barred, for mail came back",
    "complained": "barred after a complaint",
    "barred": "barred by whoever ran it",
}
_MOST_LISTS = 200


class WishError(ValueError):
    """A form that cannot be meant so; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Wish:
    """An import as it was asked for: ``what`` is people or barred."""

    what: str = "people"
    name: str = ""
    kind: str = ""
    consent: str = "told"
    update: bool = False
    topics: tuple[str, ...] = ()
    lists: Mapping[str, str] = field(default_factory=dict)
    standing: str = ""
    zone: str = "UTC"
    hour: int = 8
    language: str = "en"

    @property
    def format(self) -> Format | None:
        """Return what the file is, None where it tells by itself."""
        return Format(self.kind) if self.kind else None

    @property
    def options(self) -> Options:
        """Return how the file is read."""
        return Options(
            confirmed=self.consent == "confirmed",
            invite=self.consent == "invite",
            ask_everybody=self.consent == "everybody",
            update=self.update,
            topics=self.topics,
            lists=dict(self.lists),
            standing=Standing(self.standing) if self.standing else None,
        )

    def defaults(self, max_papers: int) -> Preferences:
        """Return the choices of whoever brings none."""
        return Preferences(
            zone=self.zone, hour=self.hour, language=self.language, max_papers=max_papers
        )


def wish_of(form: FormData, name: str) -> Wish:
    """Return what a form asks for; raises WishError for what no form of ours has."""
    told = {key: str(form.get(key, "")) for key in ("kind", "consent", "standing", "zone", "lang")}
    hour = str(form.get("hour", "8"))
    wish = Wish(
        what="barred" if form.get("what") == "barred" else "people",
        name=name[:200],
        kind=told["kind"],
        consent=told["consent"] or "told",
        update=form.get("update") == "yes",
        topics=tuple(str(slug) for slug in form.getlist("topics")),
        lists=_lists(str(form.get("lists", ""))),
        standing=told["standing"],
        zone=told["zone"] or "UTC",
        hour=int(hour) if hour.isascii() and hour.isdigit() and len(hour) < 3 else -1,
        language=told["lang"] or "en",
    )
    known = wish.kind in FORMATS and wish.consent in CONSENTS and wish.standing in STANDINGS
    if not known or not 0 <= wish.hour <= 23:
        raise WishError("That form has a choice that is none; open the page again.")
    return wish


def _lists(text: str) -> dict[str, str]:
    pairs = {}
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    for line in lines[:_MOST_LISTS]:
        name, equals, slug = line.rpartition("=")
        if not (name.strip() and equals and slug.strip()):
            raise WishError("Each line of lists is LIST = SLUG, such as News = mixture-of-experts.")
        pairs[name.strip()] = slug.strip()
    return pairs


def sealed_wish(context: Context, account: int, wish: Wish, token: str) -> str:
    """Return a wish and the token of its file, for the second form; only the account opens it."""
    return seal(context, json.dumps([token, asdict(wish)]), _purpose(account))


def opened_wish(context: Context, account: int, sealed: str) -> tuple[str, Wish] | None:
    """Return the token and the wish of a second form, None for one that is not ours."""
    try:
        token, told = json.loads(unseal(context, sealed, _purpose(account)))
    except UnsealError:
        return None
    facts: dict[str, Any] = told | {"topics": tuple(told["topics"])}
    return token, Wish(**facts)


def _purpose(account: int) -> str:
    return f"import of account {account}"
