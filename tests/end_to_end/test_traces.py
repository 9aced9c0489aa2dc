"""Traces from form to mail, as a collector hears of them: a stand-in reads real OTLP over HTTP."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

import pytest

from contracts.codec import Record
from contracts.rounds import RoundRequested
from deploy.local.stack import Stack
from tests.forms import START, application, identifier, need, sending
from tests.kafka import Sending, read_all, send

trace_service = pytest.importorskip(
    "opentelemetry.proto.collector.trace.v1.trace_service_pb2", reason="install engage[telemetry]"
)

TRACE, FORM = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
TRACEPARENT = f"00-{TRACE}-{FORM}-01"
UNWANTED = "00-5bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"
PATIENCE_SECONDS = 60.0


class Told(NamedTuple):
    """A span as the collector has heard of it."""

    service: str
    name: str
    kind: int
    trace: str
    span: str
    parent: str
    links: tuple[tuple[str, str], ...]
    attributes: dict[str, Any]
    nanoseconds: int


class Collector:
    """Takes what an exporter sends to `/v1/traces`, as OpenTelemetry's own collector does."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                assert self.path == "/v1/traces"
                assert self.headers["content-type"] == "application/x-protobuf"
                collector.bodies.append(self.rfile.read(int(self.headers["content-length"])))
                answer = trace_service.ExportTraceServiceResponse().SerializeToString()
                self.send_response(200)
                self.send_header("content-type", "application/x-protobuf")
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def spans(self) -> list[Told]:
        return [told for body in list(self.bodies) for told in _read(body)]

    def wait_for(self, wanted: Callable[[Told], bool]) -> list[Told]:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not (found := [told for told in self.spans() if wanted(told)]):
            assert time.monotonic() < deadline, sorted({(told.service, told.name) for told in self.spans()})
            time.sleep(0.1)
        return found


def _read(body: bytes) -> Iterator[Told]:
    request = trace_service.ExportTraceServiceRequest()
    request.ParseFromString(body)
    for resource in request.resource_spans:
        service = {each.key: each.value.string_value for each in resource.resource.attributes}["service.name"]
        for span in (span for scope in resource.scope_spans for span in scope.spans):
            yield Told(
                service,
                span.name,
                span.kind,
                span.trace_id.hex(),
                span.span_id.hex(),
                span.parent_span_id.hex(),
                tuple((link.trace_id.hex(), link.span_id.hex()) for link in span.links),
                {each.key: each.value.string_value or each.value.int_value for each in span.attributes},
                span.end_time_unix_nano - span.start_time_unix_nano,
            )


def in_trace(sent: Sending, traceparent: str) -> Sending:
    """A form's event, sent within a trace."""
    headers = [*sent.record.headers, ("traceparent", traceparent.encode())]
    return Sending(sent.topic, Record(sent.record.key, sent.record.value, headers))


def id_of(sent: Sending) -> str:
    return next(value.decode() for name, value in sent.record.headers if name == "ce_id")


NOW = datetime.now(UTC)  # mail about the past is not sent
TRACED = in_trace(sending(application("traced"), at=NOW), TRACEPARENT)
UNTRACED = sending(application("untraced"), at=NOW)
UNSEEN = in_trace(sending(application("unseen"), at=NOW), UNWANTED)
ROUND = sending(
    RoundRequested(
        round_id=identifier("round"), track="implantation", requested_by=identifier("officer"), requested_at=START
    )
)


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    made = Collector()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def stack(collector: Collector) -> Iterator[Stack]:
    environment = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.endpoint, "OTEL_BSP_SCHEDULE_DELAY": "200"}
    with Stack(services=("intake", "matching", "notifications"), environment=environment) as made:
        servers = made.broker.bootstrap_servers
        asyncio.run(send(servers, [sending(need("youth-employment", capacity=9)), TRACED, UNTRACED, UNSEEN, ROUND]))
        for trace in (TRACE, id_of(UNTRACED).replace("-", "")):
            collector.wait_for(lambda told, trace=trace: told.trace == trace and told.name == "deliver")  # type: ignore[misc]
        yield made


@pytest.fixture(scope="module")
def story(stack: Stack, collector: Collector) -> list[Told]:
    """All of the story, once every service has told its part: each tells it when it comes to that."""
    for service in ("intake", "matching", "notifications"):
        collector.wait_for(lambda told, name=f"engage-{service}": told.trace == TRACE and told.service == name)  # type: ignore[misc]
    collector.wait_for(lambda told: told.trace == TRACE and told.name == "decide assignment.proposed.v1")
    return [told for told in collector.spans() if told.trace == TRACE]


