"""Whoever reads what is new is upgraded before whoever writes it; who writes to each other, at once."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar
from uuid import UUID

import pytest
from pydantic import Field

from contracts.message import EventData
from contracts.topic import Topic
from publication.order import New, upgrade_order

Parties = tuple[str, ...]


class _Happened(EventData):
    """Something happened."""

    event_type: ClassVar[str] = "engage.thing.happened.v1"
    key_field: ClassVar[str] = "thing_id"

    thing_id: UUID = Field(description="The thing")


def topic(number: int, writers: Parties, readers: Parties) -> Topic:
    """A topic with an event of its own."""
    event = type(f"Event{number}", (_Happened,), {"event_type": f"engage.thing.happened-{number}.v1", "__doc__": "It."})
    return Topic(
        name=f"things-{number}.v1",
        description="Things",
        key="thing id",
        privacy="public",
        producers=writers,
        consumers=readers,
        events=(event,),
    )


@pytest.mark.parametrize(
    ("topics", "steps"),
    [
        ([], []),
        ([(("intake",), ())], []),
        ([(("intake",), ("intake",))], [("intake",)]),
        ([(("intake",), ("matching", "journal"))], [("matching",), ("journal",), ("intake",)]),
        ([(("forms",), ("intake",))], [("intake",), ("forms",)]),
        (
            [(("forms",), ("intake",)), (("intake",), ("matching",)), (("matching",), ("mentoring",))],
            [("mentoring",), ("matching",), ("intake",), ("forms",)],
        ),
        (
            [(("matching",), ("mentoring",)), (("mentoring",), ("matching", "journal")), (("intake",), ("matching",))],
            [("journal",), ("mentoring", "matching"), ("intake",)],
        ),
    ],
    ids=["nothing", "nobody reads it", "its own", "two readers", "a form", "a chain", "in a circle"],
)
def test_readers_come_before_writers(topics: list[tuple[Parties, Parties]], steps: list[Parties]) -> None:
    made = [topic(number, *parties) for number, parties in enumerate(topics)]
    assert list(upgrade_order(set(), topics=made).steps) == steps


def test_only_what_is_new_counts() -> None:
    old, new = topic(0, ("intake",), ("matching",)), topic(1, ("matching",), ("journal",))
    order = upgrade_order({"engage.thing.happened-0.v1.0"}, topics=[old, new])
    said = New("engage.thing.happened-1.v1.0", ("things-1.v1",), ("journal",), ("matching",))
    assert (order.new, order.steps) == ((said,), (("journal",), ("matching",)))
    assert upgrade_order(set(), after={"engage.thing.happened-0.v1.0"}, topics=[old, new]).steps == (
        ("matching",),
        ("intake",),
    )


def test_a_minor_version_is_new_and_what_is_only_read_is_not() -> None:
    now = topic(0, ("intake",), ("matching",))
    (event,) = now.events
    event.minor = 1
    assert [new.version for new in upgrade_order({"engage.thing.happened-0.v1.0"}, topics=[now]).new] == [
        "engage.thing.happened-0.v1.1"
    ]
    brought_up = replace(now, events=(), earlier=now.events)
    assert upgrade_order(set(), topics=[brought_up]).new == ()
