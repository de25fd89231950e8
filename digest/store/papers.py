"""Papers, their identity keys and their aliases."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, String, bindparam, cast, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.papers import Mention, Paper
from digest.store.schema import identity_key, mention, merge, paper, signal
from digest.store.sightings import save_mentions

_PAPER_FIELDS = tuple(name for name in Paper.__dataclass_fields__ if name != "id")
_LISTS = ("authors", "categories", "keywords")
_INSERT = insert(paper).returning(paper.c.id)
_INGEST_LOCK = 0x69_6E_67_65_73_74  # "ingest": PostgreSQL's advisory locks are numbers


def to_paper(row: Row[Any]) -> Paper:
    """Return the paper of a whole row."""
    values = {name: getattr(row, name) for name in _PAPER_FIELDS}
    for name in _LISTS:
        values[name] = tuple(values[name])
    return Paper(id=row.id, **values)


def _to_row(item: Paper, title_key: str, updated_at: datetime) -> dict[str, Any]:
    values = {name: getattr(item, name) for name in _PAPER_FIELDS}
    values["provenance"] = dict(item.provenance)
    for name in _LISTS:
        values[name] = list(values[name])
    return values | {"title_key": title_key, "updated_at": updated_at}


async def add_paper(connection: AsyncConnection, item: Paper, title_key: str, now: datetime) -> int:
    """Add a paper (its ``id`` is ignored) and return the id that it keeps for ever."""
    # as parameters, not as values(): the statement is then compiled once for all papers
    result = await connection.execute(_INSERT, _to_row(item, title_key, now))
    return int(result.scalar_one())


async def save_papers(
    connection: AsyncConnection, items: Mapping[int, tuple[Paper, str]], now: datetime
) -> None:
    """Write papers' fields over the older ones; ``items`` is id -> (paper, title key)."""
    if not items:
        return
    names = (*_PAPER_FIELDS, "title_key", "updated_at")
    rows = [
        {"b_id": paper_id} | {f"b_{name}": value for name, value in _to_row(item, key, now).items()}
        for paper_id, (item, key) in sorted(items.items())
    ]
    await connection.execute(
        update(paper)
        .where(paper.c.id == bindparam("b_id"))
        .values({name: bindparam(f"b_{name}") for name in names}),
        rows,
    )


async def get_papers(connection: AsyncConnection, ids: Iterable[int]) -> dict[int, Paper]:
    """Return papers by id."""
    found: dict[int, Paper] = {}
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), 500):
        chunk = wanted[start : start + 500]
        rows = await connection.execute(select(paper).where(paper.c.id.in_(chunk)))
        found |= {row.id: to_paper(row) for row in rows}
    return found


async def list_changed(
    connection: AsyncConnection, since: datetime, first_seen_after: datetime
) -> tuple[list[Paper], list[int]]:
    """Return the recent papers written at or after ``since``: the survivors, and merged ids."""
    rows = await connection.execute(
        select(paper).where(paper.c.updated_at >= since, paper.c.first_seen_at >= first_seen_after)
    )
    survivors, merged = [], []
    for row in rows:
        if row.merged_into is None:
            survivors.append(to_paper(row))
        else:
            merged.append(row.id)
    return survivors, merged


async def lock_ingest(connection: AsyncConnection) -> None:
    """Let one ingest at a time write papers, until the transaction ends.

    Two that take in the same new paper would both find it missing. SQLite has one writer anyway.
    """
    if connection.dialect.name == "postgresql":
        await connection.execute(select(func.pg_advisory_xact_lock(_INGEST_LOCK)))


async def list_eligible(connection: AsyncConnection, now: datetime) -> list[Paper]:
    """Return the surviving papers that may be offered at ``now``."""
    rows = await connection.execute(
        select(paper).where(
            paper.c.merged_into.is_(None),
            paper.c.offered,
            paper.c.first_seen_at <= now,
            paper.c.eligible_until > now,
        )
    )
    return [to_paper(row) for row in rows]


async def list_since(connection: AsyncConnection, since: datetime) -> list[Paper]:
    """Return the surviving papers first seen after an instant, the newest first."""
    rows = await connection.execute(
        select(paper)
        .where(paper.c.merged_into.is_(None), paper.c.first_seen_at > since)
        .order_by(paper.c.first_seen_at.desc(), paper.c.id.desc())
    )
    return [to_paper(row) for row in rows]


async def list_without_categories(connection: AsyncConnection, now: datetime) -> list[str]:
    """Return the arXiv ids of papers that may be offered and whose categories nobody told."""
    rows = await connection.execute(
        select(paper.c.arxiv_id).where(
            paper.c.merged_into.is_(None),
            paper.c.arxiv_id.is_not(None),
            paper.c.eligible_until > now,
            cast(paper.c.categories, String) == "[]",
        )
    )
    return [row.arxiv_id for row in rows]


async def find_survivor(connection: AsyncConnection, paper_id: int) -> int | None:
    """Return the id that a paper's id stands for now: itself, or what it was merged into."""
    found: int | None = await connection.scalar(
        select(func.coalesce(paper.c.merged_into, paper.c.id)).where(paper.c.id == paper_id)
    )
    return found


async def find_by_url(connection: AsyncConnection, url: str) -> int | None:
    """Return the surviving paper of an address that a source gave, or None."""
    found: int | None = await connection.scalar(
        select(func.coalesce(paper.c.merged_into, paper.c.id)).where(paper.c.url == url).limit(1)
    )
    return found


