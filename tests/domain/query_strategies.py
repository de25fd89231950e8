"""Random documents and queries over one small vocabulary, so that they often meet."""

from hypothesis import strategies as st

from digest.domain.matching import Document

# Each word with the ways a document or a reader may spell it.
SPELLINGS = {
    "mixture": ["mixture", "Mixture", "MIXTURE"],
    "of": ["of", "OF"],
    "experts": ["experts", "Experts", "éxperts", "\\'experts"],
    "expert": ["expert"],
    "andre": ["andre", "André", "Andr\\'e", "Andr\\'{e}", "ANDRÉ"],
    "strasse": ["straße", "STRASSE"],
    "a": ["a", "A"],
    "gpt4": ["gpt4", "GPT4"],
    "beta": ["β", "beta"],
}
STEMS = sorted(SPELLINGS)
spelled = st.sampled_from([spelling for stem in STEMS for spelling in SPELLINGS[stem]])
_JOINTS = [" ", "-", " - ", ", ", "\n", "/"]
_pieces = st.sampled_from(
    [spelling + joint for stem in STEMS for spelling in SPELLINGS[stem] for joint in _JOINTS]
)


def texts(longest: int = 7) -> st.SearchStrategy[str]:
    """Return words joined by spaces, hyphens and the like."""
    return st.lists(_pieces, max_size=longest).map("".join)


GIVEN = ["Yann", "Y.", "Yann A.", "Ada", "Jean-Luc", "A"]
FAMILY = ["LeCun", "O'Brien", "Yann", "Łukasz", "L"]
NAMES = [f"{given} {family}" for given in GIVEN for family in FAMILY] + [
    f"{family}, {given}" for given in GIVEN for family in FAMILY
]
CATEGORIES = ["cs.LG", "cs.CL", "math.AG", "hep-th", "hep-ph", "cs", "I.2.7; I.2.10", "68T45 (AI)"]
SOURCES = ["Hugging Face", "arXiv cs.CL", "huggingface", "Nature"]


def _some(values: list[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), max_size=2).map(tuple)


documents = st.builds(
    Document,
    paper_id=st.integers(1, 1000),
    title=texts(4),
    abstract=texts(9),
    authors=_some(NAMES),
    categories=_some(CATEGORIES),
    keywords=st.lists(texts(3), max_size=2).map(tuple),
    sources=_some(SOURCES),
    upvotes=st.sampled_from([0.0, 5.0, 20.0, 20.5]),
    stars=st.sampled_from([0.0, 100.0, 1000.0]),
)

_words = spelled.map(lambda word: word.replace("\\'", ""))
_phrases = st.lists(_words, min_size=1, max_size=3).map(lambda some: f'"{" ".join(some)}"')
_prefixes = st.sampled_from(["expert*", "mix*", "of-expe*", '"mixture of ex*"', "gpt*"])
_plain = st.one_of(
    _words, _phrases, _prefixes, st.sampled_from(["mixture-of-experts", "straße", "of/a"])
)
_fielded = st.one_of(
    st.builds("{}:{}".format, st.sampled_from(["title", "Abstract", "title"]), _plain),
    st.builds("author:{}".format, st.sampled_from(["yann", "lec*", "obrien", "o'brien", "łukasz"])),
    st.builds('author:"{}"'.format, st.sampled_from(NAMES)),
    st.builds("cat:{}".format, st.sampled_from(["cs", "CS.lg", "hep-*", "cs.*", "I.2", "cs.c*"])),
    st.builds(
        "source:{}".format, st.sampled_from(["arxiv", "huggingface", '"hugging face"', "na*"])
    ).filter(lambda text: text != "source:n*"),
    st.builds(
        "{}{}{}".format,
        st.sampled_from(["upvotes:", "stars:", "upvotes", "STARS : "]),
        st.sampled_from([">=", ">", "<", "<=", "=", "≥"]),
        st.sampled_from(["0", "20", "20.5", "100", "007"]),
    ),
)
_atoms = st.one_of(_plain, _fielded)


def _larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("({} AND {})".format, inner, inner),
        st.builds("({} {})".format, inner, inner),
        st.builds("( {} OR {} )".format, inner, inner),
        st.builds("{} OR {} {}".format, inner, inner, inner),
        st.builds("NOT ({})".format, inner),
        st.builds("-({})".format, inner),
        st.builds("title:({} OR -{})".format, _plain, _plain),
    )


queries = st.recursive(_atoms, _larger, max_leaves=6)
