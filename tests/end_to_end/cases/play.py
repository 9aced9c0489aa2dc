"""All cases in one run of the system: each step sent when it is its turn, and what is seen of each case at the end."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from typing import Any, Final
from uuid import UUID

import asyncpg
from icalendar import Calendar

from contracts.assignments import AssignmentProposed
from contracts.catalogue import SERVICES, topic_of
from contracts.codec import Record, encode_attributes
from contracts.contacts import ContactPublished
from contracts.dead_letters import DeadLetterRecorded
from contracts.event import Event, Tombstone, form_event_id
from contracts.follow_ups import FollowUpSent
from contracts.message import EventData
from contracts.offers import PairOffered
from deploy.local.mailbox import Mailbox
from deploy.local.stack import Stack
from tests.door import request, signed
from tests.end_to_end.cases import Case, Step
from tests.end_to_end.cases.forms import MODELS, document, ids_of, payload
from tests.eventually import eventually
from tests.kafka import Sending, read_events, send

_ANSWERS: Final = ("applications.v1", "needs.v1", "assignments.v1", "pairs.v1")
_BESIDES: Final = ("contacts.v1", "follow-ups.v1", "intake.dead-letters.v1")
_PATIENCE_SECONDS: Final = 60.0
_numbers: Final = itertools.count(1)
# A mail for whom nobody can be reached waits, longer each time, and keeps nothing from being at rest.
_AT_REST: Final = (
    "SELECT NOT EXISTS (SELECT FROM notifications.follow_up WHERE state IN ('scheduled', 'sending')"
    " AND due_at <= now() AND (state = 'sending' OR next_attempt_at <= now()))"
    + "".join(f" AND NOT EXISTS (SELECT FROM {service}.outbox)" for service in SERVICES)
)


@dataclass
class Played:
    """A case while it is played: what it is about, how far it is, and what was seen of it."""

    case: Case
    number: int
    ids: dict[str, UUID]
    sent: int = 0
    answers: list[int] = field(default_factory=list)
    last: Sending | None = None
    events: list[Event[EventData] | Tombstone] = field(default_factory=list)
    contacts: list[ContactPublished] = field(default_factory=list)
    mails: list[FollowUpSent] = field(default_factory=list)
    dead_letters: list[str] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        """What was published of it, in the order of what caused it."""
        return [named(event) for event in sorted(self.events, key=lambda event: event.time)]

    @property
    def is_over(self) -> bool:
        """Whether as much was seen as must be seen; that it is no more, and the right things, is looked at later."""
        wanted = self.case
        return (
            self.sent == len(wanted.send)
            and len(self.events) >= len(wanted.events)
            and len(self.mails) >= len(wanted.mails)
            and (wanted.dead_letter is None or bool(self.dead_letters))
        )

    def next_step(self) -> Step | None:
        """What it is the turn of."""
        if self.sent == len(self.case.send):
            return None
        step = self.case.send[self.sent]
        seen = {*self.names, *(mail.kind for mail in self.mails)}
        if self.contacts:
            seen.add("contact.published")
        return step if step.after is None or step.after in seen else None


def named(event: Event[EventData] | Tombstone) -> str:
    """`application.registered`; a tombstone has a `-` before it."""
    of = event.retracted if isinstance(event, Tombstone) else type(event.data)
    return ("-" if isinstance(event, Tombstone) else "") + of.event_type.removeprefix("engage.").removesuffix(".v1")


async def play(stack: Stack, cases: Iterable[Case]) -> list[Played]:
    """Plays all cases side by side until each has seen enough, or patience ends; then until all is at rest."""
    played = [Played(case, number, ids_of(case.case)) for number, case in enumerate(cases, 1)]
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not all(each.is_over for each in played) and time.monotonic() < deadline:
        await _send_what_can_be(stack, played)
        await _look(stack, played)
    connection = await asyncpg.connect(stack.addresses()["database_url"])
    try:
        await eventually(lambda: connection.fetchval(_AT_REST))
    finally:
        await connection.close()
    await _look(stack, played)
    return played


async def _send_what_can_be(stack: Stack, played: Iterable[Played]) -> None:
    sendings = []
    for each in played:
        while (step := each.next_step()) is not None:
            each.sent += 1
            if step.door is not None:
                each.answers.append(_post(stack, payload(document(step, each.number, each.ids))))
                continue
            if not step.again:
                each.last = _sending(step, each)
            assert each.last is not None
            sendings.append(each.last)
    if sendings:
        await send(stack.broker.bootstrap_servers, sendings)


def _sending(step: Step, played: Played) -> Sending:
    model, form = MODELS[step.form], document(step, played.number, played.ids)
    now = datetime.now(UTC)
    event_id = str(form_event_id(now, next(_numbers)))
    headers = encode_attributes(event_id, step.source, model.event_type, model.minor, now, event_id, None, None)
    return Sending(topic_of(model, "forms").name, Record(form[model.key_field].encode(), payload(form), headers))


def _post(stack: Stack, body: bytes) -> int:
    addresses = stack.addresses()
    message = f"case-{time.monotonic_ns()}"
    headers = signed(addresses["door_secret"], message, body)
    return request(addresses["intake"], "POST", "/v1/applications", body, headers).status


async def _look(stack: Stack, played: Iterable[Played]) -> None:
    by_id = {identifier: each for each in played for identifier in each.ids.values()}
    for each in played:
        each.events, each.contacts, each.mails, each.dead_letters = [], [], [], []
    servers = stack.broker.bootstrap_servers
    # What follows before its cause: a mail whose cause is not read yet would have the next step sent too soon.
    for topic in _BESIDES:
        for event in _once(await read_events(servers, topic)):
            _note_besides(event, by_id)
    for topic in _ANSWERS:
        for event in _once(await read_events(servers, topic)):
            if (of := _owner(event, by_id)) is not None:
                of.events.append(event)
                _note_ids(event, of)


def _once(events: Iterable[Event[EventData] | Tombstone]) -> list[Event[EventData] | Tombstone]:
    return list({event.id: event for event in events}.values())


def _owner(event: Event[EventData] | Tombstone, by_id: Mapping[UUID, Played]) -> Played | None:
    if isinstance(event, Tombstone):
        return by_id.get(UUID(event.subject))
    named_ids = [value for _, value in event.data if isinstance(value, UUID)]
    return next((by_id[identifier] for identifier in named_ids if identifier in by_id), None)


def _note_ids(event: Event[EventData] | Tombstone, played: Played) -> None:
    if isinstance(event, Event) and isinstance(event.data, AssignmentProposed):
        played.ids["assignment"] = event.data.assignment_id
    elif isinstance(event, Event) and isinstance(event.data, PairOffered):
        played.ids["pair"] = event.data.pair_id


def _note_besides(event: Event[EventData] | Tombstone, by_id: Mapping[UUID, Played]) -> None:
    data = event.data if isinstance(event, Event) else None
    if isinstance(data, ContactPublished) and (of := by_id.get(data.person_id)):
        of.contacts.append(data)
    elif isinstance(data, FollowUpSent) and (of := by_id.get(data.recipient_id)):
        of.mails.append(data)
    elif isinstance(data, DeadLetterRecorded) and data.subject_id and (of := by_id.get(data.subject_id)):
        of.dead_letters.append(data.reason)


def invitations(mailbox: Mailbox, message_ids: Iterable[str]) -> list[str]:
    """What stands in the calendars of those who got these mails."""
    wanted, found = set(message_ids), []
    for mail in mailbox.summaries():
        if mail["message_id"] not in wanted:
            continue
        raw = mailbox.raw(mail["id"])
        assert raw is not None
        for part in message_from_bytes(raw, policy=policy.default).walk():
            if part.get_content_type() == "text/calendar":
                calendar = Calendar.from_ical(part.get_content())
                found += [str(entry["SUMMARY"]) for entry in calendar.walk("VEVENT")]
    return found


def value_at(path: str, played: Played) -> Any:
    """The value that was published last under a path, such as `contact.email` or `project.themes`."""
    first, *rest = path.split(".")
    if first == "contact":
        return _follow(played.contacts[-1].model_dump(mode="json"), rest)
    for event in reversed(played.events):
        if isinstance(event, Event) and first in type(event.data).model_fields:
            return _follow(event.data.model_dump(mode="json"), [first, *rest])
    return None


def _follow(value: Any, path: Iterable[str]) -> Any:
    for name in path:
        value = value[int(name)] if isinstance(value, list) else value[name]
    return value
