"""What the tables keep, refuse and never hold."""

from __future__ import annotations

from datetime import date, timedelta

import asyncpg
import pytest

from services.mentoring.due import DueDates
from tests.integration.mentoring.transactions import Connection, Writer, pair_ids, places, state_of, take
from tests.unit.mentoring.desk import names
from tests.unit.mentoring.examples import (
    NOW,
    application_id,
    assignment_id,
    confirmed,
    enrolled,
    event,
    numbered,
    released,
    revised,
    wished,
)


async def test_what_a_form_says_of_files_and_dates_is_kept(connection: Connection) -> None:
    handles = {"handled_applications": (application_id(1),), "line_manager_authorised_until": date(2025, 3, 2)}
    await take(connection, enrolled(1, **handles))
    ((_, found),) = await take(connection, confirmed(1))
    assert [reason["code"] for reason in found["reasons"]] == ["mentors-involved"]
    ((_, found),) = await take(connection, confirmed(2))
    assert [reason["code"] for reason in found["reasons"]] == ["mentors-unauthorised"]
    handles["line_manager_authorised_until"] = date(2025, 12, 31)
    offered = await take(connection, revised(1, **handles))
    assert [data["assignment_id"] for name, data in offered if name == "pair.offered"] == [str(assignment_id(2))]
    offered = await take(connection, revised(1))
    assert [data["assignment_id"] for name, data in offered if name == "pair.offered"] == [str(assignment_id(1))]
    ended = await take(connection, revised(1, handled_applications=(application_id(1),)))
    assert [(data["reason"], data["assignment_id"]) for name, data in ended if name == "pair.ended"] == [
        ("handles-the-file", str(assignment_id(1)))
    ]


async def test_what_was_rolled_back_leaves_no_trace(connection: Connection) -> None:
    await take(connection, enrolled(1, skills=("health",)))
    transaction = connection.transaction()
    await transaction.start()
    await take(connection, revised(1, skills=("education",)))
    await transaction.rollback()
    await take(connection, revised(1, skills=("housing",)))
    ((_, offer),) = await take(connection, confirmed(1, themes=("education",)))
    assert offer["fit"] == 400, "the territory and the time alone"


async def test_no_personal_data_is_kept(connection: Connection) -> None:
    await take(connection, enrolled(1))
    await take(connection, confirmed(1))
    kept = str(await state_of(connection))
    assert "Mentor 1" not in kept
    assert "@" not in kept


async def test_the_database_itself_forbids_a_second_open_pair(connection: Connection) -> None:
    await take(connection, enrolled(1))
    await take(connection, confirmed(1))
    with pytest.raises(asyncpg.UniqueViolationError):
        await connection.execute(
            """
            INSERT INTO pair (pair_id, assignment_id, application_id, mentor_id, fit, rules_version, offered_at,
                              expires_at, state, version, recorded_at)
            SELECT $1, assignment_id, application_id, mentor_id, fit, rules_version, offered_at, expires_at,
                   'accepted', 1, recorded_at
              FROM pair
            """,
            numbered(8, 2),
        )


async def test_a_confirmation_repeated_refreshes_the_description(connection: Connection) -> None:
    await take(connection, confirmed(1, themes=("health",)))
    await take(connection, confirmed(1, project_title="Nouveau titre", version=3))
    ((_, contact), (_, offer)) = await take(connection, enrolled(1))
    assert contact["name"] == "Mentor 1"
    assert (offer["project_title"], offer["fit"]) == ("Nouveau titre", 1000)
    assert offer["application_id"] == str(application_id(1))


@pytest.mark.parametrize("forgetful", [False, True])
async def test_an_offer_made_late_is_open_as_long_as_any_other(connection: Connection, forgetful: bool) -> None:
    writer = Writer(connection, forgetful=forgetful)
    outage = timedelta(days=30)
    await take(connection, enrolled(1), enrolled(2))
    writer.now = NOW + outage
    (pair,) = pair_ids(await writer.commit([event(confirmed(1), NOW)]))
    assert writer.deadline == NOW + outage + timedelta(days=7, hours=8), "five work days, and the outage"
    early = DueDates(lambda: NOW + outage + timedelta(days=7))
    assert await early.perform(writer) == writer.deadline
    assert names(writer.published) == ["pair.offered"]
    writer.now = NOW + outage + timedelta(days=8)
    late = DueDates(lambda: writer.now)
    assert await late.perform(writer) == writer.now, "more may be waiting"
    assert names(writer.published) == ["pair.offered", "pair.expired", "pair.offered"]
    assert await late.perform(writer) == writer.deadline
    assert names(writer.published)[3:] == [], "once, and the next offer has its own time"
    states = {row["pair_id"]: row["state"] for row in await connection.fetch("SELECT pair_id, state FROM pair")}
    assert states.pop(pair) == "expired"
    assert list(states.values()) == ["offered"]
    assert sorted([await places(connection, 1), await places(connection, 2)]) == [(0, 0, 0), (1, 1, 0)]


async def test_what_a_lead_looks_for_is_kept(connection: Connection) -> None:
    wishes = {"skills": ("accounting",), "languages": ("en",), "slots": ("mon-morning",)}
    await take(connection, confirmed(1), confirmed(2))
    await take(connection, wished(1, **wishes))
    row = await connection.fetchrow("SELECT skills, languages, slots FROM lead WHERE skills <> '{}'")
    assert row is not None
    assert [tuple(it) for it in row] == list(wishes.values())
    happened = await take(connection, enrolled(1, languages=("fr",), capacity=1))
    assert [data["assignment_id"] for name, data in happened if name == "pair.offered"] == [str(assignment_id(2))]
    english = await take(connection, enrolled(2, languages=("en",), slots=("mon-morning",), skills=("accounting",)))
    ((_, offer),) = [it for it in english if it[0] == "pair.offered"]
    assert (offer["assignment_id"], offer["fit"]) == (str(assignment_id(1)), 1000)


async def test_another_assignment_of_the_project_is_known_in_a_later_transaction(connection: Connection) -> None:
    await take(connection, enrolled(1, capacity=1))
    await take(connection, confirmed(1))
    assert await take(connection, confirmed(2, application_id=application_id(1))) == []
    assert names(await take(connection, released(1))) == ["pair.ended", "pair.offered"]


async def test_whom_a_mentor_accompanies_is_kept_also_where_one_takes_the_place_of_another(
    connection: Connection,
) -> None:
    await take(connection, enrolled(1, capacity=1))
    await take(connection, confirmed(1), confirmed(2))
    query = "SELECT accompanied FROM mentor"
    assert await connection.fetchval(query) == [assignment_id(1)]
    await take(connection, released(1))
    assert await connection.fetchval(query) == [assignment_id(2)]
    ((_, none),) = await take(connection, confirmed(3))
    assert [it["held_by"] for it in none["blocked"]] == [[str(assignment_id(2))]]
