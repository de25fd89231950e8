"""The catalogue of ready topics: its file's rules, and what its queries find on real days."""

import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.catalogue import read_catalogue
from digest.domain.catalogue import (
    LONGEST_DESCRIPTION,
    LONGEST_NAME,
    CatalogueError,
    CatalogueTopic,
    TopicError,
    checked_topic,
    parse_catalogue,
)
from digest.domain.matching import Document, Index, build_index
from digest.domain.query import QuerySyntaxError, parse_query, query_hash
from tests.shared_data import shared_data

GROUPS = 'groups = ["Language models", "Physics"]\n'
MOE = """
[[topic]]
slug = "moe"
name = "Mixture of experts"
group = "Language models"
description = "Sparse models."
query = '''
mixture-of-experts
OR MoE
'''
"""
QUANTUM = MOE.replace('"moe"', '"quantum"').replace("Mixture of experts", "Quantum").replace(
    "Language models", "Physics"
)  # fmt: skip
TOPICS = read_catalogue()
# In these archives the sample of arXiv holds few papers, and Hugging Face none.
MACHINE_LEARNING = {
    "Language models",
    "Vision, sound and media",
    "Agents and robots",
    "Methods of learning",
    "Trust and measurement",
    "Systems and efficiency",
    "Machine learning for science",
}


def test_topics_come_by_group_with_their_query_on_one_line() -> None:
    topics = parse_catalogue(GROUPS + QUANTUM + MOE)
    assert [topic.slug for topic in topics] == ["moe", "quantum"]
    assert topics[0].query == "mixture-of-experts OR MoE"
    assert topics[0].parsed.canonical() == '"mixture of experts" OR moe'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("groups = [", "no TOML"),
        ("", "groups is missing"),
        ("groups = []", "topic is missing"),
        ("groups = []\ntopic = []", "at least one"),
        ("groups = []\ntopic = [3]", "topic 1 is no table"),
        ("groups = 3\n" + MOE, "groups must be a list of names"),
        ('groups = ["Language models", "Language models"]' + MOE, "names a group twice"),
        (GROUPS + MOE, "no topic is in 'Physics'"),
        ("colour = 1\n" + GROUPS + MOE, "there is no key 'colour'"),
        (GROUPS + MOE + "size = 3", "topic moe: there is no key 'size'"),
        (GROUPS + MOE + QUANTUM + MOE, "topic moe: the slug is taken"),
        (GROUPS + MOE + MOE.replace('"moe"', '"moe-2"'), "topic moe-2: the name is taken"),
        (GROUPS + MOE.replace('"moe"', '"MoE!"'), "topic MoE!: a slug is"),
        (GROUPS + MOE.replace('"Sparse models."', '" "'), "description must be a text"),
        (GROUPS + MOE.replace('"Sparse models."', "7"), "description must be a text"),
        (GROUPS + MOE.replace("name =", "title ="), "topic moe: name is missing"),
        (GROUPS + MOE.replace('"Language models"', '"Cooking"'), "there is no group 'Cooking'"),
        (GROUPS + MOE.replace("OR MoE", "OR"), "topic moe: query: `OR` needs something"),
    ],
)
def test_a_fault_names_the_topic_and_the_key(text: str, says: str) -> None:
    with pytest.raises(CatalogueError) as caught:
        parse_catalogue(text)
    assert says in str(caught.value)


def test_a_fault_in_a_query_is_pointed_at() -> None:
    with pytest.raises(CatalogueError) as caught:
        parse_catalogue(GROUPS + MOE.replace("OR MoE", "OR )"))
    assert str(caught.value).splitlines()[1:] == [
        "mixture-of-experts OR )",
        "                      ^",
    ]


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.text(max_size=60),
        st.tuples(st.sampled_from(["groups", "Sparse", "slug", "[[", '"moe"', "MoE"]), st.text())
        .map(lambda pair: (GROUPS + MOE + QUANTUM).replace(*pair)),
    )
)  # fmt: skip
def test_any_text_gives_topics_or_a_catalogue_error(text: str) -> None:
    topics: tuple[CatalogueTopic, ...] = ()
    try:
        topics = parse_catalogue(text)
    except CatalogueError as error:
        told = str(error)
    else:
        told = "topics"
        assert all(topic.parsed.canonical() for topic in topics)
    assert told


def test_the_catalogue_of_the_package_is_of_the_promised_size() -> None:
    assert 55 <= len(TOPICS) <= 80
    assert len({query_hash(topic.parsed) for topic in TOPICS}) == len(TOPICS)
    assert all(topic.description.endswith(".") for topic in TOPICS)
    assert max(len(topic.name) for topic in TOPICS) <= 50


