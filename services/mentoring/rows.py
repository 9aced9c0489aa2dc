"""Rows of the database as values, and values as the columns of statements."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, Final

import asyncpg

from services.mentoring.fit import Shape
from services.mentoring.lead import Lead
from services.mentoring.mentor import ANY_TIME, Mentor, profile_of
from services.mentoring.obstacle import Obstacle
from services.mentoring.pair import Pair
from services.mentoring.rules import Settings
from services.mentoring.support import Action, Impact, Introduction

LEAD_COLUMNS: Final = (
    "assignment_id",
    "application_id",
    "lead_id",
    "owner_id",
    "directorate",
    "organisation_name",
    "project_title",
    "themes",
    "territories",
    "skills",
    "languages",
    "slots",
    "confirmed_at",
    "state",
    "told",
    "passed",
)
_SHAPE_COLUMNS: Final = ("themes", "territories", "skills", "languages", "slots")
PAIR_COLUMNS: Final = (
    "pair_id",
    "assignment_id",
    "application_id",
    "mentor_id",
    "fit",
    "rules_version",
    "offered_at",
    "expires_at",
    "started_at",
    "state",
    "version",
    "meetings",
    "last_contact_at",
    "steps",
    "stepped_at",
    "ends_at",
    "review_asked_at",
    "mentor_wish",
    "lead_wish",
    "paused_until",
)
_PAIR_CHANGES: Final = ("pair_id", "state", "started_at", *PAIR_COLUMNS[PAIR_COLUMNS.index("version") :])
OBSTACLE_COLUMNS: Final = (
    "obstacle_id",
    "assignment_id",
    "kind",
    "service",
    "opened_at",
    "due_at",
    "state",
    "level",
    "reason",
    "version",
)


def mentor_from(row: asyncpg.Record) -> Mentor:
    """A mentor from a row of `fetch_mentors`."""
    identifier, person, profile, capacity, authorised, checked, active, pending, starts, version, *dates = row
    paused_until, authorised_until, handled, accompanied = dates
    return Mentor(
        identifier,
        person,
        profile_of(profile),
        capacity,
        authorised,
        checked,
        active,
        pending,
        tuple(starts),
        version,
        paused_until,
        authorised_until,
        frozenset(handled),
        frozenset(accompanied),
    )


def lead_from(row: asyncpg.Record) -> Lead:
    """A lead from a row in the order of LEAD_COLUMNS."""
    return Lead(
        assignment_id=row["assignment_id"],
        application_id=row["application_id"],
        lead_id=row["lead_id"],
        owner_id=row["owner_id"],
        directorate=row["directorate"],
        organisation_name=row["organisation_name"],
        project_title=row["project_title"],
        shape=Shape(*[frozenset(row[column]) for column in _SHAPE_COLUMNS]),
        confirmed_at=row["confirmed_at"],
        state=row["state"],
        told=row["told"],
        passed=frozenset(row["passed"]),
    )


def pair_from(row: asyncpg.Record) -> Pair:
    """A pair from a row in the order of PAIR_COLUMNS."""
    return Pair(*row)


def obstacle_from(row: asyncpg.Record) -> Obstacle:
    """An obstacle from a row in the order of OBSTACLE_COLUMNS."""
    return Obstacle(*row)


def lead_record(lead: Lead) -> tuple[Any, ...]:
    """A lead as a record of LEAD_COLUMNS."""
    return (
        lead.assignment_id,
        lead.application_id,
        lead.lead_id,
        lead.owner_id,
        lead.directorate,
        lead.organisation_name,
        lead.project_title,
        *[sorted(getattr(lead.shape, column)) for column in _SHAPE_COLUMNS],
        lead.confirmed_at,
        lead.state,
        lead.told,
        sorted(lead.passed),
    )


def pair_record(pair: Pair, due_at: datetime | None) -> tuple[Any, ...]:
    """A pair as a record of PAIR_COLUMNS and `due_at`."""
    return (*(getattr(pair, column) for column in PAIR_COLUMNS), due_at)


def pair_columns(pairs: Iterable[tuple[Pair, datetime | None]]) -> Sequence[Sequence[Any]]:
    """The columns of `save_pairs`: what changes of a pair, and when something falls due for it."""
    records = ((*(getattr(pair, column) for column in _PAIR_CHANGES), due_at) for pair, due_at in pairs)
    return list(zip(*records, strict=True))


def obstacle_columns(obstacles: Iterable[Obstacle]) -> Sequence[Sequence[Any]]:
    """The columns of `save_obstacles`."""
    records = (tuple(getattr(obstacle, column) for column in OBSTACLE_COLUMNS) for obstacle in obstacles)
    return list(zip(*records, strict=True))


def columns_of(
    kind: type[Action | Introduction | Impact], values: Iterable[Action | Introduction | Impact]
) -> Sequence[Sequence[Any]]:
    """The columns of `save_actions`, `save_introductions` or `save_impacts`: every field of such values, in order."""
    names = [field.name for field in fields(kind)]
    return list(zip(*[tuple([getattr(value, name) for name in names]) for value in values], strict=True))


def leads_document(leads: Iterable[Lead]) -> str:
    """Changed leads as JSON: arrays within a row are beyond what `unnest` can carry."""
    return json.dumps([dict(zip(LEAD_COLUMNS, lead_record(lead), strict=True)) for lead in leads], default=str)


def form_columns(mentors: Iterable[Mentor], settings: Settings) -> Sequence[Sequence[Any]]:
    """The columns of `save_mentors`: what forms say."""
    records = (
        (
            mentor.mentor_id,
            mentor.person_id,
            mentor.profile.document,
            mentor.capacity,
            mentor.line_manager_authorised,
            mentor.ethics_check_done,
            mentor.active,
            mentor.version,
            mentor.paused_until,
            mentor.authorised_until,
            _array(map(str, sorted(mentor.handled))),
            _reopens_at(mentor, settings),
        )
        for mentor in mentors
    )
    return list(zip(*records, strict=True))


def place_columns(
    changes: Iterable[tuple[tuple[int, int], Mentor, int | None]], settings: Settings
) -> Sequence[Sequence[Any]]:
    """The columns of `save_places` from (held and pending before, mentor, ceiling)."""
    records = (
        (
            mentor.mentor_id,
            held_before,
            pending_before,
            mentor.held,
            mentor.pending,
            _array(start.isoformat() for start in mentor.starts),
            ceiling,
            _reopens_at(mentor, settings),
            _array(map(str, sorted(mentor.accompanied))),
        )
        for (held_before, pending_before), mentor, ceiling in changes
    )
    return list(zip(*records, strict=True))


def _array(values: Iterable[str]) -> str:
    """An array as text: `unnest` takes arrays of arrays apart."""
    return "{" + ",".join(f'"{value}"' for value in values) + "}"


def _reopens_at(mentor: Mentor, settings: Settings) -> datetime | None:
    since = mentor.free_from(settings)
    return None if since == ANY_TIME else since
