"""What a round would offer, over a programme in PostgreSQL that offers in rounds."""

from __future__ import annotations

from services.mentoring.operations import foresee_offers, list_enrolled
from services.mentoring.settings.rhythms import SETTINGS
from tests.integration.mentoring.transactions import Connection, take
from tests.unit.mentoring.examples import NOW, assignment_id, confirmed, enrolled, mentor_id
from tests.unit.mentoring.test_rounds import whole

IN_ROUNDS = SETTINGS.model_copy(update={"offers": "in-rounds"})


async def test_what_is_foreseen_is_what_a_round_offers(connection: Connection) -> None:
    await take(connection, enrolled(1, capacity=1), confirmed(1), confirmed(2), settings=IN_ROUNDS)
    first, second = await foresee_offers(connection, at=NOW, settings=IN_ROUNDS)
    assert (first.assignment_id, first.mentor_id) == (assignment_id(1), mentor_id(1))
    assert second.mentor_id is None
    assert second.reasons[0].code == "mentors-full"
    assert await foresee_offers(connection, at=NOW, settings=IN_ROUNDS) == [first, second], "looking changes nothing"
    await take(connection, whole(), settings=IN_ROUNDS)
    offered = await connection.fetch("SELECT assignment_id, mentor_id, fit FROM pair")
    assert [tuple(row) for row in offered] == [(first.assignment_id, first.mentor_id, first.fit)]
    assert await foresee_offers(connection, at=NOW, settings=IN_ROUNDS) == []


async def test_mentors_are_listed_by_what_they_bring(connection: Connection) -> None:
    await take(connection, enrolled(1, skills=["food", "housing"], capacity=2), confirmed(1))
    (mentor,) = await list_enrolled(connection)
    assert mentor.skills == ("food", "housing")
    assert (mentor.places, mentor.taken) == (2, 1)