@pytest.mark.parametrize(
    ("slug", "title", "categories"),
    [
        ("mixture-of-experts", "MH-MoE: Multi-Head Mixture-of-Experts", ()),
        ("reasoning", "Chain-of-Thought without prompting", ()),
        ("retrieval-augmented-generation", "A Survey of Retrieval-Augmented LMs", ()),
        ("agents", "Agents that call tools", ()),
        ("quantization-and-compression", "4-bit quantization of everything", ()),
        ("3d-vision", "Faster 3D Gaussian Splatting", ()),
        ("statistical-machine-learning", "On kernels", ("stat.ML",)),
        ("high-energy-physics", "On branes", ("hep-th",)),
        ("pure-mathematics", "On schemes", ("math.AG",)),
        ("astrophysics", "On dust", ("astro-ph.GA",)),
        ("condensed-matter", "On glass", ("cond-mat.soft",)),
        ("quantitative-biology", "On cells", ("q-bio.CB",)),
        ("economics-and-finance", "On rents", ("econ.GN",)),
        ("electrical-engineering", "On filters", ("eess.SP",)),
        ("robotics", "On grasping", ("cs.RO",)),
    ],
)
def test_a_topic_finds_its_obvious_paper(
    slug: str, title: str, categories: tuple[str, ...]
) -> None:
    topic = next(topic for topic in TOPICS if topic.slug == slug)
    assert build_index([Document(1, title, categories=categories)]).match(topic.parsed) == 1


@pytest.mark.parametrize(
    ("slug", "title", "categories"),
    [
        ("pure-mathematics", "On descent", ("math.OC", "math.AG")),
        ("artificial-intelligence", "On images", ("cs.CV", "cs.AI")),
        ("high-energy-physics", "On schemes", ("math.AG",)),
        ("mixture-of-experts", "What experts think", ()),
        ("quantum", "A quantised state", ("cs.LG",)),
    ],
)
def test_a_topic_leaves_out_what_only_looks_alike(
    slug: str, title: str, categories: tuple[str, ...]
) -> None:
    topic = next(topic for topic in TOPICS if topic.slug == slug)
    assert build_index([Document(1, title, categories=categories)]).match(topic.parsed) == 0


def _arxiv(path: Path) -> dict[str, Document]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        papers: list[dict[str, Any]] = [json.loads(line) for line in lines]
    return {
        paper["id"]: Document(
            1, paper["title"], paper["summary"], categories=tuple(paper["categories"])
        )
        for paper in papers
    }


@cache
def _arxiv_days() -> Index:
    papers: dict[str, Document] = {}
    for path in sorted(shared_data("arxiv/daily").glob("*.jsonl.gz")):
        papers.update(_arxiv(path))
    return build_index(list(papers.values()))


@cache
def _hugging_face_days() -> Index:
    items = []
    for path in sorted(shared_data("huggingface/daily").glob("*.json.gz")):
        items += json.loads(gzip.decompress(path.read_bytes()))
    return build_index(
        [
            Document(
                1,
                item["title"],
                item["paper"].get("summary", ""),
                keywords=tuple(item["paper"].get("ai_keywords") or ()),
            )
            for item in items
        ]
    )


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.slug)
def test_each_topic_finds_papers_on_real_days_but_never_most_of_them(topic: CatalogueTopic) -> None:
    arxiv, hugging_face = _arxiv_days(), _hugging_face_days()
    on_arxiv = arxiv.match(topic.parsed).bit_count()
    on_hugging_face = hugging_face.match(topic.parsed).bit_count()
    assert 0 < on_arxiv < len(arxiv.documents) / 2
    assert on_hugging_face < len(hugging_face.documents) / 2
    if topic.group in MACHINE_LEARNING:
        assert on_hugging_face > 0
        assert on_arxiv < len(arxiv.documents) / 8


def test_nearly_every_hugging_face_paper_is_in_some_topic() -> None:
    index = _hugging_face_days()
    found = 0
    for topic in TOPICS:
        found |= index.match(topic.parsed)
    assert found.bit_count() > 0.95 * len(index.documents)


WRITTEN = st.text(max_size=80) | st.sampled_from(["graph-learning", "a", "Graphs", "x OR y", "(a"])


@settings(max_examples=300, deadline=None)
@given(WRITTEN, WRITTEN, WRITTEN, st.text(max_size=320), WRITTEN)
def test_what_an_operator_writes_is_a_topic_within_bounds_or_a_clear_refusal(
    slug: str, name: str, group: str, description: str, query: str
) -> None:
    try:
        topic = checked_topic(slug, name, group, description, query)
    except (TopicError, QuerySyntaxError):
        return
    assert topic.slug == slug
    assert 1 <= len(topic.name) <= LONGEST_NAME
    assert 1 <= len(topic.group) <= LONGEST_NAME
    assert len(topic.description) <= LONGEST_DESCRIPTION
    for text in (topic.name, topic.group, topic.description, topic.query):
        assert text == " ".join(text.split())
        assert "\0" not in text
    assert topic.parsed == parse_query(topic.query)


def test_a_sensible_topic_is_taken_as_it_is_written() -> None:
    topic = checked_topic("graph-learning", " Graphs\n", "Our lab", "", "graphs  OR nodes")
    assert (topic.name, topic.query) == ("Graphs", "graphs OR nodes")
