"""What a reader may choose, checked; and topics from what they, or an operator, wrote."""

from collections.abc import Mapping, Sequence

from rapidfuzz import process

from digest.domain.catalogue import CatalogueTopic
from digest.domain.query import QuerySyntaxError, parse_query
from digest.domain.schedule import known_zone
from digest.domain.subscribers import EVERY_DAY, Preferences, TopicItem

MAX_TOPICS = 40
MAX_PAPERS = 100
LANGUAGES = ("en",)
EXTRACTS = ("short", "full")


class PreferenceError(ValueError):
    """A choice that cannot be kept; the sentence says which, and what is allowed."""


def check_preferences(chosen: Preferences) -> None:
    """Raise PreferenceError for the first choice that is out of bounds."""
    rules = (
        (known_zone(chosen.zone), f"{chosen.zone!r} is no IANA time zone such as Europe/Berlin"),
        (0 <= chosen.hour <= 23, f"the hour is 0 to 23, not {chosen.hour}"),
        (0 < chosen.weekdays <= EVERY_DAY, "choose at least one weekday"),
        (1 <= chosen.max_papers <= MAX_PAPERS, f"a digest has 1 to {MAX_PAPERS} papers"),
        (
            1 <= chosen.min_papers <= chosen.max_papers,
            f"the minimum is 1 to {chosen.max_papers} (the length), not {chosen.min_papers}",
        ),
        (chosen.language in LANGUAGES, f"the languages are: {', '.join(LANGUAGES)}"),
        (chosen.extract in EXTRACTS, "the extract is short or full"),
        (len(chosen.topics) <= MAX_TOPICS, f"at most {MAX_TOPICS} topics"),
    )
    for holds, sentence in rules:
        if not holds:
            raise PreferenceError(sentence)
    for item in chosen.topics:
        _check_query(item.query)


def topics_from(
    catalogue: Mapping[str, CatalogueTopic],
    slugs: Sequence[str] = (),
    queries: Sequence[str] = (),
    authors: Sequence[str] = (),
    categories: Sequence[str] = (),
) -> tuple[TopicItem, ...]:
    """Return a reader's topics in order: catalogue, own queries, authors, arXiv categories.

    Raises PreferenceError for an unknown slug (with the nearest ones) and for a bad query.
    """
    items = [_catalogue_item(catalogue, slug) for slug in slugs]
    items += [TopicItem(query, _check_query(query)) for query in queries]
    items += [_author_item(author) for author in authors]
    items += [TopicItem(category, _check_query(f"cat:{category}")) for category in categories]
    return tuple(dict.fromkeys(items))


def _catalogue_item(catalogue: Mapping[str, CatalogueTopic], slug: str) -> TopicItem:
    topic = catalogue.get(slug)
    if topic is None:
        near = [match[0] for match in process.extract(slug, list(catalogue), limit=3)]
        raise PreferenceError(
            f"there is no topic {slug!r}; near it are {', '.join(near)}; "
            "`digest topics list` shows all"
        )
    return TopicItem(topic.name, _check_query(topic.query), topic.slug)


def _author_item(author: str) -> TopicItem:
    bare = author.replace('"', " ").strip()
    return TopicItem(bare, _check_query(f'author:"{bare}"'))


def _check_query(query: str) -> str:
    try:
        return parse_query(query).canonical()
    except QuerySyntaxError as error:
        raise PreferenceError(f"{error.message}\n{error.pointer()}") from error
