"""What a reader may choose, as the API takes and tells it: the same choices as in the forms."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from digest.domain.catalogue import CatalogueTopic
from digest.domain.preferences import MAX_PAPERS, MAX_TOPICS, check_preferences, topics_from
from digest.domain.query_grammar import MAX_LENGTH
from digest.domain.schedule import weekday_names, weekdays_mask
from digest.domain.subscribers import Preferences, Subscriber
from digest.domain.tex_scan import without_controls


def one_line(text: str) -> str:
    """Return a text on one line without control characters; ValueError where none is left."""
    cleaned = without_controls(text)
    if not cleaned:
        raise ValueError("must not be empty")
    return cleaned


Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Line = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(one_line)]
QueryLine = Annotated[str, Field(min_length=1, max_length=MAX_LENGTH), AfterValidator(one_line)]
ADDRESS = Field(
    min_length=3, max_length=320, description="An e-mail address.", examples=["ada@example.org"]
)


class Choices(BaseModel):
    """A reader's choices; what is absent or null is the default, or stays as it is.

    Where any of `topics`, `queries`, `authors` and `categories` is given, the four together are
    all that the reader follows. Nothing in them is the overall trending list.
    """

    model_config = ConfigDict(extra="forbid")

    topics: list[Line] | None = Field(
        default=None,
        max_length=MAX_TOPICS,
        description="Slugs of ready topics.",
        examples=[["mixture-of-experts"]],
    )
    queries: list[QueryLine] | None = Field(
        default=None,
        max_length=MAX_TOPICS,
        description="Own queries.",
        examples=[['"sparse attention" OR title:routing']],
    )
    authors: list[Line] | None = Field(
        default=None, max_length=MAX_TOPICS, examples=[["Ada Marlow"]]
    )
    categories: list[Line] | None = Field(
        default=None, max_length=MAX_TOPICS, description="arXiv's.", examples=[["cs.LG"]]
    )
    zone: Line | None = Field(
        default=None, description="An IANA time zone.", examples=["Europe/Berlin"]
    )
    hour: int | None = Field(
        default=None, ge=0, le=23, strict=True, description="The local hour of the digest."
    )
    weekdays: list[Weekday] | None = Field(default=None, min_length=1, max_length=7)
    max: int | None = Field(
        default=None, ge=1, le=MAX_PAPERS, strict=True, description="Papers in a digest."
    )
    min: int | None = Field(
        default=None,
        ge=1,
        le=MAX_PAPERS,
        strict=True,
        description="No digest with fewer new papers.",
    )
    extract: Literal["short", "full"] | None = Field(
        default=None, description="How much of an abstract a digest shows."
    )
    lang: Annotated[str, Field(max_length=16)] | None = Field(
        default=None, description="The language of the mails.", examples=["en"]
    )

    def preferences(
        self, held: Preferences, catalogue: Mapping[str, CatalogueTopic]
    ) -> Preferences:
        """Return ``held`` with these choices; raise PreferenceError for what cannot be."""
        told = {
            "zone": self.zone,
            "hour": self.hour,
            "weekdays": weekdays_mask(self.weekdays) if self.weekdays else None,
            "max_papers": self.max,
            "min_papers": self.min,
            "extract": self.extract,
            "language": self.lang,
        }
        given: dict[str, Any] = {name: v for name, v in told.items() if v is not None}
        lists = (self.topics, self.queries, self.authors, self.categories)
        if any(chosen is not None for chosen in lists):
            given["topics"] = topics_from(catalogue, *(chosen or () for chosen in lists))
        chosen = replace(held, **given)
        check_preferences(chosen)
        return chosen


class FollowedTopic(BaseModel):
    """A topic of a reader."""

    name: str = Field(examples=["Mixture of experts"])
    query: str = Field(examples=['"mixture of experts"'])
    slug: str | None = Field(description="Null for the reader's own.")


class SubscriberFacts(BaseModel):
    """A reader."""

    id: int = Field(examples=[12])
    address: str = Field(examples=["ada@example.org"])
    state: str = Field(examples=["active"])
    reason: str = Field(description="Why they are in that state, where there is a reason.")
    topics: list[FollowedTopic]
    zone: str = Field(examples=["Europe/Berlin"])
    hour: int
    weekdays: list[Weekday]
    max: int
    min: int
    extract: str = Field(examples=["short"])
    lang: str = Field(examples=["en"])
    created_at: datetime
    confirmed_at: datetime | None
    paused_until: date | None


def subscriber_facts(reader: Subscriber) -> SubscriberFacts:
    """Return a reader as the API tells it."""
    chosen = reader.preferences
    return SubscriberFacts.model_validate(
        {
            "id": reader.id,
            "address": reader.address,
            "state": reader.state.value,
            "reason": reader.state_reason,
            "topics": [
                {"name": item.name, "query": item.query, "slug": item.slug}
                for item in chosen.topics
            ],
            "zone": chosen.zone,
            "hour": chosen.hour,
            "weekdays": weekday_names(chosen.weekdays),
            "max": chosen.max_papers,
            "min": chosen.min_papers,
            "extract": chosen.extract,
            "lang": chosen.language,
            "created_at": reader.created_at,
            "confirmed_at": reader.confirmed_at,
            "paused_until": reader.paused_until,
        }
    )
