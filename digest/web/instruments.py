"""Counters and histograms of this process, for Prometheus: one registry per installation.

Labels have few values: relays and sources are of the settings, providers of a list, routes
templates of ours.
"""

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector

from digest.domain.providers import reported_provider

_HAND_OVER_S = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)
_RUN_S = (0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600)
_FETCH_S = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_ANSWER_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Instruments:
    """Implements `services.observing.Recorder`; ``registry`` is read by a scrape."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._sends = Counter(
            "paper_digest_sends",
            "Mails handed over to a relay, by what became of them.",
            ("outcome", "provider", "relay"),
            registry=self.registry,
        )
        self._send_seconds = self._histogram(
            "send_duration", "How long a relay took for one mail.", ("relay",), _HAND_OVER_S
        )
        self._run_seconds = {
            work: self._histogram(
                f"{work}_run_duration", f"How long a run of {words} took.", (), _RUN_S
            )
            for work, words in (("plan", "planning"), ("send", "sending"))
        }
        self._fetch_seconds = self._histogram(
            "fetch_duration", "How long a source took to answer.", ("source", "outcome"), _FETCH_S
        )
        self._answer_seconds = self._histogram(
            "http_request_duration",
            "How long an answer took.",
            ("method", "route", "status"),
            _ANSWER_S,
        )

    def _histogram(
        self, name: str, words: str, labels: tuple[str, ...], buckets: tuple[float, ...]
    ) -> Histogram:
        full = f"paper_digest_{name}_seconds"
        return Histogram(full, words, labels, buckets=buckets, registry=self.registry)

    def ran(self, work: str, seconds: float) -> None:
        """Note a whole run."""
        self._run_seconds[work].observe(seconds)

    def sent(self, outcome: str, provider: str, relay: str, seconds: float) -> None:
        """Note one hand-over to a relay, "" for none that answered."""
        relay = relay or "none"
        self._sends.labels(outcome.replace(" ", "_"), reported_provider(provider), relay).inc()
        self._send_seconds.labels(relay).observe(seconds)

    def fetched(self, source: str, outcome: str, seconds: float) -> None:
        """Note one fetch of a source."""
        self._fetch_seconds.labels(source, outcome).observe(seconds)

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Note one answer; methods that nobody uses are one."""
        known = method if method in _METHODS else "other"
        self._answer_seconds.labels(known, route, f"{status // 100}xx").observe(seconds)
