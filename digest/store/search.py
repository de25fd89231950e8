"""Search over titles and abstracts: FTS5 on SQLite, a text-search index on PostgreSQL."""

from sqlalchemy import Float, Integer, text
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.search_order import SearchHit
from digest.domain.search_words import Search, fts5_match, websearch
from digest.store.columns import UtcDateTime

MOST_HITS = 500  # of the papers that match, the newest are weighed; who looks for older says more
_COLUMNS = {"id": Integer, "fit": Float, "first_seen_at": UtcDateTime}
# A word in a title counts for four in an abstract. bm25 is negative, the best the smallest.
_FTS5 = text(
    "SELECT paper.id AS id, -bm25(paper_text, 4.0, 1.0) AS fit, paper.first_seen_at "
    "FROM paper_text JOIN paper ON paper.id = paper_text.rowid "
    "WHERE paper_text MATCH :words AND paper.merged_into IS NULL "
    "ORDER BY paper_text.rowid DESC LIMIT :most"
).columns(**_COLUMNS)
# The first expression is that of ix_paper_text, letter by letter, or the index is not used. Fit is
# measured by titles alone: taking the abstracts of 500 papers apart again would take a second.
TSQUERY = (
    "WITH found AS MATERIALIZED (SELECT id FROM paper "
    "WHERE to_tsvector('english', title || ' ' || abstract) "
    "@@ websearch_to_tsquery('english', :words)), "
    "newest AS (SELECT paper.* FROM found JOIN paper USING (id) "
    "WHERE merged_into IS NULL ORDER BY id DESC LIMIT :most) "
    "SELECT id, 0.1 + ts_rank(setweight(to_tsvector('english', title), 'A'), "
    "websearch_to_tsquery('english', :words), 1) AS fit, first_seen_at FROM newest ORDER BY id DESC"
)
_TSQUERY = text(TSQUERY).columns(**_COLUMNS)
# For a word that stands in most papers the planner would take each of them apart instead.
_BY_INDEX = text("SET LOCAL enable_seqscan = off")


async def find_papers(connection: AsyncConnection, search: Search) -> list[SearchHit]:
    """Return the newest surviving papers that match, `MOST_HITS` at most, the newest first.

    The connection's transaction should end with this: PostgreSQL plans by indexes from here on.
    """
    if connection.dialect.name == "sqlite":
        values = {"words": fts5_match(search), "most": MOST_HITS}
        rows = await connection.execute(_FTS5, values)
    else:
        await connection.execute(_BY_INDEX)
        values = {"words": websearch(search), "most": MOST_HITS}
        rows = await connection.execute(_TSQUERY, values)
    return [SearchHit(row.id, row.fit, row.first_seen_at) for row in rows]
