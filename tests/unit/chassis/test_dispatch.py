"""Records of one key within one unit of work: what is held back, what goes ahead, and in which order."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from contracts.applications import ApplicationSubmitted, ApplicationWithdrawalRequested
from contracts.catalogue import TOPIC_BY_NAME
from contracts.event import Event
from contracts.message import EventData
from libraries.chassis.handling import Handlers, Handling, NotYet
from libraries.chassis.lanes.held_keys import HeldKeys
from libraries.chassis.lanes.processing import Dispatch
from libraries.chassis.records.received import Received
from libraries.chassis.service import Service
from libraries.chassis.store import NO_STORE
from libraries.chassis.unit_of_work import UnitOfWork
from tests.forms import START, application

TOPIC = TOPIC_BY_NAME["forms.applications.v1"]


def test_what_follows_a_record_that_waits_stands_behind_it_though_a_whole_form_freed_their_key() -> None:
    held = HeldKeys([(b"k", False)])
    records = [_whole(1), _part(2, waits=True), _part(3), _whole(4), _part(5)]
    assert _outcomes(records, held) == ["handled", "waiting", "behind", "handled", "behind"]
    assert [received.overtakes for received in records] == [True, False, False, False, False]
    held.took(records, START, START)
    assert b"k" in held


def test_a_whole_form_overtakes_what_came_with_it_and_stands_behind_what_failed() -> None:
    held = HeldKeys([(b"k", False)])
    records = [_part(1), _whole(2), _part(3)]
    assert _outcomes(records, held) == ["behind", "handled", "handled"]
    held.took(records, START, START)
    assert b"k" not in held


def _outcomes(records: list[Received], held: HeldKeys) -> list[str | None]:
    service = Service("intake", _HANDLERS, lambda _: NO_STORE)
    Dispatch(service, UnitOfWork("intake", NO_STORE), held).run(records)
    return [received.outcome for received in records]


def _handle(event: Event[Any], unit: UnitOfWork[Any]) -> None:
    if isinstance(event.data, ApplicationWithdrawalRequested) and event.data.reason == "waits":
        raise NotYet("application", UUID(int=0))


def _whole(offset: int) -> Received:
    return _received(offset, application("k"))


def _part(offset: int, *, waits: bool = False) -> Received:
    """What needs the key's earlier events: a withdrawal."""
    reason = "waits" if waits else "goes-on"
    identifier = application("k").application_id
    return _received(
        offset, ApplicationWithdrawalRequested(application_id=identifier, requested_at=START, reason=reason)
    )


def _received(offset: int, data: EventData) -> Received:
    event = Event(f"{offset}", "urn:form:test", "k", START, "story", None, None, data)
    return Received(TOPIC, 0, offset, 0, b"k", b"", (), event)


_HANDLERS = Handlers(Handling(event, _handle) for event in (ApplicationSubmitted, ApplicationWithdrawalRequested))
