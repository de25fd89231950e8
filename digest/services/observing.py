"""What a running installation tells of itself: counts and durations as they happen, and spans.

Whoever works says what they do; who listens is decided where the installation is put together.
Without listeners each call is next to nothing. One `Observer` per installation: nothing is global.
"""

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Protocol

Attribute = str | int | float | bool


class Span(Protocol):
    """One piece of work in a trace."""

    def note(self, name: str, value: Attribute) -> None:
        """Say more about it; secrets and addresses stay out."""
        ...


class Tracer(Protocol):
    """Makes traces."""

    def span(self, name: str, attributes: dict[str, Attribute]) -> AbstractContextManager[Span]:
        """Return a span that lasts as long as its block; an exception marks it as failed."""
        ...

    def close(self) -> None:
        """Hand over what is left; may take some seconds, and never raises."""
        ...


class Recorder(Protocol):
    """Counts what happens; seconds are those that passed."""

    def ran(self, work: str, seconds: float) -> None:
        """Note a whole run: ``plan`` or ``send``."""
        ...

    def sent(self, outcome: str, provider: str, relay: str, seconds: float) -> None:
        """Note one hand-over to a relay."""
        ...

    def fetched(self, source: str, outcome: str, seconds: float) -> None:
        """Note one fetch of a source."""
        ...

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Note one answer of the web, by the template of its path."""
        ...


class _Untold:
    """A span that nobody looks at."""

    def note(self, name: str, value: Attribute) -> None:
        """Say nothing."""


_UNTOLD = nullcontext(_Untold())


class Observer:
    """Passes on what happens to whoever listens."""

    def __init__(self, tracer: Tracer | None = None) -> None:
        self.tracer = tracer
        self.recorder: Recorder | None = None

    def span(self, name: str, **attributes: Attribute) -> AbstractContextManager[Span]:
        """Return a span for a block of work."""
        if self.tracer is None:
            return _UNTOLD
        return self.tracer.span(name, attributes)

    @contextmanager
    def run(self, work: str) -> Iterator[Span]:
        """Trace a run of ``plan`` or ``send``, and note how long it took, failed or not."""
        began = time.perf_counter()
        try:
            with self.span(work) as span:
                yield span
        finally:
            if self.recorder is not None:
                self.recorder.ran(work, time.perf_counter() - began)

    def sent(self, outcome: str, provider: str, relay: str, began: float) -> None:
        """Note one hand-over to a relay that began at a `time.perf_counter`."""
        if self.recorder is not None:
            self.recorder.sent(outcome, provider, relay, time.perf_counter() - began)

    def fetched(self, source: str, outcome: str, began: float) -> None:
        """Note one fetch of a source that began at a `time.perf_counter`."""
        if self.recorder is not None:
            self.recorder.fetched(source, outcome, time.perf_counter() - began)

    def answered(self, method: str, route: str, status: int, began: float) -> None:
        """Note one answer of the web that began at a `time.perf_counter`."""
        if self.recorder is not None:
            self.recorder.answered(method, route, status, time.perf_counter() - began)
