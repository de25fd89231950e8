"""The tracer that speaks OpenTelemetry; imported only where the settings name a collector."""

from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span

from digest import __version__
from digest.services.observing import Attribute
from digest.settings import TelemetrySettings

PATIENCE_S = 5
_TRACES = "/v1/traces"  # of the OTLP specification, appended to a base address


class _Told:
    """A span of ours around one of theirs."""

    def __init__(self, span: Span) -> None:
        self._span = span

    def note(self, name: str, value: Attribute) -> None:
        """Say more about the work."""
        self._span.set_attribute(name, value)


class OtlpTracer:
    """Implements `services.observing.Tracer`; spans leave in batches, in a thread of their own."""

    def __init__(self, settings: TelemetrySettings) -> None:
        endpoint = settings.endpoint.removesuffix(_TRACES) + _TRACES
        secret = settings.authorization
        headers = {"authorization": secret.get_secret_value()} if secret else None
        resource = Resource({SERVICE_NAME: settings.service_name, SERVICE_VERSION: __version__})
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        exporter = OTLPSpanExporter(endpoint=endpoint, headers=headers, timeout=PATIENCE_S)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("paper-digest", __version__)

    @contextmanager
    def span(self, name: str, attributes: dict[str, Attribute]) -> Iterator[_Told]:
        """Return a span that lasts as long as its block."""
        with self._tracer.start_as_current_span(name, attributes=attributes) as span:
            yield _Told(span)

    def close(self) -> None:
        """Hand over what is left; a collector that does not answer loses it."""
        self._provider.shutdown()
