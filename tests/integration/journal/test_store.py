"""What the journal's tables hold: months, erasures in any order, retention, and what is named before it is known."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from contracts.applications import ApplicationAmended, ApplicationContentErased, ApplicationRegistered
from contracts.assignments import AssignmentProposed
from contracts.unpublished import UNPUBLISHED
from libraries.chassis.database import role_of
from libraries.chassis.handling import Origin
from services.journal.operations import NothingFound, find_stories, read_journey
from services.journal.retention import Retention
from tests.conformance.stage import Stage, service_named
from tests.end_to_end.edition.system import WriterLane
from tests.events import START, example
from tests.ids import identifier
from tests.unit.journal.events import Told, need, story, told

_TITLES = "SELECT count(*) FROM event WHERE data ?| '{project_title,organisation_name,project,partner_name}'::text[]"


@pytest.fixture
async def stage(database_url: str) -> AsyncIterator[Stage]:
    """The journal's own login, which makes no tables: months are made for it."""
    settings = {"search_path": "journal", "role": role_of("journal")}
    connection = await asyncpg.connect(database_url, server_settings=settings)
    yield Stage(service_named("journal"), connection)
    await connection.close()


async def keep(stage: Stage, *events: Told) -> None:
    """Keeps events in one transaction, each at an offset of its own."""
    async with stage.unit() as unit:
        for event, topic, recorded_at in events:
            offset = next(_OFFSETS)
            stage.service.handlers.every(event, Origin(topic, 0, offset, recorded_at), unit)  # type: ignore[misc]


_OFFSETS = iter(range(1_000_000))


def everything(name: str) -> list[Told]:
    return [each for lane in story(name).values() for each in lane]


async def test_what_is_kept_is_told_as_a_journey(stage: Stage) -> None:
    await keep(stage, *everything("a"), need())
    for named in ("application a", "pair a", "mail a", "dead letter a", "obstacle a"):
        assert await find_stories(stage.connection, str(identifier(named))) == (identifier("application a"),)
    journey = await read_journey(stage.connection, identifier("application a"))
    assert len(journey.steps) == len(everything("a"))
    assert journey.state.en == "registered"
    assert [(each.kind, each.until) for each in journey.now] == [("introduction", None), ("dead-letter", None)]
    assert journey.mails == {"sent": 1}
    (letter,) = journey.dead_letters
    assert (letter.id, letter.key) == (identifier("dead letter a"), identifier("application a"))
    of_need = await read_journey(stage.connection, need().event.data.subject_id)
    assert [(part.id, part.kind) for part in of_need.referred] == [(identifier("assignment a"), "assignment")]


async def test_events_and_numbers_of_organisations_lead_to_stories(stage: Stage) -> None:
    await keep(stage, *everything("a"), *everything("b"))
    some = story("a")["pairs.v1"][0].event
    assert await find_stories(stage.connection, str(some.id)) == (identifier("application a"),)
    siren = example(ApplicationRegistered).organisation.siren
    assert set(await find_stories(stage.connection, f"SIREN {siren}")) == {
        identifier("application a"),
        identifier("application b"),
    }
    with pytest.raises(NothingFound, match="knows nothing of"):
        await find_stories(stage.connection, str(identifier("nobody")))
    with pytest.raises(NothingFound, match="no id"):
        await find_stories(stage.connection, "what happened?")


@pytest.mark.parametrize("first", ["erasure", "story"])
async def test_titles_go_with_an_erasure_whichever_is_read_first(stage: Stage, first: str) -> None:
    erasure = told(
        example(ApplicationContentErased, application_id=identifier("application a")), "applications.v1", name="erased"
    )
    await keep(stage, *everything("b"))
    others = await stage.connection.fetchval(_TITLES)
    assert others > 0
    for part in ([erasure], everything("a")) if first == "erasure" else (everything("a"), [erasure]):
        await keep(stage, *part)
    assert await stage.connection.fetchval(_TITLES) == others
    journey = await read_journey(stage.connection, identifier("application a"))
    assert (journey.title, journey.organisation) == (None, None)
    assert len(journey.steps) == len(everything("a")) + 1, "what happened stays"
    later = told(
        example(ApplicationRegistered, application_id=identifier("application a"), version=9),
        "applications.v1",
        name="later",
        at=START + timedelta(days=1),
    )
    await keep(stage, later)
    again = await read_journey(stage.connection, identifier("application a"))
    assert (again.title, again.organisation) == (None, None), "a service that hears late of it says the old names still"


