"""What an import does with each person of a file; the same for a dry run and for the deed.

Whoever has left, there or here, is not mailed: nobody is made a reader again by a file.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from digest.domain.catalogue import CatalogueTopic
from digest.domain.foreign_rows import standing_of, topics_of
from digest.domain.import_rows import ImportRow, RowError, Standing
from digest.domain.preferences import check_preferences, topics_from
from digest.domain.schedule import weekdays_mask
from digest.domain.subscribers import Preferences, SubscriberState, Suppression, TopicItem

_NUMBERS = {"hour": "hour", "max": "max_papers", "min": "min_papers"}
_TEXTS = {"zone": "zone", "lang": "language", "extract": "extract"}


class Deed(StrEnum):
    """What is done with a row."""

    ADD = "add"  # a reader, or one who waits for approval
    INVITE = "invite"  # asked by mail whether they agree
    UPDATE = "update"
    LEAVE = "leave"  # kept as one who has left
    BAR = "bar"  # kept as one who must not be mailed
    UNCHANGED = "unchanged"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class Options:
    """How an operator wants a file read.

    ``confirmed`` is their word that those agreed of whom the file does not tell; ``invite`` asks
    whoever did not, and ``ask_everybody`` even who did. ``update`` lets the file change readers.
    ``topics`` are for whoever brings none, ``lists`` maps another program's lists to slugs.
    ``standing`` says where everybody of the file stands, whatever it tells.
    """

    confirmed: bool = False
    invite: bool = False
    ask_everybody: bool = False
    update: bool = False
    topics: tuple[str, ...] = ()
    lists: Mapping[str, str] = field(default_factory=dict)
    standing: Standing | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What is known here of an address. ``state`` is None where its erased reader barred it."""

    state: SubscriberState | None
    suppression: Suppression | None
    preferences: Preferences


@dataclass(frozen=True, slots=True)
class Decision:
    """What is done with a row, and why where nothing is; ``preferences`` are to be written."""

    deed: Deed
    standing: Standing
    preferences: Preferences | None = None
    reason: str = ""


def decide(
    row: ImportRow,
    known: Known | None,
    options: Options,
    catalogue: Mapping[str, CatalogueTopic],
    defaults: Preferences,
) -> Decision:
    """Return what is done with a row. Its address has been checked; ``known`` is who has it."""
    standing = options.standing or standing_of(row, options.lists)
    if options.ask_everybody and standing.joins:
        standing = Standing.UNCONFIRMED
    try:
        held = known.preferences if known else defaults
        chosen = preferences_of(row, held, options, catalogue, is_new=known is None)
    except ValueError as error:
        if standing.joins:
            return Decision(Deed.REJECT, standing, reason=str(error))
        chosen = defaults  # whoever has left has left, whatever their choices were
    if known is None:
        return _newcomer(standing, chosen, options)
    if standing.joins:
        return _joining(standing, known, chosen, options)
    return _leaving(standing, known, options)


def _newcomer(standing: Standing, chosen: Preferences, options: Options) -> Decision:
    match standing:
        case Standing.CONFIRMED | Standing.WAITING:
            return Decision(Deed.ADD, standing, chosen)
        case Standing.UNKNOWN if options.confirmed:
            return Decision(Deed.ADD, Standing.CONFIRMED, chosen)
        case Standing.UNKNOWN | Standing.UNCONFIRMED if options.invite or options.ask_everybody:
            return Decision(Deed.INVITE, standing, chosen)
        case Standing.UNKNOWN:
            told = "nothing says that they agreed: --confirmed says so for all such, --invite asks"
            return Decision(Deed.REJECT, standing, reason=told)
        case Standing.UNCONFIRMED:
            told = "they never confirmed: --invite asks them"
            return Decision(Deed.REJECT, standing, reason=told)
        case Standing.LEFT:
            return Decision(Deed.LEAVE, standing, chosen)
        case _:
            return Decision(Deed.BAR, standing, chosen)


def _joining(standing: Standing, known: Known, chosen: Preferences, options: Options) -> Decision:
    refusal = _refusal(known)
    if refusal:
        return Decision(Deed.REJECT, standing, reason=refusal)
    if options.update and chosen != known.preferences:
        return Decision(Deed.UPDATE, standing, chosen)
    return Decision(Deed.UNCHANGED, standing)


def _refusal(known: Known) -> str:
    """Return why nobody is made a reader again, "" where they are one, or on the way to it."""
    match known.state:
        case SubscriberState.UNSUBSCRIBED:
            return "unsubscribed here: they alone can subscribe again"
        case None | SubscriberState.SUPPRESSED | SubscriberState.ERASED:
            if known.suppression is Suppression.BOUNCE:
                return "barred here, for mail to it came back; `digest bounces lift` lifts that"
            return "barred here after a complaint or by the operator; nobody may mail it"
        case _:
            return ""


def _leaving(standing: Standing, known: Known, options: Options) -> Decision:
    if _refusal(known):
        return Decision(Deed.UNCHANGED, standing)
    if options.update:
        return Decision(Deed.LEAVE if standing is Standing.LEFT else Deed.BAR, standing)
    told = f"a reader here, and {standing.value} where the file is from: --update lets it count"
    return Decision(Deed.REJECT, standing, reason=told)


def preferences_of(
    row: ImportRow,
    held: Preferences,
    options: Options,
    catalogue: Mapping[str, CatalogueTopic],
    *,
    is_new: bool,
) -> Preferences:
    """Return what a row makes of preferences: what it does not tell stays as it is held.

    Raises ValueError (RowError, PreferenceError) for what cannot be chosen.
    """
    changes: dict[str, object] = {_TEXTS[name]: row.choices[name] for name in _TEXTS
                                  if name in row.choices}  # fmt: skip
    for name, key in _NUMBERS.items():
        if name in row.choices:
            changes[key] = _number(name, row.choices[name])
    if "weekdays" in row.choices:
        changes["weekdays"] = weekdays_mask(row.choices["weekdays"].split(","))
    topics = _topics(row, options, catalogue)
    if not topics and is_new:
        topics = topics_from(catalogue, options.topics)
    if topics:
        changes["topics"] = topics
    chosen = replace(held, **changes)  # type: ignore[arg-type]
    check_preferences(chosen)
    return chosen


def _topics(
    row: ImportRow, options: Options, catalogue: Mapping[str, CatalogueTopic]
) -> tuple[TopicItem, ...]:
    slugs = row.slugs + topics_of(row, options.lists)
    found = [_item(item, catalogue) for item in row.items]
    found += topics_from(catalogue, slugs, row.queries, row.authors, row.categories)
    return tuple(dict.fromkeys(found))


def _item(item: TopicItem, catalogue: Mapping[str, CatalogueTopic]) -> TopicItem:
    if item.slug and (item.slug in catalogue or not item.query):
        return topics_from(catalogue, [item.slug])[0]
    return replace(topics_from(catalogue, queries=[item.query])[0], name=item.name)


def _number(name: str, text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise RowError(f"{name} is a whole number, not {text!r}")
    return int(text)
