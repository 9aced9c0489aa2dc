"""Spans as OpenTelemetry has them, handed to its exporter. Imported by `otlp` alone, and only where that is on."""

from __future__ import annotations

from threading import Thread
from typing import Final
from uuid import uuid4

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import Link, SpanContext, SpanKind, TraceFlags
from opentelemetry.trace.status import Status, StatusCode

from libraries.chassis.watching.trace_context import Place
from libraries.chassis.watching.tracing import Span

_STOP_SECONDS: Final = 2.0
"""A collector that is away holds up no stop: what it has not taken by then is not told."""

_KINDS: Final = {"consumer": SpanKind.CONSUMER, "client": SpanKind.CLIENT, "internal": SpanKind.INTERNAL}


class Exporter:
    """Sends spans in a thread of its own; where it can't keep up, the oldest are dropped.

    Raises ValueError for a variable of OpenTelemetry that is not what it should be.
    """

    def __init__(self, service: str, version: str) -> None:
        self._resource = Resource.create(
            {
                "service.namespace": "engage",
                "service.name": f"engage-{service}",
                "service.version": version,
                "service.instance.id": str(uuid4()),
            }
        )
        self._scope = InstrumentationScope("engage", version)
        self._processor = BatchSpanProcessor(OTLPSpanExporter())

    def record(self, span: Span) -> None:
        """Takes a span that has ended."""
        self._processor.on_end(
            ReadableSpan(
                name=span.name,
                context=_context(span.place),
                parent=None if span.parent is None else _context(span.place._replace(span_id=span.parent)),
                resource=self._resource,
                attributes=span.attributes,
                links=[Link(_context(place)) for place in span.links],
                kind=_KINDS[span.kind],
                status=Status(StatusCode.ERROR, span.failed) if span.failed else Status(StatusCode.UNSET),
                start_time=span.started,
                end_time=span.ended,
                instrumentation_scope=self._scope,
            )
        )

    def stop(self) -> None:
        """Sends what is left, for as long as a stop may take."""
        # Beside, since it would wait for half a minute for a collector that takes nothing.
        stopping = Thread(target=self._processor.shutdown, daemon=True)
        stopping.start()
        stopping.join(_STOP_SECONDS)


def _context(place: Place) -> SpanContext:
    flags = TraceFlags(int(place.is_sampled))
    return SpanContext(int(place.trace_id, 16), int(place.span_id, 16), is_remote=False, trace_flags=flags)
