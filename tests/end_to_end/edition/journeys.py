"""The journeys of an edition, held against what an independent reader makes of all that was published."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from contracts.catalogue import topics_read_by
from contracts.event import Event
from contracts.pairs import PairState
from services.journal.journeys.model import Journey
from services.journal.operations import find_stories, read_journey
from tests.conformance.stage import event_of
from tests.end_to_end.edition.system import System


async def assert_journeys(system: System, applications: Sequence[UUID]) -> None:
    """Each application's journey has the steps that concern it and no other, in causal order, and ends as it did."""
    published = list(_published(system))
    expected = _steps_of(published)
    connection = system.stages["journal"].connection
    for application_id in applications:
        assert await find_stories(connection, str(application_id)) == (application_id,)
        journey = await read_journey(connection, application_id)
        assert {step.event_id for step in journey.steps} == expected[application_id], application_id
        _assert_causal(journey)
        _assert_ends(journey, [event for event in published if event.id in expected[application_id]])


def _published(system: System) -> Iterator[Event[Any]]:
    read = {topic.name for topic in topics_read_by("journal")}
    for name, stage in system.stages.items():
        for row in stage.published:
            if row.topic in read and isinstance(event := event_of(row, source=name), Event):
                yield event


def _steps_of(published: Sequence[Event[Any]]) -> Mapping[UUID, set[str]]:
    """The ids of each application's events: those that name it, and how the mails ended that were about it."""
    applications = {
        getattr(event.data, name): event.data.application_id
        for event in published
        if getattr(event.data, "application_id", None) is not None
        for name in ("application_id", "assignment_id", "pair_id", "obstacle_id", "matter_id")
        if getattr(event.data, name, None) is not None
    }
    found: defaultdict[UUID, set[str]] = defaultdict(set)
    for event in published:
        about = getattr(event.data, "application_id", None) or getattr(event.data, "matter_id", None)
        if about in applications:
            found[applications[about]].add(event.id)
    return found


def _assert_causal(journey: Journey) -> None:
    places = {step.event_id: place for place, step in enumerate(journey.steps)}
    for step in journey.steps:
        if step.caused_by in places:
            assert places[step.caused_by] < places[step.event_id]


def _assert_ends(journey: Journey, events: Sequence[Event[Any]]) -> None:
    states = {part.id: part.state for part in journey.parts}
    last: dict[UUID, PairState] = {}
    for event in events:
        said = event.data
        if isinstance(said, PairState) and (said.pair_id not in last or said.version > last[said.pair_id].version):
            last[said.pair_id] = said
    for pair_id, said in last.items():
        assert states[pair_id] == said.to_state