async def list_closure(connection: AsyncConnection, paper_id: int) -> list[int]:
    """Return every id under which a surviving paper may have been seen, its own among them."""
    rows = await connection.execute(
        select(paper.c.id, paper.c.split_from).where(
            or_(paper.c.id == paper_id, paper.c.merged_into == paper_id)
        )
    )
    return sorted({i for row in rows for i in (row.id, row.split_from) if i is not None})


async def find_last_id(connection: AsyncConnection) -> int:
    """Return the greatest paper id given so far, 0 before the first."""
    return int(await connection.scalar(select(func.max(paper.c.id))) or 0)


async def count_papers(connection: AsyncConnection, now: datetime) -> tuple[int, int]:
    """Return how many papers there are, and how many of them may be offered at ``now``."""
    whole = await connection.scalar(
        select(func.count()).select_from(paper).where(paper.c.merged_into.is_(None))
    )
    eligible = await connection.scalar(
        select(func.count())
        .select_from(paper)
        .where(paper.c.merged_into.is_(None), paper.c.offered, paper.c.eligible_until > now)
    )
    return int(whole or 0), int(eligible or 0)


async def find_keys(
    connection: AsyncConnection, keys: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], int]:
    """Return the surviving paper of each identity key that is known.

    A key is (kind, value): ``("arxiv", "2605.01234")``, ``("doi", "10.1000/x")`` or
    ``("entry", "source entry-id")``.
    """
    by_kind: dict[str, list[str]] = defaultdict(list)
    for kind, value in set(keys):
        by_kind[kind].append(value)
    found: dict[tuple[str, str], int] = {}
    survivor = func.coalesce(paper.c.merged_into, paper.c.id)
    for kind, values in by_kind.items():
        for start in range(0, len(values), 500):
            rows = await connection.execute(
                select(identity_key.c.value, survivor)
                .join(paper, paper.c.id == identity_key.c.paper_id)
                .where(
                    identity_key.c.kind == kind,
                    identity_key.c.value.in_(values[start : start + 500]),
                )
            )
            found |= {(kind, row[0]): int(row[1]) for row in rows}
    return found


async def add_keys(connection: AsyncConnection, keys: Mapping[tuple[str, str], int]) -> None:
    """Give identity keys to papers; the caller knows that they are new."""
    if keys:
        rows = [
            {"kind": kind, "value": value, "paper_id": paper_id}
            for (kind, value), paper_id in keys.items()
        ]
        await connection.execute(insert(identity_key), rows)


async def merge_papers(connection: AsyncConnection, kept: int, alias: int, now: datetime) -> None:
    """Make ``alias``, and whatever was merged into it, an alias of ``kept``.

    Mentions and signals move to the survivor; where both have one, the survivor's stays for a
    signal and the earlier listing stays for a mention.
    """
    await connection.execute(
        update(paper)
        .where(or_(paper.c.id == alias, paper.c.merged_into == alias))
        .values(merged_into=kept, updated_at=now)
    )
    await connection.execute(update(paper).where(paper.c.id == kept).values(updated_at=now))
    rows = await connection.execute(select(mention).where(mention.c.paper_id == alias))
    told = [(row, Mention(row.source, row.listed_at, row.url)) for row in rows]
    last = [(row, replace(item, listed_at=row.last_listed_at)) for row, item in told]
    await save_mentions(connection, [(kept, item) for _, item in (*told, *last)])
    await connection.execute(mention.delete().where(mention.c.paper_id == alias))
    held = {
        (row.source, row.metric, row.taken_at)
        for row in await connection.execute(select(signal).where(signal.c.paper_id == kept))
    }
    rows = await connection.execute(select(signal).where(signal.c.paper_id == alias))
    moved = [
        {**row._mapping, "paper_id": kept}
        for row in rows
        if (row.source, row.metric, row.taken_at) not in held
    ]
    await connection.execute(signal.delete().where(signal.c.paper_id == alias))
    if moved:
        await connection.execute(insert(signal), moved)


async def split_paper(connection: AsyncConnection, alias: int, now: datetime) -> None:
    """Undo a merge: the alias stands for itself again, and counts as seen with its parent."""
    row = (await connection.execute(select(paper).where(paper.c.id == alias))).one()
    await connection.execute(
        update(paper)
        .where(paper.c.id == alias)
        .values(merged_into=None, split_from=row.merged_into, updated_at=now)
    )


async def log_merge(
    connection: AsyncConnection,
    paper_id: int,
    other: str,
    rule: str,
    score: float,
    reason: str,
    now: datetime,
) -> None:
    """Keep why an entry, or another paper, was taken for this paper."""
    await connection.execute(
        insert(merge).values(
            paper_id=paper_id, other=other, rule=rule, score=score, reason=reason, merged_at=now
        )
    )


async def list_merges(connection: AsyncConnection, paper_id: int) -> list[dict[str, Any]]:
    """Return why entries and papers were taken for this paper, oldest first."""
    rows = await connection.execute(
        select(merge.c.other, merge.c.rule, merge.c.score, merge.c.reason, merge.c.merged_at)
        .where(merge.c.paper_id == paper_id)
        .order_by(merge.c.id)
    )
    return [dict(row._mapping) for row in rows]
