"""What the API tells of papers and topics, as JSON."""

from collections.abc import Sequence
from datetime import date, datetime

from pydantic import BaseModel, Field

from digest.domain import links
from digest.domain.papers import Signal
from digest.domain.pool import Candidate
from digest.domain.tex import tex_to_text
from digest.domain.tex_scan import without_controls
from digest.domain.trend import trend_text
from digest.mail.cards import web_url
from digest.store.topics import StoredTopic


class Listing(BaseModel):
    """A source that lists a paper."""

    source: str = Field(examples=["Hugging Face"])
    listed_at: datetime = Field(description="When it first did.")
    url: str | None = Field(description="Its page of the paper.")


class Paper(BaseModel):
    """A paper as it stands now. TeX in title and abstract is as the source wrote it."""

    id: int = Field(examples=[417])
    title: str = Field(examples=["Sparse experts of $10^6$ kinds"])
    title_text: str = Field(
        description="The title without TeX.", examples=["Sparse experts of 10⁶ kinds"]
    )
    url: str = Field(examples=["https://arxiv.org/abs/2605.10001"])
    page: str = Field(
        description="Its page of this installation.",
        examples=["https://papers.example/paper/417"],
    )
    abstract: str = Field(examples=["We study experts that are asked for rarely."])
    authors: list[str] = Field(examples=[["Ada Marlow", "Jun Okafor"]])
    organization: str | None = Field(examples=["Harbour Institute"])
    arxiv_id: str | None = Field(examples=["2605.10001"])
    doi: str | None
    categories: list[str] = Field(description="arXiv's.", examples=[["cs.LG", "cs.CL"]])
    keywords: list[str] = Field(examples=[["mixture of experts"]])
    pdf_url: str | None
    code_url: str | None
    published_at: datetime | None
    first_seen_at: datetime
    listed_at: datetime = Field(description="The newest first listing by any source.")
    listings: list[Listing]
    trend: int = Field(ge=0, le=100, examples=[74])
    trend_text: str = Field(examples=["61 upvotes, rising; code 152 stars"])
    rising: bool
    why: list[str] = Field(
        description="What of the asked topic or query it matches; empty where none was asked.",
        examples=[["sparse experts"]],
    )


class PaperPage(BaseModel):
    """One page of papers, the highest trend first."""

    total: int = Field(description="Papers on all pages.", ge=0, examples=[42])
    page: int = Field(ge=1)
    per_page: int = Field(ge=1)
    items: list[Paper]


class Reading(BaseModel):
    """A number that a source told of a paper."""

    source: str = Field(examples=["Hugging Face"])
    metric: str = Field(examples=["upvotes"])
    value: float = Field(examples=[61.0])
    taken_at: datetime


class PaperInFull(Paper):
    """A paper with its readings over time."""

    readings: list[Reading] = Field(description="Oldest first.")


class Topic(BaseModel):
    """A ready topic that readers can follow."""

    slug: str = Field(examples=["mixture-of-experts"])
    name: str = Field(examples=["Mixture of experts"])
    group: str = Field(examples=["Methods of learning"])
    description: str = Field(examples=["Models of which a part answers."])
    query: str = Field(examples=['"mixture of experts" OR "expert routing"'])
    version: int = Field(description="Rises with every edit.", ge=1)
    origin: str = Field(
        description="`catalogue`: ships with the program; `operator`: written or edited here."
    )


class TopicInFigures(Topic):
    """A topic and how much it brings."""

    papers_per_day: float = Field(description="Over the last 14 days.", ge=0, examples=[3.5])


class TopicList(BaseModel):
    """Every topic in force."""

    total: int = Field(ge=0)
    items: list[TopicInFigures]


class DayCount(BaseModel):
    """How many papers matched of those first seen on a date."""

    date: date
    matched: int = Field(ge=0, examples=[4])


class TopicInFull(TopicInFigures):
    """A topic with its counts by day."""

    matched: int = Field(description="Papers of the last 14 days.", ge=0)
    per_day: list[DayCount] = Field(description="Oldest first; dates are UTC.")


def paper_facts(candidate: Candidate, base_url: str, why: Sequence[str] = ()) -> dict[str, object]:
    """Return the members of a `Paper`; addresses that no browser may open are left out."""
    paper, page = candidate.paper, links.paper_url(base_url, candidate.paper.id)
    return {
        "id": paper.id,
        "title": without_controls(paper.title),
        "title_text": tex_to_text(paper.title),
        "url": web_url(paper.url) or page,
        "page": page,
        "abstract": without_controls(paper.abstract),
        "authors": [without_controls(name) for name in paper.authors],
        "organization": without_controls(paper.organization) if paper.organization else None,
        "arxiv_id": paper.arxiv_id,
        "doi": paper.doi,
        "categories": paper.categories,
        "keywords": [without_controls(word) for word in paper.keywords],
        "pdf_url": web_url(paper.pdf_url) or None,
        "code_url": web_url(paper.code_url) or None,
        "published_at": paper.published_at,
        "first_seen_at": paper.first_seen_at,
        "listed_at": candidate.listed_at,
        "listings": [
            {"source": m.source, "listed_at": m.listed_at, "url": web_url(m.url) or None}
            for m in candidate.mentions
        ],
        "trend": candidate.trend.rounded,
        "trend_text": trend_text(candidate.trend),
        "rising": candidate.trend.rising,
        "why": why,
    }


def reading_facts(signal: Signal) -> Reading:
    """Return a reading as the API tells it."""
    return Reading(
        source=signal.source, metric=signal.metric, value=signal.value, taken_at=signal.taken_at
    )


def topic_facts(row: StoredTopic) -> dict[str, object]:
    """Return the members of a `Topic`."""
    names = ("slug", "name", "group", "description", "query", "version")
    return {name: getattr(row, name) for name in names} | {"origin": row.origin.value}
