"""A paper's own page: all that is known of it, and its trend over time."""

from dataclasses import dataclass
from datetime import UTC

from fastapi import FastAPI, Request
from fastapi.responses import Response
from markupsafe import Markup

from digest.domain.chart import LONGEST, Chart, chart_of
from digest.domain.pool import Candidate
from digest.domain.tex import tex_to_text
from digest.domain.trend_course import DayOfTrend, course_of, days_of
from digest.mail.cards import shorten, web_url
from digest.mail.mathml import page_html
from digest.services.reading import WholePaper, find_survivor, read_paper, topics_matching
from digest.web import routes
from digest.web.parts import Web
from digest.web.public.answers import Answers, Made, Missing, Moved, Shown, View

_LARGEST_ID = 2**31 - 1  # of PostgreSQL's integer
_TITLE, _ABSTRACT, _NAME = 1_000, 20_000, 120  # characters
AUTHORS_SHOWN = 20
_MOST_AUTHORS = 2_000
_MOST_NAMES = 40  # of categories, keywords, listings


@dataclass(frozen=True, slots=True)
class PaperText:
    """A paper's texts, made safe and of sane length; ``*_html`` is markup."""

    title: str
    title_html: Markup
    abstract: str
    abstract_html: Markup
    authors: tuple[str, ...]
    more_authors: tuple[str, ...]
    unnamed_authors: int
    organization: str
    categories: tuple[str, ...]
    keywords: tuple[str, ...]
    url: str
    pdf_url: str
    code_url: str
    doi: str
    doi_url: str


def add_papers(app: FastAPI, web: Web, answers: Answers) -> None:
    """Add the pages of papers."""

    @app.api_route(routes.PAPER, methods=["GET", "HEAD"])
    async def paper(request: Request, paper_id: str) -> Response:
        """Show a paper; the address of one that was merged leads to the paper it is now."""

        async def make(view: View) -> Made:
            return await _paper(web, view, paper_id)

        return await answers.answer(request, f"/paper/{paper_id}", make)


async def _paper(web: Web, view: View, written: str) -> Made:
    number = int(written) if written.isascii() and written.isdecimal() and len(written) < 11 else 0
    survivor = None
    if 0 < number <= _LARGEST_ID:
        survivor = await find_survivor(web.context, number)
    if survivor is None:
        return _unknown(view)
    if str(survivor) != written:
        return Moved(view.link(f"/paper/{survivor}"))
    whole = await read_paper(web.context, survivor, view.now, view.snapshot.pool.scale)
    if whole is None:
        return _unknown(view)
    return await _shown(web, view, whole)


def _unknown(view: View) -> Missing:
    links = ((view.link(routes.SEARCH), view.t("Search")),)
    return Missing(view.t("There is no such paper"), view.t("Look for it by its title."), links)


async def _shown(web: Web, view: View, whole: WholePaper) -> Shown:
    candidate = whole.candidate
    course = course_of(candidate.mentions, candidate.signals, view.snapshot.pool.scale)
    days: tuple[DayOfTrend, ...] = days_of(course, view.now, LONGEST.days)
    chart: Chart | None = chart_of(course, view.now)
    text = paper_text(candidate)
    first = min((mention.listed_at for mention in candidate.mentions), default=None)
    catalogue = await web.catalogues.current()
    return Shown(
        "paper.html",
        shorten(text.abstract or text.title, 200),
        {
            "paper": text,
            "facts": candidate.paper,
            "trend": candidate.trend,
            "chart": chart,
            "days": days,
            "metrics": [m for m in ("upvotes", "stars", "points", "score") if _has(days, m)],
            "seen": [
                (tex_to_text(shorten(mention.source, 80)), web_url(mention.url), mention.listed_at)
                for mention in candidate.mentions[:_MOST_NAMES]
            ],
            "first_listed": first.astimezone(UTC).date() if first else None,
            "topics": topics_matching(candidate, catalogue),
            "also": [tex_to_text(shorten(name, 200)) for name in whole.also[:_MOST_NAMES]],
            "aliases": [
                (tex_to_text(shorten(alias.title, 300)), web_url(alias.url))
                for alias in whole.aliases[:_MOST_NAMES]
            ],
        },
    )


def _has(days: tuple[DayOfTrend, ...], metric: str) -> bool:
    return any(metric in day.values for day in days)


def paper_text(candidate: Candidate) -> PaperText:
    """Return the texts of a paper's page; never raises for what a feed said."""
    paper = candidate.paper
    title = shorten(paper.title, _TITLE)
    abstract = shorten(paper.abstract, _ABSTRACT)
    names = tuple(tex_to_text(shorten(name, _NAME)) for name in paper.authors[:_MOST_AUTHORS])
    plain = tex_to_text(title) or title
    return PaperText(
        title=plain,
        title_html=page_html(title) or Markup.escape(title),
        abstract=tex_to_text(abstract),
        abstract_html=page_html(abstract),
        authors=names[:AUTHORS_SHOWN],
        more_authors=names[AUTHORS_SHOWN:],
        unnamed_authors=max(0, len(paper.authors) - _MOST_AUTHORS),
        organization=tex_to_text(shorten(paper.organization or "", _NAME)),
        categories=tuple(tex_to_text(shorten(name, 40)) for name in paper.categories[:_MOST_NAMES]),
        keywords=tuple(tex_to_text(shorten(k, 80)) for k in paper.keywords[:_MOST_NAMES]),
        url=web_url(paper.url),
        pdf_url=web_url(paper.pdf_url),
        code_url=web_url(paper.code_url),
        doi=tex_to_text(shorten(paper.doi or "", _NAME)),
        doi_url=web_url(f"https://doi.org/{paper.doi}") if paper.doi else "",
    )