def test_a_story_is_one_trace_from_form_to_mail(story: list[Told]) -> None:
    assert {told.service for told in story} == {"engage-intake", "engage-matching", "engage-notifications"}
    [first] = [told for told in story if told.name == "decide application.submitted.v1"]
    assert first.parent == FORM, "what the form began goes on"
    by_id = {told.span: told for told in story}
    assert len(by_id) == len(story), "each span is told once"
    for told in story:
        assert told.parent == FORM or told.parent in by_id, f"{told.name} hangs on nothing"
    registered = next(told for told in story if told.name == "decide application.registered.v1")
    assert by_id[registered.parent] == first, "a hop's parent is the decision that published it"


def test_a_mail_is_delivered_within_the_story(story: list[Told]) -> None:
    delivered = next(told for told in story if told.name == "deliver")
    assert delivered.service == "engage-notifications"
    assert delivered.kind == 3  # CLIENT
    assert delivered.attributes["engage.verdict"] == "accepted"
    assert delivered.nanoseconds > 0


def test_decisions_are_named_as_opentelemetry_names_what_is_messaging(story: list[Told]) -> None:
    first = next(told for told in story if told.name == "decide application.submitted.v1")
    assert first.kind == 5  # CONSUMER
    assert first.attributes | {"messaging.kafka.offset": 0} == {
        "messaging.system": "kafka",
        "messaging.operation.name": "decide",
        "messaging.operation.type": "process",
        "messaging.consumer.group.name": "engage-intake",
        "messaging.destination.name": "forms.applications.v1",
        "messaging.destination.partition.id": first.attributes["messaging.destination.partition.id"],
        "messaging.kafka.offset": 0,
        "messaging.message.id": id_of(TRACED),
        "messaging.message.conversation_id": id_of(TRACED),
        "engage.event.type": "engage.application.submitted.v1",
        "engage.subject": TRACED.record.key.decode(),
        "engage.outcome": "handled",
    }


def test_a_transaction_is_a_span_with_links_to_what_it_took(story: list[Told], collector: Collector) -> None:
    commits = [told for told in collector.spans() if told.name.startswith("commit")]
    [of_form] = [told for told in commits if (TRACE, FORM) in told.links]
    first = next(told for told in story if told.name == "decide application.submitted.v1")
    assert first.links == ((of_form.trace, of_form.span),)
    assert of_form.attributes["messaging.batch.message_count"] >= 1


def test_a_round_is_solved_within_its_decision(stack: Stack, collector: Collector) -> None:
    [solved] = collector.wait_for(lambda told: told.name == "solve")
    [asked] = collector.wait_for(lambda told: told.name == "decide round.requested.v1")
    assert (solved.trace, solved.parent) == (asked.trace, asked.span)
    assert solved.attributes == {"engage.track": "implantation"}


def test_a_story_that_no_trace_began_is_the_trace_of_its_correlation_id(stack: Stack, collector: Collector) -> None:
    trace = id_of(UNTRACED).replace("-", "")
    roots = [told for told in collector.spans() if told.trace == trace and not told.parent]
    assert [told.name for told in roots] == ["decide application.submitted.v1"]


def test_what_its_form_does_not_want_traced_is_not(stack: Stack, collector: Collector) -> None:
    assert [told for told in collector.spans() if told.trace == UNWANTED[3:35]] == []


def test_headers_carry_the_story_and_the_hop(stack: Stack, story: list[Told]) -> None:
    records = asyncio.run(read_all(stack.broker.bootstrap_servers, "follow-ups.v1"))
    heads = [dict(record.headers) for record in records]
    found = [headers for headers in heads if TRACE.encode() in headers["traceparent"]]
    assert any(b"follow-up.sent" in headers["ce_type"] for headers in found)
    spans = {told.span for told in story}
    for headers in found:
        assert headers["ce_traceparent"].decode() == TRACEPARENT
        assert headers["traceparent"].decode().split("-")[2] in spans
    unseen = UNWANTED[3:35].encode()
    other = [headers for headers in heads if unseen in headers["traceparent"]]
    assert other, "it goes on in headers"
    assert all(headers["traceparent"].endswith(b"-00") for headers in other)


def test_lines_of_the_log_say_in_which_span(stack: Stack, story: list[Told]) -> None:
    lines = [json.loads(line) for line in (stack.logs / "intake.log").read_text().splitlines() if line.startswith("{")]
    [line] = [line for line in lines if line.get("event_id") == id_of(TRACED) and line["action"] == "consume"]
    first = next(told for told in story if told.name == "decide application.submitted.v1")
    assert (line["trace_id"], line["span_id"]) == (first.trace, first.span)


def test_no_span_says_who(stack: Stack, collector: Collector) -> None:
    told = b"".join(collector.bodies)
    for personal in (b"example.invalid", b"Personne", b"Projet traced", b"Association"):
        assert personal not in told
