"""Journeys as the topics alone have them, and where the journal tells them otherwise: the reader knows no service.

A story is what names its application, and what names something that was said to be of it: an assignment, a pair, an
obstacle, a mail's matter. Of each event it knows what its record says, and of each thing the last version.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from services.journal import operations
from services.journal.journeys.model import Journey
from tests.faults.evidence import Found
from tests.faults.verdict import Verdict

TOPICS: Final = (
    "applications.v1", "assignments.v1", "pairs.v1", "follow-ups.v1", "refusals.v1", "intake.dead-letters.v1",
    "matching.dead-letters.v1", "mentoring.dead-letters.v1", "notifications.dead-letters.v1",
)  # fmt: skip
_THINGS: Final = ("assignment_id", "pair_id", "obstacle_id", "introduction_id", "matter_id")
_STATED: Final = {"application": "application_id", "assignment": "assignment_id", "pair": "pair_id"}
"""The entities of which every event says the whole state and a version, each with the field that names it."""
_SERVICE: Final = "urn:engage:"


@dataclass
class Story:
    """What the topics say of an application: each of its events by id, and the last state of each thing."""

    events: dict[str, Found] = field(default_factory=dict)
    states: dict[str, tuple[int, str]] = field(default_factory=dict)

    def hear(self, found: Found) -> None:
        """One event of it; the same one again says nothing new."""
        self.events.setdefault(found.headers["ce_id"], found)
        name = _STATED.get(found.kind.partition(".")[0])
        if name is None or name not in found.data or "to" not in found.data or "version" not in found.data:
            return
        thing, version = found.data[name], found.data["version"]
        if version >= self.states.get(thing, (0, ""))[0]:
            self.states[thing] = version, found.data["to"]


def read_stories(topics: Mapping[str, Sequence[Found]]) -> dict[str, Story]:
    """Every application's story, from all records of the topics that have one."""
    found = [it for name in TOPICS for it in topics.get(name, ()) if it.value and it.headers.get("ce_id")]
    belongs = {it.data["application_id"]: it.data["application_id"] for it in found if it.data.get("application_id")}
    for it in found:
        if application := it.data.get("application_id"):
            belongs |= {it.data[name]: application for name in _THINGS if it.data.get(name)}
    stories: defaultdict[str, Story] = defaultdict(Story)
    for it in found:
        if (application := next((belongs[name] for name in _names(it.data) if name in belongs), None)) is not None:
            stories[application].hear(it)
    # A mail about a need names the need where another names its application: that is the need's story.
    applications = {it.key for it in topics.get("applications.v1", ())}
    return {application: story for application, story in stories.items() if application in applications}


def _names(data: Mapping[str, Any]) -> Iterator[str]:
    """What an event may belong to its story by: the application first, then what hangs on it."""
    for name in ("application_id", *_THINGS, "subject_id"):
        if isinstance(data.get(name), str):
            yield data[name]


def differences(story: Story, journey: Journey) -> Iterator[tuple[str, str]]:
    """Where a journey is not what the topics say: `loss`, `double` or `disorder`, and of what."""
    told = {step.event_id: step for step in journey.steps}
    yield from (("loss", f"lacks {it}") for name, it in story.events.items() if name not in told)
    yield from (("double", f"has {step.type} {name}") for name, step in told.items() if name not in story.events)
    if len(told) != len(journey.steps):
        yield "double", "has a step twice"
    places = {step.event_id: place for place, step in enumerate(journey.steps)}
    for step in journey.steps:
        if places.get(step.caused_by or "", -1) > places[step.event_id]:
            yield "disorder", f"has {step.type} {step.event_id} before its cause"
        if (found := story.events.get(step.event_id)) is not None and (wrong := _wrong(found, step)):
            yield "disorder", f"says of {found} {wrong}"
    states = {str(part.id): part.state for part in journey.parts}
    for thing, (version, state) in story.states.items():
        if states.get(thing) != state:
            yield "disorder", f"says {thing} is {states.get(thing)}, and version {version} is {state}"


def _wrong(found: Found, step: Any) -> str:
    """What a step says otherwise than its record."""
    said = {
        "type": (found.headers["ce_type"], step.type),
        "source": (found.headers["ce_source"].removeprefix(_SERVICE), step.service),
        "time": (datetime.fromisoformat(found.headers["ce_time"]), step.at),
        "cause": (found.headers.get("ce_causationid"), step.caused_by),
        "story": (found.headers.get("ce_correlationid", found.headers["ce_id"]), step.correlation_id),
        **{name: (_text(found.data.get(name)), getattr(step, own)) for name, own in _FIELDS.items()},
    }
    return ", ".join(
        f"{name}: {told!r} instead of {wanted!r}" for name, (wanted, told) in said.items() if wanted != told
    )


_FIELDS: Final = {"from": "from_state", "to": "to_state", "actor": "actor", "reason": "reason"}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


async def check_journeys(
    connection: asyncpg.Connection[asyncpg.Record], topics: Mapping[str, Sequence[Found]], verdict: Verdict
) -> None:
    """Every application's journey is what the topics say; the connection is in the journal's schema."""
    stories = read_stories(topics)
    for application, story in stories.items():
        for sort, said in await _told_otherwise(connection, application, story):
            verdict.say(sort, f"journey {application} {said}")  # type: ignore[arg-type]  # one of the sorts
    verdict.counted["journeys"] = len(stories)


async def _told_otherwise(
    connection: asyncpg.Connection[asyncpg.Record], application: str, story: Story
) -> Iterable[tuple[str, str]]:
    try:
        (found,) = await operations.find_stories(connection, application)
        return list(differences(story, await operations.read_journey(connection, found)))
    except operations.NothingFound:
        return [("loss", "is nothing that the journal knows")]
    except ValueError:
        return [("double", "is of several stories")]


def is_part_of(story: Story, journey: Journey) -> bool:
    """Whether a journey that may be incomplete says nothing but what the topics say."""
    return all(step.event_id in story.events for step in journey.steps) and journey.story_id in _ids(story)


def _ids(story: Story) -> set[UUID]:
    return {UUID(it.data["application_id"]) for it in story.events.values() if it.data.get("application_id")}
