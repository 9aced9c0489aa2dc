"""Traces: ids that derive from what they stand for, spans that say what was done, and nothing of it while it is off."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from uuid import UUID

import pytest

from contracts.catalogue import TOPIC_BY_NAME
from contracts.codec import Record, decode, encode
from contracts.event import Event
from libraries.chassis.records.published import Cause
from libraries.chassis.records.received import Received
from libraries.chassis.settings import SettingsError
from libraries.chassis.watching import spans, tracing
from libraries.chassis.watching.otlp import start_tracing
from libraries.chassis.watching.trace_context import Place, place_in, place_of, span_before
from libraries.chassis.watching.tracing import Span, Tracing
from tests.forms import START, application, sending

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
STORY, HOP = f"00-{TRACE}-00f067aa0ba902b7-01", f"00-{TRACE}-00f067aa0ba902b8-01"
SENT = sending(application("traced"))
TOPIC = TOPIC_BY_NAME[SENT.topic]


@pytest.fixture
def told() -> Iterator[list[Span]]:
    heard: list[Span] = []
    tracing.switch(Tracing("intake", heard.append))
    yield heard
    tracing.switch(None)


def read(**headers: str) -> Event:  # type: ignore[type-arg]
    sent = [*SENT.record.headers, *((name, value.encode()) for name, value in headers.items())]
    event = decode(TOPIC, SENT.record.key, SENT.record.value, sent)
    assert isinstance(event, Event)
    return event


def received(event: Event, outcome: str) -> Received:  # type: ignore[type-arg]
    made = Received(TOPIC, 0, 7, 0, b"key", b"{}", (), event)
    made.end(outcome)  # type: ignore[arg-type]
    return made


def test_the_story_is_what_its_header_says_and_else_the_hop() -> None:
    assert (read(ce_traceparent=STORY, traceparent=HOP)[6], read(traceparent=HOP).traceparent) == (STORY, HOP)
    assert read(ce_traceparent=STORY, traceparent=HOP).hop == HOP
    assert (read(ce_traceparent=STORY).hop, read().traceparent, read().hop) == (None, None, None)


@pytest.mark.parametrize(
    "wrong",
    ["", "nonsense", f"ff{STORY[2:]}", f"00-{'0' * 32}{STORY[35:]}", f"{STORY[:36]}{'0' * 16}-01", STORY.upper()],
)
def test_a_broken_context_is_none_and_refuses_nothing(wrong: str) -> None:
    event = read(ce_traceparent=wrong, traceparent=wrong)
    assert (event.traceparent, event.hop) == (None, None)
    assert read(ce_traceparent=wrong, traceparent=HOP).traceparent == HOP


def test_both_contexts_are_written_and_read_again() -> None:
    event = read(ce_traceparent=STORY, traceparent=HOP)
    again = decode(TOPIC, *encode(event))
    assert (again.traceparent, again.hop) == (STORY, HOP)
    headers = dict(encode(event._replace(hop=None)).headers)
    assert headers["traceparent"] == headers["ce_traceparent"] == STORY.encode(), "who takes no part passes it on"
    plain: Record = encode(event._replace(traceparent=None, hop=None))
    assert not [name for name, _ in plain.headers if "traceparent" in name]


def test_a_place_is_the_same_wherever_it_is_worked_out() -> None:
    event_id, story = str(UUID(int=1)), str(UUID(int=2))
    own = place_of("intake", event_id, traceparent=None, correlation_id=story)
    assert own == place_of("intake", event_id, traceparent=None, correlation_id=story)
    assert (own.trace_id, own.is_sampled) == (f"{2:032x}", True)
    assert own.span_id != place_of("matching", event_id, traceparent=None, correlation_id=story).span_id
    assert place_in(own.traceparent) == own
    named = place_of("intake", "form 7", traceparent=None, correlation_id="form 7")
    assert place_in(named.traceparent) == named, "any text may be an id"
    unwanted = place_of("intake", event_id, traceparent=f"{STORY[:-2]}00", correlation_id=story)
    assert (unwanted.trace_id, unwanted.is_sampled) == (TRACE, False)


def test_a_span_follows_the_hop_unless_that_is_of_another_trace() -> None:
    other = f"00-{'1' * 32}-{'2' * 16}-01"
    assert span_before(read(ce_traceparent=STORY, traceparent=HOP)) == HOP[36:52]
    assert span_before(read(ce_traceparent=STORY, traceparent=other)) == STORY[36:52]
    assert span_before(read()) is None


def test_a_decision_is_told_once_and_as_its_last_try(told: list[Span]) -> None:
    event = read(traceparent=HOP)
    with pytest.raises(KeyError), tracing.deciding(event):
        raise KeyError
    with tracing.deciding(event):
        place = tracing.here()
    assert told == [], "what was not committed did not happen"
    assert tracing.here() is None
    spans.tell_of([received(event, "handled"), received(read(), "skipped")], 0.5)
    decision, transaction = told
    assert decision.place == place
    assert decision.parent == HOP[36:52]
    assert decision.ended - decision.started < 0.5e9
    assert (transaction.attributes["messaging.batch.message_count"], transaction.links) == (1, (place_in(HOP),))
    assert decision.links == (transaction.place,)


def test_what_failed_says_of_which_kind_and_quotes_nothing(told: list[Span]) -> None:
    with pytest.raises(ValueError, match="a person"), tracing.span("solve"):
        raise ValueError("a person")
    assert told[0].failed == "ValueError"


def test_a_part_hangs_on_what_it_is_a_part_of(told: list[Span]) -> None:
    cause = Cause(UUID(int=3), START, str(UUID(int=4)), STORY)
    with tracing.span("deliver", because_of=cause), tracing.span("dial"):
        pass
    part, whole = told
    assert whole.place == place_of(
        "intake", str(cause.identity), traceparent=STORY, correlation_id=cause.correlation_id
    )
    assert (whole.parent, part.parent, part.place.trace_id) == (STORY[36:52], whole.place.span_id, TRACE)


def test_while_it_is_off_nothing_is_noted() -> None:
    with tracing.span("solve") as span, tracing.deciding(read()):
        assert (span, tracing.here()) == (None, None)
    spans.tell_of([received(read(), "handled")], 0.0)


def test_while_it_is_off_nothing_of_it_is_imported() -> None:
    program = (
        "import sys, libraries.chassis.running.serving, services.notifications.app\n"
        "from libraries.chassis.watching.otlp import start_tracing\n"
        "start_tracing('notifications', '0')()\n"
        "heavy = 'opentelemetry.sdk', 'opentelemetry.exporter', 'requests'\n"
        "sys.exit(any(name.startswith(heavy) for name in sys.modules))"
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    assert subprocess.run([sys.executable, "-c", program], env=environment, check=False).returncode == 0


def test_a_collector_without_the_packages_is_told_before_anything_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    monkeypatch.delitem(sys.modules, "libraries.chassis.watching.exporting", raising=False)
    with pytest.raises(SettingsError, match=r"OTEL_EXPORTER_OTLP_ENDPOINT: traces need .* install engage\[telemetry\]"):
        start_tracing("intake", "0", {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"})
    assert tracing.active() is None


def test_it_can_be_switched_off_by_opentelemetrys_own_variable() -> None:
    start_tracing("intake", "0", {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318", "OTEL_SDK_DISABLED": "true"})
    assert tracing.active() is None


def test_places_that_are_drawn_differ() -> None:
    assert len({tracing.new_place() for _ in range(100)}) == 100
    assert all(place_in(Place(*tracing.new_place()).traceparent) for _ in range(3))
