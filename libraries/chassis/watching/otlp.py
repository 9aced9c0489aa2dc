"""Spans on their way to a collector, by OTLP over HTTP, where `OTEL_EXPORTER_OTLP_ENDPOINT` names one.

OpenTelemetry's packages are imported here alone, and only then: they cost a quarter of a second and nine megabytes.
Its own variables say the rest (`OTEL_EXPORTER_OTLP_HEADERS`, `OTEL_RESOURCE_ATTRIBUTES` and others).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from threading import Thread
from typing import Final
from uuid import uuid4

from libraries.chassis.settings import SettingsError
from libraries.chassis.watching import tracing
from libraries.chassis.watching.trace_context import Place
from libraries.chassis.watching.tracing import Span, Tracing

_ENDPOINTS: Final = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
_STOP_SECONDS: Final = 2.0
"""A collector that is away holds up no stop: what it has not taken by then is not told."""

Stop = Callable[[], None]


def start_tracing(service: str, version: str, environment: Mapping[str, str] = os.environ) -> Stop:
    """Tells a collector of this process's spans, where one is named; returns what ends that, within two seconds.

    Raises SettingsError where one is named and the packages are not there.
    """
    named = next((name for name in _ENDPOINTS if environment.get(name)), None)
    if named is None or environment.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return lambda: None
    try:
        record, stop = _exporting(service, version)
    except ImportError:
        raise SettingsError(
            f"{named}: traces need OpenTelemetry's packages, which are not installed: install engage[telemetry], or "
            "leave the variable out"
        ) from None
    except ValueError as error:
        raise SettingsError(f"{named} and the other variables of OpenTelemetry: {error}") from None
    tracing.switch(Tracing(service, record))

    def end() -> None:
        tracing.switch(None)
        stop()

    return end


def _exporting(service: str, version: str) -> tuple[Callable[[Span], None], Stop]:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from opentelemetry.sdk.util.instrumentation import InstrumentationScope
    from opentelemetry.trace import Link, SpanContext, SpanKind, TraceFlags
    from opentelemetry.trace.status import Status, StatusCode

    kinds = {"consumer": SpanKind.CONSUMER, "client": SpanKind.CLIENT, "internal": SpanKind.INTERNAL}
    resource = Resource.create(
        {
            "service.namespace": "engage",
            "service.name": f"engage-{service}",
            "service.version": version,
            "service.instance.id": str(uuid4()),
        }
    )
    scope = InstrumentationScope("engage", version)
    # In a thread of its own; where it can't keep up, the oldest are dropped.
    processor = BatchSpanProcessor(OTLPSpanExporter())

    def context(place: Place, *, is_remote: bool) -> SpanContext:
        return SpanContext(
            int(place.trace_id, 16), int(place.span_id, 16), is_remote, TraceFlags(int(place.is_sampled))
        )

    def record(span: Span) -> None:
        parent = None if span.parent is None else context(span.place._replace(span_id=span.parent), is_remote=True)
        processor.on_end(
            ReadableSpan(
                name=span.name,
                context=context(span.place, is_remote=False),
                parent=parent,
                resource=resource,
                attributes=span.attributes,
                links=[Link(context(place, is_remote=True)) for place in span.links],
                kind=kinds[span.kind],
                status=Status(StatusCode.ERROR, span.failed) if span.failed else Status(StatusCode.UNSET),
                start_time=span.started,
                end_time=span.ended,
                instrumentation_scope=scope,
            )
        )

    def stop() -> None:
        # Beside, since it would wait for half a minute for a collector that takes nothing.
        stopping = Thread(target=processor.shutdown, daemon=True)
        stopping.start()
        stopping.join(_STOP_SECONDS)

    return record, stop
