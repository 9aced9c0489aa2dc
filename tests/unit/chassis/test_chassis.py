"""Small rules of the chassis that need no server."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from contracts.assignments import AssignmentProposed
from contracts.catalogue import TOPIC_BY_NAME
from contracts.contacts import ContactPublished
from contracts.needs import NeedPublished
from libraries.chassis.lanes.holding import pause_before
from libraries.chassis.outbox.publication import Publication
from libraries.chassis.process.faults import fault_at
from libraries.chassis.records.name import LaneName
from libraries.chassis.records.published import Cause
from libraries.chassis.records.received import Received, headers_from_bytes, headers_to_bytes
from libraries.chassis.running.duties import lock_key
from libraries.chassis.servers.migration_files import migrations_of
from libraries.chassis.store import named_queries
from libraries.chassis.unit_of_work import UnitOfWork
from tests.events import event_of
from tests.forms import START, identifier, need, person
from tests.typed import reached


def test_pauses_grow_to_a_minute() -> None:
    pauses = [pause_before(retries, 1.0) for retries in range(8)]
    assert pauses[0] == timedelta(seconds=1)
    assert pauses == sorted(pauses)
    assert pauses[-1] == timedelta(seconds=60)


def test_headers_are_kept_byte_for_byte() -> None:
    headers = [("ce_id", b"\xff\x00"), ("empty", b""), ("none", None), ("ce_id", b"twice")]
    assert headers_from_bytes(headers_to_bytes(headers)) == headers


def test_a_timestamp_that_no_clock_shows_is_survived() -> None:
    # Kafka before 4.0 takes any timestamp, microseconds too, and -1 stands for none.
    for timestamp, year in ((-1, 2000), (1_700_000_000_000, 2023), (1_700_000_000_000_000, 2099)):
        received = Received(TOPIC_BY_NAME["forms.needs.v1"], 0, 0, timestamp, b"k", b"{", [])
        assert received.recorded_at.year == year


def test_a_fault_point_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="before-breakfast is no point of the loop"):
        fault_at("before-breakfast:1")


def test_queries_have_names() -> None:
    queries = named_queries("libraries.chassis")
    assert "RETURNING" in queries["claim_lanes"]
    assert not any(query.startswith("-- name") for query in queries.values())


@pytest.mark.parametrize("service", ["intake", "matching", "mentoring", "notifications"])
def test_a_schema_begins_with_the_chassis(service: str) -> None:
    names = [migration.name for migration in migrations_of(service)]
    assert names[0] == "chassis/0001_chassis.sql"
    assert any(name.startswith(f"{service}/") for name in names)


def test_duty_locks_differ_between_services_and_lanes() -> None:
    names = [f"duty.sending/{number}" for number in range(8)]
    keys = {lock_key(service, name) for service in ("matching", "notifications") for name in names}
    assert len(keys) == 16
    assert all(-(2**31) <= key < 2**31 for key in keys)


def test_what_is_published_derives_from_its_cause() -> None:
    def publish() -> list[object]:
        unit: UnitOfWork[object] = UnitOfWork("matching", object())  # type: ignore[type-var]
        unit.because_of(Cause(identifier("cause"), START, "story"))
        unit.publish(_contact())
        unit.retract(NeedPublished, identifier("need"))
        return list(unit.published)

    assert publish() == publish()


def test_who_uses_anothers_id_again_is_told_of_under_ids_of_their_own() -> None:
    def published(source: str) -> set[UUID]:
        unit: UnitOfWork[object] = UnitOfWork("matching", object())  # type: ignore[type-var]
        unit.because_of(event_of(need("health", capacity=1), at=START, name="the same", source=source))
        unit.publish(_contact())
        unit.retract(NeedPublished, identifier("need"))
        return {row.id for row in unit.published}

    # Ids and times of what our services publish are known to everybody, so that a form may have them, too.
    ids = [published(source) for source in ("urn:form:one", "urn:form:other", "urn:engage:intake")]
    assert len(set.union(*ids)) == sum(map(len, ids))


def test_what_stands_in_the_place_of_another_has_an_id_of_its_own_and_no_number() -> None:
    def numbered(*, instead: bool) -> list[tuple[str | None, UUID]]:
        unit: UnitOfWork[object] = UnitOfWork("matching", object())  # type: ignore[type-var]
        unit.because_of(Cause(identifier("cause"), START, "story"))
        unit.publish_instead(_contact(), START) if instead else unit.publish(_contact())
        unit.retract(NeedPublished, identifier("need"))
        publication = Publication()
        publication.add(LaneName("forms.needs.v1", 0), unit.published, number=0)
        return [(event.sequence, event.row.id) for _, events in publication.by_lane() for event in events]

    (first, first_id), following = numbered(instead=False)
    (other, other_id), same = numbered(instead=True)
    assert (first, other) == ("forms.needs.v1/0:0000000000000001", None)
    assert first_id != other_id
    assert same == following, "what follows is what it would have been"


def test_only_a_compacted_topic_takes_a_tombstone() -> None:
    unit: UnitOfWork[object] = UnitOfWork("matching", object())  # type: ignore[type-var]
    unit.because_of(Cause(identifier("cause"), START, "story"))
    with pytest.raises(ValueError, match="not compacted"):
        unit.retract(AssignmentProposed, identifier("assignment"))


def test_nothing_is_published_without_a_cause() -> None:
    unit: UnitOfWork[object] = UnitOfWork("matching", object())  # type: ignore[type-var]
    with pytest.raises(RuntimeError, match="without a cause"):
        unit.publish(_contact())


def _contact() -> ContactPublished:
    return reached(person("x")).contact("lead")
