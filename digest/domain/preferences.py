"""What a reader may choose, checked; and topics from what they, or an operator, wrote."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from rapidfuzz import process

from digest.domain.catalogue import CatalogueTopic
from digest.domain.query import QuerySyntaxError, parse_query
from digest.domain.schedule import known_zone
from digest.domain.sentences import Sentence, SentenceError
from digest.domain.subscribers import EVERY_DAY, Preferences, TopicItem

MAX_TOPICS = 40
MAX_PAPERS = 100
LANGUAGES = ("en", "de", "fr")
EXTRACTS = ("short", "full")


class PreferenceError(SentenceError):
    """A choice that cannot be kept; the sentence says which, and what is allowed."""


def check_preferences(chosen: Preferences) -> None:
    """Raise PreferenceError for the first choice that is out of bounds."""
    length, least = chosen.max_papers, chosen.min_papers
    rules = (
        (
            known_zone(chosen.zone),
            Sentence(
                "{zone} is no IANA time zone such as Europe/Berlin", {"zone": repr(chosen.zone)}
            ),
        ),
        (
            0 <= chosen.hour <= 23,
            Sentence("the hour is 0 to 23, not {hour}", {"hour": chosen.hour}),
        ),
        (0 < chosen.weekdays <= EVERY_DAY, Sentence("choose at least one weekday")),
        (
            1 <= length <= MAX_PAPERS,
            Sentence("a digest has 1 to {most} papers", {"most": MAX_PAPERS}),
        ),
        (
            1 <= least <= length,
            Sentence(
                "the minimum is 1 to {length} (the length), not {least}",
                {"length": length, "least": least},
            ),
        ),
        (
            chosen.language in LANGUAGES,
            Sentence("the languages are: {languages}", {"languages": ", ".join(LANGUAGES)}),
        ),
        (chosen.extract in EXTRACTS, Sentence("the extract is short or full")),
        (len(chosen.topics) <= MAX_TOPICS, Sentence("at most {most} topics", {"most": MAX_TOPICS})),
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
    items += [TopicItem(_bare(author), _check_query(author_query(author))) for author in authors]
    items += [
        TopicItem(category, _check_query(category_query(category))) for category in categories
    ]
    return tuple(dict.fromkeys(items))


def _catalogue_item(catalogue: Mapping[str, CatalogueTopic], slug: str) -> TopicItem:
    topic = catalogue.get(slug)
    if topic is None:
        near = [match[0] for match in process.extract(slug, list(catalogue), limit=3)]
        raise PreferenceError(
            "there is no topic {slug}; near it are {near}", slug=repr(slug), near=", ".join(near)
        )
    return TopicItem(topic.name, _check_query(topic.query), topic.slug)


def author_query(author: str) -> str:
    """Return the query of an author to follow."""
    return f'author:"{_bare(author)}"'


def category_query(category: str) -> str:
    """Return the query of an arXiv category."""
    return f"cat:{category}"


def _bare(author: str) -> str:
    return author.replace('"', " ").strip()


def _check_query(query: str) -> str:
    try:
        return parse_query(query).canonical()
    except QuerySyntaxError as error:
        raise PreferenceError(replace(error.sentence, after=error.pointer())) from error
