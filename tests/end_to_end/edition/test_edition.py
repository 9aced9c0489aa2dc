"""An edition of 150 applications, played from January to April: every mailbox, day by day, and every journey."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from contracts.catalogue import SERVICES
from contracts.deputies import DeputyNamed
from contracts.message import EventData
from contracts.rounds import RoundRequested
from deploy.local.postgresql import PostgreSQL
from services.mentoring.store import MentoringStore
from tests.conformance.stage import Stage, service_named
from tests.end_to_end.edition import EDITION
from tests.end_to_end.edition.journeys import assert_journeys
from tests.end_to_end.edition.people import PLACES, UNMET, Applicant, declared
from tests.end_to_end.edition.system import System
from tests.end_to_end.edition.troubled import assert_told_all_the_same
from tests.forms import identifier, mentor, person
from tests.integration.conftest import TEMPLATE, bootstrap_servers, connect, database_url, postgresql
from tests.integration.notifications.conftest import desk, mail_server
from tests.integration.notifications.test_sender import Office, office

__all__ = ["bootstrap_servers", "database_url", "desk", "mail_server", "office", "postgresql"]

PARIS = ZoneInfo("Europe/Paris")
# After what falls due at ten, and after what is over at six in the evening, while people are still written to.
MORNING, EVENING = (10, 30), (18, 30)
Mailboxes = Mapping[UUID, list[tuple[date, str]]]


@pytest.fixture
async def system(database_url: str, office: Office) -> AsyncIterator[System]:
    async with AsyncExitStack() as stack:
        stages = {}
        for name in SERVICES:
            connection = await connect(database_url, name)
            stack.push_async_callback(connection.close)
            stages[name] = Stage(service_named(name), connection)
        # By its own clock it knows when an offer was made.
        by_clock = partial(MentoringStore, clock=office.clock)
        stages["mentoring"].service = replace(stages["mentoring"].service, store=by_clock)
        yield System(stages, office, office.clock)


def all_applicants() -> list[tuple[date, Applicant]]:
    """Every application, with the Monday on which it begins."""
    return [
        (EDITION.first_monday + timedelta(weeks=week), Applicant(story, f"{index}-{week}-{number}"))
        for index, story in enumerate(EDITION.stories, 1)
        for week, count in enumerate(story.weeks)
        for number in range(count)
    ]


@pytest.fixture
def heard_url(postgresql: PostgreSQL) -> Iterator[str]:
    """A database for a journal that has heard nothing yet."""
    postgresql.clone_database(TEMPLATE, "heard_edition")
    yield postgresql.database_url("heard_edition")
    postgresql.drop_database("heard_edition")


@pytest.fixture
async def heard(heard_url: str) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    connection = await connect(heard_url, "journal")
    yield connection
    await connection.close()


async def test_every_mailbox_and_every_journey_of_an_edition(
    system: System,
    heard: asyncpg.Connection[asyncpg.Record],
    heard_url: str,
    bootstrap_servers: str,
    tmp_path: Path,
) -> None:
    applicants = all_applicants()
    assert len(applicants) == 150
    await play(system, applicants)
    wanted, seen = mailboxes_wanted(applicants), mailboxes_seen(system)
    wrong = [
        f"{system.addresses.get(who, who)} {what} {day} {kind}"
        for who in wanted.keys() | seen.keys()
        for what, these, those in (("lacks", wanted, seen), ("should not have", seen, wanted))
        for day, kind in (Counter(these[who]) - Counter(those[who])).elements()
    ]
    if wrong:
        pytest.fail("\n".join(sorted(wrong)), pytrace=False)
    assert delivered(system) == told_as_sent(system)
    await assert_journeys(system, [applicant.application_id for _, applicant in applicants])
    # And so they are told by a journal that all goes wrong for, out of what others find on the topics.
    assert await assert_told_all_the_same(system, heard, bootstrap_servers, tmp_path, heard_url) == len(applicants)


async def play(system: System, applicants: list[tuple[date, Applicant]]) -> None:
    """Every day of the edition: in the morning what fell due, then what people do; in the evening what fell due."""
    by_id = {applicant.application_id: applicant for _, applicant in applicants}

    def note(published: list[EventData]) -> None:
        for data in published:
            applicant = by_id.get(getattr(data, "application_id", UUID(int=0)))
            if applicant is not None:
                applicant.note(data)

    day = EDITION.first_monday
    while day <= EDITION.last_day:
        for hour, minute in (MORNING, EVENING):
            now = datetime(day.year, day.month, day.day, hour, minute, tzinfo=PARIS).astimezone(UTC)
            note(await system.pass_to(now))
            await system.send_mail()
            if (hour, minute) == MORNING:
                for forms in doings(day, now, applicants):
                    note(await system.take(forms))
                await system.send_mail()
        day += timedelta(days=1)


def doings(day: date, now: datetime, applicants: list[tuple[date, Applicant]]) -> list[list[EventData]]:
    """What people send on a day: what the edition needs, then what each does, one after the other, then the round."""
    first: list[EventData] = []
    if day == EDITION.first_monday:
        first += [declared(name, now) for name in (*PLACES, UNMET)]
        first += [mentor(number, skills=(), capacity=1) for number in range(EDITION.mentors)]
        owner = person("owner deputised").person_id
        first.append(DeputyNamed(owner_id=owner, deputy=person("deputy deputised"), named_at=now))
    turns: list[list[EventData]] = [first]
    theirs = [(applicant, list(applicant.story.deeds((day - begins).days))) for begins, applicant in applicants]
    for turn in range(max(len(deeds) for _, deeds in theirs)):
        turns.append([applicant.does(deeds[turn], now) for applicant, deeds in theirs if len(deeds) > turn])
    if day == EDITION.round_on:
        by, asked = identifier("head of the programme"), identifier("round")
        turns.append([RoundRequested(round_id=asked, track="implantation", requested_by=by, requested_at=now)])
    return [forms for forms in turns if forms]


def mailboxes_wanted(applicants: list[tuple[date, Applicant]]) -> Mailboxes:
    found: dict[UUID, list[tuple[date, str]]] = defaultdict(list)
    for begins, applicant in applicants:
        for day, to, kind in EDITION.told(applicant.story, begins):
            found[applicant.person_of(to)].append((day, kind))
    on, kind = EDITION.unmet_need_told.split(" ")
    found[person(f"owner {UNMET}").person_id].append((date.fromisoformat(on), kind))
    return found


def mailboxes_seen(system: System) -> Mailboxes:
    found: dict[UUID, list[tuple[date, str]]] = defaultdict(list)
    for said in sent(system):
        day = datetime.fromisoformat(said["occurred_at"]).astimezone(PARIS).date()
        reminder = f", reminder {said['reminder']}" if said["reminder"] else ""
        found[UUID(said["recipient_id"])].append((day, said["kind"] + reminder))
    return found


def sent(system: System) -> list[dict[str, Any]]:
    return [said for said in system.office.said if said["event"] == "sent"]


def told_as_sent(system: System) -> Counter[tuple[str, str]]:
    """Each mail that is said to have left, and to where: of a digest, one for all that is in it."""
    return Counter({(said["message_id"], system.addresses[UUID(said["recipient_id"])]) for said in sent(system)})


def delivered(system: System) -> Counter[tuple[str, str]]:
    """Each mail that the server took, and for whom: as often as it did."""
    server = system.office.server
    return Counter((str(mail["Message-ID"]), to) for mail, to in zip(server.mails, server.recipients, strict=True))
