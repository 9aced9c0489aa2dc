"""The register says what the system does: every topic, table and personal field is in it, and its figures are true."""

from __future__ import annotations

import pytest

from contracts.catalogue import SERVICES, TOPIC_BY_NAME, TOPICS
from contracts.message import personal_fields
from deploy.privacy.places import full_names, places
from deploy.privacy.register import Kept, days_of, register
from deploy.privacy.topics import gone_by
from tests.events import START

KEPT = [kept for processing in register().processings for kept in processing.kept]


def test_every_personal_field_of_the_contracts_is_named() -> None:
    for topic in TOPICS:
        marked = {path for event in (*topic.events, *topic.earlier) for path in personal_fields(event)}
        assert set(places().by_topic()[topic.name].personal) == marked, topic.name


def test_every_topic_and_every_table_belongs_to_one_processing() -> None:
    topics = [name for processing in register().processings for name in processing.topics]
    assert sorted(topics) == sorted(TOPIC_BY_NAME)
    tables = [full for processing in register().processings for name in processing.tables for full in full_names(name)]
    assert sorted(tables) == sorted(places().by_table())


@pytest.mark.parametrize("kept", [kept for kept in KEPT if kept.days is not None], ids=lambda kept: kept.figure)
def test_each_figure_is_what_the_system_does(kept: Kept) -> None:
    assert kept.figure is not None
    assert kept.days == days_of(kept.figure)


def test_what_has_no_figure_says_until_when() -> None:
    assert all(kept.until is not None for kept in KEPT if kept.days is None)
    with pytest.raises(LookupError, match="nothing in the system"):
        days_of("setting unheard_of")


def test_each_processing_has_all_phases_in_their_order() -> None:
    order = {"active": 0, "intermediate": 1, "final": 2}
    for processing in register().processings:
        phases = [order[kept.phase] for kept in processing.kept]
        assert phases == sorted(phases)
        assert phases[-1] == order["final"], f"{processing.code}: what stays, or that nothing does"


def test_every_topic_with_personal_fields_ends() -> None:
    for topic in TOPICS:
        if any(path for event in topic.events for path in personal_fields(event)):
            until = gone_by(topic, START)
            assert until is not None
            assert (until - START).days <= 15, f"docs/personal-data.md says: of {topic.name} nothing after 15 days"


def test_each_service_is_meant_by_a_star() -> None:
    assert list(full_names("*.outbox")) == [f"{service}.outbox" for service in SERVICES]
