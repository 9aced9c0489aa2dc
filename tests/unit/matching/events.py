"""Events that matching reads, and a pool that lives in memory, for tests."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast
from uuid import UUID

from contracts.applications import (
    ApplicationAmended,
    ApplicationRegistered,
    ApplicationRejected,
    ApplicationWithdrawn,
    CorrectionRequested,
    Organisation,
    Project,
)
from contracts.assignments import AssignmentDecided, AssignmentUndoRequested, OfficerRecused, PlacementDecided
from contracts.contest import ContestDecided, CriterionScore
from contracts.deputies import DeputyNamed
from contracts.erasures import ErasureRequested
from contracts.event import Event
from contracts.message import EventData
from contracts.needs import NeedClosed, NeedDeclared, NeedRevised
from contracts.rounds import RoundRequested
from contracts.typed import DeclaredPerson
from libraries.chassis.records.published import OutboxRow
from libraries.chassis.store import Connection
from libraries.chassis.unit_of_work import UnitOfWork
from services.matching.app import SERVICE
from services.matching.flows.duty import matters
from services.matching.pool.pool import Pool
from services.matching.settings.days import midnight_of
from services.matching.settings.rules import RULES, Rules
from services.matching.store import MatchingStore
from tests.forms import SOURCE, form_event, identifier
from tests.typed import typed_days

START = datetime(2025, 1, 10, 9, 0, tzinfo=UTC)
OFFICER = identifier("officer")
"""Heads the programme, and so decides on all needs."""


def application_id(name: str) -> UUID:
    return identifier(f"application {name}")


def need_id(name: str) -> UUID:
    return identifier(f"need {name}")


def _state(name: str, to: str, version: int) -> dict[str, Any]:
    return {
        "application_id": application_id(name),
        "track": "implantation",
        "edition": "laureates-2025",
        "lead_id": identifier(f"lead {name}"),
        "organisation": Organisation(name=f"Association {name}", identified_by="siren"),
        "project_title": f"Projet {name}",
        "rules_version": "2025.1",
        "from": None if version == 1 else "registered",
        "to": to,
        "actor": "engine:eligibility@2025.1" if to != "withdrawn" else "form",
        "reason": None,
        "occurred_at": START,
        "version": version,
    }


def project(name: str, **changes: Any) -> Project:
    """A project that answers the need of `declared` with the same defaults."""
    fields: dict[str, Any] = {
        "title": f"Projet {name}",
        "summary": "Des ateliers de cuisine pour les jeunes.",
        "themes": ("youth-employment",),
        "publics": ("youth",),
        "territories": ("13201",),
    }
    return Project(**{**fields, **changes})


def registered(name: str, *, track: str = "implantation", members: int = 0, **changes: Any) -> ApplicationRegistered:
    state = {**_state(name, "registered", 1), "track": track}
    return ApplicationRegistered(**state, project=project(name, **changes), members=members)


def amended(name: str, *, members: int = 0, lead_id: UUID | None = None, **changes: Any) -> ApplicationAmended:
    state = _state(name, "registered", 2)
    state["lead_id"] = lead_id or state["lead_id"]
    return ApplicationAmended(**state, project=project(name, **changes), members=members)


def withdrawn(name: str) -> ApplicationWithdrawn:
    return ApplicationWithdrawn(**_state(name, "withdrawn", 2))


def rejected(name: str) -> ApplicationRejected:
    return ApplicationRejected(**_state(name, "rejected", 2), reasons=())


def correction_requested(name: str) -> CorrectionRequested:
    return CorrectionRequested(**_state(name, "correction-requested", 2), reasons=())


def _need(name: str, **changes: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "need_id": need_id(name),
        "title": f"Besoin {name}",
        "description": "Trouver un emploi en cuisine.",
        "themes": ("youth-employment",),
        "publics": ("youth",),
        "territories": ("13201",),
        "coverage": "uncovered",
        "salience": "pressing",
        "capacity": 1,
        "directorate": "direction-emploi",
        "review_on": date(2026, 1, 1),
        "owner": DeclaredPerson(
            person_id=identifier(f"owner {name}"), name="Personne Fictive", email="personne@example.invalid"
        ),
    }
    return typed_days({**fields, **changes})


def declared(name: str, **changes: Any) -> NeedDeclared:
    return NeedDeclared(**_need(name, **changes), declared_at=START)


def revised(name: str, **changes: Any) -> NeedRevised:
    return NeedRevised(**_need(name, **changes), revised_at=START + timedelta(days=1))


def closed(name: str) -> NeedClosed:
    return NeedClosed(need_id=need_id(name), closed_at=START)


def decided(assignment_id: UUID, decision: str, reason: str | None = None, *, by: UUID = OFFICER) -> AssignmentDecided:
    fields: dict[str, Any] = {"decision": decision, "reason": reason}
    return AssignmentDecided(assignment_id=assignment_id, decided_by=by, decided_at=START, **fields)


def undone(assignment_id: UUID, reason: str = "wrong-file", *, by: UUID = OFFICER) -> AssignmentUndoRequested:
    return AssignmentUndoRequested(assignment_id=assignment_id, requested_by=by, requested_at=START, reason=reason)


def placed(name: str, need: str, decision: str, reason: str = "some-reason", *, by: UUID = OFFICER) -> PlacementDecided:
    fields: dict[str, Any] = {"decision": decision, "reason": reason}
    return PlacementDecided(
        application_id=application_id(name), need_id=need_id(need), decided_by=by, decided_at=START, **fields
    )


def recused(owner_of: str, name: str) -> OfficerRecused:
    return OfficerRecused(
        person_id=identifier(f"owner {owner_of}"), application_id=application_id(name), declared_at=START
    )


def named_deputy(owner_of: str, deputy: DeclaredPerson | None, *, until: datetime | None = None) -> DeputyNamed:
    """The owner of a need names a deputy."""
    return DeputyNamed(owner_id=identifier(f"owner {owner_of}"), deputy=deputy, until=until, named_at=START)


def erased(person_id: UUID) -> ErasureRequested:
    return ErasureRequested(person_id=person_id, requested_at=START)


def round_requested(track: str = "implantation", name: str = "round") -> RoundRequested:
    fields: dict[str, Any] = {"track": track}
    return RoundRequested(round_id=identifier(name), requested_by=OFFICER, requested_at=START, **fields)


def contest_decided(name: str, decision: str, *, publish_at: datetime, **changes: Any) -> ContestDecided:
    fields: dict[str, Any] = {
        "decision": decision,
        "scores": (
            CriterionScore(criterion="social-impact", points=0, maximum=20),
            CriterionScore(criterion="spread", points=None, maximum=10),
        ),
        **changes,
    }
    return ContestDecided(
        application_id=application_id(name),
        decided_by=identifier("jury"),
        decided_at=START,
        publish_at=publish_at,
        **fields,
    )


def decide(unit: UnitOfWork[MatchingStore], events: Sequence[Event[EventData]]) -> list[OutboxRow]:
    """Decides upon events in their order, as the chassis has it done; returns what that publishes."""
    before = len(unit.published)
    for event in events:
        unit.because_of(event)
        SERVICE.handlers[type(event.data)](event, unit)
    return unit.published[before:]


class PoolInMemory:
    """The writer's decisions over a pool in memory."""

    def __init__(self, rules: Rules = RULES) -> None:
        self._store = MatchingStore(cast("Connection", None), rules=rules, heads={OFFICER})
        self._unit = UnitOfWork("matching", self._store)
        self._clock = START

    @property
    def pool(self) -> Pool:
        return self._store.pool

    def on(self, data: EventData, *, at: datetime | None = None, source: str = SOURCE) -> list[OutboxRow]:
        """Handles one event, a second after the one before unless it says when."""
        self._clock += timedelta(seconds=1)
        event = form_event(data, at=at or self._clock, name=f"event at {self._clock}", source=source)
        return decide(self._unit, [event])

    def by_the_clock(self, at: datetime) -> list[OutboxRow]:
        """Does what is due at a moment."""
        before = len(self._unit.published)
        for matter in list(matters(self.pool, at=at)):
            matter.act(self._unit)
        return self._unit.published[before:]

    def on_day(self, day: date) -> list[OutboxRow]:
        """Does what is due when a day begins."""
        return self.by_the_clock(midnight_of(day))

    def held_by(self, name: str) -> UUID | None:
        """The need that an application by itself is held against."""
        return next(iter(self.pool.live_of(application_id(name))), None)

    def all_held_by(self, name: str) -> set[UUID]:
        """The needs that a coalition is held against."""
        return set(self.pool.live_of(application_id(name)))

    def assignment_of(self, name: str) -> UUID:
        """The live assignment of an application."""
        (live,) = self.pool.live_of(application_id(name)).values()
        return live.assignment_id


def types_of(published: Sequence[OutboxRow]) -> list[str]:
    """What was published, shortly: `assignment.proposed`; a tombstone has a `-` before it."""
    return [("-" if row.payload is None else "") + row.type.removeprefix("engage.")[:-3] for row in published]


def rules_with(**changes: Any) -> Rules:
    """The rules that hold, with some values changed, as valid as any that are read."""
    return Rules.model_validate({**RULES.model_dump(), **changes})


def data_of(row: OutboxRow) -> dict[str, Any]:
    """What a published event says."""
    assert row.payload is not None
    data: dict[str, Any] = json.loads(row.payload)
    return data
