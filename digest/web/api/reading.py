"""Public reading: papers by trend, day, topic and query, and the topics in force."""

from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import AfterValidator

from digest.domain.matching import iter_bits
from digest.domain.pool import Pool
from digest.domain.query import Query as TopicQuery
from digest.domain.query import parse_query
from digest.domain.query_grammar import MAX_LENGTH
from digest.services.listing import Listings
from digest.services.snapshot import DAYS, Snapshot
from digest.services.topics import list_in_force, topic_of
from digest.store import papers
from digest.store.topics import StoredTopic
from digest.web import routes
from digest.web.api import shapes
from digest.web.api.answers import CACHED, MAX_ID, PAGED, cached, page_links, reads
from digest.web.api.problems import ProblemError, responses
from digest.web.parts import Web


def _sensible(day: date) -> date:
    if not 1990 <= day.year <= 2200:  # databases and clocks agree on no others
        raise ValueError("give a day of the years 1990 to 2200")
    return day


Day = Annotated[date, AfterValidator(_sensible), Query(description="First listed on this date.")]
Slug = Annotated[str, Query(description="Matching this topic.", max_length=64)]
Asked = Annotated[
    str,
    Query(
        description="Matching this query, in the language of topics.",
        max_length=MAX_LENGTH,
        examples=['"mixture of experts" OR title:routing'],
    ),
]
Page = Annotated[int, Query(ge=1, le=100_000)]
PerPage = Annotated[int, Query(ge=1, le=100)]
PaperId = Annotated[int, Path(ge=1, le=MAX_ID, description="Any id the paper ever had.")]


def add_papers(api: APIRouter, web: Web) -> None:
    """Add the routes that read papers."""
    listings = Listings(web.context, web.snapshots)
    _add_list(api, web, listings)
    _add_paper(api, web, listings)


def _add_list(api: APIRouter, web: Web, listings: Listings) -> None:
    base_url = web.context.settings.base_url

    @reads(
        api,
        "/papers",
        response_model=shapes.PaperPage,
        responses=PAGED | responses(404, 422),
        summary="List papers",
    )
    async def list_papers(
        request: Request,
        date: Day | None = None,
        topic: Slug = "",
        q: Asked = "",
        page: Page = 1,
        per_page: PerPage = 20,
    ) -> Response:
        """Trending papers, the hottest first; filters narrow it together.

        Without `date` they are those of the last 14 days, and without any filter only those that
        get attention now.
        """
        wanted = await _queries(web, topic, q)
        pool = await listings.of_day(date) if date else (await web.snapshots.current()).pool
        mask = pool.all_bits if wanted or date else pool.trending_bits
        for query in wanted:
            mask &= pool.index.match(query)
        chosen = list(iter_bits(mask))
        shown = chosen[(page - 1) * per_page : page * per_page]
        content = shapes.PaperPage(
            total=len(chosen),
            page=page,
            per_page=per_page,
            items=[_paper(pool, bit, wanted, base_url) for bit in shown],
        )
        asked = {"date": date, "topic": topic, "q": q, "per_page": per_page}
        told = {name: value for name, value in asked.items() if value}
        last = max(1, -(-len(chosen) // per_page))
        url = f"{base_url}{routes.API}/papers"
        return cached(request, content, page_links(url, told, page, last))


def _add_paper(api: APIRouter, web: Web, listings: Listings) -> None:
    @reads(
        api,
        "/papers/{paper_id}",
        response_model=shapes.PaperInFull,
        responses=CACHED | _MOVED | responses(404, 422),
        summary="Read a paper",
    )
    async def read_paper(request: Request, paper_id: PaperId) -> Response:
        """Read a paper with all its readings. An id that a merge took out of use leads on."""
        async with web.context.database.read() as connection:
            survivor = await papers.find_survivor(connection, paper_id)
        if survivor is not None and survivor != paper_id:
            target = f"{web.pages.root}{routes.API}/papers/{survivor}"
            return RedirectResponse(target, 308)
        found = await listings.of_paper(paper_id)
        if found is None:
            raise ProblemError(404, "There is no such paper.")
        readings = [shapes.reading_facts(signal) for signal in found.signals]
        facts = shapes.paper_facts(found, web.context.settings.base_url)
        return cached(request, shapes.PaperInFull.model_validate(facts | {"readings": readings}))


_MOVED: dict[int | str, dict[str, Any]] = {
    308: {
        "description": "The paper was merged into another, which `Location` names.",
        "headers": {"Location": {"schema": {"type": "string"}}},
    }
}


async def _queries(web: Web, slug: str, q: str) -> list[TopicQuery]:
    """Return what papers must match; raise for an unknown topic and for a bad query."""
    wanted = [parse_query(q)] if q.strip() else []
    if slug:
        topic = (await web.catalogues.current()).get(slug)
        if topic is None:
            raise ProblemError(404, "There is no such topic.")
        wanted.append(topic.parsed)
    return wanted


def _paper(pool: Pool, bit: int, wanted: list[TopicQuery], base_url: str) -> shapes.Paper:
    labels = [label for query in wanted for label in pool.index.hits(query, bit).labels]
    why = list(dict.fromkeys(labels))
    return shapes.Paper.model_validate(shapes.paper_facts(pool.candidates[bit], base_url, why))


def add_topics(api: APIRouter, web: Web) -> None:
    """Add the routes that read topics."""

    @reads(
        api,
        "/topics",
        response_model=shapes.TopicList,
        responses=CACHED | responses(),
        summary="List the topics",
    )
    async def list_topics(request: Request) -> Response:
        """Every topic in force, group by group, and how much each brings a day."""
        rows, snapshot = await list_in_force(web.context), await web.snapshots.current()
        items = [
            shapes.TopicInFigures.model_validate(_figures(row, snapshot, _mask(row, snapshot)))
            for row in rows
        ]
        return cached(request, shapes.TopicList(total=len(items), items=items))

    @reads(
        api,
        "/topics/{slug}",
        response_model=shapes.TopicInFull,
        responses=CACHED | responses(404),
        summary="Read a topic",
    )
    async def read_topic(request: Request, slug: str) -> Response:
        """Read a topic with the papers it matched on each of the last 14 days."""
        held = {row.slug: row for row in await list_in_force(web.context)}
        if slug not in held:
            raise ProblemError(404, "There is no such topic.")
        snapshot = await web.snapshots.current()
        mask = _mask(held[slug], snapshot)
        facts = _figures(held[slug], snapshot, mask) | {
            "matched": mask.bit_count(),
            "per_day": _per_day(snapshot, mask),
        }
        return cached(request, shapes.TopicInFull.model_validate(facts))


def _mask(row: StoredTopic, snapshot: Snapshot) -> int:
    return snapshot.mask(topic_of(row).parsed)


def _figures(row: StoredTopic, snapshot: Snapshot, mask: int) -> dict[str, object]:
    return shapes.topic_facts(row) | {"papers_per_day": round(snapshot.per_day(mask), 2)}


def _per_day(snapshot: Snapshot, mask: int) -> list[shapes.DayCount]:
    today = snapshot.made_at.date()
    counts = {today - timedelta(days=back): 0 for back in reversed(range(DAYS))}
    for bit in iter_bits(mask):
        day = snapshot.pool.candidates[bit].paper.first_seen_at.date()
        if day in counts:  # the window of hours reaches into a fifteenth date
            counts[day] += 1
    return [shapes.DayCount(date=day, matched=count) for day, count in counts.items()]
