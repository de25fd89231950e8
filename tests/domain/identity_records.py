"""Records for the tests of identity: two abstracts, perturbed copies, and a strategy."""

from hypothesis import strategies as st

from digest.domain.identifiers import arxiv_id_in
from digest.domain.identity import Record

HEAT = (
    "We study how heat moves through thin layers of graphene on silicon. Measurements between four "
    "and three hundred kelvin show two regimes, and a simple model of phonon scattering at the "
    "interface explains both. The model predicts a crossover at ninety kelvin, which we confirm "
    "with samples of three thicknesses grown in two laboratories."
)
BEES = (
    "Honey bees choose a new home by a debate that no single bee can win alone. We record twelve "
    "swarms and follow every dance, then fit a race between leaky accumulators. Stop signals turn "
    "out to matter most when two sites are equally good, as theory had foreseen. Our recordings "
    "and the fitted parameters are free for anybody to use."
)
TITLE = "Two Regimes of Heat Flow in Supported Graphene"
AUTHORS = ("Ada Lovelace", "Alan Turing")


def cut(text: str, share: float) -> str:
    words = text.split()
    return " ".join(words[: int(len(words) * share)])


def arxiv_of(record: Record) -> str | None:
    return arxiv_id_in(record.arxiv_id or "") or arxiv_id_in(record.doi or "")


VOCABULARY = ["heat", "flow", "in", "thin", "layers", "of", "graphene", "bees", "choose", "home"]
sentences = st.lists(st.sampled_from(VOCABULARY), min_size=0, max_size=9).map(" ".join)
passages = st.one_of(
    st.just(""),
    st.builds(cut, st.sampled_from([HEAT, BEES, HEAT + BEES]), st.floats(0.05, 1)),
    st.builds("{} {}".format, st.sampled_from([HEAT, BEES]), st.sampled_from([BEES, HEAT])),
    sentences,
)
records = st.builds(
    Record,
    title=st.sampled_from([TITLE, TITLE + " II", TITLE + "s", "Bees", "Introduction"]) | sentences,
    abstract=passages,
    authors=st.lists(st.sampled_from(["A. Li", "B. Wang", "Xu, C."]), max_size=2).map(tuple),
    arxiv_id=st.sampled_from([None, None, None, "2508.00001", "2508.00002v2", "nonsense"]),
    doi=st.sampled_from([None, None, None, "10.1000/1", "10.48550/arXiv.2508.00001"]),
)
