"""The catalogue holds together, and no personal datum can reach a public topic."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from pydantic import ValidationError

from contracts.catalogue import EVENT_BY_TYPE, SERVICES, TOPICS, topic_of, topics_read_by
from contracts.contacts import ContactPublished
from contracts.message import EventData, personal_fields
from contracts.topic import Topic
from libraries.chassis.handling import Handlers, Handling
from libraries.chassis.service import Service
from libraries.chassis.store import NO_STORE

EVENTS = [(topic, event) for topic in TOPICS for event in topic.events]


@pytest.mark.parametrize(("topic", "event"), EVENTS, ids=lambda value: getattr(value, "__name__", None))
def test_an_event_names_its_type_and_its_key(topic: Topic, event: type[EventData]) -> None:
    assert re.fullmatch(r"engage\.[a-z-]+\.[a-z-]+\.v[0-9]+", event.event_type)
    assert event.model_fields[event.key_field].annotation is UUID, "a key is an id, never what a person typed"
    assert event.key_field not in set(personal_fields(event))


@pytest.mark.parametrize("topic", [topic for topic in TOPICS if topic.privacy == "public"], ids=lambda t: t.name)
def test_no_public_topic_carries_a_personal_field(topic: Topic) -> None:
    for event in topic.events:
        assert list(personal_fields(event)) == [], f"{topic.name} is public and {event.__name__} is personal"


def test_the_marks_find_personal_fields_however_deep() -> None:
    assert set(personal_fields(ContactPublished)) == {"name", "email", "telephone", "work.occupation"}
    submitted = EVENT_BY_TYPE["engage.application.submitted.v1"]
    assert set(personal_fields(submitted)) == {"lead.name", "lead.email", "lead.telephone"}


def test_an_event_type_belongs_to_one_class() -> None:
    classes = {event for _, event in EVENTS}
    assert len({event.event_type for event in classes}) == len(classes) == len(EVENT_BY_TYPE)


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_a_topic_has_known_producers_and_consumers(topic: Topic) -> None:
    assert set(topic.producers) <= {"forms", *SERVICES}
    assert set(topic.consumers) <= set(SERVICES)
    assert re.fullmatch(r"[a-z.-]+\.v[0-9]+", topic.name)


def test_only_its_producer_finds_the_topic_of_an_event() -> None:
    assert topic_of(ContactPublished, "intake").name == "contacts.v1"
    with pytest.raises(LookupError, match="notifications publishes no"):
        topic_of(ContactPublished, "notifications")


def test_a_service_may_handle_only_what_its_topics_carry() -> None:
    read = {topic.name for topic in topics_read_by("intake")}
    assert read == {"forms.applications.v1", "forms.erasures.v1", "erasures.v1"}
    with pytest.raises(ValueError, match="intake handles ContactPublished"):
        Service("intake", Handlers([Handling(ContactPublished, lambda event, unit: None)]), lambda _: NO_STORE)


def test_a_violation_never_quotes_what_was_sent() -> None:
    with pytest.raises(ValidationError) as caught:
        ContactPublished.model_validate_json('{"name": "Camille Martin", "email": "camille at example"}')
    assert "Camille" not in str(caught.value)
    assert "camille" not in str(caught.value)
