"""The operator's work on topics."""

from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from digest.domain.catalogue import LONGEST_DESCRIPTION, LONGEST_NAME, TopicError
from digest.domain.tex_scan import without_controls
from digest.services.context import Context
from digest.services.query_trial import Hit, try_query
from digest.services.topics import (
    TopicConflictError,
    UnknownTopicError,
    retire_topic,
    save_topic,
)
from digest.web.api.answers import told
from digest.web.api.choices import QueryLine, one_line
from digest.web.api.problems import ProblemError, responses
from digest.web.api.shapes import DayCount, Topic, topic_facts

API_ACTOR = "api"  # of the audit log: a token says what may be done, and not who does it
Name = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME), AfterValidator(one_line)]


class WrittenTopic(BaseModel):
    """A topic as the operator writes it."""

    model_config = ConfigDict(extra="forbid")

    name: Name = Field(examples=["Graph learning"])
    group: Name = Field(description="Its heading.", examples=["Methods of learning"])
    description: Annotated[str, AfterValidator(without_controls)] = Field(
        default="", max_length=LONGEST_DESCRIPTION, examples=["Learning on nodes and edges."]
    )
    query: QueryLine = Field(examples=['"graph neural network*" OR "graph learning"'])


class QueryToTry(BaseModel):
    """A query to hold against the papers of the last days."""

    model_config = ConfigDict(extra="forbid")

    query: QueryLine = Field(examples=['"graph neural network*" AND stars:>=20'])
    days: int = Field(default=14, ge=1, le=90, strict=True)
    limit: int = Field(default=20, ge=0, le=100, strict=True, description="Papers to show.")


class MatchedPaper(BaseModel):
    """A paper that a query matches."""

    id: int
    title: str
    trend: int
    why: list[str]


class TriedQuery(BaseModel):
    """What a query would have matched."""

    query: str = Field(description="As it was understood.")
    looked_at: int = Field(description="Papers of these days.")
    matched: int
    per_day: list[DayCount]
    papers: list[MatchedPaper] = Field(description="The highest trend first.")


def add_topic_work(api: APIRouter, context: Context) -> None:
    """Add the routes that write and try topics."""
    _add_writing(api, context)
    _add_trying(api, context)


def _add_writing(api: APIRouter, context: Context) -> None:
    @api.put(
        "/topics/{slug}",
        response_model=Topic,
        responses=responses(400, 401, 404, 409, 413, 422),
        summary="Write a topic",
    )
    async def write_topic(slug: str, asked: WrittenTopic) -> Response:
        """Put a topic in force, new or in place of what it was; its readers follow at once.

        A topic that ships with the program stays yours from then on: no release edits it.
        """
        try:
            saved = await save_topic(
                context,
                slug,
                asked.name,
                asked.group,
                asked.description,
                asked.query,
                actor=API_ACTOR,
            )
        except TopicConflictError as error:
            raise ProblemError(409, str(error)) from error
        except TopicError as error:
            raise ProblemError(422, str(error)) from error
        return told(Topic.model_validate(topic_facts(saved)))

    @api.delete(
        "/topics/{slug}",
        status_code=204,
        response_class=Response,
        responses=responses(401, 404, 409),
        summary="Retire a topic",
    )
    async def remove_topic(slug: str) -> Response:
        """Take a topic out of use; readers who follow it keep its query as their own."""
        try:
            await retire_topic(context, slug, actor=API_ACTOR)
        except UnknownTopicError as error:
            raise ProblemError(404, str(error)) from error
        except TopicConflictError as error:
            raise ProblemError(409, str(error)) from error
        return Response(status_code=204)


def _add_trying(api: APIRouter, context: Context) -> None:
    @api.post(
        "/topics/test",
        response_model=TriedQuery,
        responses=responses(400, 401, 413, 422),
        summary="Try a query",
    )
    async def test_query(asked: QueryToTry) -> Response:
        """Tell what a query would have matched among the papers of the last days."""
        found = await try_query(context, asked.query, asked.days)
        content = TriedQuery(
            query=found.canonical,
            looked_at=found.looked_at,
            matched=len(found.hits),
            per_day=[DayCount(date=day, matched=count) for day, count in found.per_day],
            papers=[_matched(hit) for hit in found.hits[: asked.limit]],
        )
        return told(content)


def _matched(hit: Hit) -> MatchedPaper:
    title = without_controls(hit.paper.title)
    return MatchedPaper(id=hit.paper.id, title=title, trend=hit.trend, why=list(hit.why))