@pytest.mark.parametrize("in_one_batch", [True, False])
async def test_what_may_not_be_published_any_more_goes_and_comes_back_by_its_own_events(
    stage: Stage, *, in_one_batch: bool
) -> None:
    withheld, again = (amended(2, UNPUBLISHED), amended(3, "Encore public"))
    public = everything("a")
    await keep(stage, *everything("b"))
    others = await stage.connection.fetchval(_TITLES)
    for part in [[*public, withheld]] if in_one_batch else (public, [withheld]):
        await keep(stage, *part)
    assert await stage.connection.fetchval(_TITLES) == others + 1, "but for what says that nothing is published"
    journey = await read_journey(stage.connection, identifier("application a"))
    assert (journey.title, journey.organisation) == (UNPUBLISHED, UNPUBLISHED)
    late = story("a")["assignments.v1"][0]
    data = example(AssignmentProposed, assignment_id=identifier("assignment a"), version=3, **application_of_a())
    await keep(stage, told(data, late.topic, name="late", at=START + timedelta(hours=3)))
    titles = "SELECT facts ->> 'title' FROM thing WHERE id = $1 OR story_id = $1"
    shown = {row[0] for row in await stage.connection.fetch(titles, identifier("application a"))}
    assert shown == {UNPUBLISHED, None}, "a service that hears late of it says the old title still"
    await keep(stage, again)
    journey = await read_journey(stage.connection, identifier("application a"))
    assert journey.title == "Encore public"


def application_of_a() -> dict[str, Any]:
    return {"application_id": identifier("application a")}


def amended(version: int, title: str) -> Told:
    organisation = example(ApplicationAmended).organisation.model_copy(update={"name": title})
    data = example(
        ApplicationAmended, version=version, project_title=title, organisation=organisation, **application_of_a()
    )
    return told(data, "applications.v1", name=f"amended {version}", at=START + timedelta(hours=version))


async def test_months_are_made_as_they_begin_and_dropped_when_they_are_old(stage: Stage) -> None:
    old, new = datetime(2019, 12, 31, 23, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC)
    for name, at in (("old", old), ("new", new)):
        data = example(ApplicationRegistered, application_id=identifier(name))
        await keep(stage, told(data, "applications.v1", name=name, at=at))
    assert await tables(stage) == ["event_2019_12", "event_2025_01"]
    now = datetime(2025, 1, 15, tzinfo=UTC)
    lane = WriterLane(stage)
    await Retention(lambda: now, months=61).perform(lane)
    assert await tables(stage) == ["event_2019_12", "event_2025_01"]
    await Retention(lambda: now, months=60).perform(lane)
    assert await tables(stage) == ["event_2025_01"]
    assert await stage.connection.fetchval("SELECT count(*) FROM thing") == 1
    # What is read again of a month that is gone makes it anew, and the next look drops it.
    await keep(stage, told(example(ApplicationRegistered), "applications.v1", name="again", at=old))
    assert await tables(stage) == ["event_2019_12", "event_2025_01"]


async def test_the_journal_itself_can_make_no_other_table(stage: Stage) -> None:
    for statement in ("CREATE TABLE more ()", "DROP TABLE event", "ALTER TABLE event ADD COLUMN more text"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await stage.connection.execute(statement)


async def test_where_mentors_are_only_named_their_pairs_tell_of_them(stage: Stage) -> None:
    await keep(stage, *everything("a"))
    mentor: Any = story("a")["pairs.v1"][0].event.data.said
    (found,) = await find_stories(stage.connection, mentor["mentor_id"])
    journey = await read_journey(stage.connection, found)
    assert (journey.kind, [part.id for part in journey.referred]) == ("mentor", [identifier("pair a")])


async def tables(stage: Stage) -> list[str]:
    rows = await stage.connection.fetch(
        "SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r' ORDER BY relname"
    )
    return [row[0] for row in rows]
