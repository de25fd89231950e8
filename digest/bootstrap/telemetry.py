"""Traces by OpenTelemetry, sent as OTLP over HTTP (protobuf) to the collector of the settings.

Nothing of it is imported until an installation has an endpoint; it is an extra of the package.
"""

import asyncio
from importlib import import_module

from digest.services.observing import Observer, Tracer
from digest.settings import Settings, SettingsError


def observer_of(settings: Settings) -> Observer:
    """Return an observer that traces where the settings say so.

    Raises SettingsError where the extra is not installed.
    """
    if not settings.telemetry.endpoint:
        return Observer()
    try:
        tracing = import_module("digest.bootstrap.tracing")
    except ImportError as error:
        problem = (
            f"telemetry.endpoint is set, and {error.name} is not installed: "
            "pip install 'paper-digest[telemetry]', or take the setting away"
        )
        raise SettingsError([problem]) from None
    tracer: Tracer = tracing.OtlpTracer(settings.telemetry)
    return Observer(tracer)


async def close_observer(observer: Observer) -> None:
    """Hand over the spans that are left, off the loop."""
    if observer.tracer is not None:
        await asyncio.to_thread(observer.tracer.close)
