"""Invented papers and digests for the tests of the mail's looks and bytes."""

from datetime import UTC, date, datetime

from digest.domain.editions import Card, DigestFacts, Section
from digest.domain.trend import TrendPart
from digest.mail.look import SiteLook, View
from digest.mail.render import Renderer
from digest.resources import templates_dir

LOOK = SiteLook(
    site_name="Paper Digest",
    base_url="https://papers.example.org/digest",
    postal_address="Example Lab, 1 Invented Street, 00000 Nowhere",
    imprint_url="https://lab.example.org/imprint",
)
VIEW = View(
    topics=("Mixture of experts", "Robot learning", "Astrophysics"),
    hour="08:00",
    zone="Europe/Berlin",
)
EXPERTS = Card(
    paper_id=101,
    title="Patchwork: Routing $10^6$ Small Experts at $\\mathcal{O}(\\log n)$ Cost",
    url="https://arxiv.example.org/abs/2605.00101",
    abstract=(
        "Mixture-of-experts layers grow a model without growing its cost, yet routers still "
        "look at every expert. We present Patchwork, a router that finds the $k$ best of a "
        "million small experts by descending a learned tree. Experts are merged when their "
        "gradients agree and split when they do not, so that capacity moves to where data is "
        "dense. Training needs no auxiliary loss. On three language benchmarks Patchwork "
        "matches a dense model of four times the compute, and reaches 71.4% accuracy at 38% "
        "of the cost of the best sparse baseline. We release code, checkpoints and the "
        "routing traces of the full run."
    ),
    authors=("Mira Okafor", "Jonas Lindqvist", "Wei-Ting Hsu", "Priya Raman", "Tomás Figueroa"),
    pdf_url="https://arxiv.example.org/pdf/2605.00101",
    code_url="https://code.example.org/patchwork/patchwork",
    organization="Northwind AI",
    sources=("Hugging Face", "arXiv"),
    listed_date=date(2026, 5, 4),
    trend=95,
    trend_text="92 upvotes, rising; code 152 stars",
    trend_parts=(TrendPart("upvotes", 92, rising=True), TrendPart("stars", 152)),
    rising=True,
    why=("mixture of experts", "cat:cs.LG"),
    topic="Mixture of experts",
)
LONG_TITLE = Card(
    paper_id=102,
    title=(
        "When Do Sparse Networks Forget? A Longitudinal Study of Expert Specialization, "
        "Router Collapse and Catastrophic Interference across Forty-Two Continual "
        "Pre-Training Runs with Shifting Data Mixtures, Tokenizers and Learning-Rate "
        "Schedules, Together with Practical Recommendations for Practitioners"
    ),
    url="https://arxiv.example.org/abs/2605.00102",
    abstract=(
        "We follow forty-two continual pre-training runs over eleven months. Routers collapse"
        " in nine of them, always within 2,000 steps after the tokenizer changed. Freezing "
        "the router for the first 1% of a phase prevents all collapses at no measurable cost."
    ),
    authors=("Sofía Núñez", "Abel Tadesse"),
    pdf_url="https://arxiv.example.org/pdf/2605.00102",
    sources=("arXiv",),
    trend=41,
    trend_text="17 upvotes",
    why=("mixture of experts",),
    topic="Mixture of experts",
)
COLLABORATION = Card(
    paper_id=103,
    title="Search for Long-Lived Particles Decaying to $\\mu^+\\mu^-$ at $\\sqrt{s}=13.6$ TeV",
    url="https://arxiv.example.org/abs/2605.00103",
    abstract=(
        "A search for long-lived particles decaying to muon pairs is presented, using 62 "
        "fb$^{-1}$ of proton-proton collisions. No excess over the background of $0.9 \\pm "
        "0.3$ events is seen. Limits on the production cross section improve earlier ones by "
        "a factor of 4.2."
    ),
    authors=tuple(f"Physicist Number-{n}" for n in range(1, 665)),
    pdf_url="https://arxiv.example.org/pdf/2605.00103",
    sources=("arXiv",),
    trend=12,
    topic="Astrophysics",
    why=("cat:hep-ex",),
)
UNBROKEN = Card(
    paper_id=104,
    title="On " + "Supercalifragilistic" * 9 + " Identifiers & <Their> Enemies",
    url="https://arxiv.example.org/abs/2605.00104?tracking=" + "x" * 120,
    abstract="A string without a break: " + "abcdefghij" * 22 + ". It must not widen the page.",
    authors=("O. Nemo",),
    code_url="https://code.example.org/unbroken/" + "y" * 60,
    organization="Institute of " + "Hyphenless" * 9,
    sources=("Hacker News", "An Invented Feed"),
    trend=3,
    trend_text="1 upvote",
    topic="Astrophysics",
)
SILENT = Card(
    paper_id=105,
    title="A Paper without an Abstract",
    url="https://journal.example.org/silent",
    topic="Astrophysics",
)
SECTIONS = (
    Section("Mixture of experts", (EXPERTS, LONG_TITLE)),
    Section("Astrophysics", (COLLABORATION, UNBROKEN, SILENT)),
)


def sample_facts(sections: tuple[Section, ...] = SECTIONS) -> DigestFacts:
    """Return an invented digest of Monday, 4 May 2026."""
    return DigestFacts(
        edition_date=date(2026, 5, 4),
        planned_at=datetime(2026, 5, 4, 6, 0, tzinfo=UTC),
        sections=sections,
        looked_at=412,
        source_count=3,
        matched=61,
        already_seen=9,
    )


def one_card(card: Card) -> DigestFacts:
    """Return a digest of one paper."""
    return sample_facts((Section("Topic", (card,)),))


def many_cards(count: int, abstract_words: int = 200) -> tuple[Section, ...]:
    """Return one section of ``count`` invented cards with long abstracts."""
    sentence = "Careful invented words fill an abstract of honest length without any meaning. "
    abstract = sentence * (abstract_words // 12)
    cards = tuple(
        Card(
            paper_id=n,
            title=f"Invented Paper Number {n}: A Study of Counting to {n} with Patience",
            url=f"https://arxiv.example.org/abs/2605.{n:05d}",
            abstract=f"We count to {n}. {abstract}",
            authors=("Ada Bell", "Bo Chen", "Cy Diaz", "Di Eng", "Ed Fox"),
            pdf_url=f"https://arxiv.example.org/pdf/2605.{n:05d}",
            sources=("Hugging Face", "arXiv"),
            trend=90 - n % 90,
            trend_text=f"{n} upvotes",
            why=("counting",),
            topic="Counting",
        )
        for n in range(1, count + 1)
    )
    return (Section("Counting", cards),)


def renderer(look: SiteLook = LOOK) -> Renderer:
    """Return a renderer of the project's own templates."""
    return Renderer(templates_dir(), look)
