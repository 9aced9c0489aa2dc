"""A story as it is told on several topics, each event as the journal reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from contracts.any_event import AnyData
from contracts.applications import ApplicationFlagged, ApplicationRegistered
from contracts.assignments import AssignmentConfirmed, AssignmentProposed
from contracts.dead_letters import DeadLetterRecorded
from contracts.event import Event
from contracts.follow_ups import FollowUpPlanned, FollowUpSent
from contracts.message import EventData
from contracts.needs import NeedPublished
from contracts.obstacles import ObstacleLifted, ObstacleOpened
from contracts.offers import PairAnswerRefused, PairOffered
from contracts.pairs import PairActivated, PairEnded
from contracts.support import IntroductionRecorded, SupportActionChanged
from tests.conformance.stage import as_any
from tests.events import START, event_of, example
from tests.ids import identifier


class Told(NamedTuple):
    """An event, on which topic it lies, and when its record was produced."""

    event: Event[AnyData]
    topic: str
    recorded_at: datetime


def story(name: str) -> Mapping[str, Sequence[Told]]:
    """A story by the topics that it is told on, each in its order: an application with all that follows from it."""
    ids = {kind: identifier(f"{kind} {name}") for kind in ("application", "assignment", "pair", "obstacle", "mail")}
    ids |= {kind: identifier(f"{kind} {name}") for kind in ("introduction", "dead letter")}
    application: dict[str, Any] = {"application_id": ids["application"]}
    held = {**application, "assignment_id": ids["assignment"], "need_id": need_id()}
    paired = {**application, "assignment_id": ids["assignment"], "pair_id": ids["pair"], "mentor_id": mentor_id()}
    hindered = {**application, "assignment_id": ids["assignment"], "obstacle_id": ids["obstacle"]}
    introduced = {**application, "assignment_id": ids["assignment"], "introduction_id": ids["introduction"]}
    (planned,) = example(FollowUpPlanned).follow_ups
    planned = planned.model_copy(update={"follow_up_id": ids["mail"], "occasions": ()})
    topics: dict[str, list[EventData]] = {
        "applications.v1": [
            example(ApplicationRegistered, **application, to_state="registered", version=1),
            example(ApplicationFlagged, **application, to_state="registered", version=2),
        ],
        "assignments.v1": [
            example(AssignmentProposed, **held, to_state="proposed", version=1),
            example(AssignmentConfirmed, **held, to_state="confirmed", version=2),
        ],
        "pairs.v1": [
            example(PairOffered, **paired, to_state="offered", version=1),
            example(PairActivated, **paired, to_state="active", version=2),
            example(PairAnswerRefused, pair_id=ids["pair"]),
            example(ObstacleOpened, **hindered, to_state="opened", version=1),
            example(SupportActionChanged, **application, assignment_id=ids["assignment"], to_state="done", version=9),
            example(ObstacleLifted, **hindered, to_state="lifted", version=2),
            example(IntroductionRecorded, **introduced, to_state="awaited", version=1),
            example(PairEnded, **paired, to_state="ended", version=3),
        ],
        "follow-ups.v1 a": [
            example(FollowUpPlanned, **application, matter_id=ids["pair"], follow_ups=(planned,)),
        ],
        "follow-ups.v1 b": [
            example(FollowUpSent, follow_up_id=ids["mail"], matter_id=ids["pair"], to_state="sent", version=2),
        ],
        "intake.dead-letters.v1": [
            example(DeadLetterRecorded, dead_letter_id=ids["dead letter"], subject_id=ids["application"]),
        ],
    }
    return {topic: [told(data, topic, name=f"{topic} {name}") for data in said] for topic, said in topics.items()}


def need() -> Told:
    """The need that all are held against."""
    data = example(NeedPublished, need_id=need_id(), to_state="open", version=1)
    return told(data, "needs.v1", name="need")


def need_id() -> UUID:
    """The need's id."""
    return identifier("need of the journal")


def mentor_id() -> UUID:
    """The mentor of every pair."""
    return identifier("mentor of the journal")


_SECOND: Final = timedelta(seconds=1)


def told(data: EventData, topic: str, *, name: str, at: datetime = START) -> Told:
    """An event as it is read, recorded a second after it happened."""
    event = event_of(data, at=at, name=f"{name} {data.event_type}")
    return Told(as_any(event), topic.partition(" ")[0], at + _SECOND)
