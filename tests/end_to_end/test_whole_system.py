"""Two thousand applications through four services, three of them killed on the way: nothing lost, nothing twice."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import asyncpg
import pytest

from contracts.applications import ApplicationContentErased, ApplicationRegistered, ApplicationSubmitted
from contracts.assignments import AssignmentConfirmed, AssignmentProposed
from contracts.erasures import ErasureRequested, PersonErased
from contracts.event import Event
from contracts.follow_ups import FollowUpPlanned, FollowUpSent
from contracts.message import EventData
from contracts.offers import NoMentorFound, PairOffered
from contracts.vocabularies import VocabularyPublished
from deploy.local.stack import Stack
from libraries.vocabularies.published import vocabularies
from tests.eventually import eventually
from tests.forms import START, application, confirmation, mentor, need, sending
from tests.kafka import read_events, send

COUNT = 2_000
DECIDED = 300
THEMES = ("youth-employment", "education", "health", "housing", "inclusion")
KILLED = ("intake", "matching", "mentoring")
Kind = TypeVar("Kind", bound=EventData)


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    directory: Path = tmp_path_factory.mktemp("stack")
    with Stack(directory=directory, environment={"ENGAGE_SESSION_TIMEOUT_MS": "2000"}) as started:
        yield started


class Seen:
    """The distinct events of all public topics, read from zero."""

    def __init__(self, events: list[Event[EventData]]) -> None:
        self.events = list({event.id: event for event in events}.values())

    def of(self, kind: type[Kind]) -> list[Kind]:
        return [event.data for event in self.events if isinstance(event.data, kind)]


async def look(stack: Stack, *topics: str) -> Seen:
    events = []
    for topic in topics:
        events += await read_events(stack.broker.bootstrap_servers, topic)
    return Seen([event for event in events if isinstance(event, Event)])


async def test_nothing_is_lost_and_nothing_happens_twice(stack: Stack) -> None:
    await _declare_needs_and_mentors(stack)
    forms = [_application(number) for number in range(COUNT)]
    for part, name in enumerate(KILLED):
        share = forms[part * COUNT // 3 : (part + 1) * COUNT // 3]
        await send(stack.broker.bootstrap_servers, [sending(form, at=datetime.now(UTC)) for form in share])
        stack.services[name].kill()
        stack.services[name].start()
    proposed = await eventually(lambda: _proposals(stack, COUNT), within=120)
    await send(
        stack.broker.bootstrap_servers,
        [
            sending(confirmation(assignment.assignment_id, assignment.owner_id), at=datetime.now(UTC))
            for assignment in proposed[:DECIDED]
        ],
    )
    await eventually(lambda: _all_sent(stack), within=180)

    seen = await look(stack, "applications.v1", "assignments.v1", "pairs.v1", "follow-ups.v1")
    assert _once([event.application_id for event in seen.of(ApplicationRegistered)]) == COUNT
    assert _once([event.application_id for event in seen.of(AssignmentProposed)]) == COUNT
    confirmed = {event.assignment_id for event in seen.of(AssignmentConfirmed)}
    assert confirmed == {assignment.assignment_id for assignment in proposed[:DECIDED]}
    offered = {event.assignment_id for event in seen.of(PairOffered)}
    waiting = {event.assignment_id for event in seen.of(NoMentorFound)}
    assert offered | waiting == confirmed, "every confirmed project has an offer or is known to wait"
    assert offered, "some mentors are free"

    planned = [follow_up for event in seen.of(FollowUpPlanned) for follow_up in event.follow_ups]
    scheduled = Counter(
        one.kind for follow_up in planned if not follow_up.reminder for one in (follow_up, *follow_up.occasions)
    )
    assert scheduled["acknowledgement"] == scheduled["assignment-proposal"] == COUNT
    assert scheduled["check-in-30-days"] == scheduled["impact-year-3"] == DECIDED
    mails = Counter(mail["message_id"] for mail in stack.mail_catcher.messages())
    assert set(mails.values()) == {1}, "no mail twice"
    assert mails.keys() == {event.message_id for event in seen.of(FollowUpSent)}, "of a digest, one for all"
    await _check_sequences(stack, seen)


async def test_who_asks_to_be_forgotten_is_forgotten_everywhere(stack: Stack) -> None:
    # One of its own, so that it needs no test before it.
    form = _application(COUNT)
    person_id = form.lead.person_id
    await send(stack.broker.bootstrap_servers, [sending(form, at=datetime.now(UTC))])

    async def known() -> bool:
        return await _rows_of(stack, form) == (1, 1)

    await eventually(known, within=60)
    await send(
        stack.broker.bootstrap_servers,
        [sending(ErasureRequested(person_id=person_id, requested_at=START), at=datetime.now(UTC))],
    )

    async def confirmed() -> bool:
        seen = await look(stack, "applications.v1", "erasures.v1")
        forgotten = {event.application_id for event in seen.of(ApplicationContentErased)}
        return forgotten == {form.application_id} and {it.person_id for it in seen.of(PersonErased)} == {person_id}

    await eventually(confirmed, within=60)
    assert await _rows_of(stack, form) == (0, 0)


async def _rows_of(stack: Stack, form: ApplicationSubmitted) -> tuple[int, int]:
    """How many forms of an application are kept, and how many addresses of its lead."""
    connection = await asyncpg.connect(stack.addresses()["database_url"])
    try:
        forms = "SELECT count(*) FROM intake.application_version WHERE application_id = $1 AND payload <> ''"
        contacts = "SELECT count(*) FROM notifications.contact WHERE person_id = $1"
        return (
            await connection.fetchval(forms, form.application_id),
            await connection.fetchval(contacts, form.lead.person_id),
        )
    finally:
        await connection.close()


async def test_versions_of_an_aggregate_arrive_in_order(stack: Stack) -> None:
    seen = await look(stack, "applications.v1", "assignments.v1", "pairs.v1")
    versions: dict[tuple[str, UUID], list[int]] = defaultdict(list)
    for event in seen.events:
        if (version := getattr(event.data, "version", None)) is not None:
            # Several sorts of things are kept by the id of an assignment.
            sort = event.data.event_type.split(".")[1]
            versions[sort, event.data.aggregate_id].append(version)
    assert versions, "the test before this one filled the topics"
    assert all(order == sorted(order) for order in versions.values())


async def test_a_subscriber_has_a_label_for_every_code_that_was_said(stack: Stack) -> None:
    said = (await look(stack, "vocabularies.v1")).of(VocabularyPublished)
    assert _once([event.vocabulary_id for event in said]) == len(vocabularies()), "though the writer was killed"
    labels = {(it.vocabulary.name, code.code): code.fr for it in said for code in it.vocabulary.codes}
    proposed = (await look(stack, "assignments.v1")).of(AssignmentProposed)
    assert proposed, "the first test filled the topics"
    for event in proposed:
        codes = [("directorates", event.directorate), ("assignment-states", event.to_state)]
        codes += [("assignment-reasons", event.reason or ""), *(("themes", code) for code in event.themes)]
        codes += [("territories", code) for code in event.territories]
        assert [code for code in codes if code not in labels] == []


def test_no_log_names_a_person(stack: Stack) -> None:
    for path in stack.logs.glob("*.log"):
        text = path.read_text(encoding="utf-8")
        assert "example.invalid" not in text, path.name
        assert "Personne" not in text, path.name


async def _declare_needs_and_mentors(stack: Stack) -> None:
    needs = [need(theme, capacity=COUNT) for theme in THEMES]
    mentors = [mentor(number, skills=THEMES, capacity=2) for number in range(40)]
    await send(stack.broker.bootstrap_servers, [sending(data, at=datetime.now(UTC)) for data in (*needs, *mentors)])
    await eventually(lambda: _count(stack, "matching", "need", len(needs)))
    await eventually(lambda: _count(stack, "mentoring", "mentor", len(mentors)))


def _application(number: int) -> ApplicationSubmitted:
    form = application(f"e2e {number}", submitted_at=START + timedelta(milliseconds=number))
    project = form.project.model_copy(update={"themes": (THEMES[number % 5],)})
    return form.model_copy(update={"project": project})


def _once(identifiers: list[UUID]) -> int:
    """How many there are; fails where one occurs twice."""
    twice = [identifier for identifier, count in Counter(identifiers).items() if count > 1]
    assert twice == []
    return len(identifiers)


async def _proposals(stack: Stack, count: int) -> list[AssignmentProposed]:
    proposed = (await look(stack, "assignments.v1")).of(AssignmentProposed)
    return proposed if len(proposed) >= count else []


async def _all_sent(stack: Stack) -> bool:
    """Whether every confirmed project has come through mentoring and no mail may leave that has not.

    An officer with many projects gets no more a week than is allowed: the rest of it waits.
    """
    paired = (await look(stack, "pairs.v1")).events
    if len(paired) < DECIDED:
        return False
    connection = await asyncpg.connect(stack.addresses()["database_url"])
    try:
        open_rows = await connection.fetchval(
            "SELECT count(*) FROM notifications.follow_up WHERE due_at <= now()"
            " AND next_attempt_at < now() + interval '1 day' AND state IN ('scheduled', 'sending')"
        )
        planned = await connection.fetchval("SELECT count(*) FROM notifications.follow_up")
        return bool(open_rows == 0 and planned >= 2 * COUNT + DECIDED)
    finally:
        await connection.close()


async def _count(stack: Stack, schema: str, table: str, count: int) -> bool:
    connection = await asyncpg.connect(stack.addresses()["database_url"])
    try:
        return bool(await connection.fetchval(f"SELECT count(*) FROM {schema}.{table}") >= count)
    finally:
        await connection.close()


async def _check_sequences(stack: Stack, seen: Seen) -> None:
    """Nothing that was committed is still unpublished, and each lane's numbers grow as its events came."""
    connection = await asyncpg.connect(stack.addresses()["database_url"])
    try:
        for service in ("intake", "matching", "mentoring", "notifications"):
            assert await connection.fetchval(f"SELECT count(*) FROM {service}.outbox") == 0, service
    finally:
        await connection.close()
    numbers = Counter((event.source, event.sequence) for event in seen.events if event.sequence)
    assert set(numbers.values()) == {1}, "one number, one event"
