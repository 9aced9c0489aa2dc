"""Vocabularies on their topic: each said once, again where it changed, and labels made of what is there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import orjson

from contracts.vocabularies import Vocabulary, vocabulary_id_of
from libraries.chassis.records.published import OutboxRow
from libraries.chassis.store import Connection
from libraries.vocabularies.published import vocabularies
from services.matching.flows.vocabularies import PublishVocabularies
from tests.integration.matching.conftest import Matching, read_anew

LISTED = vocabularies()
THEMES = LISTED[0]


async def said_by(matching: Matching, listed: Sequence[Vocabulary]) -> list[OutboxRow]:
    """What a process that holds these vocabularies publishes when its duty is called."""
    before = len(matching.published)
    await PublishVocabularies(lambda: matching.now, listed).perform(matching)
    return matching.published[before:]


def labels(records: Sequence[OutboxRow]) -> dict[tuple[str, str], str]:
    """What a subscriber makes of the topic: the newest record of each key, a label for each code."""
    newest = {record.key: record.payload for record in records}
    said = [orjson.loads(payload)["vocabulary"] for payload in newest.values() if payload is not None]
    return {(it["name"], code["code"]): code["fr"] for it in said for code in it["codes"]}


async def test_each_is_said_once_whoever_is_the_writer(connection: Connection) -> None:
    matching = Matching(connection)
    said = await said_by(matching, LISTED)
    assert [record.key for record in said] == [str(vocabulary_id_of(it.name)) for it in LISTED]
    assert {record.topic for record in said} == {"vocabularies.v1"}
    matching.now += timedelta(days=1)
    assert await said_by(matching, LISTED) == []
    assert await said_by(Matching(connection), LISTED) == [], "another replica, which reads everything anew"
    assert set((await read_anew(connection)).said) == {it.name for it in LISTED}


async def test_nothing_is_lost_nor_said_twice_where_a_commit_fails(connection: Connection) -> None:
    matching = Matching(connection)
    matching.crash = True
    said = await said_by(matching, LISTED)
    assert not matching.crash, "the first transaction was rolled back"
    assert sorted(record.key for record in said) == sorted(str(vocabulary_id_of(it.name)) for it in LISTED)
    assert await said_by(matching, LISTED) == []


async def test_a_change_and_its_return_are_two_events_and_what_is_gone_is_taken_back(connection: Connection) -> None:
    matching = Matching(connection)
    renamed = THEMES.model_copy(update={"version": "2027.1", "codes": THEMES.codes[1:]})
    said = [*await said_by(matching, [THEMES, LISTED[1]]), *await said_by(matching, [renamed, LISTED[1]])]
    assert ("themes", THEMES.codes[0].code) not in labels(said)
    said += await said_by(matching, [THEMES])
    assert ("themes", THEMES.codes[0].code) in labels(said)
    assert [record.payload is None for record in said] == [False, False, False, False, True]
    assert len({record.id for record in said}) == len(said)
    versions = [orjson.loads(record.payload)["version"] for record in said if record.payload]
    assert versions == [1, 1, 2, 3]
    assert {name for name, _ in labels(said)} == {"themes"}


async def test_a_subscriber_has_a_label_for_every_code(connection: Connection) -> None:
    found = labels(await said_by(Matching(connection), LISTED))
    assert found["themes", "youth-employment"] == "Emploi des jeunes"
    assert found["strategic-axes", "inclusive"] == "Marseille inclusive"
    assert found["territories", "13203"] == "Marseille 3e Arrondissement"
    assert found["pair-states", "accepted-by-lead"] == "Accepté par le responsable"
    assert found["assignment-reasons", "place-free"] == "Une place s’est libérée"
