"""A reading of the database as metrics of Prometheus."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from digest import __version__
from digest.domain.complaint_rate import share
from digest.domain.deliveries import State
from digest.services.measures import Measures, Span

SOURCE_STATES = ("fresh", "quiet", "stale", "broken")


class Reading(Collector):
    """Metrics of one scrape: the process's own, and what the database knew."""

    def __init__(self, own: Iterable[Metric], measures: Measures | None) -> None:
        self._metrics = [*own, *gauges(measures)]

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics."""
        yield from self._metrics


def gauges(measures: Measures | None) -> Iterator[Metric]:
    """Yield what was read; without a reading, that the database does not answer."""
    yield InfoMetricFamily(
        "paper_digest_build", "The running release.", value={"version": __version__}
    )
    up = float(measures is not None)
    yield _one("database_up", "Whether the database answers (1) or not (0).", up)
    if measures is None:
        return
    yield from _queue(measures)
    yield from _sources(measures)
    yield _many("subscribers", "Readers by state.", "state", measures.subscribers)
    yield _one("papers", "Papers known.", measures.papers)
    yield _one("eligible_papers", "Papers that may still be sent.", measures.eligible)
    yield _many("alarms_open", "Alarms that are open, by kind.", "alarm", measures.alarms)
    yield _one("data_free_bytes", "Room left where data_dir is.", measures.free_bytes)
    yield from _returned(measures.spans)


def _queue(measures: Measures) -> Iterator[Metric]:
    yield _one("queue_deliveries", "Mails that should be leaving now.", measures.queue)
    words = "How long the oldest mail that should be leaving could have left."
    yield _one("queue_age_seconds", words, measures.queue_age_s)
    yield _one("held_deliveries", "Mails that wait for a person's word.", measures.held)
    words = "Processes that said within a lease that they live."
    yield _one("workers", words, measures.workers)


def _sources(measures: Measures) -> Iterator[Metric]:
    states = _family("source_state", "1 for the state that a source is in.", ("source", "state"))
    for name, source in measures.sources.items():
        for state in SOURCE_STATES:
            states.add_metric([name, state], float(source.state == state))
    yield states
    answer = _family("source_age_seconds", "Since a source last answered.", ("source",))
    entry = _family("source_entry_age_seconds", "Since a source last had news.", ("source",))
    for name, times in measures.source_times.items():
        for family, moment in ((answer, times.answered_at), (entry, times.entry_at)):
            if moment is not None:
                family.add_metric([name], _age(measures.taken_at, moment))
    yield answer
    yield entry


def _returned(spans: Mapping[str, Span]) -> Iterator[Metric]:
    digests = _family("digests", "Digests that were due in a span, by state.", ("span", "state"))
    hard = _family("hard_bounces", "Hard bounces that came in a span.", ("span",))
    complaints = _family("complaints", "Complaints that came in a span.", ("span",))
    bounced = _family("hard_bounce_ratio", "Hard bounces of the mails that left.", ("span",))
    complained = _family("complaint_ratio", "Complaints of the mails that arrived.", ("span",))
    for name, span in spans.items():
        for state in State:
            digests.add_metric([name, state.value], span.states.get(state.value, 0))
        sent = span.states.get(State.SENT.value, 0)
        left = sent + span.states.get(State.REFUSED.value, 0)
        hard.add_metric([name], span.returned.hard)
        complaints.add_metric([name], span.returned.complaints)
        bounced.add_metric([name], share(span.returned.hard, left))
        complained.add_metric([name], share(span.returned.complaints, sent))
    yield from (digests, hard, complaints, bounced, complained)


def _age(now: datetime, moment: datetime) -> float:
    return max(0.0, (now - moment).total_seconds())


def _family(name: str, words: str, labels: tuple[str, ...]) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"paper_digest_{name}", words, labels=labels)


def _one(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(f"paper_digest_{name}", words, value=value)


def _many(name: str, words: str, label: str, values: Mapping[str, int]) -> Metric:
    family = _family(name, words, (label,))
    for key, value in sorted(values.items()):
        family.add_metric([key], value)
    return family
